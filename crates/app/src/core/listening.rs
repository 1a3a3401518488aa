//! `listener.*`: where the helpdesk should deliver to, and a test of the way.

use super::Core;
use crate::api::health::InWorkspace;
use crate::api::workspaces::{ListenerInfo, SetPublicUrl, TestDelivery};
use crate::api::{ApiError, ErrorCode};
use domain::WorkspaceId;
use domain::ports::{SecretKind, WebhookDialect as _};
use intercom::Webhooks;
use std::time::{Duration, Instant};
use store::WorkspaceKind;
use url::Url;

/// The topics that a workspace's app should be subscribed to.
/// Source: the webhook topics of API 2.16 that concern conversations, contacts and articles.
const TOPICS: [&str; 24] = [
    "conversation.user.created",
    "conversation.user.replied",
    "conversation.admin.replied",
    "conversation.admin.single.created",
    "conversation.admin.assigned",
    "conversation.admin.noted",
    "conversation.admin.closed",
    "conversation.admin.opened",
    "conversation.admin.snoozed",
    "conversation.admin.unsnoozed",
    "conversation.operator.replied",
    "conversation.deleted",
    "conversation.priority.updated",
    "conversation_part.redacted",
    "contact.user.created",
    "contact.user.updated",
    "contact.lead.created",
    "contact.merged",
    "contact.deleted",
    "article.created",
    "article.updated",
    "article.published",
    "article.unpublished",
    "article.deleted",
];

impl Core {
    #[expect(clippy::unused_async, reason = "commands share one shape")]
    pub(super) async fn listener_get(&self, input: InWorkspace) -> Result<ListenerInfo, ApiError> {
        self.listener_info(input.workspace)
    }

    fn listener_info(&self, workspace: Option<WorkspaceId>) -> Result<ListenerInfo, ApiError> {
        let record = self.entry(workspace)?.record;
        let path = self.listener.path();
        let tunnel_url = self.tunnel.public_url().filter(|_| record.kind == WorkspaceKind::Connected);
        let used = record.public_url.as_ref().or(tunnel_url.as_ref());
        Ok(ListenerInfo {
            local_origin: Some(format!("http://{}", self.listener.address())),
            path: path.to_owned(),
            webhook_url: used.map(|url| format!("{}{path}", url.trim_end_matches('/'))),
            public_url: record.public_url,
            tunnel_url,
            problem: self.port_problem(),
            topics: TOPICS.map(str::to_owned).to_vec(),
        })
    }

    pub(super) fn port_problem(&self) -> Option<String> {
        self.wanted_port.map(|wanted| {
            format!(
                "Port {wanted} is taken by another program, so the listener uses port {} until the next start. \
                 End that program and start Countersign again, or lead the tunnel to the new port.",
                self.listener.address().port()
            )
        })
    }

    pub(super) async fn listener_set_public_url(
        &self,
        input: SetPublicUrl,
    ) -> Result<ListenerInfo, ApiError> {
        let mut entry = self.entry(input.workspace)?;
        if entry.record.kind == WorkspaceKind::Demo {
            return Err(ApiError::new(
                ErrorCode::BadRequest,
                "The demo delivers on this machine: it needs no URL.",
            ));
        }
        entry.record.public_url = public_origin(&input.url)?;
        self.settings_store.upsert_workspace(&entry.record).await?;
        self.put(entry);
        self.events.changed(["listener", "health"]);
        self.listener_info(input.workspace)
    }

    pub(super) async fn listener_test(&self, input: InWorkspace) -> Result<TestDelivery, ApiError> {
        let entry = self.entry(input.workspace)?;
        let secret = self.client_secret(&entry.record).await?;
        let body = Webhooks.test_body(&entry.record.app_id, self.clock.now());
        let signature = Webhooks.sign(&secret, &body);
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(5))
            .build()
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        let workspace = self.workspace(input.workspace)?;
        // It says that the listener works, and nothing about the way from outside.
        let _own_test = workspace.own_test();
        let started = Instant::now();
        let answer = client
            .post(self.listen_url())
            .header(Webhooks.signature_header(), signature)
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body)
            .send()
            .await;
        let elapsed_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        let (arrived, sentence) = match answer {
            Ok(answer) if answer.status().is_success() => {
                (true, "Arrived: the signature is right, and the delivery is stored.".to_owned())
            }
            Ok(answer) if answer.status().as_u16() == 401 => {
                (false, "Refused: the client secret of this session does not fit. Enter it again.".to_owned())
            }
            Ok(answer) => (false, format!("The listener answered HTTP {}.", answer.status().as_u16())),
            Err(_) => (false, "The listener did not answer.".to_owned()),
        };
        Ok(TestDelivery { arrived, sentence, elapsed_ms })
    }

    pub(super) async fn client_secret(
        &self,
        record: &store::WorkspaceRecord,
    ) -> Result<secrecy::SecretString, ApiError> {
        if record.kind == WorkspaceKind::Demo {
            let demo = self.demo.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(demo) = demo.as_ref() {
                return Ok(secrecy::SecretString::from(demo.credentials().client_secret.clone()));
            }
        }
        let name = record.id.to_string();
        let kept = match self.session.find(&name, SecretKind::ClientSecret) {
            Some(secret) => Some(secret),
            None => self.secrets.get(&name, SecretKind::ClientSecret).await?,
        };
        kept.ok_or_else(|| {
            ApiError::new(ErrorCode::NeedsSecret, "Enter the client secret of this workspace first.")
        })
    }
}

/// The address as an origin with an optional path, without a trailing slash; `None` for an empty one.
fn public_origin(text: &str) -> Result<Option<String>, ApiError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |message: &str| ApiError::new(ErrorCode::BadRequest, message).with_detail("url");
    let url = Url::parse(text)
        .map_err(|_| wrong("This is no web address. It should look like https://support.example.com."))?;
    if url.scheme() != "https" {
        return Err(wrong("The address must start with https://: helpdesks deliver to no other."));
    }
    if url.host_str().is_none() || !url.username().is_empty() || url.query().is_some() {
        return Err(wrong("The address must have a host name, and no user name and no question mark."));
    }
    let whole = url.as_str().trim_end_matches('/');
    Ok(Some(whole.strip_suffix(Webhooks.path()).unwrap_or(whole).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::public_origin;

    #[test]
    fn a_public_address_is_kept_without_the_path_that_is_added_to_it() {
        let kept = |text| public_origin(text).ok().flatten();
        assert_eq!(kept("https://support.example.com/"), Some("https://support.example.com".to_owned()));
        assert_eq!(
            kept(" https://support.example.com/webhooks/intercom "),
            Some("https://support.example.com".to_owned())
        );
        assert_eq!(kept("  "), None);
        assert!(public_origin("http://support.example.com").is_err());
        assert!(public_origin("support").is_err());
    }
}
