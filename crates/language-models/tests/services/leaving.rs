//! What leaves the machine: nothing with the switch on, and otherwise what the ledger says.

use crate::mock::{Say, claude_error, claude_ok};
use crate::world::{NOW, World, ask, question, why};
use domain::Timestamp;
use domain::ports::{Advisor as _, EgressOutcome, EgressPurpose, Why};
use language_models::{EndpointError, LanguageModel, Service, Settings, SetupError};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A server of bare connections, and how many were made.
async fn raw<F>(handle: impl Fn(TcpStream) -> F + Send + 'static) -> (SocketAddr, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(handle(stream));
        }
    });
    (address, connections)
}

fn services(address: SocketAddr) -> [Settings; 3] {
    let address = format!("http://{address}");
    let key = || secrecy_key();
    [
        Settings::new(Service::Claude { key: key(), address: Some(address.clone()) }),
        Settings::new(Service::OpenAiCompatible { address: address.clone(), key: Some(key()) }),
        Settings::new(Service::Ollama { address: Some(address) }),
    ]
    .map(|settings| Settings { first_model: Some("claude-haiku-5-5".to_owned()), ..settings })
}

fn secrecy_key() -> secrecy::SecretString {
    "sk-canary-key".into()
}

#[tokio::test]
async fn with_the_switch_on_no_connection_is_made() {
    let (address, connections) = raw(|_| async {}).await;
    let world = World::new().await;
    world.gate.block(true);
    for settings in services(address) {
        let model = world.model(settings);
        assert_eq!(why(&model).await, Why::Blocked);
        assert_eq!(model.list_models().await, Err(Why::Blocked));
        assert_eq!(model.check().await.map(drop), Err(Why::Blocked));
        assert_eq!(model.spent_today().tokens, 0);
    }
    assert_eq!((connections.load(Ordering::SeqCst), world.ledger.records()), (0, vec![]));
    // The same socket counts when the switch is off: the test would notice.
    world.gate.block(false);
    for settings in services(address) {
        assert!(ask(&world.model(settings)).await.is_err());
    }
    assert!(connections.load(Ordering::SeqCst) >= 3);
}

/// A switch that somebody turns on after so many requests.
#[derive(Debug)]
struct After(AtomicUsize);

impl domain::ports::Gate for After {
    fn is_open(&self) -> bool {
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }
}

#[tokio::test]
async fn the_switch_is_asked_again_before_a_request_is_made_again() {
    let world = World::new().await;
    world.mock.then(claude_error(529, "overloaded_error")).then(claude_ok("spam", 0.9));
    let mut around = world.surroundings();
    // Once for the question, once for the list, once for the first request.
    around.gate = Arc::new(After(AtomicUsize::new(3)));
    let model = LanguageModel::new(world.claude(), around).unwrap();
    assert_eq!(why(&model).await, Why::Blocked);
    assert_eq!(world.mock.questions().len(), 1);
}

#[tokio::test]
async fn every_request_is_in_the_ledger_also_one_that_failed() {
    let world = World::new().await;
    world.mock.then(claude_error(529, "overloaded_error")).then(claude_ok("spam", 0.9));
    ask(&world.model(world.claude())).await.unwrap();
    let records = world.ledger.records();
    let outcomes: Vec<_> = records.iter().map(|record| (record.purpose, record.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            (EgressPurpose::ListModels, EgressOutcome::Answered { status: 200 }),
            (EgressPurpose::SecondOpinion, EgressOutcome::Answered { status: 529 }),
            (EgressPurpose::SecondOpinion, EgressOutcome::Answered { status: 200 }),
        ]
    );
    assert!(
        records.iter().all(|record| record.host == "127.0.0.1" && record.port == world.mock.address.port())
    );
    assert_eq!((records[0].at, records[2].at), (Timestamp(NOW), Timestamp(NOW + 500)));
}

#[tokio::test]
async fn the_ledger_counts_the_bytes_that_the_wire_saw() {
    let answer = "HTTP/1.1 401 Unauthorized\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\nsorry!";
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let (address, _) = raw(move |mut stream| {
        let count = Arc::clone(&count);
        async move {
            let mut request = Vec::new();
            let mut buffer = vec![0; 65_536];
            while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                count.fetch_add(length, Ordering::SeqCst);
                request.extend_from_slice(&buffer[..length]);
                if is_whole(&request) {
                    request.clear();
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            }
        }
    })
    .await;
    for settings in services(address) {
        let world = World::new().await;
        seen.store(0, Ordering::SeqCst);
        let model = world.model(settings);
        assert_eq!(model.list_models().await, Err(Why::Credentials { status: 401 }));
        assert_eq!(why(&model).await, Why::Credentials { status: 401 });
        let records = world.ledger.records();
        let sent: u64 = records.iter().map(|record| record.sent_bytes).sum();
        assert_eq!(sent, seen.load(Ordering::SeqCst) as u64, "{}", model.name());
        assert!(records.iter().all(|record| record.received_bytes == answer.len() as u64), "{records:?}");
    }
}

/// Whether a request has come to its end.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

#[tokio::test]
async fn what_left_and_was_not_answered_is_in_the_ledger_and_what_did_not_leave_counts_nothing() {
    let (address, _) = raw(|mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
    })
    .await;
    let world = World::new().await;
    let [_, compatible, _] = services(address);
    let none = ask(&world.model(compatible)).await.unwrap_err();
    assert_eq!(none.sentence(), "The connection to 127.0.0.1 broke before the answer was complete.");
    assert!(none.usage.is_estimate);
    let [cut] = &world.ledger.records()[..] else { panic!("what may be paid for is not asked again") };
    assert!(cut.outcome == EgressOutcome::NoAnswer && cut.sent_bytes > 0, "{cut:?}");

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let world = World::new().await;
    let [_, compatible, _] = services(address);
    let none = ask(&world.model(compatible)).await.unwrap_err();
    assert_eq!(none.usage.tokens.total(), 0);
    let records = world.ledger.records();
    assert_eq!(records.len(), 3);
    assert!(
        records.iter().all(|it| it.outcome == EgressOutcome::NoConnection && it.sent_bytes == 0),
        "{records:?}"
    );
}

#[tokio::test]
async fn whoever_goes_away_leaves_a_record_and_has_spent_what_it_could_have_taken() {
    let arrived = Arc::new(Notify::new());
    let told = Arc::clone(&arrived);
    let (address, _) = raw(move |mut stream| {
        let told = Arc::clone(&told);
        async move {
            let _ = stream.read(&mut [0; 4096]).await;
            told.notify_one();
            std::future::pending::<()>().await;
        }
    })
    .await;
    let world = World::new().await;
    let [_, compatible, _] = services(address);
    let model = Arc::new(world.model(compatible));
    let asking = tokio::spawn({
        let model = Arc::clone(&model);
        async move { model.opinion(&question()).await }
    });
    arrived.notified().await;
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    let [record] = &world.ledger.records()[..] else { panic!("one request, one record") };
    assert_eq!(record.outcome, EgressOutcome::NoAnswer);
    assert!(model.spent_today().tokens > 1_024, "{:?}", model.spent_today());
}

#[tokio::test]
async fn a_key_or_an_address_that_is_not_fit_makes_no_client() {
    let world = World::new().await;
    let refused = |key: &str, address: &str| {
        let service = Service::Claude { key: key.into(), address: Some(address.to_owned()) };
        LanguageModel::new(Settings::new(service), world.surroundings()).map(drop).unwrap_err()
    };
    for key in ["", "a key", "key\n", "schlüssel"] {
        assert_eq!(refused(key, "https://api.example.com"), SetupError::Key, "{key:?}");
    }
    let clear = SetupError::Address(EndpointError::NotHttps);
    assert_eq!(refused("key", "http://api.example.com"), clear);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_key_and_text() {
    let elsewhere = World::new().await;
    let target = format!("{}/v1/messages", elsewhere.mock.url());
    for status in [301, 302, 307, 308] {
        let world = World::new().await;
        world.mock.then(Say::new(status, "").with("location", &target));
        assert_eq!(why(&world.model(world.claude())).await, Why::Rejected { status });
    }
    assert!(elsewhere.mock.asked().is_empty());
}
