//! Learning from a history after it was imported or taken back, and how far that is.

use crate::workspace::Workspace;
use domain::Supersession;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is being done with a history.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Learning {
    /// The model is trained with it.
    #[default]
    Training,
    /// Suggestions that wait are made anew.
    Suggesting,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LearningProgress {
    /// What is being done.
    pub doing: Learning,
    /// Of so many steps …
    pub total: u32,
    /// … this many.
    pub done: u32,
}

/// How far learning is, where several histories may be at it one after the other.
#[derive(Debug, Default)]
pub(crate) struct LearningHistory(Mutex<(u32, LearningProgress)>);

impl LearningHistory {
    fn begins(&self) {
        let mut all = self.all();
        if all.0 == 0 {
            all.1 = LearningProgress::default();
        }
        all.0 += 1;
    }

    /// Notes how far it is. True when a person would see a difference: each hundredth.
    fn is_at(&self, now: LearningProgress) -> bool {
        let hundredth = |it: &LearningProgress| u64::from(it.done) * 100 / u64::from(it.total.max(1));
        let mut all = self.all();
        let is_new =
            all.1.doing != now.doing || hundredth(&all.1) != hundredth(&now) || all.1.total != now.total;
        all.1 = now;
        is_new
    }

    fn ends(&self) {
        let mut all = self.all();
        all.0 = all.0.saturating_sub(1);
    }

    fn all(&self) -> MutexGuard<'_, (u32, LearningProgress)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workspace {
    /// How far the model is with learning from a history; `None` while it is at none.
    pub fn learning_history(&self) -> Option<LearningProgress> {
        let (running, progress) = *self.learning_history.all();
        (running > 0).then_some(progress)
    }

    pub(super) fn history_changed(self: &Arc<Self>) {
        self.learning_history.begins();
        self.events.changed(["history"]);
        let workspace = Arc::clone(self);
        self.run(async move {
            if let Err(error) = workspace.learn_history().await {
                tracing::error!(%error, "The local model could not learn from the history");
            }
            workspace.learning_history.ends();
            workspace.events.changed(["history", "health"]);
        });
    }

    async fn learn_history(self: &Arc<Self>) -> Result<(), crate::EngineError> {
        let workspace = Arc::clone(self);
        let trained = move |done, total| workspace.tell_learning(Learning::Training, done, total);
        self.learner.retrain_telling(&self.store, trained).await?;
        let made_anew = |done, total| self.tell_learning(Learning::Suggesting, done, total);
        self.suggest_all_anew_telling(&Supersession::BucketsChanged, made_anew).await
    }

    fn tell_learning(&self, doing: Learning, done: u32, total: u32) {
        if self.learning_history.is_at(LearningProgress { doing, total, done }) {
            self.events.changed(["history"]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hundredth_is_told_once_and_nothing_when_nothing_is_learned() {
        let learning = LearningHistory::default();
        learning.begins();
        let told = |doing, from: u32, to: u32, total| {
            (from..=to).filter(|done| learning.is_at(LearningProgress { doing, done: *done, total })).count()
        };
        assert_eq!(told(Learning::Training, 0, 15_000, 15_000), 101);
        assert_eq!(told(Learning::Suggesting, 0, 4, 4), 5);
        learning.ends();
        assert_eq!(learning.all().0, 0);
    }
}
