//! The simulated helpdesk from outside: its control surface, to play people and order faults, and its API, to see
//! what is true.

use anyhow::{Context as _, Result};
use futures::StreamExt as _;
use serde_json::{Value, json};
use simulator::{ManualClock, Simulator};
use std::time::Duration;

/// The helpdesk.
#[derive(Debug)]
pub(crate) struct Desk {
    simulator: Simulator,
    http: reqwest::Client,
    pub(crate) clock: ManualClock,
    /// Teammates who are nobody's console.
    pub(crate) teammates: Vec<String>,
    pub(crate) teams: Vec<String>,
    pub(crate) tags: Vec<String>,
    /// The token of the run's own calls: they must not spend the budget of a console.
    token: String,
    /// Everybody with a seat, the owner of the token first.
    pub(crate) admins: Vec<String>,
}

impl Desk {
    pub(crate) async fn open(simulator: Simulator, clock: ManualClock, consoles: usize) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
        let token = simulator.credentials().token.clone();
        let (teammates, teams, tags, admins) = (vec![], vec![], vec![], vec![]);
        let mut desk = Self { simulator, http, clock, teammates, teams, tags, token, admins };
        let app = desk.play("apps", json!({ "label": "run" })).await.unwrap_or_default();
        if let Some(token) = app.get("token").and_then(Value::as_str) {
            token.clone_into(&mut desk.token);
        }
        let ids = |answer: &Value, list: &str| -> Vec<String> {
            let all = answer.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
            let seated = all
                .iter()
                .filter(|one| one.get("has_inbox_seat").is_none_or(|seat| seat == &Value::Bool(true)));
            seated.filter_map(|one| Some(one.get("id")?.as_str()?.to_owned())).collect()
        };
        desk.admins = ids(&desk.get("/admins").await?, "admins");
        desk.teams = ids(&desk.get("/teams").await?, "teams");
        desk.tags = ids(&desk.get("/tags").await?, "data");
        desk.teammates = desk.admins.iter().skip(consoles).cloned().collect();
        Ok(desk)
    }

    pub(crate) fn base_url(&self) -> String {
        self.simulator.base_url()
    }

    pub(crate) fn credentials(&self) -> &simulator::Credentials {
        self.simulator.credentials()
    }

    /// Plays somebody or orders something; the error tells the status.
    pub(crate) async fn play(&self, what: &str, body: Value) -> Result<Value> {
        let url = format!("{}/_sim/{what}", self.base_url());
        let answer = self.http.post(url).json(&body).send().await?;
        let status = answer.status();
        let answer: Value = answer.json().await.unwrap_or_default();
        anyhow::ensure!(status.is_success(), "{what}: {status}");
        Ok(answer)
    }

    /// Tells whether something was there to play with.
    pub(crate) async fn try_play(&self, what: &str, body: Value) -> Option<Value> {
        self.play(what, body).await.ok()
    }

    /// Sets how many parts are listed of a conversation, and lets searches for contacts lag behind.
    pub(crate) async fn set_up(&self, parts_shown: usize) -> Result<()> {
        let settings = json!({ "parts_shown": parts_shown, "contact_search_lag_ms": 90_000 });
        self.http.put(format!("{}/_sim/settings", self.base_url())).json(&settings).send().await?;
        Ok(())
    }

    /// The faults that were ordered, with how often each is still to strike.
    pub(crate) async fn faults(&self) -> Result<Value> {
        let answer = self.http.get(format!("{}/_sim/faults", self.base_url())).send().await?;
        Ok(answer.json().await?)
    }

    pub(crate) async fn heal(&self) -> Result<()> {
        self.http.delete(format!("{}/_sim/faults", self.base_url())).send().await?;
        Ok(())
    }

    /// A call of the API that goes past every console.
    pub(crate) async fn call(&self, method: reqwest::Method, path: &str, body: Value) -> Option<Value> {
        let url = format!("{}{path}", self.base_url());
        let request = self.http.request(method, url).bearer_auth(&self.token);
        let answer = request.header("intercom-version", "2.16").json(&body).send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        Some(answer.json().await.unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        let found = self.find(path).await?;
        found.with_context(|| format!("{path} is not there"))
    }

    /// What is at a path; `None` when the helpdesk says that nothing is.
    pub(crate) async fn find(&self, path: &str) -> Result<Option<Value>> {
        for _ in 0..1_000 {
            let url = format!("{}{path}", self.base_url());
            let answer =
                self.http.get(url).bearer_auth(&self.token).header("intercom-version", "2.16").send().await?;
            match answer.status().as_u16() {
                404 | 410 => return Ok(None),
                // The budget of the run's own questions: the next window has more.
                429 => self.clock.advance(Duration::from_secs(10)),
                _ => return Ok(Some(answer.error_for_status()?.json().await?)),
            }
        }
        anyhow::bail!("{path} was refused again and again")
    }

    /// Every conversation as the API shows it, and those that are gone as `None`.
    pub(crate) async fn truth(&self, ids: &[u64]) -> Result<Vec<(u64, Option<Value>)>> {
        let mut readings =
            futures::stream::iter(ids.iter().copied())
                .map(|id| async move {
                    (id, self.find(&format!("/conversations/{id}?display_as=plaintext")).await)
                })
                .buffered(8);
        let mut truth = Vec::new();
        while let Some((id, found)) = readings.next().await {
            truth.push((id, found?));
        }
        Ok(truth)
    }

    pub(crate) async fn close(self) {
        self.simulator.shutdown().await;
    }
}

/// A teammate's act, as the control surface takes it.
pub(crate) fn act(admin: &str, conversation: u64, what: &str) -> Value {
    json!({ "admin_id": admin, "conversation_id": conversation.to_string(), "do": what })
}
