//! What is put into replies: facts of the customer and of who answers, from what is kept here.
//!
//! Every reply passes [`rendered`] when it is decided on, whoever wrote it, so that no variable leaves as it was written.
//! A fact that changes makes the waiting suggestions anew whose replies it changes; nothing is asked of the helpdesk.

use crate::error::EngineError;
use crate::events::tags_of;
use crate::workspace::Workspace;
use domain::{ActionKind, Contact, ContactId, Conversation, Plan, ReplyFacts, Supersession, reply};
use store::ConversationFilter;

/// Conversations of one customer that are looked at when something of them changes.
const LOOKED_AT: u32 = 200;

impl Workspace {
    /// What is known for a reply in this conversation.
    pub async fn reply_facts(&self, conversation: &Conversation) -> Result<ReplyFacts, EngineError> {
        let contact = match conversation.contact_ids.first() {
            Some(id) => self.store.find_contact(id).await?,
            None => None,
        };
        let directory = self.store.get_directory().await?;
        let teammate = directory.admin(&self.acting_admin()).map(|admin| admin.name.clone());
        Ok(ReplyFacts { teammate, ..customer_facts(conversation, contact) })
    }

    /// Makes the waiting suggestions of a contact anew whose replies say something else by what is known now.
    pub(crate) async fn contact_facts_changed(&self, id: &ContactId) -> Result<(), EngineError> {
        let filter = ConversationFilter {
            contact_id: Some(id.clone()),
            limit: LOOKED_AT,
            ..ConversationFilter::default()
        };
        for row in self.store.list_conversations(&filter).await? {
            let Some(suggestion) = row.open_suggestion else { continue };
            let Some(old) = self.store.find_suggestion(suggestion).await? else { continue };
            if self.make_anew(&old, &Supersession::FactsChanged).await? {
                self.advising.look_soon();
                self.events.changed(tags_of(&row.id, &[suggestion]));
            }
        }
        Ok(())
    }
}

/// What is known of a customer that a reply could say.
pub(crate) fn said_of(contact: &Contact) -> (Option<&str>, Option<&str>, Option<&str>) {
    let company = contact.companies.first().map(|company| company.name.as_str());
    (contact.name.as_deref(), contact.email.as_deref(), company)
}

fn customer_facts(conversation: &Conversation, contact: Option<Contact>) -> ReplyFacts {
    // The messages carry names too, also of a contact that could not be fetched yet.
    let author = conversation.parts.iter().rev().find(|part| part.is_from_contact()).map(|part| &part.author);
    let known = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (name, email, companies) = match contact {
        Some(contact) => (contact.name, contact.email, contact.companies),
        None => (None, None, vec![]),
    };
    ReplyFacts {
        name: known(name).or_else(|| known(author?.name.clone())),
        email: known(email).or_else(|| known(author?.email.clone())),
        company: companies.into_iter().map(|company| company.name).find(|name| !name.trim().is_empty()),
        subject: known(conversation.subject.clone()),
        teammate: None,
    }
}

/// The plan with everything put into its replies; the sentence of the gap where something is missing.
pub(crate) fn rendered(plan: Plan, facts: &ReplyFacts) -> Result<Plan, EngineError> {
    if let Some(gap) = plan.reply_gap() {
        return Err(EngineError::BadInput(gap.sentence.clone()));
    }
    let actions = plan.actions.into_iter().map(|action| match action {
        ActionKind::Reply { body } => match reply::render(&body, facts) {
            Ok(body) => Ok(ActionKind::Reply { body }),
            Err(gap) => Err(EngineError::BadInput(gap.sentence)),
        },
        other @ (ActionKind::Assign { .. }
        | ActionKind::Note { .. }
        | ActionKind::Close
        | ActionKind::Open
        | ActionKind::Snooze { .. }) => Ok(other),
    });
    Ok(Plan { actions: actions.collect::<Result<_, _>>()?, gaps: plan.gaps })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_with_a_variable_in_it_is_put_together_or_refused_and_nothing_else_leaves() {
        let plan = |body: &str| Plan {
            actions: vec![ActionKind::Reply { body: body.to_owned() }, ActionKind::Close],
            gaps: vec![],
        };
        let done = rendered(plan("Hi {{first_name}}"), &ReplyFacts::complete()).expect("it is known");
        assert_eq!(done.reply(), Some("Hi Ana"));
        let refused =
            rendered(plan("Hi {{first_name}}"), &ReplyFacts::default()).expect_err("it is not known");
        assert!(refused.to_string().contains("the customer's first name, which is not known"), "{refused}");
        assert!(rendered(plan("Hi }}"), &ReplyFacts::complete()).is_err());
    }
}
