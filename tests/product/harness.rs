//! A core and a simulator, started for one test.

use app::api::ApiError;
use app::api::settings::Host;
use app::secrets::NoKeychain;
use app::{AdminId, Core, CoreConfig, EventReceiver, Preset};
use domain::Timestamp;
use domain::ports::Clock as _;
use engine::clock::{ManualClock, SystemClock};
use secrecy::SecretString;
use serde_json::{Value, json};
use simulator::{Config, Simulator};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::Mutex;

/// A test that has waited so long will wait for ever.
const PATIENCE: Duration = Duration::from_secs(30);
/// The undo window, milliseconds.
pub(crate) const WINDOW: i64 = 5_000;

pub(crate) struct Product {
    pub(crate) core: Arc<Core>,
    pub(crate) simulator: Simulator,
    pub(crate) clock: ManualClock,
    pub(crate) http: reqwest::Client,
    events: Mutex<EventReceiver>,
    data: TempDir,
}

impl Product {
    /// A quiet simulator, and a core that follows it and receives its webhooks.
    pub(crate) async fn start() -> Self {
        Self::start_with(Config { quiet: true, ..Config::default() }).await
    }

    /// The same with a simulator of one's own.
    pub(crate) async fn start_with(config: Config) -> Self {
        let simulator = Simulator::start(config).await.expect("the simulator starts");
        let data = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::at(SystemClock.now());
        let core = start_core(data.path(), &simulator, &clock).await;
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let events = Mutex::new(core.subscribe());
        let product = Self { core, simulator, clock, http, events, data };
        product.follow().await;
        product
    }

    /// Has the webhooks delivered to the core, waits for the first, which tests the way, and for the end of the run that
    /// it brings about, which would take for itself what faults a test orders.
    async fn follow(&self) {
        let pings = async || {
            let list = self.call("deliveries.list", json!({})).await;
            let rows = list["rows"].as_array().expect("rows").clone();
            rows.iter().filter(|row| row["topic"] == "ping").count()
        };
        let before = pings().await;
        self.sim("webhook", json!({ "url": self.core.listen_url() })).await;
        self.until("the ping", async || (pings().await > before).then_some(())).await;
        self.until("the look for what was missed", async || {
            let coverage = self.call("coverage.get", json!({})).await;
            (!coverage["catch_up"]["running"].as_bool().expect("a state")).then_some(())
        })
        .await;
        self.until("the library to be read", async || {
            let library = self.call("library.get", json!({})).await;
            let is_settled = |shelf: &Value| shelf["failed"] == true || shelf["read_at"].is_number();
            (is_settled(&library["articles"]) && is_settled(&library["macros"])).then_some(())
        })
        .await;
    }

    /// Ends the core and starts another one on the same data.
    pub(crate) async fn restart(&mut self) {
        self.restart_without_following().await;
        self.follow().await;
    }

    /// The same, and its webhooks go nowhere yet.
    pub(crate) async fn restart_without_following(&mut self) {
        self.core.close().await;
        // The lock on the data folder goes with the last handle of the old core: another one takes its place first.
        let empty = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::at(self.clock.now());
        let stand_in = Core::start(config(empty.path(), &clock)).await.expect("the core starts");
        drop(std::mem::replace(&mut self.core, stand_in));
        self.core = start_core(self.data.path(), &self.simulator, &self.clock).await;
        self.events = Mutex::new(self.core.subscribe());
    }

    /// The answer of a command.
    pub(crate) async fn call(&self, command: &str, input: Value) -> Value {
        self.core.call(command, input).await.unwrap_or_else(|error| panic!("{command}: {error:?}"))
    }

    /// The refusal of a command.
    pub(crate) async fn refusal(&self, command: &str, input: Value) -> ApiError {
        match self.core.call(command, input).await {
            Ok(answer) => panic!("{command} was not refused: {answer}"),
            Err(error) => error,
        }
    }

    /// Plays a customer or a teammate, or orders a fault.
    pub(crate) async fn sim(&self, what: &str, body: Value) -> Value {
        let url = format!("{}/_sim/{what}", self.simulator.base_url());
        let answer = self.http.post(url).json(&body).send().await.expect("the simulator answers");
        assert!(answer.status().is_success(), "{what}: {}", answer.text().await.unwrap_or_default());
        answer.json().await.unwrap_or(Value::Null)
    }

    /// Takes ordered faults back.
    pub(crate) async fn mend(&self) {
        let url = format!("{}/_sim/faults", self.simulator.base_url());
        self.http.delete(url).send().await.expect("the simulator answers");
    }

    /// What was written to the helpdesk, in order: "assignment", "reply", "note", "close" …
    pub(crate) async fn writes(&self) -> Vec<String> {
        let url = format!("{}/_sim/calls?writes=1", self.simulator.base_url());
        let calls: Value = self.http.get(url).send().await.expect("an answer").json().await.expect("JSON");
        let calls = calls.as_array().expect("a list").iter();
        calls
            .filter(|call| call["status"].as_u64().is_some_and(|status| status < 400))
            .map(|call| match call["body"]["message_type"].as_str() {
                Some("comment") => "reply".to_owned(),
                Some(other) => other.to_owned(),
                None => format!("{} {}", call["method"], call["path"]),
            })
            .collect()
    }

    /// Looks again after each event until `look` finds what it looks for.
    pub(crate) async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let found = tokio::time::timeout(PATIENCE, async {
            let mut events = self.events.lock().await;
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                events.next().await.expect("the core goes on");
            }
        });
        found.await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
    }

    /// The folder that everything is kept in.
    pub(crate) fn data_folder(&self) -> &Path {
        self.data.path()
    }

    /// The files of the workspaces.
    pub(crate) fn workspace_files(&self) -> Vec<std::path::PathBuf> {
        let folder = std::fs::read_dir(self.data.path().join("workspaces")).expect("a folder");
        let paths = folder.map(|entry| entry.expect("an entry").path());
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "sqlite")).collect()
    }

    /// A customer writes; returns the conversation and the suggestion made for it.
    pub(crate) async fn message(&self, body: &str) -> (String, String) {
        let input = json!({ "email": "priya@mail.example.com", "name": "Priya Raman", "body": body });
        self.message_as(input).await
    }

    pub(crate) async fn message_as(&self, input: Value) -> (String, String) {
        let answer = self.sim("messages", input).await;
        let conversation = answer["conversation_id"].as_str().expect("an id").to_owned();
        let suggestion = self.suggestion_of(&conversation).await;
        (conversation, suggestion)
    }

    /// The suggestion that waits for a conversation, as soon as there is one.
    pub(crate) async fn suggestion_of(&self, conversation: &str) -> String {
        self.until("a suggestion", async || self.suggestion_now(conversation).await).await
    }

    /// The suggestion that waits for a conversation now.
    pub(crate) async fn suggestion_now(&self, conversation: &str) -> Option<String> {
        let list = self.call("suggestions.list", json!({})).await;
        let rows = list["rows"].as_array().expect("rows").iter();
        rows.filter(|row| row["conversation_id"] == conversation)
            .map(|row| row["suggestion_id"].as_str().expect("an id").to_owned())
            .next()
    }

    pub(crate) async fn suggestion(&self, id: &str) -> Value {
        self.call("suggestions.get", json!({ "suggestion_id": id })).await
    }

    /// Decides; returns the decision's id.
    pub(crate) async fn decide(&self, suggestion: &str, decision: Value) -> String {
        let input = json!({ "suggestion_id": suggestion, "decision": decision });
        let view = self.call("suggestions.decide", input).await;
        view["decision_id"].as_str().expect("an id").to_owned()
    }

    /// Lets the undo window pass.
    pub(crate) fn pass_window(&self) {
        self.clock.advance(WINDOW + 1);
    }

    /// The states of a decision's actions, in order.
    pub(crate) async fn states(&self, decision: &str) -> Vec<String> {
        let view = self.decision(decision).await;
        let actions = view["actions"].as_array().expect("actions").iter();
        actions.map(|action| action["state"]["state"].as_str().expect("a word").to_owned()).collect()
    }

    pub(crate) async fn decision(&self, id: &str) -> Value {
        let list = self.call("decisions.list", json!({})).await;
        let rows = list["rows"].as_array().expect("rows").clone();
        rows.into_iter().find(|row| row["decision_id"] == id).expect("the decision is listed")
    }

    /// Waits until the actions of a decision are in these states.
    pub(crate) async fn until_states(&self, decision: &str, wanted: &[&str]) {
        self.until(&format!("actions to be {wanted:?}"), async || {
            (self.states(decision).await == wanted).then_some(())
        })
        .await;
    }

    /// Waits until the actions of a decision are in these states, moving the clock where nothing happens by itself.
    pub(crate) async fn until_states_by_clock(&self, decision: &str, wanted: &[&str]) {
        self.until_by_clock(&format!("actions to be {wanted:?}"), async || {
            (self.states(decision).await == wanted).then_some(())
        })
        .await;
    }

    /// Looks again after each event, and moves the clock by a second whenever no event comes by itself.
    pub(crate) async fn until_by_clock<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        for _ in 0..600 {
            if let Some(found) = look().await {
                return found;
            }
            let mut events = self.events.lock().await;
            let next = tokio::time::timeout(Duration::from_millis(50), events.next());
            if next.await.is_err() {
                self.clock.advance(1_000);
            }
        }
        panic!("waited in vain: {what}");
    }

    /// The conversation as the simulator holds it.
    pub(crate) async fn in_simulator(&self, id: &str) -> Value {
        let url = format!("{}/conversations/{id}?display_as=plaintext", self.simulator.base_url());
        let token = &self.simulator.credentials().token;
        let answer = self.http.get(url).bearer_auth(token).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// The id of a teammate who is not the acting one.
    pub(crate) async fn other_admin(&self) -> (String, String) {
        let directory = self
            .until("the directory", async || {
                let directory = self.call("directory.get", json!({})).await;
                (directory["admins"].as_array().is_some_and(|admins| admins.len() > 2)).then_some(directory)
            })
            .await;
        let acting = &self.simulator.credentials().admin_id;
        let admins = directory["admins"].as_array().expect("admins").iter();
        let other = admins
            .filter(|admin| admin["id"].as_str() != Some(acting) && admin["has_inbox_seat"] == true)
            .map(|admin| {
                let text = |key: &str| admin[key].as_str().expect("text").to_owned();
                (text("id"), text("name"))
            })
            .next();
        other.expect("there is another teammate")
    }
}

async fn start_core(data: &Path, simulator: &Simulator, clock: &ManualClock) -> Arc<Core> {
    let credentials = simulator.credentials();
    let preset = Preset {
        region: credentials.base_url.clone(),
        app_id: Some(credentials.app_id.clone()),
        admin_id: Some(AdminId(credentials.admin_id.clone())),
        access_token: SecretString::from(credentials.token.clone()),
        client_secret: SecretString::from(credentials.client_secret.clone()),
    };
    let config = CoreConfig { preset: Some(preset), ..config(data, clock) };
    Core::start(config).await.expect("the core starts")
}

/// A core on a folder, with no workspace, no demo and no keychain.
pub(crate) fn config(data: &Path, clock: &ManualClock) -> CoreConfig {
    CoreConfig {
        data: data.to_path_buf(),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        any_port_if_taken: false,
        host: Host::Headless,
        demo: None,
        preset: None,
        secrets: Arc::new(NoKeychain),
        notifier: None,
        clock: Arc::new(clock.clone()),
    }
}

/// A time some milliseconds from now.
pub(crate) fn in_ms(product: &Product, milliseconds: i64) -> i64 {
    let Timestamp(at) = product.clock.now().plus_ms(milliseconds);
    at
}
