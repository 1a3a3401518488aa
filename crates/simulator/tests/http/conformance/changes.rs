//! The part of the walk that makes, changes and ends things.

use serde_json::{Value, json};

use super::{Walk, text};

impl Walk {
    pub(super) async fn write_the_library(&mut self) {
        let author = self.admin.parse::<u64>().unwrap();
        let collection = json!({ "name": "Security", "description": "Keys and locks" });
        let made = self.send("POST", "/help_center/collections", &[], "", Some(collection)).await;
        let collection = text(&made["id"]).to_owned();
        let inside = json!({ "name": "Keys", "parent_id": collection });
        self.send("POST", "/help_center/collections", &[], "", Some(inside)).await;
        self.get("/help_center/collections", &[], "per_page=2").await;
        self.get("/help_center/collections", &[], "page=99").await;
        let one = "/help_center/collections/{collection_id}";
        self.get(one, &[&collection], "").await;
        self.send("PUT", one, &[&collection], "", Some(json!({ "name": "Safety" }))).await;
        let centers = self.get("/help_center/help_centers", &[], "").await;
        let center = text(&centers["data"][0]["id"]).to_owned();
        self.get("/help_center/help_centers/{help_center_id}", &[&center], "").await;

        let article = json!({
            "title": "Lost keys", "description": "What to do", "body": "<p>Write to us</p>", "author_id": author,
            "state": "published", "parent_id": collection, "parent_type": "collection",
        });
        let made = self.send("POST", "/articles", &[], "", Some(article)).await;
        self.send("POST", "/articles", &[], "", Some(json!({ "title": "Later", "author_id": author }))).await;
        let id = text(&made["id"]).to_owned();
        self.get("/articles/{article_id}", &[&id], "").await;
        let change = json!({ "title": "Lost a key?" });
        self.send("PUT", "/articles/{article_id}", &[&id], "", Some(change)).await;
        let draft = json!({ "body": "<p>Call us</p>" });
        let staged = self.send("PUT", "/articles/{id}/draft", &[&id], "", Some(draft)).await;
        assert_eq!(
            (&staged["has_unpublished_changes"], &staged["state"]),
            (&json!(true), &json!("published"))
        );
        self.send("POST", "/articles/{id}/draft/publish", &[&id], "", Some(json!({ "locales": ["en"] })))
            .await;
        for query in ["per_page=2", "page=2&per_page=2", "page=99"] {
            self.get("/articles", &[], query).await;
        }
        for query in ["phrase=key", "phrase=key&state=all&highlight=true", "phrase=nothing+at+all"] {
            self.get("/articles/search", &[], query).await;
        }
        self.send("DELETE", "/articles/{article_id}", &[&id], "", None).await;
        self.send("DELETE", one, &[&collection], "", None).await;
        let macros = self.get("/macros", &[], "per_page=2").await;
        self.get("/macros/{id}", &[text(&macros["data"][0]["id"])], "").await;
        let after = format!("per_page=2&starting_after={}", text(&macros["pages"]["next"]["starting_after"]));
        self.get("/macros", &[], &after).await;
        let types = self.get("/ticket_types", &[], "").await;
        self.get("/ticket_types/{ticket_type_id}", &[text(&types["data"][0]["id"])], "").await;
    }

    pub(super) async fn count_events_and_attributes(&mut self) {
        for attribute in [
            json!({ "name": "Seats", "model": "company", "data_type": "integer" }),
            json!({ "name": "Shirt", "model": "contact", "data_type": "options", "options": [{ "value": "S" }, { "value": "M" }] }),
        ] {
            self.send("POST", "/data_attributes", &[], "", Some(attribute)).await;
        }
        let change =
            json!({ "description": "Size of shirt", "options": [{ "value": "1" }, { "value": "2" }] });
        self.send("PUT", "/data_attributes/{data_attribute_id}", &["2"], "", Some(change)).await;
        for query in ["", "model=company", "include_archived=true"] {
            self.get("/data_attributes", &[], query).await;
        }
        self.call("GET", "/data_attributes", &[], "model=conversation", None, 422).await;
        self.get("/conversations/attributes", &[], "").await;
        self.get("/segments", &[], "").await;
        let segments = self.get("/segments", &[], "include_count=true").await;
        self.get("/segments/{segment_id}", &[text(&segments["segments"][0]["id"])], "").await;

        let event = json!({ "event_name": "ordered", "created_at": 1_799_999_999, "user_id": "walker", "metadata": { "items": 2 } });
        self.send_for_nothing("POST", "/events", &[], event, 202).await;
        let summary = json!({ "user_id": "walker", "event_summaries": { "event_name": "ordered", "count": 2, "first": 1_799_999_000, "last": 1_799_999_100 } });
        self.send_for_nothing("POST", "/events/summaries", &[], summary, 200).await;
        let events = self.get("/events", &[], "type=user&user_id=walker&summary=true").await;
        assert_eq!(
            (&events["events"][0]["name"], &events["events"][0]["count"]),
            (&json!("ordered"), &json!(3))
        );
    }

    pub(super) async fn change_companies(&mut self) {
        let company = json!({ "company_id": "walked-1", "name": "Walked", "plan": "Team", "size": 12, "website": "https://walked.example", "industry": "Walking", "monthly_spend": 90, "custom_attributes": { "Seats": "3" } });
        let made = self.send("POST", "/companies", &[], "", Some(company)).await;
        let id = text(&made["id"]).to_owned();
        let again = self
            .send("POST", "/companies", &[], "", Some(json!({ "company_id": "walked-1", "size": 13 })))
            .await;
        assert_eq!(
            (&again["id"], &again["size"]),
            (&made["id"], &json!(13)),
            "an id of the caller's own is one company"
        );
        self.send("PUT", "/companies/{company_id}", &[&id], "", Some(json!({ "name": "Walked on" }))).await;
        let contact = self.get("/contacts/find_by_external_id/{external_id}", &["walker"], "").await;
        let contact = text(&contact["id"]).to_owned();
        let on = "/contacts/{contact_id}/companies";
        self.send("POST", on, &[&contact], "", Some(json!({ "id": id }))).await;
        self.get("/companies/{company_id}/contacts", &[&id], "per_page=1").await;
        let off = "/contacts/{contact_id}/companies/{company_id}";
        self.send("DELETE", off, &[&contact, &id], "", None).await;
        self.call("DELETE", off, &[&contact, &id], "", None, 404).await;
        self.call("POST", on, &[&contact], "", Some(json!({})), 400).await;
        self.call("POST", "/companies", &[], "", Some(json!({ "test": "invalid" })), 400).await;
        self.send("DELETE", "/companies/{company_id}", &[&id], "", None).await;
        self.call("PUT", "/companies/{company_id}", &[&id], "", Some(json!({})), 404).await;
    }

    pub(super) async fn end_contacts(&mut self) {
        let contact = self.get("/contacts/find_by_external_id/{external_id}", &["walker"], "").await;
        let id = text(&contact["id"]).to_owned();
        let tags = self.get("/contacts/{contact_id}/tags", &[&id], "").await;
        let tag = text(&tags["data"][0]["id"]).to_owned();
        self.send("DELETE", "/contacts/{contact_id}/tags/{tag_id}", &[&id, &tag], "", None).await;
        self.call("DELETE", "/contacts/{contact_id}/tags/{tag_id}", &[&id, &tag], "", None, 404).await;
        self.send_for_nothing("DELETE", "/tags/{tag_id}", &[&tag], Value::Null, 200).await;
        self.call("DELETE", "/tags/{tag_id}", &[&tag], "", None, 404).await;

        let lead = json!({ "role": "lead", "email": "walker@customer.example" });
        let lead = text(&self.send("POST", "/contacts", &[], "", Some(lead)).await["id"]).to_owned();
        let stranger = json!({ "role": "lead", "external_id": "stranger" });
        let stranger = text(&self.send("POST", "/contacts", &[], "", Some(stranger)).await["id"]).to_owned();
        let merging = |from: &str, anyway: bool| json!({ "from": from, "into": id, "skip_duplicate_validation": anyway });
        self.call("POST", "/contacts/merge", &[], "", Some(merging(&stranger, false)), 400).await;
        self.send("POST", "/contacts/merge", &[], "", Some(merging(&lead, false))).await;
        self.send("POST", "/contacts/merge", &[], "", Some(merging(&stranger, true))).await;
        self.call("GET", "/contacts/{contact_id}", &[&lead], "", None, 410).await;
        self.call("GET", "/contacts/find_by_external_id/{external_id}", &["stranger"], "", None, 410).await;
        for act in ["archive", "unarchive", "block"] {
            self.send("POST", &format!("/contacts/{{contact_id}}/{act}"), &[&id], "", None).await;
        }
        self.send("DELETE", "/contacts/{contact_id}", &[&id], "", None).await;
        self.call("DELETE", "/contacts/{contact_id}", &[&id], "", None, 404).await;
    }

    pub(super) async fn end_conversations(&mut self) {
        let contacts = self.get("/contacts", &[], "per_page=2").await;
        let [one, other] = [0, 1].map(|place| text(&contacts["data"][place]["id"]).to_owned());
        let mut ids = Vec::new();
        for contact in [&one, &one, &other] {
            let body = json!({ "from": { "type": "user", "id": contact }, "body": "Hello" });
            let made = self.send("POST", "/conversations", &[], "", Some(body)).await;
            ids.push(text(&made["conversation_id"]).to_owned());
        }
        let admin = self.admin.clone();
        let customers = "/conversations/{conversation_id}/customers";
        let attach = json!({ "admin_id": admin, "customer": { "intercom_user_id": other } });
        self.send("POST", customers, &[&ids[0]], "", Some(attach)).await;
        let nobody = json!({ "admin_id": admin, "customer": { "intercom_user_id": "0" } });
        self.call("POST", customers, &[&ids[0]], "", Some(nobody), 404).await;
        let detach = "/conversations/{conversation_id}/customers/{contact_id}";
        let by = || Some(json!({ "admin_id": admin }));
        self.send("DELETE", detach, &[&ids[0], &other], "", by()).await;
        self.call("DELETE", detach, &[&ids[0], &other], "", by(), 404).await;
        self.call("DELETE", detach, &[&ids[0], &one], "", by(), 422).await;

        let reply = json!({ "message_type": "comment", "type": "admin", "admin_id": admin, "body": "The secret is 42" });
        let shown =
            self.send("POST", "/conversations/{conversation_id}/reply", &[&ids[0]], "", Some(reply)).await;
        let part =
            shown["conversation_parts"]["conversation_parts"].as_array().unwrap().last().unwrap().clone();
        for what in [
            json!({ "type": "conversation_part", "conversation_id": ids[0], "conversation_part_id": part["id"] }),
            json!({ "type": "source", "conversation_id": ids[0], "source_id": shown["source"]["id"] }),
        ] {
            self.send("POST", "/conversations/redact", &[], "", Some(what)).await;
        }
        let nowhere =
            json!({ "type": "conversation_part", "conversation_id": "x", "conversation_part_id": "x" });
        self.call("POST", "/conversations/redact", &[], "", Some(nowhere), 404).await;

        let types = self.get("/ticket_types", &[], "").await;
        let convert = "/conversations/{conversation_id}/convert";
        for (place, status) in [(0, 200), (1, 400)] {
            let body = json!({ "ticket_type_id": types["data"][place]["id"], "attributes": { "_default_title_": "T" } });
            self.call("POST", convert, &[&ids[0]], "", Some(body), status).await;
        }
        self.get("/conversations/{conversation_id}", &[&ids[0]], "").await;
        let merge = "/conversations/{id}/merge";
        let into = |id: &str| Some(json!({ "merge_into_conversation_id": id.parse::<u64>().unwrap() }));
        self.send("POST", merge, &[&ids[2]], "", into(&ids[1])).await;
        self.call("POST", merge, &[&ids[2]], "", into(&ids[1]), 422).await;
        self.call("POST", merge, &[&ids[1]], "", into("1"), 422).await;
        self.call("POST", merge, &[&ids[1]], "", Some(json!({})), 400).await;
        for id in &ids {
            self.send("DELETE", "/conversations/{conversation_id}", &[id], "", None).await;
        }
        self.get("/conversations/deleted", &[], "per_page=2").await;
        let beyond = self.get("/conversations/deleted", &[], "page=9").await;
        assert_eq!(beyond["conversations"], json!([]));
    }

    pub(super) async fn be_refused_the_rest(&mut self) {
        for (method, route, body, status) in [
            ("POST", "/contacts/{contact_id}/archive", json!({}), 404),
            ("POST", "/contacts/{contact_id}/block", json!({}), 404),
            ("POST", "/contacts/{contact_id}/companies", json!({ "id": "1" }), 404),
            ("GET", "/companies/{company_id}/contacts", Value::Null, 404),
            ("GET", "/segments/{segment_id}", Value::Null, 404),
            ("GET", "/articles/{article_id}", Value::Null, 404),
            ("PUT", "/articles/{article_id}", json!({}), 404),
            ("DELETE", "/articles/{article_id}", Value::Null, 404),
            ("PUT", "/articles/{id}/draft", json!({}), 404),
            ("POST", "/articles/{id}/draft/publish", json!({}), 404),
            ("GET", "/help_center/collections/{collection_id}", Value::Null, 404),
            ("PUT", "/help_center/collections/{collection_id}", json!({}), 404),
            ("DELETE", "/help_center/collections/{collection_id}", Value::Null, 404),
            ("GET", "/help_center/help_centers/{help_center_id}", Value::Null, 404),
            ("GET", "/macros/{id}", Value::Null, 404),
            ("GET", "/ticket_types/{ticket_type_id}", Value::Null, 404),
            ("PUT", "/data_attributes/{data_attribute_id}", json!({}), 404),
            ("POST", "/conversations/{conversation_id}/convert", json!({}), 404),
            ("DELETE", "/conversations/{conversation_id}", Value::Null, 404),
            ("POST", "/articles", json!({ "title": "Nobody's" }), 400),
            ("POST", "/help_center/collections", json!({ "description": "x" }), 400),
            (
                "POST",
                "/data_attributes",
                json!({ "name": "Seats", "model": "contact", "data_type": "string" }),
                400,
            ),
            (
                "POST",
                "/data_attributes",
                json!({ "name": "x", "model": "nobody", "data_type": "string" }),
                400,
            ),
            ("POST", "/events", json!({ "event_name": "x" }), 400),
        ] {
            let body = (!body.is_null()).then_some(body);
            self.call(method, route, &["9999999"], "", body, status).await;
        }
        let drafts = self.get("/articles/search", &[], "phrase=Later&state=draft").await;
        let draft = text(&drafts["data"]["articles"][0]["id"]).to_owned();
        self.call("PUT", "/articles/{id}/draft", &[&draft], "", Some(json!({ "title": "x" })), 422).await;
        self.call("POST", "/articles/{id}/draft/publish", &[&draft], "", Some(json!({})), 422).await;
    }
}
