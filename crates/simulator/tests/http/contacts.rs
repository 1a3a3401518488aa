//! Contacts: made, changed, in each other's way, and what hangs on them.

use serde_json::json;

use crate::common::{Workspace, ids};

#[tokio::test]
async fn a_second_user_with_the_same_email_conflicts_and_names_the_first() {
    let workspace = Workspace::quiet().await;
    let first =
        workspace.post("/contacts", json!({ "email": "ana@customer.example", "name": "Ana" })).await.ok();
    assert_eq!(first["id"].as_str().unwrap().len(), 24);
    let (status, code, message) =
        workspace.post("/contacts", json!({ "email": "ANA@customer.example" })).await.refusal();
    assert_eq!((status, code.as_str()), (409, "conflict"));
    let id = first["id"].as_str().unwrap();
    assert_eq!(message, format!("A contact matching those details already exists with id={id}"));
    let lead = json!({ "role": "lead", "email": "ana@customer.example" });
    assert_eq!(workspace.post("/contacts", lead).await.ok()["role"], "lead", "leads may share an e-mail");
}

#[tokio::test]
async fn a_contact_needs_an_email_an_external_id_or_a_role() {
    let workspace = Workspace::quiet().await;
    assert_eq!(workspace.post("/contacts", json!({ "name": "Ana" })).await.refusal().0, 400);
    assert_eq!(workspace.post("/contacts", json!({ "email": "not an address" })).await.refusal().0, 400);
    assert_eq!(workspace.post("/contacts", json!({ "role": "admin" })).await.refusal().0, 400);
}

#[tokio::test]
async fn a_change_leaves_what_it_does_not_name_and_clears_what_it_names_as_null() {
    let workspace = Workspace::quiet().await;
    let made = json!({ "external_id": "c/1", "name": "Ana", "phone": "+351 1", "custom_attributes": { "plan": "Team" } });
    let id = workspace.post("/contacts", made).await.ok()["id"].as_str().unwrap().to_owned();
    let change = json!({ "phone": null, "custom_attributes": { "seats": 4 } });
    let changed = workspace.send("PUT", &format!("/contacts/{id}"), Some(&change)).await.ok();
    assert_eq!((&changed["name"], &changed["phone"]), (&json!("Ana"), &json!(null)));
    assert_eq!(changed["custom_attributes"], json!({ "plan": "Team", "seats": 4 }));
    let found = workspace.get("/contacts/find_by_external_id/c%2F1").await.ok();
    assert_eq!(found["id"], id.as_str());
    let nobody = workspace.get("/contacts/000000000000000000000000").await.refusal();
    assert_eq!(nobody, (404, "not_found".to_owned(), "User Not Found".to_owned()));
}

#[tokio::test]
async fn companies_notes_tags_and_segments_hang_on_a_contact() {
    let workspace = Workspace::quiet().await;
    let contacts = workspace.get("/contacts").await.ok();
    let contact = contacts["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|each| each["companies"]["total_count"] == 1)
        .unwrap();
    let id = contact["id"].as_str().unwrap();
    let companies = workspace.get(&format!("/contacts/{id}/companies")).await.ok();
    assert_eq!(companies["data"], companies["companies"], "under both names");
    assert_eq!(companies["data"][0]["user_count"], 1);

    for body in ["First", "Second"] {
        workspace.post(&format!("/contacts/{id}/notes"), json!({ "body": body })).await.ok();
    }
    let notes = workspace.get(&format!("/contacts/{id}/notes")).await.ok();
    assert_eq!(notes["data"][0]["body"], "<p class=\"no-margin\">Second</p>", "newest first");

    let tag = workspace.post("/tags", json!({ "name": "Beta", "users": [{ "id": id }] })).await.ok();
    assert_eq!(
        ids(&workspace.get(&format!("/contacts/{id}/tags")).await.ok()["data"]),
        [tag["id"].as_str().unwrap()]
    );
    assert_eq!(workspace.get(&format!("/contacts/{id}/segments")).await.ok()["data"][0]["name"], "Active");
    for list in ["companies", "notes", "tags", "segments"] {
        assert_eq!(workspace.get(&format!("/contacts/nobody/{list}")).await.refusal().0, 404, "{list}");
    }
}
