//! Two workspaces in one program do not mix.

use crate::harness::Product;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha1::Sha1;
use simulator::{Config, Simulator};

#[tokio::test]
async fn deliveries_go_to_the_workspace_whose_secret_signed_them_and_whose_id_they_carry() {
    let product = Product::start().await;
    let config = Config { quiet: true, seed: 77, app_id: Some("secondws".to_owned()), ..Config::default() };
    let second = Simulator::start(config).await.expect("it starts");
    let (ours, theirs) = (product.simulator.credentials(), second.credentials());
    let connect = json!({ "region": theirs.base_url, "access_token": theirs.token,
                          "client_secret": theirs.client_secret, "admin_id": theirs.admin_id, "session_only": true });
    let first_id = product.call("app.get", Value::Null).await["active_workspace"].clone();
    let second_id = product.call("workspaces.connect", connect).await["workspace_id"].clone();
    assert_ne!(first_id, second_id);

    let post = async |app_id: &str, secret: &str, id: &str| -> u16 {
        let body =
            json!({ "type": "notification_event", "id": id, "topic": "ticket.created", "app_id": app_id,
                           "data": { "item": { "type": "ticket", "id": "1" } } })
            .to_string();
        let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("any key fits");
        mac.update(body.as_bytes());
        let signature = format!("sha1={}", hex::encode(mac.finalize().into_bytes()));
        let request = product.http.post(product.core.listen_url()).header("x-hub-signature", signature);
        request.body(body).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(post(&ours.app_id, &ours.client_secret, "notif_a").await, 200);
    assert_eq!(post(&theirs.app_id, &theirs.client_secret, "notif_b").await, 200);
    assert_eq!(post(&theirs.app_id, &ours.client_secret, "notif_c").await, 401);
    assert_eq!(post(&ours.app_id, &theirs.client_secret, "notif_d").await, 401);

    let kept = async |workspace: &Value| -> Vec<String> {
        let list = product.call("deliveries.list", json!({ "workspace": workspace })).await;
        let rows = list["rows"].as_array().expect("rows").iter();
        rows.filter_map(|row| row["notification_id"].as_str()).map(str::to_owned).collect()
    };
    assert_eq!(kept(&first_id).await, ["notif_a"]);
    assert_eq!(kept(&second_id).await, ["notif_b"]);
}
