//! Events: what has changed, told to whoever shows it.

use domain::{ConversationId, SuggestionId, WorkspaceId};
use tokio::sync::broadcast;

/// How many events a slow receiver may lag behind before it has to fetch everything again.
const BACKLOG: usize = 1024;

/// How a notice should sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Good news.
    Success,
    /// For information.
    Info,
    /// Something did not work.
    Problem,
    /// A message that cannot wait.
    Urgent,
}

/// A short message for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineNotice {
    /// How it should sound.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
    /// The conversation it is about.
    pub conversation_id: Option<ConversationId>,
}

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineEvent {
    /// Where; `None` when it concerns no workspace.
    pub workspace: Option<WorkspaceId>,
    /// Names of what changed.
    pub tags: Vec<String>,
    /// Something to tell at once.
    pub notice: Option<EngineNotice>,
}

/// Where events are sent, and can be received by any number of receivers.
#[derive(Debug, Clone)]
pub struct Events {
    sender: broadcast::Sender<EngineEvent>,
    workspace: Option<WorkspaceId>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0, workspace: None }
    }
}

impl Events {
    /// The same channel, for events of one workspace.
    #[must_use]
    pub fn of(&self, workspace: WorkspaceId) -> Self {
        Self { sender: self.sender.clone(), workspace: Some(workspace) }
    }

    /// Receives every event from here on.
    pub fn subscribe(&self) -> broadcast::Receiver<EngineEvent> {
        self.sender.subscribe()
    }

    /// Tells that what these tags name has changed.
    pub fn changed<I, S>(&self, tags: I)
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        self.send(tags.into_iter().map(Into::into).collect(), None);
    }

    /// Tells of a change with a message for the person.
    pub fn notify(&self, tags: Vec<String>, notice: EngineNotice) {
        self.send(tags, Some(notice));
    }

    fn send(&self, tags: Vec<String>, notice: Option<EngineNotice>) {
        // Nobody listening is no error: a headless program may have no page open.
        let _ = self.sender.send(EngineEvent { workspace: self.workspace, tags, notice });
    }
}

/// The tags that a change of a conversation's suggestion or decisions touches.
pub fn tags_of(conversation: &ConversationId, suggestions: &[SuggestionId]) -> Vec<String> {
    let mut tags: Vec<String> =
        ["suggestions", "decisions", "activity", "conversations"].map(str::to_owned).to_vec();
    tags.push(format!("conversation:{conversation}"));
    tags.extend(suggestions.iter().map(|id| format!("suggestion:{id}")));
    tags
}
