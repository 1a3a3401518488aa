//! Buckets and the plans that follow from them.

use crate::action::{ActionKind, Assignee};
use crate::directory::Directory;
use crate::ids::{BucketId, TeamId};
use crate::reply::{ReplyFacts, ReplyGap, render};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The key that stands for 'none of the buckets' where a bucket is decided on. No bucket can have it.
pub const NONE_OF_THESE: &str = "none-of-these";

/// The colour a bucket is shown in; never the only sign of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BucketTone {
    /// For what cannot wait.
    Red,
    /// For money.
    Amber,
    /// For everyday work.
    Blue,
    /// For what is set aside.
    Grey,
    /// Free for the team's own.
    Green,
    /// Free for the team's own.
    Violet,
    /// Free for the team's own.
    Teal,
    /// Free for the team's own.
    Pink,
}

/// What a conversation is about, and what is done then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Bucket {
    /// Stable key.
    pub id: BucketId,
    /// Name for people.
    pub name: String,
    /// What belongs here, in a sentence or two.
    pub description: String,
    /// Colour.
    pub tone: BucketTone,
    /// The team chosen by the user.
    pub team_id: Option<TeamId>,
    /// The name to look a team up by while none is chosen; empty for none.
    pub team_name: String,
    /// The holding reply; empty for none.
    pub reply: String,
    /// Close the conversation at the end of the plan.
    pub closes: bool,
    /// Messages that belong here; the local model starts from them.
    pub examples: Vec<String>,
    /// Order in lists, and the number key that picks it (position 0 is key 1).
    pub position: u32,
}

/// Ordered actions that a suggestion proposes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Plan {
    /// What to do, in order.
    pub actions: Vec<ActionKind>,
    /// Steps that the bucket asks for and the workspace cannot do.
    pub gaps: Vec<PlanGap>,
}

/// A step that could not be planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlanGap {
    /// The bucket's team is not in the workspace.
    TeamMissing {
        /// The team looked for, a name, or an id when it was chosen and is gone.
        wanted: String,
    },
    /// The reply needs something that is not known, or names what is no variable.
    ReplyIncomplete(ReplyGap),
}

impl Bucket {
    /// The team this bucket assigns to: the chosen one, else one of the right name.
    pub fn resolve_team<'a>(&self, directory: &'a Directory) -> Option<&'a crate::directory::Team> {
        match &self.team_id {
            Some(id) => directory.team(id),
            None => directory.team_named(&self.team_name),
        }
    }

    /// The plan for a conversation of this bucket: assign, reply, close, each where the bucket asks for it, with what is
    /// known put into the reply.
    pub fn plan(&self, directory: &Directory, facts: &ReplyFacts) -> Plan {
        let mut plan = Plan::default();
        if let Some(team) = self.resolve_team(directory) {
            plan.actions.push(ActionKind::Assign {
                assignee: Assignee::Team { id: team.id.clone(), name: team.name.clone() },
            });
        } else if let Some(wanted) = self.wanted_team() {
            plan.gaps.push(PlanGap::TeamMissing { wanted });
        }
        if !self.reply.trim().is_empty() {
            match render(&self.reply, facts) {
                Ok(body) => plan.actions.push(ActionKind::Reply { body }),
                Err(gap) => plan.gaps.push(PlanGap::ReplyIncomplete(gap)),
            }
        }
        if self.closes {
            plan.actions.push(ActionKind::Close);
        }
        plan
    }

    fn wanted_team(&self) -> Option<String> {
        match &self.team_id {
            Some(id) => Some(id.to_string()),
            None => Some(self.team_name.trim()).filter(|name| !name.is_empty()).map(str::to_owned),
        }
    }
}

impl Plan {
    /// The reply in the plan, if it has one.
    pub fn reply(&self) -> Option<&str> {
        self.actions.iter().find_map(|action| match action {
            ActionKind::Reply { body } => Some(body.as_str()),
            ActionKind::Assign { .. }
            | ActionKind::Note { .. }
            | ActionKind::Close
            | ActionKind::Open
            | ActionKind::Snooze { .. } => None,
        })
    }

    /// Why its reply cannot be sent, when it cannot.
    pub fn reply_gap(&self) -> Option<&ReplyGap> {
        self.gaps.iter().find_map(|gap| match gap {
            PlanGap::ReplyIncomplete(gap) => Some(gap),
            PlanGap::TeamMissing { .. } => None,
        })
    }

    /// The same plan with another reply, put in its place, or before closing when the plan had none.
    #[must_use]
    pub fn with_reply(mut self, text: &str) -> Self {
        let had = self.actions.iter().position(|action| matches!(action, ActionKind::Reply { .. }));
        self.actions.retain(|action| !matches!(action, ActionKind::Reply { .. }));
        self.gaps.retain(|gap| !matches!(gap, PlanGap::ReplyIncomplete(_)));
        if !text.trim().is_empty() {
            let place = had
                .or_else(|| self.actions.iter().position(|action| matches!(action, ActionKind::Close)))
                .unwrap_or(self.actions.len())
                .min(self.actions.len());
            self.actions.insert(place, ActionKind::Reply { body: text.to_owned() });
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Team;

    fn bucket() -> Bucket {
        Bucket {
            id: "billing".into(),
            name: "Billing".to_owned(),
            description: String::new(),
            tone: BucketTone::Amber,
            team_id: None,
            team_name: "Billing".to_owned(),
            reply: "We will look into it.".to_owned(),
            closes: false,
            examples: vec![],
            position: 1,
        }
    }

    fn directory() -> Directory {
        let team = Team { id: "91".into(), name: "billing".to_owned(), admin_ids: vec![] };
        Directory { admins: vec![], teams: vec![team] }
    }

    #[test]
    fn a_plan_assigns_then_replies() {
        let plan = bucket().plan(&directory(), &ReplyFacts::default());
        assert!(matches!(
            plan.actions.as_slice(),
            [ActionKind::Assign { assignee: Assignee::Team { .. } }, ActionKind::Reply { .. }]
        ));
        assert!(plan.gaps.is_empty());
    }

    #[test]
    fn a_missing_team_is_a_gap_and_the_rest_of_the_plan_stands() {
        let plan = bucket().plan(&Directory::default(), &ReplyFacts::default());
        assert_eq!(plan.gaps, [PlanGap::TeamMissing { wanted: "Billing".to_owned() }]);
        assert!(matches!(plan.actions.as_slice(), [ActionKind::Reply { .. }]));
    }

    #[test]
    fn a_chosen_team_that_is_gone_is_not_replaced_by_one_of_the_same_name() {
        let chosen = Bucket { team_id: Some("5".into()), ..bucket() };
        assert_eq!(
            chosen.plan(&directory(), &ReplyFacts::default()).gaps,
            [PlanGap::TeamMissing { wanted: "5".to_owned() }]
        );
    }

    #[test]
    fn a_reply_that_cannot_be_written_is_a_gap_until_another_takes_its_place() {
        let greeting = Bucket { reply: "Hi {{first_name}}".to_owned(), ..bucket() };
        let plan = greeting.plan(&directory(), &ReplyFacts::default());
        assert!(
            matches!(plan.actions.as_slice(), [ActionKind::Assign { .. }]),
            "nothing unfinished is planned"
        );
        assert_eq!(plan.reply_gap().map(|gap| gap.text.as_str()), Some("Hi {{first_name}}"));
        let mended = plan.with_reply("Hi there");
        assert_eq!((mended.reply(), mended.reply_gap()), (Some("Hi there"), None));
        let known = greeting.plan(&directory(), &ReplyFacts::complete());
        assert_eq!(known.reply(), Some("Hi Ana"));
    }

    #[test]
    fn an_edited_reply_keeps_its_place_and_an_empty_one_is_left_out() {
        let spam = Bucket { reply: String::new(), closes: true, team_name: String::new(), ..bucket() };
        let plan = spam.plan(&directory(), &ReplyFacts::default()).with_reply("Not for us.");
        assert!(matches!(plan.actions.as_slice(), [ActionKind::Reply { .. }, ActionKind::Close]));
        let silent = bucket().plan(&directory(), &ReplyFacts::default()).with_reply("  ");
        assert!(matches!(silent.actions.as_slice(), [ActionKind::Assign { .. }]));
    }
}
