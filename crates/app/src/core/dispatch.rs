//! From a command's name and JSON to its method and back.

use super::Core;
use crate::api::activity::{ActivityList, ListActivity};
use crate::api::begun::{BegunReplyList, DropBegunReply, KeepBegunReply, KeptBegunReply};
use crate::api::buckets::{BucketList, BucketView, RemoveBucket, SaveBucket};
use crate::api::contacts::{
    EraseContact, ErasureCertificate, ErasureList, ErasurePreview, GetErasure, ListErasures, PreviewErasure,
};
use crate::api::conversations::{
    AddNote, ContactDetail, ConversationDetail, ConversationList, GetContact, GetConversation,
    ListConversations,
};
use crate::api::coverage::{CoverageReport, SetCoverage};
use crate::api::decisions::{DecisionList, DecisionRef, DecisionView, ListDecisions, Undone};
use crate::api::deliveries::{
    DeliveryCurl, DeliveryDetail, DeliveryExport, DeliveryList, ExportedFile, GetDelivery, ListDeliveries,
    NewerDeliveries, ReplayAllAnswer, ReplayAnswer,
};
use crate::api::drafts::{DraftFor, DraftView};
use crate::api::egress::{BlockEgress, EgressList, ListEgress};
use crate::api::health::{HealthReport, InWorkspace, Nothing};
use crate::api::history::{
    HistoryPreview, ImportHistory, ImportList, ImportedHistory, PreviewHistory, UndoImport,
};
use crate::api::insights::{
    CaseList, EditList, Explanation, GetInsights, InsightsReport, ListCases, WordsReport,
};
use crate::api::language_models::{
    LanguageModelView, ModelCheck, ModelList, ModelUsage, SetLanguageModel, SetLanguageModelKey,
};
use crate::api::library::{ArticleList, FindArticles, LibraryView, ListMacros, MacroList};
use crate::api::policies::{
    AutomaticView, GetPolicies, PolicyCurve, PolicyList, PolicyRef, SetPolicy, SimulatePolicy, Simulation,
};
use crate::api::replies::{PreviewReply, ReplyPreview};
use crate::api::settings::{AppInfo, Settings, UpdateSettings};
use crate::api::suggestions::{
    DecideSuggestion, GetSuggestion, ListSuggestions, SuggestionDetail, SuggestionList, WakeSuggestion,
};
use crate::api::tunnel::{AcknowledgeUrl, TunnelChoice, TunnelProviders, TunnelView};
use crate::api::workspaces::{
    ConnectWorkspace, DisconnectWorkspace, ListenerInfo, ProbeWorkspace, ProbedWorkspace, SelectWorkspace,
    SetActingAdmin, SetPublicUrl, TestDelivery, UnlockWorkspace, WorkspaceList, WorkspaceView,
};
use crate::api::{ApiError, ErrorCode};
use crate::for_each_command;
use domain::Directory;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

macro_rules! dispatch {
    ($(($name:literal, $method:ident, $input:ty, $answer:ty, $about:literal);)+) => {
        impl Core {
            /// Runs a command. `input` may be null where the command needs nothing.
            pub async fn call(&self, command: &str, input: Value) -> Result<Value, ApiError> {
                match command {
                    $($name => {
                        let input: $input = read(input)?;
                        let answer: $answer = Box::pin(self.$method(input)).await?;
                        write(&answer)
                    })+
                    other => Err(ApiError::new(
                        ErrorCode::UnknownCommand,
                        format!("There is no command {other:?}. GET /rpc lists them all."),
                    )),
                }
            }
        }
    };
}

for_each_command!(dispatch);

fn read<T: DeserializeOwned>(input: Value) -> Result<T, ApiError> {
    let input = if input.is_null() { Value::Object(Map::new()) } else { input };
    serde_json::from_value(input).map_err(|error| {
        ApiError::new(ErrorCode::BadRequest, format!("The input does not fit this command: {error}."))
    })
}

fn write<T: Serialize>(answer: &T) -> Result<Value, ApiError> {
    serde_json::to_value(answer).map_err(|error| {
        tracing::error!(%error, "An answer could not be written");
        ApiError::new(ErrorCode::Internal, "The answer could not be written.")
    })
}
