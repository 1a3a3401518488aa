//! The table of commands.

use super::activity::{ActivityList, ListActivity};
use super::begun::{BegunReplyList, DropBegunReply, KeepBegunReply, KeptBegunReply};
use super::buckets::{BucketList, BucketView, RemoveBucket, SaveBucket};
use super::contacts::{
    EraseContact, ErasureCertificate, ErasureList, ErasurePreview, GetErasure, ListErasures, PreviewErasure,
};
use super::conversations::{
    AddNote, ContactDetail, ConversationDetail, ConversationList, GetContact, GetConversation,
    ListConversations,
};
use super::coverage::{CoverageReport, SetCoverage};
use super::decisions::{DecisionList, DecisionRef, DecisionView, ListDecisions, Undone};
use super::deliveries::{
    DeliveryCurl, DeliveryDetail, DeliveryExport, DeliveryList, ExportedFile, GetDelivery, ListDeliveries,
    NewerDeliveries, ReplayAllAnswer, ReplayAnswer,
};
use super::drafts::{DraftFor, DraftView};
use super::egress::{BlockEgress, EgressList, ListEgress};
use super::health::{HealthReport, InWorkspace, Nothing};
use super::history::{
    HistoryPreview, ImportHistory, ImportList, ImportedHistory, PreviewHistory, UndoImport,
};
use super::insights::{CaseList, EditList, Explanation, GetInsights, InsightsReport, ListCases, WordsReport};
use super::language_models::{
    LanguageModelView, ModelCheck, ModelList, ModelUsage, SetLanguageModel, SetLanguageModelKey,
};
use super::library::{ArticleList, FindArticles, LibraryView, ListMacros, MacroList};
use super::policies::{
    AutomaticView, GetPolicies, PolicyCurve, PolicyList, PolicyRef, SetPolicy, SimulatePolicy, Simulation,
};
use super::replies::{PreviewReply, ReplyPreview};
use super::settings::{AppInfo, Settings, UpdateSettings};
use super::suggestions::{
    DecideSuggestion, GetSuggestion, ListSuggestions, SuggestionDetail, SuggestionList, WakeSuggestion,
};
use super::tunnel::{AcknowledgeUrl, TunnelChoice, TunnelProviders, TunnelView};
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
            ("suggestions.explain", suggestions_explain, GetSuggestion, Explanation, "Words for and against, what would flip it, and past decisions like it.");
            ("suggestions.decide", suggestions_decide, DecideSuggestion, DecisionView, "Records a person's answer; its actions are held for the undo window.");
            ("suggestions.wake", suggestions_wake, WakeSuggestion, SuggestionDetail, "Puts a snoozed suggestion back into the queue.");
            ("drafts.ask", drafts_ask, DraftFor, DraftView, "Asks the language model for a draft of a reply. Sends nothing to the customer.");
            ("drafts.give_up", drafts_give_up, DraftFor, DraftView, "Gives up a draft that is being written.");
            ("decisions.list", decisions_list, ListDecisions, DecisionList, "Decisions and what became of them.");
            ("decisions.undo", decisions_undo, DecisionRef, Undone, "Takes a decision back whole, while its undo window is open.");
            ("actions.retry", actions_retry, DecisionRef, DecisionView, "Tries the failed actions of a decision again.");
            ("actions.dismiss", actions_dismiss, DecisionRef, DecisionView, "Marks the failed actions of a decision as dealt with.");
            ("conversations.list", conversations_list, ListConversations, ConversationList, "Conversations kept on this machine, with search.");
            ("conversations.get", conversations_get, GetConversation, ConversationDetail, "A conversation with its parts and contact.");
            ("conversations.note", conversations_note, AddNote, DecisionView, "Adds a note that only the team sees.");
            ("contacts.get", contacts_get, GetContact, ContactDetail, "A contact and their conversations.");
            ("contacts.erase_preview", contacts_erase_preview, PreviewErasure, ErasurePreview, "What erasing a person on this machine would erase. Changes nothing.");
            ("contacts.erase", contacts_erase, EraseContact, ErasureCertificate, "Erases a person on this machine, for good.");
            ("contacts.erasure_certificate", contacts_erasure_certificate, GetErasure, ErasureCertificate, "The certificate of an erasure.");
            ("contacts.list_erasures", contacts_list_erasures, ListErasures, ErasureList, "Certificates of people who were erased.");
            ("deliveries.list", deliveries_list, ListDeliveries, DeliveryList, "Every webhook notification that was received.");
            ("deliveries.get", deliveries_get, GetDelivery, DeliveryDetail, "A delivery with its body as received.");
            ("deliveries.newer", deliveries_newer, ListDeliveries, NewerDeliveries, "How many came after the one given.");
            ("deliveries.curl", deliveries_curl, GetDelivery, DeliveryCurl, "A command that sends a delivery once more, signed for exactly its body.");
            ("deliveries.replay", deliveries_replay, GetDelivery, ReplayAnswer, "Reads what a delivery names once more. Writes nothing to the helpdesk.");
            ("deliveries.replay_failed", deliveries_replay_failed, InWorkspace, ReplayAllAnswer, "The same for every delivery that failed.");
            ("deliveries.export", deliveries_export, ListDeliveries, DeliveryExport, "Deliveries as lines of JSON, personal data masked, a piece at a time.");
            ("deliveries.export_file", deliveries_export_file, ListDeliveries, ExportedFile, "The same into a file in the data folder.");
            ("activity.list", activity_list, ListActivity, ActivityList, "Who did what, in order.");
            ("health.get", health_get, InWorkspace, HealthReport, "Whether everything works, and what to do where it does not.");
            ("coverage.get", coverage_get, InWorkspace, CoverageReport, "For which times nothing is missing, and how catching up stands.");
            ("coverage.set", coverage_set, SetCoverage, CoverageReport, "Chooses how often to look, and how far back to fetch.");
            ("coverage.catch_up", coverage_catch_up, InWorkspace, CoverageReport, "Catches up now.");
            ("backfill.pause", backfill_pause, InWorkspace, CoverageReport, "Halts the fetching of older conversations.");
            ("backfill.resume", backfill_resume, InWorkspace, CoverageReport, "Lets the fetching of older conversations go on.");
            ("buckets.list", buckets_list, InWorkspace, BucketList, "Buckets with what they resolve to.");
            ("buckets.save", buckets_save, SaveBucket, BucketView, "Makes a bucket or changes one.");
            ("buckets.remove", buckets_remove, RemoveBucket, BucketList, "Removes a bucket.");
            ("insights.get", insights_get, GetInsights, InsightsReport, "What the record of decisions shows.");
            ("insights.cases", insights_cases, ListCases, CaseList, "The cases of one cell of the confusion matrix.");
            ("insights.edits", insights_edits, InWorkspace, EditList, "What people changed in replies.");
            ("insights.words", insights_words, InWorkspace, WordsReport, "New words, and buckets that may be missing.");
            ("history.preview", history_preview, PreviewHistory, HistoryPreview, "The labels of a history, with counts and where they might go. Keeps nothing.");
            ("history.import", history_import, ImportHistory, ImportedHistory, "Teaches the local model a labelled history.");
            ("history.list", history_list, InWorkspace, ImportList, "Histories that were imported.");
            ("history.undo", history_undo, UndoImport, ImportList, "Takes an import back whole.");
            ("replies.preview", replies_preview, PreviewReply, ReplyPreview, "What a reply says with its variables put in, or why it cannot be sent.");
            ("begun_replies.keep", begun_replies_keep, KeepBegunReply, KeptBegunReply, "Keeps a reply that is being written. Sends nothing.");
            ("begun_replies.list", begun_replies_list, InWorkspace, BegunReplyList, "Replies that were begun, and neither sent nor discarded.");
            ("begun_replies.drop", begun_replies_drop, DropBegunReply, BegunReplyList, "Discards a reply that was begun.");
            ("articles.find", articles_find, FindArticles, ArticleList, "Articles of the help center that may answer a customer.");
            ("macros.list", macros_list, ListMacros, MacroList, "The macros, put together for a conversation.");
            ("library.get", library_get, InWorkspace, LibraryView, "How many articles and macros are kept, and when they were read.");
            ("library.read", library_read, InWorkspace, LibraryView, "Has articles and macros read again. Writes nothing to the helpdesk.");
            ("directory.get", directory_get, InWorkspace, Directory, "Teammates and teams.");
            ("settings.get", settings_get, Nothing, Settings, "The user's choices for the program.");
            ("settings.update", settings_update, UpdateSettings, Settings, "Changes what is given.");
            ("listener.get", listener_get, InWorkspace, ListenerInfo, "Where the helpdesk should deliver to.");
            ("listener.set_public_url", listener_set_public_url, SetPublicUrl, ListenerInfo, "Keeps the tunnel's address.");
            ("listener.test", listener_test, InWorkspace, TestDelivery, "Sends a signed test delivery to the listener.");
            ("language_model.get", language_model_get, InWorkspace, LanguageModelView, "Who is asked for second opinions, and how it stands.");
            ("language_model.set", language_model_set, SetLanguageModel, LanguageModelView, "Chooses who is asked, when, and what a day may take.");
            ("language_model.set_key", language_model_set_key, SetLanguageModelKey, LanguageModelView, "Keeps the key of the service.");
            ("language_model.remove_key", language_model_remove_key, InWorkspace, LanguageModelView, "Forgets the key of the service.");
            ("language_model.check", language_model_check, InWorkspace, ModelCheck, "Tries the key and the address. Sends no text of any conversation.");
            ("language_model.models", language_model_models, InWorkspace, ModelList, "The models that the service offers.");
            ("language_model.usage", language_model_usage, InWorkspace, ModelUsage, "Tokens and money by day.");
            ("policies.list", policies_list, GetPolicies, PolicyList, "What may happen without a person, and what the record shows of it.");
            ("policies.set", policies_set, SetPolicy, PolicyList, "Changes the line, hold, cap, samples or promise of a policy.");
            ("policies.give", policies_give, PolicyRef, PolicyList, "Lets a policy act by itself, or lets it again.");
            ("policies.withdraw", policies_withdraw, PolicyRef, PolicyList, "Stops a policy; what it holds comes back.");
            ("policies.simulate", policies_simulate, SimulatePolicy, Simulation, "What a line would have done in the recorded decisions. Changes nothing.");
            ("policies.curve", policies_curve, PolicyRef, PolicyCurve, "What every line would have done, and the one that keeps the promise.");
            ("automatic.get", automatic_get, GetPolicies, AutomaticView, "Whether anything acts by itself.");
            ("automatic.stop", automatic_stop, Nothing, AutomaticView, "Stops everything automatic at once, in every workspace, over restarts.");
            ("automatic.start", automatic_start, Nothing, AutomaticView, "Starts automatic work again.");
            ("egress.list", egress_list, ListEgress, EgressList, "What left this machine for somebody who is not the helpdesk.");
            ("egress.block", egress_block, BlockEgress, EgressList, "Blocks everything but the helpdesk, or lets it through again.");
            ("tunnel.get", tunnel_get, Nothing, TunnelView, "The tunnel to the listener, and how it stands.");
            ("tunnel.providers", tunnel_providers, Nothing, TunnelProviders, "Ways to a public URL, and which of them are on this machine.");
            ("tunnel.set", tunnel_set, TunnelChoice, TunnelView, "Chooses a way; opens it in place of an open one.");
            ("tunnel.start", tunnel_start, Nothing, TunnelView, "Opens the tunnel, now and at each start of the program.");
            ("tunnel.stop", tunnel_stop, Nothing, TunnelView, "Ends the tunnel.");
            ("tunnel.acknowledge_url", tunnel_acknowledge_url, AcknowledgeUrl, TunnelView, "Takes down that Intercom has the tunnel's address.");
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
