//! What holds for every body that is read as a notification, whatever bytes it is made of.

use domain::ports::WebhookDialect as _;
use domain::{Change, Notification, NotificationError};
use intercom::Webhooks;

/// The longest topic and the longest reason that anything is told in, bytes.
const LONGEST_LINE: usize = 4_096;

/// Reads a body and checks what came of it.
pub(crate) fn check(body: &[u8]) {
    match Webhooks.parse(body) {
        Ok(notification) => {
            check_read(&notification);
            // Blanks around JSON say nothing.
            let spaced = [b"\n\t ", body, b" \r\n"].concat();
            assert_eq!(
                Webhooks.parse(&spaced),
                Ok(notification),
                "blanks around the body changed what it says"
            );
        }
        Err(NotificationError(reason)) => check_line("the reason", &reason),
    }
}

/// What every notification keeps to that was read.
pub(crate) fn check_read(notification: &Notification) {
    assert!(!notification.app_id.is_empty(), "a notification for no workspace");
    check_line("the topic", &notification.topic);
    if let Some(id) = &notification.id {
        assert!((1..=200).contains(&id.len()), "an id of {} bytes", id.len());
    }
    assert!(notification.created_at.is_none_or(|at| at.0 > 0), "made before time began");
    match &notification.change {
        Ok(change) => check_change(change),
        Err(odd) => check_line("the reason", &odd.0),
    }
}

/// A change names what can stand in an address, and a merge two different contacts.
pub(crate) fn check_change(change: &Change) {
    match change {
        Change::Conversation(id) | Change::ConversationDeleted(id) => check_id(&id.0),
        Change::Contact(id) | Change::ContactDeleted(id) => check_id(&id.0),
        Change::ContactMerged { from, into } => {
            check_id(&from.0);
            check_id(&into.0);
            assert_ne!(from, into, "a contact merged into itself");
        }
        Change::Article(id) => check_id(&id.0),
        Change::Ping | Change::Ignored => {}
    }
}

fn check_id(id: &str) {
    assert!((1..=128).contains(&id.len()), "an id of {} bytes", id.len());
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(id.chars().all(fits), "an id that could lead elsewhere: {id:?}");
}

/// One line for people: not empty, no control characters, not endless.
fn check_line(what: &str, line: &str) {
    assert!((1..=LONGEST_LINE).contains(&line.len()), "{what} has {} bytes", line.len());
    assert!(!line.chars().any(char::is_control), "{what} holds a control character: {line:?}");
}
