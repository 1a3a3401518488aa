//! Making, changing and deleting companies, and who is on them.

use serde_json::{Map, Value, json};

use super::{Company, World};

/// What a request says about a company; what it leaves out stays as it is.
#[derive(Debug, Default)]
pub(crate) struct CompanyChange {
    pub(crate) name: Option<String>,
    pub(crate) plan: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) website: Option<String>,
    pub(crate) industry: Option<String>,
    pub(crate) monthly_spend: Option<u64>,
    pub(crate) created_at: Option<i64>,
    pub(crate) was_active: bool,
    pub(crate) custom_attributes: Map<String, Value>,
}

impl World {
    /// Changes the company with this id of the caller's own, or makes it; and gives its id here.
    pub(crate) fn upsert_company(&mut self, external_id: Option<&str>, change: CompanyChange) -> String {
        let known = external_id
            .and_then(|external_id| self.companies.iter().find(|company| company.external_id == external_id));
        if let Some(id) = known.map(|company| company.id.clone()) {
            self.change_company(&id, change);
            return id;
        }
        self.made.companies += 1;
        let number = self.made.companies;
        let id = self.seed.hex("company", number, 24);
        let now = self.now();
        let mut company = Company {
            id: id.clone(),
            external_id: external_id
                .map_or_else(|| self.seed.uuid("company", number).to_string(), str::to_owned),
            name: String::new(),
            plan: None,
            industry: None,
            website: None,
            size: None,
            monthly_spend: 0,
            session_count: 0,
            created_at: now,
            updated_at: now,
            last_request_at: now,
            custom_attributes: Map::new(),
            tags: Vec::new(),
        };
        apply(&mut company, change, now);
        self.companies.push(company);
        self.notify_company("company.created", &id);
        id
    }

    pub(crate) fn change_company(&mut self, id: &str, change: CompanyChange) {
        let now = self.now();
        if let Some(company) = self.companies.iter_mut().find(|company| company.id == id) {
            apply(company, change, now);
        }
        self.notify_company("company.updated", id);
    }

    /// Takes a company away, and everybody off it.
    pub(crate) fn delete_company(&mut self, id: &str) {
        let people: Vec<String> = self.contacts.of_company(id).map(|contact| contact.id.clone()).collect();
        for contact_id in people {
            if let Some(contact) = self.contact_mut(&contact_id) {
                contact.company_ids.retain(|known| known != id);
            }
        }
        let Some(place) = self.companies.iter().position(|company| company.id == id) else { return };
        let gone = self.companies.remove(place);
        let item =
            json!({ "type": "company", "id": gone.id, "company_id": gone.external_id, "deleted": true });
        self.notify("company.deleted", format!("company.deleted/{id}"), item);
    }

    pub(crate) fn attach_company(&mut self, contact_id: &str, company_id: &str) {
        let now = self.now();
        let Some(contact) = self.contact_mut(contact_id) else { return };
        if contact.company_ids.iter().any(|known| known == company_id) {
            return;
        }
        contact.company_ids.push(company_id.to_owned());
        contact.updated_at = now;
        self.settle();
        self.notify_member("company.contact.attached", contact_id, company_id);
    }

    /// Takes a contact off a company, and says whether they were on it.
    pub(crate) fn detach_company(&mut self, contact_id: &str, company_id: &str) -> bool {
        let now = self.now();
        let Some(contact) = self.contact_mut(contact_id) else { return false };
        let before = contact.company_ids.len();
        contact.company_ids.retain(|known| known != company_id);
        if contact.company_ids.len() == before {
            return false;
        }
        contact.updated_at = now;
        self.settle();
        self.notify_member("company.contact.detached", contact_id, company_id);
        true
    }

    fn notify_company(&mut self, topic: &'static str, id: &str) {
        let Some(company) = self.company(id) else { return };
        let item = crate::render::company(self, company);
        self.made.company_notices += 1;
        let about = format!("{topic}/{id}/{}", self.made.company_notices);
        self.notify(topic, about, item);
    }

    fn notify_member(&mut self, topic: &'static str, contact_id: &str, company_id: &str) {
        let (Some(contact), Some(company)) = (self.contact(contact_id), self.company(company_id)) else {
            return;
        };
        let contact = crate::render::contact(self, contact, crate::render::View::newest());
        let item = json!({ "company": crate::render::company(self, company), "contact": contact });
        self.made.company_notices += 1;
        let about = format!("{topic}/{contact_id}/{company_id}/{}", self.made.company_notices);
        self.notify(topic, about, item);
    }
}

fn apply(company: &mut Company, change: CompanyChange, now: i64) {
    if let Some(name) = change.name {
        company.name = name;
    }
    company.plan = change.plan.or(company.plan.take());
    company.size = change.size.or(company.size);
    company.website = change.website.or(company.website.take());
    company.industry = change.industry.or(company.industry.take());
    company.monthly_spend = change.monthly_spend.unwrap_or(company.monthly_spend);
    company.created_at = change.created_at.unwrap_or(company.created_at);
    if change.was_active {
        company.last_request_at = now;
    }
    company.custom_attributes.extend(change.custom_attributes);
    company.updated_at = now;
}
