//! The apps that are installed in the workspace. Each has a token, a secret, a webhook address and a rate limit of
//! its own; what they see is the same workspace.

use std::sync::{Arc, Mutex};

use hyper::{HeaderMap, header};
use serde_json::{Value, json};

use crate::{Credentials, limiter::Limiter, lock, webhooks::Webhooks};

/// The label of the app that a workspace begins with.
pub(crate) const FIRST: &str = "default";

#[derive(Debug)]
pub(crate) struct App {
    pub(crate) label: String,
    pub(crate) credentials: Credentials,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) limiter: Mutex<Limiter>,
}

#[derive(Debug, Default)]
pub(crate) struct Apps(Mutex<Vec<Arc<App>>>);

impl Apps {
    pub(crate) fn install(&self, app: App) {
        lock(&self.0).push(Arc::new(app));
    }

    pub(crate) fn all(&self) -> Vec<Arc<App>> {
        lock(&self.0).clone()
    }

    pub(crate) fn labelled(&self, label: &str) -> Option<Arc<App>> {
        lock(&self.0).iter().find(|app| app.label == label).cloned()
    }

    /// The app whose token a request carries.
    pub(crate) fn of_token(&self, headers: &HeaderMap) -> Option<Arc<App>> {
        let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, given) = given.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        lock(&self.0).iter().find(|app| app.credentials.token == given.trim()).cloned()
    }

    pub(crate) fn state(&self) -> Value {
        let apps = self.all();
        let shown = apps.iter().map(|app| {
            json!({
                "label": app.label,
                "admin_id": app.credentials.admin_id,
                "webhook": app.webhooks.state(),
            })
        });
        shown.collect()
    }
}
