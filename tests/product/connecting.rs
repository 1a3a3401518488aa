//! Connecting a workspace: whose it is before anything is saved, secrets in a keychain or in memory, and back again.

use crate::harness::config;
use app::secrets::{Keychain, SessionSecrets};
use app::{Core, CoreConfig};
use async_trait::async_trait;
use domain::ports::{Clock as _, SecretKind, SecretStore, SecretStoreError};
use engine::clock::{ManualClock, SystemClock};
use secrecy::SecretString;
use serde_json::{Value, json};
use simulator::{Config, Simulator};
use std::path::Path;
use std::sync::Arc;

/// A keychain in memory that outlives the core.
#[derive(Debug, Default)]
struct Kept(SessionSecrets);

#[async_trait]
impl SecretStore for Kept {
    async fn available(&self) -> Result<(), SecretStoreError> {
        Ok(())
    }
    async fn set(&self, name: &str, kind: SecretKind, secret: &SecretString) -> Result<(), SecretStoreError> {
        self.0.keep(name, kind, secret.clone());
        Ok(())
    }
    async fn get(&self, name: &str, kind: SecretKind) -> Result<Option<SecretString>, SecretStoreError> {
        Ok(self.0.find(name, kind))
    }
    async fn remove(&self, name: &str, _: SecretKind) -> Result<(), SecretStoreError> {
        self.0.forget(name);
        Ok(())
    }
}

struct Scene {
    simulator: Simulator,
    data: tempfile::TempDir,
    clock: ManualClock,
}

impl Scene {
    async fn new() -> Self {
        let simulator =
            Simulator::start(Config { quiet: true, ..Config::default() }).await.expect("it starts");
        let data = tempfile::tempdir().expect("a folder");
        Self { simulator, data, clock: ManualClock::at(SystemClock.now()) }
    }

    async fn core(&self, secrets: Arc<dyn SecretStore>) -> Arc<Core> {
        let config = CoreConfig { secrets, ..config(self.data.path(), &self.clock) };
        Core::start(config).await.expect("the core starts")
    }

    async fn bare_core(&self) -> Arc<Core> {
        Core::start(config(self.data.path(), &self.clock)).await.expect("the core starts")
    }

    fn connect(&self, session_only: bool) -> Value {
        let credentials = self.simulator.credentials();
        json!({ "region": credentials.base_url, "access_token": credentials.token,
                "client_secret": credentials.client_secret, "admin_id": credentials.admin_id,
                "session_only": session_only })
    }
}

async fn only_workspace(core: &Core) -> Value {
    let list = core.call("workspaces.list", Value::Null).await.expect("a list");
    let all = list["workspaces"].as_array().expect("workspaces").clone();
    assert!(all.len() <= 1);
    all.into_iter().next().unwrap_or(Value::Null)
}

/// Whether a secret stands in any file of the data folder.
fn written(folder: &Path, secret: &str) -> bool {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).expect("a file");
                if bytes.windows(secret.len()).any(|window| window == secret.as_bytes()) {
                    return true;
                }
            }
        }
    }
    false
}

#[tokio::test]
async fn a_probe_tells_whose_workspace_it_is_and_saves_nothing() {
    let scene = Scene::new().await;
    let core = scene.bare_core().await;
    let credentials = scene.simulator.credentials();
    let input = json!({ "region": credentials.base_url, "access_token": credentials.token });
    let probed = core.call("workspaces.probe", input).await.expect("an answer");
    assert_eq!(probed["identity"]["app_id"], credentials.app_id.as_str());
    assert_eq!(probed["identity"]["workspace_name"], "Northwind");
    assert!(probed["teams"].as_array().is_some_and(|teams| teams.len() >= 3));
    assert_eq!(only_workspace(&core).await, Value::Null);
}

#[tokio::test]
async fn what_is_wrong_with_a_token_or_an_address_is_said() {
    let scene = Scene::new().await;
    let core = scene.bare_core().await;
    let base = scene.simulator.base_url();
    let cases = [
        (base.as_str(), "wrong", "401"),
        (base.as_str(), "", "access token"),
        ("http://127.0.0.1:9", "token", "connect"),
        ("http://support.example.com", "token", "https://"),
        ("moon", "token", "region"),
    ];
    for (region, token, said) in cases {
        let input = json!({ "region": region, "access_token": token });
        let error = core.call("workspaces.probe", input).await.expect_err("it is refused");
        let text = error.message.to_lowercase();
        assert!(text.contains(said), "{region} {token}: {text}");
        assert!(token.is_empty() || token == "token" || !text.contains("wrong\""), "{text}");
    }
}

#[tokio::test]
async fn without_a_keychain_nothing_is_saved_unless_memory_is_chosen() {
    let scene = Scene::new().await;
    let core = scene.bare_core().await;
    let error = core.call("workspaces.connect", scene.connect(false)).await.expect_err("no keychain");
    assert_eq!(error.code, app::api::ErrorCode::NoKeychain);
    assert_eq!(only_workspace(&core).await, Value::Null);

    core.call("workspaces.connect", scene.connect(true)).await.expect("it is connected");
    assert_eq!(only_workspace(&core).await["state"]["status"], "ready");
    core.close().await;
    drop(core);

    let core = scene.bare_core().await;
    let workspace = only_workspace(&core).await;
    assert_eq!(workspace["state"]["status"], "needs_secrets");
    let health = core.call("health.get", Value::Null).await.expect("a report");
    assert_eq!(health["severity"], "broken");
    let credentials = scene.simulator.credentials();
    let unlock = json!({ "workspace": workspace["workspace_id"], "access_token": credentials.token,
                         "client_secret": credentials.client_secret, "session_only": true });
    let unlocked = core.call("workspaces.unlock", unlock).await.expect("it opens");
    assert_eq!(unlocked["state"]["status"], "ready");
    assert!(!written(scene.data.path(), &credentials.token), "the token is in a file");
    assert!(!written(scene.data.path(), &credentials.client_secret), "the secret is in a file");
}

#[tokio::test]
async fn a_connected_workspace_opens_by_itself_at_the_next_start() {
    let scene = Scene::new().await;
    let kept = Arc::new(Kept::default());
    let core = scene.core(Arc::clone(&kept) as Arc<dyn SecretStore>).await;
    core.call("workspaces.connect", scene.connect(false)).await.expect("it is connected");
    core.close().await;
    drop(core);
    let core = scene.core(kept).await;
    assert_eq!(only_workspace(&core).await["state"]["status"], "ready");
    let again = core.call("workspaces.connect", scene.connect(false)).await.expect_err("it is there");
    assert!(again.message.contains("already"), "{}", again.message);
}

#[tokio::test]
async fn the_keychain_of_the_desktop_keeps_the_secrets_of_a_workspace() {
    if std::env::var_os("COUNTERSIGN_TEST_DESKTOP").is_none() {
        eprintln!("skipped: no throw-away keychain here (COUNTERSIGN_TEST_DESKTOP)");
        return;
    }
    let scene = Scene::new().await;
    let core = scene.core(Arc::new(Keychain)).await;
    let info = core.call("app.get", Value::Null).await.expect("an answer");
    assert_eq!(info["keychain"]["available"], true, "{}", info["keychain"]);
    core.call("workspaces.connect", scene.connect(false)).await.expect("it is connected");
    core.close().await;
    drop(core);
    let core = scene.core(Arc::new(Keychain)).await;
    let workspace = only_workspace(&core).await;
    assert_eq!(workspace["state"]["status"], "ready");
    let credentials = scene.simulator.credentials();
    assert!(!written(scene.data.path(), &credentials.token), "the token is in a file");

    let input = json!({ "workspace": workspace["workspace_id"], "erase": true });
    core.call("workspaces.disconnect", input).await.expect("it is disconnected");
    let name = workspace["workspace_id"].as_str().expect("an id");
    let left = Keychain.get(name, SecretKind::AccessToken).await.expect("the keychain answers");
    assert!(left.is_none(), "the token is still in the keychain");
}

#[tokio::test]
async fn disconnecting_with_erasure_leaves_no_file() {
    let scene = Scene::new().await;
    let core = scene.bare_core().await;
    let view = core.call("workspaces.connect", scene.connect(true)).await.expect("it is connected");
    let files = || std::fs::read_dir(scene.data.path().join("workspaces")).expect("a folder").count();
    assert!(files() > 0);
    let input = json!({ "workspace": view["workspace_id"], "erase": true });
    core.call("workspaces.disconnect", input).await.expect("it is disconnected");
    assert_eq!(files(), 0);
    assert_eq!(only_workspace(&core).await, Value::Null);
}
