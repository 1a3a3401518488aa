//! `health.get`: looks at every part and says in words what is wrong and what to do.

use super::Core;
use super::entries::Entry;
use super::logs::count;
use super::{faults, subscription};
use crate::api::ApiError;
use crate::api::health::{
    HealthReport, InWorkspace, ListenerHealth, ModelHealth, OutboxHealth, Problem, Severity, StoreHealth,
    VendorHealth,
};
use crate::api::workspaces::WorkspaceStatus;
use domain::FaultKind;
use domain::ports::{Helpdesk as _, SecretKind};
use engine::Workspace;
use secrecy::ExposeSecret as _;
use store::{ActionCounts, DeliveryCounts, WorkspaceKind};

/// Deliveries that wait for longer than this are worth a word, milliseconds.
const SLOW_MS: i64 = 60_000;
/// A day, milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Core {
    pub(super) async fn health_get(&self, input: InWorkspace) -> Result<HealthReport, ApiError> {
        let entry = self.entry(input.workspace)?;
        let workspace = self.workspace(input.workspace)?;
        workspace.show_deliveries().await;
        let deliveries = workspace.store().delivery_counts().await?;
        let actions = workspace.store().count_actions().await?;
        let listener = self.listener_health(&entry, &deliveries);
        let vendor = vendor_health(&workspace);
        let store = store_health(&workspace).await?;
        let learned = workspace.learner().counts();
        let mut problems = Vec::new();
        if let WorkspaceStatus::NeedsSecrets { message } = &entry.status {
            problems.push(broken("The secrets of this workspace are not known in this session", message));
        }
        self.listener_problems(&entry, &workspace, &listener, &mut problems);
        problems.extend(super::coverage::problems(&workspace, self.now()).await?);
        let subscription = subscription::health(workspace.suspension(), self.now());
        problems.extend(subscription::problem(&subscription, self.now()));
        vendor_problems(&workspace, &vendor, &mut problems);
        budget_problem(&workspace, &mut problems);
        if let Some(problem) = workspace.learner().problem() {
            problems
                .push(warning(&problem, Some("No decision is lost: they are kept apart from the model.")));
        }
        work_problems(self.now(), &deliveries, &actions, &mut problems);
        if store.severity != Severity::Ok {
            problems.push(Problem {
                severity: store.severity,
                sentence: store.sentence.clone(),
                advice: None,
            });
        }
        problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
        Ok(HealthReport {
            severity: problems.first().map_or(Severity::Ok, |problem| problem.severity),
            problems,
            listener,
            deliveries: self.totals(&deliveries),
            subscription,
            vendor,
            outbox: outbox_health(&actions, self.longest_gap(&workspace).await?),
            model: ModelHealth {
                version: workspace.learner().version(),
                lessons: learned.lessons,
                examples: learned.examples,
            },
            store,
        })
    }

    async fn longest_gap(&self, workspace: &Workspace) -> Result<Option<u32>, ApiError> {
        let (longest, calls) = workspace.store().longest_gap(self.now().plus_ms(-DAY_MS)).await?;
        Ok((calls > 0).then(|| u32::try_from(longest).unwrap_or(u32::MAX)))
    }

    fn listener_health(&self, entry: &Entry, deliveries: &DeliveryCounts) -> ListenerHealth {
        let refusals = self.listener.refusals();
        ListenerHealth {
            listening: true,
            local_url: Some(self.listen_url()),
            public_url: self.public_url(entry),
            problem: self.port_problem(),
            last_delivery_at: deliveries.last_received_at,
            last_ping_at: deliveries.last_ping_at,
            refused_signatures: refusals.signatures,
            refused_requests: refusals.requests,
            not_stored: refusals.not_stored,
        }
    }

    /// The address entered by hand, else that of the program's own tunnel.
    fn public_url(&self, entry: &Entry) -> Option<String> {
        let connected = entry.record.kind == WorkspaceKind::Connected;
        entry.record.public_url.clone().or_else(|| self.tunnel.public_url().filter(|_| connected))
    }

    fn lacks_client_secret(&self, entry: &Entry) -> bool {
        let kept = self.session.find(&entry.record.id.to_string(), SecretKind::ClientSecret);
        kept.is_some_and(|secret| secret.expose_secret().trim().is_empty())
    }

    fn listener_problems(
        &self,
        entry: &Entry,
        workspace: &Workspace,
        listener: &ListenerHealth,
        problems: &mut Vec<Problem>,
    ) {
        if let Some(reason) = self.listener.refusals().not_stored_reason {
            problems.push(broken("Deliveries could not be stored and were answered 503", &reason));
        }
        if self.lacks_client_secret(entry) {
            problems.push(broken(
                "No client secret is set, so every delivery is refused",
                "Give the client secret of the app in Intercom's Developer Hub.",
            ));
        }
        if let Some(problem) = &listener.problem {
            problems.push(warning(problem, None));
        }
        problems.extend(self.tunnel.problems());
        let connected = entry.record.kind == WorkspaceKind::Connected;
        if connected && listener.public_url.is_none() && listener.last_delivery_at.is_none() {
            let within = match workspace.catch_up_minutes() {
                1 => "a minute".to_owned(),
                minutes => format!("{minutes} minutes"),
            };
            problems.push(warning(
                &format!(
                    "No delivery has come yet, and no public URL is set: new messages are noticed within {within}"
                ),
                Some("Open a tunnel in Settings, or lead one of your own to the listener and enter its URL there."),
            ));
        }
    }
}

pub(super) fn broken(sentence: &str, advice: &str) -> Problem {
    Problem { severity: Severity::Broken, sentence: sentence.to_owned(), advice: Some(advice.to_owned()) }
}

pub(super) fn warning(sentence: &str, advice: Option<&str>) -> Problem {
    Problem { severity: Severity::Warning, sentence: sentence.to_owned(), advice: advice.map(str::to_owned) }
}

fn vendor_health(workspace: &Workspace) -> VendorHealth {
    let pulse = workspace.helpdesk().pulse();
    let budget = workspace.helpdesk().budget();
    let (severity, sentence) = match (&pulse.fault, pulse.denied.first_key_value(), pulse.last_ok_at) {
        (Some((_, fault)), ..) => {
            let severity = if fault.is_transient() { Severity::Warning } else { Severity::Broken };
            let sentence = faults::explain(fault).map_or_else(|| fault.sentence(), |told| told.sentence);
            (severity, sentence)
        }
        (None, Some((deed, (_, fault))), _) => {
            (Severity::Broken, faults::explain_denied(*deed, fault).sentence)
        }
        (None, None, Some(_)) => (Severity::Ok, "Answering".to_owned()),
        (None, None, None) => (Severity::Ok, "Not asked yet".to_owned()),
    };
    VendorHealth {
        severity,
        sentence,
        last_ok_at: pulse.last_ok_at,
        budget_remaining: budget.map(|budget| budget.remaining),
        budget_limit: budget.map(|budget| budget.limit),
    }
}

fn vendor_problems(workspace: &Workspace, vendor: &VendorHealth, problems: &mut Vec<Problem>) {
    let pulse = workspace.helpdesk().pulse();
    match &pulse.fault {
        Some((_, fault)) if fault.kind == FaultKind::NoSecret => return,
        Some((_, fault)) => problems.push(match faults::explain(fault) {
            Some(told) => broken(&told.sentence, &told.advice),
            None => Problem {
                severity: vendor.severity,
                sentence: format!("{} does not answer as it should", workspace.helpdesk().name()),
                advice: Some(fault.sentence()),
            },
        }),
        None => {}
    }
    for (deed, (_, fault)) in &pulse.denied {
        let told = faults::explain_denied(*deed, fault);
        problems.push(broken(&told.sentence, &told.advice));
    }
}

fn budget_problem(workspace: &Workspace, problems: &mut Vec<Problem>) {
    let Some(budget) = workspace.high_budget() else { return };
    problems.push(warning(
        "More than 80 % of the calls of this window are spent",
        Some(&format!(
            "Of {} calls in ten seconds: {}. What people approve goes first; the rest waits for the next window.",
            budget.limit,
            engine::budget::by_whom(&budget)
        )),
    ));
}

fn work_problems(
    now: domain::Timestamp,
    deliveries: &DeliveryCounts,
    actions: &ActionCounts,
    problems: &mut Vec<Problem>,
) {
    if actions.failed > 0 {
        problems.push(warning(
            &plural(actions.failed, "action was not done", "actions were not done"),
            Some("Look at them in Review."),
        ));
    }
    if deliveries.failed > 0 {
        problems.push(warning(
            &plural(deliveries.failed, "delivery could not be used", "deliveries could not be used"),
            Some("Each says why, in the list of deliveries."),
        ));
    }
    let quiet = deliveries.last_received_at.is_none_or(|at| now.ms_since(at) > SLOW_MS);
    if deliveries.received > 0 && quiet {
        problems.push(warning(
            &plural(deliveries.received, "delivery waits to be applied", "deliveries wait to be applied"),
            Some("They are safe on disk and are tried again by themselves."),
        ));
    }
}

fn plural(number: i64, one: &str, more: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {more}") }
}

async fn store_health(workspace: &Workspace) -> Result<StoreHealth, ApiError> {
    let store = workspace.store();
    let (severity, sentence) = match store.check().await {
        Ok(()) => (Severity::Ok, "Reads and writes".to_owned()),
        Err(error) => (Severity::Broken, error.to_string()),
    };
    let size = |ending: &str| {
        let mut name = store.path().as_os_str().to_owned();
        name.push(ending);
        std::fs::metadata(name).map_or(0, |file| file.len())
    };
    let (all, _) = store.count_conversations().await?;
    Ok(StoreHealth {
        severity,
        sentence,
        path: store.path().display().to_string(),
        size: size("") + size("-wal"),
        conversations: count(all),
    })
}

fn outbox_health(actions: &ActionCounts, longest_gap_ms: Option<u32>) -> OutboxHealth {
    OutboxHealth {
        held: count(actions.held),
        sending: count(actions.sending),
        retry: count(actions.retry),
        unknown: count(actions.unknown),
        attention: count(actions.failed),
        done: count(actions.done),
        longest_gap_ms,
    }
}
