//! The probe: whether the listener is reached from outside, through the public URL.

use async_trait::async_trait;
use std::fmt::Debug;
use std::time::Duration;
use url::Url;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a probe met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The listener answered.
    Reached,
    /// Somebody answered, and not as the listener does: the status.
    Wrong(u16),
    /// Nobody answered: why, in words.
    Unreachable(String),
}

impl Outcome {
    /// What a failure means, in words; `None` for a success.
    pub fn trouble(&self) -> Option<String> {
        match self {
            Self::Reached => None,
            Self::Wrong(status) => Some(format!(
                "The public URL answers HTTP {status} instead of the listener's 200: it does not lead here"
            )),
            Self::Unreachable(reason) => Some(format!("The public URL does not answer: {reason}")),
        }
    }
}

/// Asks a public URL.
#[async_trait]
pub trait Probe: Debug + Send + Sync {
    /// Asks once.
    async fn probe(&self, url: &Url) -> Outcome;
}

/// `HEAD` on the path that deliveries come to. The listener answers 200 to it; a helpdesk does the same to test the
/// way.
#[derive(Debug, Clone)]
pub struct HttpProbe {
    client: reqwest::Client,
    path: String,
}

impl HttpProbe {
    /// A probe of `path`, such as `/webhooks/example`.
    pub fn new(path: &str) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            // A connection kept from before would say nothing about the way as it is.
            .pool_max_idle_per_host(0)
            .user_agent("countersign-probe")
            .build()?;
        Ok(Self { client, path: path.to_owned() })
    }
}

#[async_trait]
impl Probe for HttpProbe {
    async fn probe(&self, url: &Url) -> Outcome {
        let address = format!("{}{}", url.as_str().trim_end_matches('/'), self.path);
        // ngrok shows browsers a page of its own first; this header asks it not to.
        let request = self.client.head(address).header("ngrok-skip-browser-warning", "1");
        match request.send().await {
            Ok(answer) if answer.status().as_u16() == 200 => Outcome::Reached,
            Ok(answer) => Outcome::Wrong(answer.status().as_u16()),
            Err(error) => Outcome::Unreachable(why(&error)),
        }
    }
}

fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer within ten seconds".to_owned();
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}
