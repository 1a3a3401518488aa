//! Kinds of tickets, and the tickets that conversations were made into.

use serde_json::{Map, Value};

use super::World;

#[derive(Debug, Clone)]
pub(crate) struct TicketType {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) category: &'static str,
    /// The ids of its four states, in their order.
    pub(crate) states_from: u64,
    pub(crate) created_at: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    /// The number that is shown; addresses take the id of the conversation.
    pub(crate) number: u64,
    pub(crate) type_id: u64,
    /// The place of its state among the four.
    pub(crate) state: usize,
    pub(crate) attributes: Map<String, Value>,
    pub(crate) created_at: i64,
}

/// Category, label for teammates, label for customers.
pub(crate) const TICKET_STATES: [(&str, &str, &str); 4] = [
    ("submitted", "Submitted", "Submitted"),
    ("in_progress", "In progress", "In progress"),
    ("waiting_on_customer", "Waiting on customer", "Waiting on you"),
    ("resolved", "Resolved", "Resolved"),
];

const TYPES: [(&str, &str, &str, &str); 2] = [
    ("Bug report", "Something does not work as it should", "🪲", "Customer"),
    ("Refund", "Money to be sent back", "💶", "Back-office"),
];

impl World {
    pub(super) fn found_ticket_types(&mut self) {
        let first = 60_000 + self.seed.number("ticket types", 0) % 9_000;
        for (place, (name, description, icon, category)) in (0..).zip(TYPES) {
            self.ticket_types.push(TicketType {
                id: first + place,
                name,
                description,
                icon,
                category,
                states_from: 10 * (first + place),
                created_at: self.identity.created_at,
            });
        }
    }

    pub(crate) fn ticket_type(&self, id: u64) -> Option<&TicketType> {
        self.ticket_types.iter().find(|kind| kind.id == id)
    }

    pub(crate) fn next_ticket_number(&mut self) -> u64 {
        self.made.tickets += 1;
        self.made.tickets
    }
}
