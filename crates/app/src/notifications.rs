//! Notifications of the desktop, for messages that cannot wait. They carry no message text.

use std::fmt::Debug;

/// Shows a short message outside the window.
pub trait Notifier: Debug + Send + Sync {
    /// Shows it. A system without notifications is no error: the page tells too.
    fn notify(&self, title: &str, text: &str);
}

/// The notification service of the desktop.
#[derive(Debug, Clone, Copy, Default)]
pub struct Desktop;

impl Notifier for Desktop {
    fn notify(&self, title: &str, text: &str) {
        let mut notification = notify_rust::Notification::new();
        notification.appname("Countersign").summary(title).body(text);
        // The service may be slow to start: never on a thread that answers people.
        drop(tokio::task::spawn_blocking(move || {
            if let Err(error) = notification.show() {
                tracing::debug!(%error, "No notification could be shown");
            }
        }));
    }
}
