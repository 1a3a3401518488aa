//! `history.*`: a labelled history is looked at, imported, and taken back.

use super::Core;
use super::insights::thousands;
use crate::api::health::InWorkspace;
use crate::api::history::{
    HistoryLabel, HistoryPreview, HistorySource, ImportHistory, ImportList, ImportView, ImportedHistory,
    LabelMapping, LabelTarget, LearningView, PreviewHistory, UndoImport,
};
use crate::api::{ApiError, ErrorCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Workspace;
use engine::history::{FileFault, History, LabelCount, Learning, LearningProgress, MOST_BYTES, Target};
use std::collections::BTreeMap;
use store::{ImportRow, ImportSource};

/// Imports that are listed.
const LISTED: u32 = 50;

impl Core {
    pub(super) async fn history_preview(&self, input: PreviewHistory) -> Result<HistoryPreview, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let history = read(&workspace, input.source).await?;
        let buckets = workspace.store().list_buckets().await?;
        let labels = history.labels(&buckets);
        Ok(HistoryPreview {
            headline: headline(&history, labels.len()),
            messages: history.messages.len() as u32,
            labels: labels.into_iter().map(label_view).collect(),
            problems: problems(&history),
        })
    }

    pub(super) async fn history_import(&self, input: ImportHistory) -> Result<ImportedHistory, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let history = read(&workspace, input.source).await?;
        let imported = workspace.import_history(&history, &targets(input.mapping)).await?;
        Ok(ImportedHistory {
            import_id: imported.id,
            brought: imported.brought as u32,
            left_out: imported.gathered.sentences(),
        })
    }

    pub(super) async fn history_list(&self, input: InWorkspace) -> Result<ImportList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let rows = workspace.store().list_imports(LISTED).await?;
        Ok(ImportList {
            rows: rows.into_iter().map(import_view).collect(),
            learning: workspace.learning_history().map(learning_view),
        })
    }

    pub(super) async fn history_undo(&self, input: UndoImport) -> Result<ImportList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.undo_import(input.import_id).await?;
        self.history_list(InWorkspace { workspace: input.workspace }).await
    }
}

async fn read(workspace: &Workspace, source: HistorySource) -> Result<History, ApiError> {
    match source {
        HistorySource::File { name, base64 } => {
            // Four characters for three bytes: what is too large need not be decoded.
            let size = base64.len() / 4 * 3;
            if size > MOST_BYTES + 3 {
                return Err(wrong(&FileFault::TooLarge(size.div_ceil(1024 * 1024))));
            }
            let bytes = STANDARD.decode(base64).map_err(|_| {
                ApiError::new(ErrorCode::BadRequest, "The file did not arrive whole. Choose it again.")
            })?;
            // Reading and counting take a moment where the file is large.
            let read = tokio::task::spawn_blocking(move || History::of_file(&name, &bytes)).await;
            read.map_err(|_| ApiError::new(ErrorCode::Internal, "The file could not be read."))?
                .map_err(|fault| wrong(&fault))
        }
        HistorySource::Tags => Ok(History::of_tags(workspace.store()).await?),
    }
}

fn wrong(fault: &FileFault) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, fault.to_string())
}

pub(crate) fn targets(mapping: Vec<LabelMapping>) -> BTreeMap<String, Target> {
    let target = |target| match target {
        LabelTarget::Bucket { bucket_id } => Target::Bucket(bucket_id),
        LabelTarget::NoneOfThese => Target::NoneOfThese,
        LabelTarget::LeaveOut => Target::LeaveOut,
    };
    mapping.into_iter().map(|mapping| (mapping.label, target(mapping.target))).collect()
}

fn label_view(count: LabelCount) -> HistoryLabel {
    HistoryLabel {
        label: count.label,
        messages: count.messages as u32,
        proposed: match count.proposed {
            Target::Bucket(bucket_id) => LabelTarget::Bucket { bucket_id },
            Target::NoneOfThese => LabelTarget::NoneOfThese,
            Target::LeaveOut => LabelTarget::LeaveOut,
        },
    }
}

pub(crate) fn headline(history: &History, labels: usize) -> String {
    let label = |word: &str| format!("{labels} {word}{}", if labels == 1 { "" } else { "s" });
    match (history.source, history.messages.len()) {
        (ImportSource::Tags, 0) => {
            "No conversation kept here has a tag and a message of its customer.".to_owned()
        }
        (ImportSource::Tags, 1) => format!("1 conversation with {}.", label("tag")),
        (ImportSource::Tags, count) => format!("{} conversations with {}.", thousands(count), label("tag")),
        (ImportSource::File, 1) => format!("1 message with {} in {}.", label("label"), history.name),
        (ImportSource::File, count) => {
            format!("{} messages with {} in {}.", thousands(count), label("label"), history.name)
        }
    }
}

pub(crate) fn problems(history: &History) -> Vec<String> {
    let mut problems = history.problems.clone();
    if history.source == ImportSource::File && history.left_out > problems.len() {
        problems.push(format!("{} lines are left out in all.", history.left_out));
    }
    problems
}

fn learning_view(progress: LearningProgress) -> LearningView {
    let LearningProgress { doing, total, done } = progress;
    let sentence = match (doing, total) {
        (Learning::Training, _) => "The model is learning from it".to_owned(),
        (Learning::Suggesting, 1) => "One suggestion that waits is made anew".to_owned(),
        (Learning::Suggesting, total) => {
            format!("{} suggestions that wait are made anew", thousands(total as usize))
        }
    };
    LearningView { sentence, total, done }
}

fn import_view(row: ImportRow) -> ImportView {
    let messages = if row.brought == 1 {
        "1 message".to_owned()
    } else {
        format!("{} messages", thousands(row.brought as usize))
    };
    let from = match row.source {
        ImportSource::File => row.name,
        ImportSource::Tags => "tags of conversations".to_owned(),
    };
    let erased = match row.brought.saturating_sub(row.kept) {
        gone if gone > 0 && row.undone_at.is_none() => format!(", {gone} erased since"),
        _ => String::new(),
    };
    ImportView {
        import_id: row.id,
        at: row.at,
        sentence: format!("{messages} from {from}{erased}"),
        kept: row.kept,
        undone_at: row.undone_at,
    }
}
