//! A model's surroundings, played by the test: a clock, a switch, a ledger.

use crate::mock::{KEY, Mock};
use domain::Timestamp;
use domain::ports::{
    Advisor as _, ArticleBrief, BucketBrief, Clock, Draft, DraftQuestion, Egress, EgressRecord, Gate,
    NoOpinion, Opinion, Question, Speaker, Turn, Why,
};
use language_models::{LanguageModel, Service, Settings, Surroundings};
use secrecy::SecretString;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// How long an answer may take, and a draft: no pause of a retry is as long in these tests.
const TIMEOUTS_MS: [i64; 2] = [10_000, 60_000];
pub(crate) const NOW: i64 = 1_700_000_000_000;

/// A clock that nobody waits for. A pause is over at once; the time for an answer is over when the mock has been asked
/// and says nothing.
#[derive(Debug)]
pub(crate) struct Hand {
    now: AtomicI64,
    pauses: Mutex<Vec<i64>>,
    mock: Mock,
}

#[async_trait::async_trait]
impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        let pause = deadline.ms_since(self.now());
        if TIMEOUTS_MS.contains(&pause) {
            self.mock.silence().await;
        } else {
            self.pauses.lock().unwrap().push(pause);
        }
        self.now.fetch_max(deadline.0, Ordering::SeqCst);
    }
}

impl Hand {
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// The pauses that were made between requests.
    pub(crate) fn pauses(&self) -> Vec<i64> {
        self.pauses.lock().unwrap().clone()
    }
}

/// The switch.
#[derive(Debug)]
pub(crate) struct Switch(AtomicBool);

impl Switch {
    pub(crate) fn block(&self, blocked: bool) {
        self.0.store(!blocked, Ordering::SeqCst);
    }
}

impl Gate for Switch {
    fn is_open(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The ledger.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Vec<EgressRecord>>);

impl Ledger {
    pub(crate) fn records(&self) -> Vec<EgressRecord> {
        self.0.lock().unwrap().clone()
    }
}

impl Egress for Ledger {
    fn record(&self, record: EgressRecord) {
        self.0.lock().unwrap().push(record);
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) mock: Mock,
    pub(crate) clock: Arc<Hand>,
    pub(crate) gate: Arc<Switch>,
    pub(crate) ledger: Arc<Ledger>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let mock = Mock::start().await;
        let clock = Hand { now: AtomicI64::new(NOW), pauses: Mutex::default(), mock: mock.clone() };
        Self {
            mock,
            clock: Arc::new(clock),
            gate: Arc::new(Switch(AtomicBool::new(true))),
            ledger: Arc::default(),
        }
    }

    pub(crate) fn surroundings(&self) -> Surroundings {
        Surroundings {
            clock: self.clock.clone(),
            jitter: Arc::new(|| 0.0),
            gate: self.gate.clone(),
            egress: self.ledger.clone(),
        }
    }

    pub(crate) fn model(&self, settings: Settings) -> LanguageModel {
        LanguageModel::new(settings, self.surroundings()).unwrap()
    }

    /// Claude, with the models that it chooses itself.
    pub(crate) fn claude(&self) -> Settings {
        Settings::new(Service::Claude { key: SecretString::from(KEY), address: Some(self.mock.url()) })
    }

    pub(crate) fn compatible(&self) -> Settings {
        let service =
            Service::OpenAiCompatible { address: self.mock.url(), key: Some(SecretString::from(KEY)) };
        Settings { first_model: Some("a-model".to_owned()), ..Settings::new(service) }
    }

    pub(crate) fn ollama(&self) -> Settings {
        Settings::new(Service::Ollama { address: Some(self.mock.url()) })
    }
}

pub(crate) fn bucket(key: &str) -> BucketBrief {
    BucketBrief {
        key: key.into(),
        name: key.to_owned(),
        description: format!("What is {key}"),
        examples: vec![format!("This is {key}, write to ann@example.com")],
    }
}

/// A question about the four usual buckets.
pub(crate) fn question() -> Question {
    asked(&["urgent", "billing", "general", "spam"])
}

pub(crate) fn asked(keys: &[&str]) -> Question {
    let turn = |speaker, text: &str| Turn { speaker, text: text.to_owned() };
    Question {
        buckets: keys.iter().map(|key| bucket(key)).collect(),
        subject: Some("canary-subject".to_owned()),
        turns: vec![
            turn(Speaker::Team, "How can we help?"),
            turn(
                Speaker::Customer,
                "canary-text: my card 4111 1111 1111 1111 was charged twice, ann@example.com",
            ),
        ],
    }
}

pub(crate) async fn ask(model: &LanguageModel) -> Result<Opinion, NoOpinion> {
    model.opinion(&question()).await
}

/// Why there is no opinion.
pub(crate) async fn why(model: &LanguageModel) -> Why {
    ask(model).await.unwrap_err().why
}

/// What the first article says, and what may be quoted of it.
pub(crate) const ARTICLE: &str = "canary-article: if you were charged twice, the second payment is refunded within 5 to 10 \
                                  days. Write to help@acme.example.";
pub(crate) const QUOTATION: &str = "the second payment is refunded within 5 to 10 days";

/// What can be answered to the same conversation, from two articles.
pub(crate) fn draft_question() -> DraftQuestion {
    let article = |id: &str, title: &str, text: &str| ArticleBrief {
        id: id.to_owned(),
        title: title.to_owned(),
        text: text.to_owned(),
        fits: String::new(),
    };
    let Question { subject, turns, .. } = question();
    DraftQuestion {
        subject,
        turns,
        articles: vec![
            article("901", "Charged twice", ARTICLE),
            article("902", "Invoices", "Invoices are sent on the first of each month."),
        ],
    }
}

/// Asks for a draft and waits for it.
pub(crate) async fn draft(model: &LanguageModel) -> Result<Draft, NoOpinion> {
    model.draft(&draft_question(), Box::pin(std::future::pending())).await
}
