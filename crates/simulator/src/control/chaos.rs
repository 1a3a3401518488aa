//! The part of the control surface that makes life hard: faults, people who act by chance, other apps, large pasts.

use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{app_of, cleared, read};
use crate::{
    Shared,
    answer::Refusal,
    faults::Fault,
    lock,
    webhooks::DeliveryFaults,
    world::{Bulk, People, Stirring},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Install {
    label: String,
    admin_id: Option<String>,
}

/// A subscription of an app; the first one's when none is named.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfApp {
    app: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Times {
    #[serde(default = "once")]
    times: u64,
}

const fn once() -> u64 {
    1
}

/// What can be set while the workspace runs. What is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    parts_shown: Option<usize>,
    contact_search_lag_ms: Option<u32>,
}

pub(super) fn answer(shared: &Shared, method: &Method, path: &[&str], body: &[u8]) -> Result<Value, Refusal> {
    Ok(match (method.as_str(), path) {
        ("GET", ["_sim", "faults"]) => list_faults(shared),
        ("POST", ["_sim", "faults"]) => order_fault(shared, read(body)?)?,
        ("DELETE", ["_sim", "faults"]) => {
            lock(&shared.faults).clear();
            cleared()
        }
        ("DELETE", ["_sim", "faults", id]) => {
            let removed = id.parse().is_ok_and(|id| lock(&shared.faults).remove(id));
            if !removed {
                return Err(Refusal::not_found());
            }
            cleared()
        }
        ("GET", ["_sim", "webhook", "faults"]) => {
            json!(app_of(shared, None)?.webhooks.ordered_faults())
        }
        ("PUT", ["_sim", "webhook", "faults"]) => {
            let faults: DeliveryFaults = read(body)?;
            let chances = [faults.drop, faults.duplicate, faults.reorder, faults.delay.chance];
            chances.into_iter().try_for_each(|chance| check_chance(Some(chance)))?;
            for app in shared.apps.all() {
                app.webhooks.order_faults(Some(faults.clone()));
            }
            json!(faults)
        }
        ("DELETE", ["_sim", "webhook", "faults"]) => {
            for app in shared.apps.all() {
                app.webhooks.order_faults(None);
            }
            cleared()
        }
        ("POST", ["_sim", "webhook", "live"]) => {
            let of: OfApp = if body.is_empty() { OfApp::default() } else { read(body)? };
            let webhooks = &app_of(shared, of.app.as_deref())?.webhooks;
            webhooks.set_live();
            webhooks.state()
        }
        ("GET", ["_sim", "people"]) => shared.change(|world| json!(world.stirring.as_ref().map(stirring))),
        ("PUT", ["_sim", "people"]) => {
            let people: People = read(body)?;
            if !people.per_hour.is_finite() || people.per_hour < 0.0 {
                return Err(Refusal::invalid("per_hour must not be negative").on_field("per_hour"));
            }
            shared.change(|world| {
                world.stir(people);
                json!(world.stirring.as_ref().map(stirring))
            })
        }
        ("DELETE", ["_sim", "people"]) => shared.change(|world| {
            world.stirring = None;
            cleared()
        }),
        ("POST", ["_sim", "people", "act"]) => {
            let Times { times } = read(body)?;
            act_by_chance(shared, times)?
        }
        ("GET", ["_sim", "apps"]) => shared.apps.state(),
        ("POST", ["_sim", "apps"]) => install(shared, &read(body)?)?,
        ("POST", ["_sim", "bulk"]) => {
            let bulk: Bulk = read(body)?;
            if bulk.parts.0 > bulk.parts.1 {
                return Err(Refusal::invalid("parts must be the least and the most").on_field("parts"));
            }
            let parts = shared.change(|world| world.write_bulk(&bulk));
            json!({ "conversations": bulk.count, "parts": parts })
        }
        ("PUT", ["_sim", "settings"]) => set(shared, &read(body)?),
        _ => return Err(Refusal::not_found()),
    })
}

fn list_faults(shared: &Shared) -> Value {
    let faults = lock(&shared.faults);
    let shown = faults
        .list()
        .iter()
        .map(|ordered| json!({ "id": ordered.id, "fault": ordered.fault, "struck": ordered.struck }));
    shown.collect()
}

fn order_fault(shared: &Shared, fault: Fault) -> Result<Value, Refusal> {
    if fault.status.is_some_and(|status| !(400..=599).contains(&status)) {
        return Err(Refusal::invalid("status must be between 400 and 599").on_field("status"));
    }
    check_chance(fault.chance)?;
    Ok(json!({ "id": lock(&shared.faults).add(fault) }))
}

fn check_chance(chance: Option<f64>) -> Result<(), Refusal> {
    if chance.is_some_and(|chance| !(0.0..=1.0).contains(&chance)) {
        return Err(Refusal::invalid("A probability is between 0 and 1").on_field("chance"));
    }
    Ok(())
}

fn stirring(stirring: &Stirring) -> Value {
    json!({ "people": stirring.people, "done": stirring.done, "acts": stirring.acts })
}

fn act_by_chance(shared: &Shared, times: u64) -> Result<Value, Refusal> {
    shared.change(|world| {
        if world.stirring.is_none() {
            return Err(Refusal::new(StatusCode::CONFLICT, "conflict", "Nobody acts by chance"));
        }
        let at = world.now();
        let acts = (0..times).filter_map(|_| world.stir_once(at)).map(|(act, conversation_id, part_id)| {
            json!({
                "do": act,
                "conversation_id": conversation_id.to_string(),
                "part_id": part_id.map(|id| id.to_string()),
            })
        });
        Ok(acts.collect())
    })
}

fn install(shared: &Shared, request: &Install) -> Result<Value, Refusal> {
    let admin_id = request.admin_id.as_deref();
    let known = admin_id.is_none_or(|id| {
        let id = id.parse().ok();
        id.is_some_and(|id| lock(&shared.world).admin(id).is_some())
    });
    if !known {
        return Err(Refusal::not_found());
    }
    let credentials = shared.install_new(&request.label, admin_id).map_err(|error| {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", error.to_string())
    })?;
    Ok(json!(credentials))
}

fn set(shared: &Shared, settings: &Settings) -> Value {
    shared.change(|world| {
        if let Some(parts_shown) = settings.parts_shown {
            world.parts_shown = parts_shown;
        }
        if let Some(lag_ms) = settings.contact_search_lag_ms {
            world.lag_contact_searches(i64::from(lag_ms));
        }
        json!({
            "parts_shown": world.parts_shown,
            "contact_search_lag_ms": world.contacts.search_lag_ms(),
        })
    })
}
