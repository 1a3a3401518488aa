//! `serve`: the core without a window.

use crate::args::ServeOptions;
use anyhow::{Context as _, bail};
use app::api::settings::Host;
use app::secrets::NoKeychain;
use app::server::Server;
use app::{Core, CoreConfig, Preset};
use secrecy::SecretString;
use serde::Deserialize;
use std::sync::Arc;

const ACCESS_TOKEN: &str = "COUNTERSIGN_ACCESS_TOKEN";
const CLIENT_SECRET: &str = "COUNTERSIGN_CLIENT_SECRET";

/// What `--config` holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    base_url: String,
    app_id: Option<String>,
    admin_id: Option<String>,
}

#[expect(clippy::print_stdout, reason = "the one line that callers read")]
pub(crate) async fn run(mut options: Box<ServeOptions>) -> anyhow::Result<()> {
    read_config(&mut options)?;
    let data = options
        .data
        .clone()
        .or_else(app::paths::data_dir)
        .context("This system has no place for data of programs: name a folder with --data")?;
    let (token, made) = match options.ui_token.clone() {
        Some(token) if token.trim().is_empty() => bail!("The token given with --ui-token is empty"),
        Some(token) => (token, false),
        None => (app::server::new_token(), true),
    };
    let core = Core::start(CoreConfig {
        data,
        listen: options.listen,
        any_port_if_taken: false,
        host: Host::Headless,
        demo: options.demo.then(app::demo::asked_to_be_quiet),
        preset: preset(&options)?,
        secrets: Arc::new(NoKeychain),
        notifier: None,
        clock: Arc::new(app::SystemClock),
    })
    .await?;
    let server = Server::start(Arc::clone(&core), options.ui, SecretString::from(token.clone())).await?;
    let mut ready = serde_json::json!({ "ui_url": server.url(), "listen_url": core.listen_url() });
    if let Some(ready) = ready.as_object_mut() {
        if made {
            ready.insert("ui_token".to_owned(), token.into());
        }
        if let Some(base_url) = core.demo_base_url() {
            ready.insert("demo_base_url".to_owned(), base_url.into());
        }
    }
    println!("{ready}");
    told_to_end().await?;
    server.close().await;
    core.close().await;
    Ok(())
}

fn read_config(options: &mut ServeOptions) -> anyhow::Result<()> {
    let Some(path) = &options.config else { return Ok(()) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("The file {} cannot be read", path.display()))?;
    let file: ConfigFile = serde_json::from_str(&text).with_context(|| {
        format!("The file {} should hold JSON with base_url, app_id and admin_id", path.display())
    })?;
    options.base_url = Some(file.base_url);
    options.app_id = file.app_id;
    options.admin_id = file.admin_id;
    Ok(())
}

fn preset(options: &ServeOptions) -> anyhow::Result<Option<Preset>> {
    let Some(region) = options.base_url.clone() else { return Ok(None) };
    Ok(Some(Preset {
        region,
        app_id: options.app_id.clone(),
        admin_id: options.admin_id.clone().map(domain_id),
        access_token: from_environment(ACCESS_TOKEN)?,
        client_secret: client_secret(),
    }))
}

fn domain_id(text: String) -> app::AdminId {
    app::AdminId(text)
}

/// Without one the program still runs and reads the helpdesk at intervals; every delivery is refused.
#[expect(clippy::print_stderr, reason = "a command line program tells its user on standard error")]
fn client_secret() -> SecretString {
    let secret = std::env::var(CLIENT_SECRET).unwrap_or_default();
    if secret.trim().is_empty() {
        eprintln!("countersign-cli: {CLIENT_SECRET} is not set: every delivery will be refused (401)");
    }
    SecretString::from(secret)
}

fn from_environment(name: &str) -> anyhow::Result<SecretString> {
    match std::env::var(name) {
        Ok(value) if !value.trim().is_empty() => Ok(SecretString::from(value)),
        Ok(_) | Err(_) => bail!("Set {name} in the environment: secrets are not given on the command line"),
    }
}

/// Waits for Ctrl-C or, where there is one, SIGTERM.
pub(crate) async fn told_to_end() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
