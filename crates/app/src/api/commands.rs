//! The table of commands.

use super::activity::{ActivityList, ListActivity};
use super::buckets::{BucketList, BucketView, RemoveBucket, SaveBucket};
use super::conversations::{
    AddNote, ContactDetail, ConversationDetail, ConversationList, GetContact, GetConversation,
    ListConversations,
};
use super::decisions::{DecisionList, DecisionRef, DecisionView, ListDecisions, Undone};
use super::deliveries::{DeliveryDetail, DeliveryList, GetDelivery, ListDeliveries};
use super::health::{HealthReport, InWorkspace, Nothing};
use super::settings::{AppInfo, Settings, UpdateSettings};
use super::suggestions::{
    DecideSuggestion, GetSuggestion, ListSuggestions, SuggestionDetail, SuggestionList, WakeSuggestion,
};
use super::workspaces::{
    ConnectWorkspace, DisconnectWorkspace, ListenerInfo, ProbeWorkspace, ProbedWorkspace, SelectWorkspace,
    SetActingAdmin, SetPublicUrl, TestDelivery, UnlockWorkspace, WorkspaceList, WorkspaceView,
};
use domain::Directory;

/// Calls a macro with every command: `(name, method of the core, input, answer, what it does)`.
#[macro_export]
macro_rules! for_each_command {
    ($callback:ident) => {
        $callback! {
            ("app.get", app_get, Nothing, AppInfo, "What the page needs before anything else.");
            ("workspaces.list", workspaces_list, Nothing, WorkspaceList, "All workspaces.");
            ("workspaces.probe", workspaces_probe, ProbeWorkspace, ProbedWorkspace, "Asks whose workspace an access token opens. Saves nothing.");
            ("workspaces.connect", workspaces_connect, ConnectWorkspace, WorkspaceView, "Connects a workspace and starts to follow it.");
            ("workspaces.unlock", workspaces_unlock, UnlockWorkspace, WorkspaceView, "Gives a workspace its secrets again, or new ones.");
            ("workspaces.select", workspaces_select, SelectWorkspace, WorkspaceView, "Makes a workspace the active one.");
            ("workspaces.set_admin", workspaces_set_admin, SetActingAdmin, WorkspaceView, "Chooses the teammate in whose name actions are made.");
            ("workspaces.add_demo", workspaces_add_demo, Nothing, WorkspaceView, "Adds the demo workspace again after it was disconnected.");
            ("workspaces.disconnect", workspaces_disconnect, DisconnectWorkspace, WorkspaceList, "Forgets a workspace's secrets and stops to follow it.");
            ("suggestions.list", suggestions_list, ListSuggestions, SuggestionList, "The queue.");
            ("suggestions.get", suggestions_get, GetSuggestion, SuggestionDetail, "A suggestion with its conversation and contact.");
            ("suggestions.decide", suggestions_decide, DecideSuggestion, DecisionView, "Records a person's answer; its actions are held for the undo window.");
            ("suggestions.wake", suggestions_wake, WakeSuggestion, SuggestionDetail, "Puts a snoozed suggestion back into the queue.");
            ("decisions.list", decisions_list, ListDecisions, DecisionList, "Decisions and what became of them.");
            ("decisions.undo", decisions_undo, DecisionRef, Undone, "Takes a decision back whole, while its undo window is open.");
            ("actions.retry", actions_retry, DecisionRef, DecisionView, "Tries the failed actions of a decision again.");
            ("actions.dismiss", actions_dismiss, DecisionRef, DecisionView, "Marks the failed actions of a decision as dealt with.");
            ("conversations.list", conversations_list, ListConversations, ConversationList, "Conversations kept on this machine, with search.");
            ("conversations.get", conversations_get, GetConversation, ConversationDetail, "A conversation with its parts and contact.");
            ("conversations.note", conversations_note, AddNote, DecisionView, "Adds a note that only the team sees.");
            ("contacts.get", contacts_get, GetContact, ContactDetail, "A contact and their conversations.");
            ("deliveries.list", deliveries_list, ListDeliveries, DeliveryList, "Every webhook notification that was received.");
            ("deliveries.get", deliveries_get, GetDelivery, DeliveryDetail, "A delivery with its body as received.");
            ("activity.list", activity_list, ListActivity, ActivityList, "Who did what, in order.");
            ("health.get", health_get, InWorkspace, HealthReport, "Whether everything works, and what to do where it does not.");
            ("buckets.list", buckets_list, InWorkspace, BucketList, "Buckets with what they resolve to.");
            ("buckets.save", buckets_save, SaveBucket, BucketView, "Makes a bucket or changes one.");
            ("buckets.remove", buckets_remove, RemoveBucket, BucketList, "Removes a bucket.");
            ("directory.get", directory_get, InWorkspace, Directory, "Teammates and teams.");
            ("settings.get", settings_get, Nothing, Settings, "The user's choices for the program.");
            ("settings.update", settings_update, UpdateSettings, Settings, "Changes what is given.");
            ("listener.get", listener_get, InWorkspace, ListenerInfo, "Where the helpdesk should deliver to.");
            ("listener.set_public_url", listener_set_public_url, SetPublicUrl, ListenerInfo, "Keeps the tunnel's address.");
            ("listener.test", listener_test, InWorkspace, TestDelivery, "Sends a signed test delivery to the listener.");
        }
    };
}

/// A command as `GET /rpc` lists it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct CommandInfo {
    /// `area.verb`.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// The TypeScript name of its input.
    pub input: String,
    /// The TypeScript name of its answer.
    pub answer: String,
}

macro_rules! command_list {
    ($(($name:literal, $method:ident, $input:ty, $answer:ty, $about:literal);)+) => {
        /// Every command.
        pub fn commands() -> Vec<CommandInfo> {
            let config = ts_rs::Config::default();
            vec![$(CommandInfo {
                name: $name,
                about: $about,
                input: <$input as ts_rs::TS>::name(&config),
                answer: <$answer as ts_rs::TS>::name(&config),
            }),+]
        }

        /// Hands the types of every command to a visitor, for the generated TypeScript.
        pub(super) fn visit_types(visitor: &mut impl ts_rs::TypeVisitor) {
            $(visitor.visit::<$input>(); visitor.visit::<$answer>();)+
        }
    };
}

for_each_command!(command_list);
