//! Recording ports: what the supervisor did, in order.

use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, watch};
use tunnels::{OpenError, Outcome, Probe, ProviderKind, Target, Tunnel, TunnelEvent, TunnelProvider};
use url::Url;

/// A provider that does as it is told, and writes down what it was asked.
#[derive(Debug)]
pub(crate) struct FakeProvider {
    pub(crate) changes: bool,
    installed: Mutex<bool>,
    opened: watch::Sender<u32>,
    closed: watch::Sender<u32>,
    newest: Mutex<Option<mpsc::UnboundedSender<TunnelEvent>>>,
}

impl FakeProvider {
    pub(crate) fn new(changes: bool) -> Arc<Self> {
        Arc::new(Self {
            changes,
            installed: Mutex::new(true),
            opened: watch::channel(0).0,
            closed: watch::channel(0).0,
            newest: Mutex::new(None),
        })
    }

    pub(crate) fn install(&self, installed: bool) {
        *self.installed.lock().unwrap() = installed;
    }

    pub(crate) fn opened(&self) -> u32 {
        *self.opened.borrow()
    }

    pub(crate) fn closed(&self) -> watch::Receiver<u32> {
        self.closed.subscribe()
    }

    /// The open tunnel tells something.
    pub(crate) fn tell(&self, event: TunnelEvent) {
        self.newest.lock().unwrap().as_ref().expect("a tunnel is open").send(event).unwrap();
    }
}

#[async_trait]
impl TunnelProvider for FakeProvider {
    fn kind(&self) -> ProviderKind {
        ProviderKind::CloudflaredQuick
    }

    fn url_changes(&self) -> bool {
        self.changes
    }

    async fn open(&self, _: &Target) -> Result<Box<dyn Tunnel>, OpenError> {
        if !*self.installed.lock().unwrap() {
            return Err(OpenError::NotInstalled { advice: "Install it.".to_owned() });
        }
        let (sender, events) = mpsc::unbounded_channel();
        *self.newest.lock().unwrap() = Some(sender);
        self.opened.send_modify(|count| *count += 1);
        let number = if self.changes { self.opened() } else { 0 };
        let url = Url::parse(&format!("https://tunnel-{number}.example.com")).unwrap();
        Ok(Box::new(FakeTunnel { url, events, closed: self.closed.clone() }))
    }
}

#[derive(Debug)]
struct FakeTunnel {
    url: Url,
    events: mpsc::UnboundedReceiver<TunnelEvent>,
    closed: watch::Sender<u32>,
}

#[async_trait]
impl Tunnel for FakeTunnel {
    fn url(&self) -> Url {
        self.url.clone()
    }

    async fn next(&mut self) -> TunnelEvent {
        match self.events.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }

    async fn close(self: Box<Self>) {}
}

impl Drop for FakeTunnel {
    fn drop(&mut self) {
        self.closed.send_modify(|count| *count += 1);
    }
}

/// Answers as told, the last answer for ever.
#[derive(Debug)]
pub(crate) struct FakeProbe {
    outcomes: Mutex<VecDeque<Outcome>>,
    asked: watch::Sender<u32>,
}

impl FakeProbe {
    pub(crate) fn new(outcomes: &[Outcome]) -> Arc<Self> {
        Arc::new(Self {
            outcomes: Mutex::new(outcomes.iter().cloned().collect()),
            asked: watch::channel(0).0,
        })
    }

    pub(crate) fn asked(&self) -> watch::Receiver<u32> {
        self.asked.subscribe()
    }
}

#[async_trait]
impl Probe for FakeProbe {
    async fn probe(&self, _: &Url) -> Outcome {
        self.asked.send_modify(|count| *count += 1);
        let mut outcomes = self.outcomes.lock().unwrap();
        if outcomes.len() > 1 { outcomes.pop_front().unwrap() } else { outcomes.front().unwrap().clone() }
    }
}
