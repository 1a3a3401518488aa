//! The tunnel as the program has it: chosen, kept, told, and leading to the listener alone.

use crate::harness::Product;
#[cfg(unix)]
use crate::sshd::{Sshd, free_port, user};
use app::api::ErrorCode;
use app::server::Server;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;

/// From an address to its first probe, milliseconds.
const SOON: i64 = 3_000;

fn own(url: &str) -> Value {
    json!({ "provider": "own_url", "options": { "public_url": url } })
}

impl Product {
    /// An address of this machine that leads to the listener.
    fn way(&self, host: &str) -> String {
        format!("http://{host}:{}", self.core.listen_address().port())
    }

    async fn tunnel(&self) -> Value {
        self.call("tunnel.get", json!({})).await
    }

    /// Waits until the listener was reached through the tunnel's address.
    async fn reached(&self, url: &str) -> Value {
        self.until("an address", async || {
            let tunnel = self.tunnel().await;
            (tunnel["state"]["url"] == url).then_some(())
        })
        .await;
        self.clock.advance(SOON);
        self.until("the probe", async || {
            let tunnel = self.tunnel().await;
            tunnel["state"]["reached_at"].is_i64().then_some(tunnel)
        })
        .await
    }

    async fn problems(&self) -> Vec<String> {
        let report = self.call("health.get", json!({})).await;
        let problems = report["problems"].as_array().expect("a list");
        problems.iter().map(|problem| problem["sentence"].as_str().expect("a sentence").to_owned()).collect()
    }
}

#[tokio::test]
async fn the_address_of_the_tunnel_is_used_until_one_is_entered_by_hand() {
    let product = Product::start().await;
    let first = product.way("127.0.0.1");
    let refused = product.refusal("tunnel.start", json!({})).await;
    assert_eq!(refused.message, "Choose a way first.");
    let refused = product.refusal("tunnel.set", own("http://hooks.example.com")).await;
    assert_eq!((refused.code, refused.detail.as_deref()), (ErrorCode::BadRequest, Some("public_url")));

    product.call("tunnel.set", own(&first)).await;
    let off = product.tunnel().await;
    assert_eq!((off["on"].clone(), off["state"]["state"].clone()), (json!(false), json!("off")));
    product.call("tunnel.start", json!({})).await;
    let up = product.reached(&first).await;
    assert_eq!(up["webhook_url"], format!("{first}/webhooks/intercom"));
    let listener = product.call("listener.get", json!({})).await;
    assert_eq!(listener["webhook_url"], up["webhook_url"]);
    assert_eq!((listener["public_url"].clone(), listener["tunnel_url"].clone()), (Value::Null, json!(first)));
    let report = product.call("health.get", json!({})).await;
    assert_eq!(report["listener"]["public_url"], json!(first));

    product.call("listener.set_public_url", json!({ "url": "https://hand.example.com" })).await;
    let listener = product.call("listener.get", json!({})).await;
    assert_eq!(listener["webhook_url"], "https://hand.example.com/webhooks/intercom");
    product.call("listener.set_public_url", json!({ "url": "" })).await;

    product.call("tunnel.stop", json!({})).await;
    let listener = product.call("listener.get", json!({})).await;
    assert_eq!((listener["webhook_url"].clone(), listener["tunnel_url"].clone()), (Value::Null, Value::Null));
}

#[tokio::test]
async fn a_changed_address_is_told_until_a_person_says_that_intercom_has_it() {
    let mut product = Product::start().await;
    let (first, second) = (product.way("127.0.0.1"), product.way("localhost"));
    let endpoint = |origin: &str| format!("{origin}/webhooks/intercom");
    product.call("tunnel.set", own(&first)).await;
    product.call("tunnel.start", json!({})).await;
    let up = product.reached(&first).await;
    assert_eq!(
        (up["change"]["old"].clone(), up["change"]["new"].clone()),
        (Value::Null, json!(endpoint(&first)))
    );
    let of_the_address = |sentences: &[String]| {
        let about = sentences.iter().filter(|sentence| sentence.contains("address"));
        about.cloned().collect::<Vec<String>>()
    };
    assert_eq!(
        of_the_address(&product.problems().await),
        ["Intercom does not know the tunnel's address yet"]
    );
    let refused = product.refusal("tunnel.acknowledge_url", json!({ "url": endpoint(&second) })).await;
    assert_eq!(refused.code, ErrorCode::BadRequest);
    let known = product.call("tunnel.acknowledge_url", json!({ "url": endpoint(&first) })).await;
    assert_eq!(known["change"], Value::Null);
    assert_eq!(of_the_address(&product.problems().await), [""; 0]);

    let mut events = product.core.subscribe();
    product.call("tunnel.set", own(&second)).await;
    let notice = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        loop {
            let event = events.next().await.expect("the core goes on");
            if let Some(notice) = event.notice {
                assert_eq!(event.workspace, None, "the tunnel is the program's");
                return notice.text;
            }
        }
    });
    let notice = notice.await.expect("a notice");
    assert!(notice.contains(&endpoint(&first)) && notice.contains(&endpoint(&second)), "{notice}");
    product.reached(&second).await;
    assert_eq!(
        of_the_address(&product.problems().await),
        ["The tunnel's address has changed, and Intercom does not know it"]
    );

    // It is still on after a restart, and what Intercom has is still known.
    product.restart_without_following().await;
    let after = product.tunnel().await;
    assert_eq!(after["on"], true);
    let after = product.until("it is open again", async || {
        let tunnel = product.tunnel().await;
        tunnel["change"].is_object().then_some(tunnel)
    });
    assert_eq!(after.await["change"]["old"], json!(endpoint(&first)));
}

#[tokio::test]
async fn every_way_is_listed_with_what_it_wants_and_how_to_install_it() {
    let product = Product::start().await;
    let list = product.call("tunnel.providers", json!({})).await;
    let providers = list["providers"].as_array().expect("a list");
    let ids: Vec<&str> = providers.iter().map(|one| one["id"].as_str().expect("an id")).collect();
    assert_eq!(
        ids,
        ["cloudflared_named", "tailscale_funnel", "ngrok", "ssh", "own_url", "cloudflared_quick", "bore"]
    );
    for one in providers {
        let wanted = one["fields"].as_array().expect("fields").iter().all(|field| field["hint"].is_string());
        assert!(wanted && one["stability_note"].is_string(), "{one}");
    }
    let by_id = |id: &str| providers.iter().find(|one| one["id"] == id).expect("it is listed");
    assert_eq!(by_id("own_url")["install"], Value::Null, "it needs no program");
}

#[tokio::test]
async fn a_tunnel_to_the_port_of_the_page_is_refused() {
    let product = Product::start().await;
    product.call("tunnel.set", own("https://hooks.example.com")).await;
    product.core.page_is_served_at(product.core.listen_address());
    let refused = product.refusal("tunnel.start", json!({})).await;
    let port = product.core.listen_address().port();
    assert_eq!(refused.message, format!("Port {port} is the page's: no tunnel may lead there."));
    assert_eq!(product.tunnel().await["on"], false);
}

/// A customer's message through a real SSH tunnel, from the webhook to the suggestion; and nothing else of the program
/// can be reached that way, although the page is served on this machine.
#[cfg(unix)]
#[tokio::test]
async fn a_message_comes_through_a_real_ssh_tunnel_and_the_page_does_not() {
    let Some(server) = Sshd::start("").await else { return };
    let product = Product::start().await;
    let token = SecretString::from("a token of this test");
    let page = Server::start(Arc::clone(&product.core), ([127, 0, 0, 1], 0).into(), token).await;
    let page = page.expect("the page is served");
    let remote = free_port();
    let public = format!("http://127.0.0.1:{remote}");
    let options = json!({
        "host": "127.0.0.1",
        "port": server.port.to_string(),
        "user": user(),
        "identity_file": server.user_key(),
        "remote_port": remote.to_string(),
        "public_url": public,
    });
    product.call("tunnel.set", json!({ "provider": "ssh", "options": options })).await;
    product.call("tunnel.start", json!({})).await;
    let up = product.reached(&public).await;
    product.sim("webhook", json!({ "url": up["webhook_url"] })).await;
    let (_, suggestion) =
        product.message("I was charged twice this month, please refund the second payment.").await;
    assert!(!suggestion.is_empty());

    let status = async |url: String| product.http.get(url).send().await.expect("an answer").status().as_u16();
    assert_eq!(status(format!("{}/", page.url())).await, 200, "the page is there, on its own port");
    for path in ["/", "/rpc", "/rpc/app.get", "/events", "/index.html", "/channels/any"] {
        assert_eq!(status(format!("{public}{path}")).await, 404, "{path} does not pass");
    }
    product.core.close().await;
    assert!(
        product.http.get(format!("{public}/")).send().await.is_err(),
        "the tunnel ended with the program"
    );
    page.close().await;
}
