//! Work on a data folder while no Countersign uses it: importing a labelled history from the command line.
//!
//! It takes the folder as the program does, so that the two cannot write at once. Nothing is listened to, nobody is
//! asked, and the model is trained at the next start, when it finds lessons that it does not know.

use crate::core::StartError;
use crate::core::history::{headline, problems};
use crate::core::start::take_folder;
use crate::paths;
use domain::ports::{Clock as _, IdSource as _};
use domain::{Bucket, ImportId, NONE_OF_THESE};
use engine::EngineError;
use engine::clock::{ClockIds, SystemClock};
use engine::history::{FileFault, History, LabelCount, Target, keep};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use store::{SettingsStore, Store, StoreError, WorkspaceKind, WorkspaceRecord};

/// What stands for 'leave it out' where a label is mapped.
pub const LEAVE_OUT: &str = "-";

/// Why a history is not imported.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// The folder cannot be used, or another Countersign uses it.
    #[error(transparent)]
    Folder(#[from] StartError),
    /// A data file cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The history or the mapping is not right.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The order is not right.
    #[error("{0}")]
    Order(String),
}

/// Where labels come from.
#[derive(Debug, Clone)]
pub enum OfflineSource {
    /// A file by its name, with its bytes.
    File(String, Vec<u8>),
    /// The tags of the conversations kept in the folder.
    Tags,
}

/// A history to import.
#[derive(Debug, Clone)]
pub struct ImportOrder {
    /// The data folder.
    pub data: PathBuf,
    /// The workspace by its id, app id or name; may be left out where there is one.
    pub workspace: Option<String>,
    /// Where labels come from.
    pub source: OfflineSource,
    /// Labels and where they go: a bucket by its id or name, `none-of-these`, or `-` to leave it out.
    pub mapping: Vec<(String, String)>,
    /// Labels that are neither mapped nor a bucket's name are left out, instead of refused.
    pub skips_unknown: bool,
    /// Only says what it would do.
    pub only_looks: bool,
}

/// What came of an import.
#[derive(Debug, Clone)]
pub struct ImportReport {
    /// The name of the workspace.
    pub workspace: String,
    /// What was read.
    pub headline: String,
    /// Each label, how many messages have it, and where they go.
    pub labels: Vec<(String, usize, String)>,
    /// What was left out and why.
    pub left_out: Vec<String>,
    /// Messages that were imported; `None` where it was only looked.
    pub brought: Option<usize>,
}

/// Imports a history into a workspace of a data folder.
pub async fn import(order: ImportOrder) -> Result<ImportReport, OfflineError> {
    let _lock = take_folder(&order.data)?;
    let settings = SettingsStore::open(&paths::settings_file(&order.data)).await?;
    let workspaces = settings.list_workspaces().await;
    settings.close().await;
    let workspace = chosen(workspaces?, order.workspace.as_deref())?;
    let store = Store::open(&paths::workspace_file(&order.data, workspace.id)).await?;
    let report = into(&store, workspace.name, &order).await;
    store.close().await;
    report
}

async fn into(store: &Store, workspace: String, order: &ImportOrder) -> Result<ImportReport, OfflineError> {
    let history = match &order.source {
        OfflineSource::File(name, bytes) => History::of_file(name, bytes)?,
        OfflineSource::Tags => History::of_tags(store).await?,
    };
    let buckets = store.list_buckets().await?;
    let labels = history.labels(&buckets);
    let targets = targets(&labels, order, &buckets)?;
    let mut left_out = problems(&history);
    let brought = if order.only_looks {
        let gathered = history.gather(&targets, &store.list_imported_texts().await?);
        left_out.extend(gathered.sentences());
        None
    } else {
        let clock = Arc::new(SystemClock);
        let id = ImportId(ClockIds::new(clock.clone()).next());
        let imported = keep(store, &history, &targets, id, clock.now()).await?;
        left_out.extend(imported.gathered.sentences());
        Some(imported.brought)
    };
    let told = labels.iter().map(|label| {
        let target = match targets.get(&label.label) {
            Some(Target::Bucket(id)) => id.to_string(),
            Some(Target::NoneOfThese) => NONE_OF_THESE.to_owned(),
            Some(Target::LeaveOut) | None => LEAVE_OUT.to_owned(),
        };
        (label.label.clone(), label.messages, target)
    });
    let headline = headline(&history, labels.len());
    Ok(ImportReport { workspace, headline, labels: told.collect(), left_out, brought })
}

fn chosen(all: Vec<WorkspaceRecord>, wanted: Option<&str>) -> Result<WorkspaceRecord, OfflineError> {
    // The demo begins anew at each start.
    let mut all: Vec<WorkspaceRecord> =
        all.into_iter().filter(|workspace| workspace.kind == WorkspaceKind::Connected).collect();
    let names =
        || all.iter().map(|one| format!("{} ({})", one.name, one.app_id)).collect::<Vec<_>>().join(", ");
    let is_wanted = |one: &WorkspaceRecord| {
        wanted.is_none_or(|wanted| one.id.to_string() == wanted || one.app_id == wanted || one.name == wanted)
    };
    let found: Vec<usize> = (0..all.len()).filter(|at| all.get(*at).is_some_and(is_wanted)).collect();
    match (found.as_slice(), wanted) {
        ([one], _) => Ok(all.swap_remove(*one)),
        ([], None) => Err(OfflineError::Order("This data folder has no connected workspace.".to_owned())),
        ([], Some(wanted)) => {
            Err(OfflineError::Order(format!("There is no workspace {wanted}. There are: {}.", names())))
        }
        (_, _) => Err(OfflineError::Order(format!("Say which workspace, with --workspace: {}.", names()))),
    }
}

fn targets(
    labels: &[LabelCount],
    order: &ImportOrder,
    buckets: &[Bucket],
) -> Result<BTreeMap<String, Target>, OfflineError> {
    let mut targets = BTreeMap::new();
    for (label, target) in &order.mapping {
        targets.insert(label.clone(), target_of(target, buckets)?);
    }
    let mut unknown = Vec::new();
    for label in labels {
        if targets.contains_key(&label.label) {
            continue;
        }
        if label.proposed == Target::LeaveOut && !order.skips_unknown {
            unknown.push(format!("{} ({})", label.label, label.messages));
        }
        targets.insert(label.label.clone(), label.proposed.clone());
    }
    if unknown.is_empty() {
        return Ok(targets);
    }
    Err(OfflineError::Order(format!(
        "These labels are no bucket's name: {}. Say where they go with --map LABEL=BUCKET (or none-of-these, or - to \
         leave one out), or leave them all out with --skip-unknown.",
        unknown.join(", ")
    )))
}

fn target_of(word: &str, buckets: &[Bucket]) -> Result<Target, OfflineError> {
    if word == LEAVE_OUT {
        return Ok(Target::LeaveOut);
    }
    if word == NONE_OF_THESE {
        return Ok(Target::NoneOfThese);
    }
    let named = |bucket: &&Bucket| bucket.id.as_str() == word || bucket.name.eq_ignore_ascii_case(word);
    if let Some(bucket) = buckets.iter().find(named) {
        return Ok(Target::Bucket(bucket.id.clone()));
    }
    let known: Vec<&str> = buckets.iter().map(|bucket| bucket.id.as_str()).collect();
    Err(OfflineError::Order(format!("There is no bucket {word}. There are: {}.", known.join(", "))))
}
