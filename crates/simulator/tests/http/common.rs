//! A workspace to call, and an endpoint to be called by it.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::{BodyExt, Empty};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use simulator::{Config, Simulator};
use tokio::{net::TcpListener, sync::mpsc};

/// What a call was answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.text))
    }

    /// The body of a call that went well.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// Status, code and message of a refusal.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let body = self.json();
        assert_eq!(body["type"], "error.list", "{body}");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (self.status, text(&body["errors"][0]["code"]), text(&body["errors"][0]["message"]))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// A running simulator and a client for it.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) simulator: Simulator,
    pub(crate) client: reqwest::Client,
}

impl Workspace {
    pub(crate) async fn quiet() -> Self {
        Self::with(Config { quiet: true, ..Config::default() }).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let simulator = Simulator::start(config).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        Self { simulator, client }
    }

    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<Reply> {
        let token = &self.simulator.credentials().token;
        let url = format!("{}{path}", self.simulator.base_url());
        let mut request = self
            .client
            .request(method.parse().unwrap(), url)
            .header("authorization", format!("Bearer {token}"))
            .header("intercom-version", "2.16");
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Ok(Reply { status, headers, text: response.text().await? })
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        self.try_send(method, path, body).await.unwrap_or_else(|error| panic!("{method} {path}: {error:?}"))
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, Some(&body)).await
    }

    /// Lets a customer open a conversation and gives its id.
    pub(crate) async fn conversation(&self, email: &str, body: &str) -> String {
        let made = self.post("/_sim/messages", json!({ "email": email, "body": body })).await.ok();
        made["conversation_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn team_id(&self, name: &str) -> String {
        let teams = self.get("/teams").await.ok();
        let team = teams["teams"].as_array().unwrap().iter().find(|team| team["name"] == name).unwrap();
        team["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn state(&self) -> Value {
        self.get("/_sim/state").await.ok()
    }

    pub(crate) async fn subscribe(&self, endpoint: &Endpoint) {
        self.post("/_sim/webhook", json!({ "url": endpoint.url })).await.ok();
        assert_eq!(endpoint.heads(), 1, "a new address is asked with HEAD first");
    }
}

/// The ids of a list of objects.
pub(crate) fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
}

/// A delivery as it arrived.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Bytes,
}

impl Delivery {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap()
    }
}

/// An address that takes webhooks and answers each with the next status it was given, else with 200.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
    heads: Arc<Mutex<usize>>,
    deliveries: mpsc::UnboundedReceiver<Delivery>,
}

impl Endpoint {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks/intercom", listener.local_addr().unwrap());
        let (arrived, deliveries) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let heads = Arc::new(Mutex::new(0));
        let shared = (Arc::clone(&answers), Arc::clone(&heads), arrived);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                let service = service_fn(move |request| take(request, shared.clone()));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { url, answers, heads, deliveries }
    }

    pub(crate) fn answer_next_with(&self, status: u16) {
        self.answers.lock().unwrap().push_back(StatusCode::from_u16(status).unwrap());
    }

    pub(crate) async fn next(&mut self) -> Delivery {
        tokio::time::timeout(Duration::from_secs(10), self.deliveries.recv())
            .await
            .expect("a delivery was awaited and none came")
            .unwrap()
    }

    /// The next delivery that is not a ping.
    pub(crate) async fn next_event(&mut self) -> Value {
        loop {
            let event = self.next().await.json();
            if event["topic"] != "ping" {
                return event;
            }
        }
    }

    fn heads(&self) -> usize {
        *self.heads.lock().unwrap()
    }
}

type Shared = (Arc<Mutex<VecDeque<StatusCode>>>, Arc<Mutex<usize>>, mpsc::UnboundedSender<Delivery>);

async fn take(request: Request<Incoming>, shared: Shared) -> Result<Response<Empty<Bytes>>, Infallible> {
    let (answers, heads, arrived) = shared;
    let mut response = Response::new(Empty::new());
    if *request.method() == Method::HEAD {
        *heads.lock().unwrap() += 1;
        return Ok(response);
    }
    let headers = request.headers().clone();
    let raw = request.into_body().collect().await.unwrap().to_bytes();
    let status = answers.lock().unwrap().pop_front().unwrap_or(StatusCode::OK);
    *response.status_mut() = status;
    let _nobody_listens = arrived.send(Delivery { headers, raw });
    Ok(response)
}
