//! The socket: connections, requests, and which part of the simulator a request is for.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Limited};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode, body::Incoming, header, server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use url::{Url, form_urlencoded};

use crate::{
    Shared,
    answer::{Answer, Body, Manner, Refusal},
    control,
    intake::{self, Cut, Received},
    lock,
    paging::Query,
};

mod body;

use body::Sending;

const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// Serves until the simulator is shut down.
pub(crate) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    loop {
        let accepted = tokio::select! {
            () = shared.cancel.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                shared.tasks.spawn(serve_connection(Arc::clone(&shared), stream, peer));
            }
            // Out of file descriptors, most likely: the ones in use come back.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn serve_connection(shared: Arc<Shared>, stream: TcpStream, peer: SocketAddr) {
    let _as_it_is = stream.set_nodelay(true);
    let cancel = shared.cancel.clone();
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { answer(&shared, peer, request).await }
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        () = cancel.cancelled() => {}
        // A connection that breaks or is cut concerns nobody else.
        _ended = connection => {}
    }
}

async fn answer(
    shared: &Shared,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Sending>, Cut> {
    let request_id = shared.next_request_id();
    let (head, body) = request.into_parts();
    let path = segments(head.uri.path());
    let query = Query::parse(head.uri.query());
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        let refusal = Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "bad_request", "The body is too large");
        return Ok(respond(refusal.into_answer(&request_id), &request_id));
    };
    let body = body.to_bytes();
    let answered = match path.first().map(String::as_str) {
        Some("_sim") if !is_local(peer, &head.headers) => {
            let message = "The control surface answers this machine only";
            Err(Refusal::new(StatusCode::FORBIDDEN, "forbidden", message))
        }
        Some("_sim") => control::answer(shared, &head.method, &path, &query, &body).await,
        Some("downloads") => download(shared, &head.method, &path),
        _ => {
            let received = Received {
                method: head.method,
                headers: head.headers,
                uri: head.uri,
                path,
                query,
                body,
                request_id: request_id.clone(),
            };
            return Ok(respond(intake::answer(shared, received).await?, &request_id));
        }
    };
    let answer = answered.unwrap_or_else(|refusal| refusal.into_answer(&request_id));
    Ok(respond(answer, &request_id))
}

fn respond(answer: Answer, request_id: &str) -> Response<Sending> {
    let (content_type, bytes) = match answer.body {
        Body::Json(json) => {
            (Some("application/json; charset=utf-8".to_owned()), json.to_string().into_bytes())
        }
        Body::Empty => (None, Vec::new()),
        Body::File { content_type, bytes } => (Some(content_type), bytes),
    };
    let mut response = Response::builder().status(answer.status).header("x-request-id", request_id);
    if let Some(content_type) = content_type {
        response = response.header(header::CONTENT_TYPE, content_type);
    }
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Sending::new(bytes, answer.manner)).unwrap_or_else(|_| {
        // A header that a caller's own content type broke.
        let mut response = Response::new(Sending::new(Vec::new(), Manner::AtOnce));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// Files that messages carry. Their addresses are hard to guess and need no token, as on the real service.
fn download(shared: &Shared, method: &Method, path: &[String]) -> Result<Answer, Refusal> {
    let key = path.get(1).filter(|_| *method == Method::GET || *method == Method::HEAD);
    let world = lock(&shared.world);
    let file = key.and_then(|key| world.files.get(key)).ok_or_else(Refusal::not_found)?;
    let body = Body::File { content_type: file.content_type.clone(), bytes: file.bytes.to_vec() };
    Ok(Answer::new(StatusCode::OK, body))
}

/// From this machine, and addressed to it by a name that no web page can give to another.
fn is_local(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let named = Url::parse(&format!("http://{host}/")).ok().and_then(|url| {
        url.host().map(|host| match host {
            url::Host::Domain(name) => name == "localhost",
            url::Host::Ipv4(address) => address.is_loopback(),
            url::Host::Ipv6(address) => address.is_loopback(),
        })
    });
    peer.ip().is_loopback() && named == Some(true)
}

/// The path, cut at its slashes and decoded.
fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            // In a form these three mean something; in a path they are letters.
            let text = segment.replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
            form_urlencoded::parse(text.as_bytes())
                .next()
                .map(|(decoded, _)| decoded.into_owned())
                .unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(peer: &str, host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        is_local(peer.parse().unwrap(), &headers)
    }

    #[test]
    fn only_a_loopback_peer_with_a_loopback_host_is_local() {
        assert!(local("127.0.0.1:9", "127.0.0.1:8080"));
        assert!(local("127.0.0.1:9", "localhost:8080"));
        assert!(local("[::1]:9", "[::1]:8080"));
        assert!(!local("127.0.0.1:9", "tunnel.example.com"));
        assert!(!local("127.0.0.1:9", "localhost.example.com"));
        assert!(!local("127.0.0.1:9", "a@evil.example.com"));
        assert!(!local("192.0.2.7:9", "127.0.0.1:8080"));
        assert!(!is_local("127.0.0.1:9".parse().unwrap(), &HeaderMap::new()));
    }

    #[test]
    fn a_path_is_decoded_segment_by_segment() {
        assert_eq!(
            segments("/contacts/find_by_external_id/a%2Fb+c=d"),
            ["contacts", "find_by_external_id", "a/b+c=d"]
        );
    }
}
