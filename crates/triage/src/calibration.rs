//! Makes scores into probabilities that mean what they say.
//!
//! Two numbers are fitted to trials, which are messages that the model answered before it learned them: a
//! temperature that the scores are divided by, and how many known words it takes before the answer counts half.
//! A message of which little was seen in training is drawn towards 'all buckets alike', whatever its few known
//! features say; that is how a language that the examples do not cover comes out unsure instead of wrong.

use crate::features::Coverage;

/// What turns scores into probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Calibration {
    temperature: f64,
    /// Familiarity at which scores and 'all alike' weigh the same.
    half: f64,
}

/// What is assumed where there is nothing to fit to, and how strongly, in trials.
const PRIOR: Calibration = Calibration { temperature: 0.6, half: 0.3 };
const PRIOR_TRIALS: f64 = 20.0;

/// A message that was answered before it was learned.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    pub(crate) scores: Vec<f32>,
    pub(crate) familiarity: f64,
    pub(crate) truth: usize,
}

/// How many examples and lessons each bucket has had.
///
/// Where nothing in a message is familiar, all buckets are nearly alike, a little more those that messages usually
/// come to, so that it is not chance that puts one of them first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Habits(Vec<f64>);

/// How much of 'all alike' goes by habit.
const BY_HABIT: f64 = 0.2;

impl Habits {
    pub(crate) fn new(buckets: usize) -> Self {
        Self(vec![0.0; buckets])
    }

    pub(crate) fn add(&mut self, bucket: usize, weight: f32) {
        if let Some(count) = self.0.get_mut(bucket) {
            *count += f64::from(weight);
        }
    }

    /// What each bucket gets of a message that says nothing; the shares sum to one.
    fn shares(&self) -> Vec<f64> {
        let buckets = self.0.len() as f64;
        let total: f64 = self.0.iter().sum();
        let by_habit = if total > 0.0 { BY_HABIT } else { 0.0 };
        self.0
            .iter()
            .map(|count| (1.0 - by_habit) / buckets + by_habit * count / total.max(f64::MIN_POSITIVE))
            .collect()
    }
}

/// How many words' worth of a message the model has to go by.
///
/// Known words count, unknown ones only as far as the model knows their character runs (a misspelling, a compound);
/// the sum is scaled down steeply by the share of the message that is unknown, because a few familiar words in a
/// foreign sentence are mostly chance.
pub(crate) fn familiarity(coverage: &Coverage) -> f64 {
    let unknown = coverage.words - coverage.known_words;
    let known = coverage.known_words + 0.5 * unknown * coverage.known_chars.powi(3);
    // Emoji and numbers alone are no words, and never say much.
    let words = coverage.words.max(1.0);
    known * (known / words).min(1.0).powi(3)
}

impl Calibration {
    /// The calibration with the least surprise over the trials.
    pub(crate) fn fit(trials: &[Trial], habits: &Habits) -> Self {
        let mut fitted = PRIOR;
        for _ in 0..3 {
            let log = least(-2.5, 2.5, |log| {
                surprise(trials, habits, Self { temperature: PRIOR.temperature * log.exp(), ..fitted })
            });
            fitted.temperature = PRIOR.temperature * log.exp();
            let log = least(-3.0, 3.0, |log| {
                surprise(trials, habits, Self { half: PRIOR.half * log.exp(), ..fitted })
            });
            fitted.half = PRIOR.half * log.exp();
        }
        fitted
    }

    /// The same with its temperature fitted to newer trials, starting from this one.
    pub(crate) fn warmed(self, trials: &[Trial], habits: &Habits) -> Self {
        let log = least(-2.5, 2.5, |log| {
            let tried = Self { temperature: self.temperature * log.exp(), ..self };
            log_loss(trials, habits, tried) + 0.5 * PRIOR_TRIALS * log * log
        });
        Self { temperature: self.temperature * log.exp(), ..self }
    }

    /// How much the scores count against 'all buckets alike'.
    pub(crate) fn trust(self, familiarity: f64) -> f64 {
        familiarity / (familiarity + self.half)
    }

    pub(crate) const fn temperature(self) -> f64 {
        self.temperature
    }

    /// Probabilities of the buckets; they sum to one.
    pub(crate) fn probabilities(self, scores: &[f32], familiarity: f64, habits: &Habits) -> Vec<f64> {
        let trust = self.trust(familiarity);
        let sharp = self.sharp(scores).into_iter();
        sharp.zip(&habits.shares()).map(|(share, usual)| trust * share + (1.0 - trust) * usual).collect()
    }

    /// Probabilities by the scores alone.
    pub(crate) fn sharp(self, scores: &[f32]) -> Vec<f64> {
        let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let lift = |score: &f32| (f64::from(score - top) / self.temperature).exp();
        let total: f64 = scores.iter().map(lift).sum();
        scores.iter().map(|score| lift(score) / total).collect()
    }
}

fn surprise(trials: &[Trial], habits: &Habits, calibration: Calibration) -> f64 {
    let warmer = (calibration.temperature / PRIOR.temperature).ln();
    let wider = (calibration.half / PRIOR.half).ln();
    log_loss(trials, habits, calibration) + 0.5 * PRIOR_TRIALS * (warmer * warmer + wider * wider)
}

fn log_loss(trials: &[Trial], habits: &Habits, calibration: Calibration) -> f64 {
    let of = |trial: &Trial| {
        let probabilities = calibration.probabilities(&trial.scores, trial.familiarity, habits);
        -probabilities.get(trial.truth).copied().unwrap_or(1.0).max(1e-9).ln()
    };
    trials.iter().map(of).sum()
}

/// Where `cost` is least between two bounds, by golden section.
fn least(mut low: f64, mut high: f64, cost: impl Fn(f64) -> f64) -> f64 {
    const SECTION: f64 = 0.618_033_988_749_895;
    const STEPS: u32 = 14;
    let mut left = high - SECTION * (high - low);
    let mut right = low + SECTION * (high - low);
    let (mut at_left, mut at_right) = (cost(left), cost(right));
    for _ in 0..STEPS {
        if at_left <= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - SECTION * (high - low);
            at_left = cost(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + SECTION * (high - low);
            at_right = cost(right);
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trials(right: usize, wrong: usize) -> Vec<Trial> {
        let trial = |truth| Trial { scores: vec![1.5, 0.0], familiarity: 50.0, truth };
        let mut trials = vec![trial(0); right];
        trials.extend(vec![trial(1); wrong]);
        trials
    }

    #[test]
    fn probabilities_come_to_match_how_often_the_answer_is_right() {
        for (right, wrong) in [(700, 300), (850, 150)] {
            let share = Calibration::fit(&trials(right, wrong), &Habits::new(2)).probabilities(
                &[1.5, 0.0],
                50.0,
                &Habits::new(2),
            )[0];
            let wanted = right as f64 / 1000.0;
            assert!((share - wanted).abs() < 0.03, "{share} for {wanted}");
        }
    }

    #[test]
    fn without_trials_the_prior_stands() {
        let fitted = Calibration::fit(&[], &Habits::new(2));
        assert!((fitted.temperature - PRIOR.temperature).abs() < 0.01);
        assert!((fitted.half - PRIOR.half).abs() < 0.01);
    }

    #[test]
    fn newer_trials_warm_an_overconfident_temperature() {
        let before = Calibration::fit(&trials(990, 10), &Habits::new(2));
        assert!(before.warmed(&trials(60, 40), &Habits::new(2)).temperature > before.temperature);
    }

    #[test]
    fn what_is_unfamiliar_is_drawn_towards_all_alike() {
        let scores = [6.0, 0.0, 0.0, 0.0];
        let at = |familiarity| PRIOR.probabilities(&scores, familiarity, &Habits::new(4))[0];
        assert!((at(0.0) - 0.25).abs() < 1e-9);
        assert!(at(0.2) < at(2.0) && at(2.0) < at(20.0));
        assert!(at(20.0) > 0.95);
    }

    #[test]
    fn what_says_nothing_goes_by_habit_and_only_a_little() {
        let mut habits = Habits::new(3);
        habits.add(1, 80.0);
        habits.add(2, 20.0);
        let shares = PRIOR.probabilities(&[0.0, 0.0, 9.0], 0.0, &habits);
        assert!(shares[1] > shares[2] && shares[2] > shares[0], "{shares:?}");
        assert!(shares[1] < 0.5);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn familiarity_falls_faster_than_the_share_of_known_words() {
        let of = |known_words, words| familiarity(&Coverage { known_words, words, known_chars: 0.0 });
        assert!((of(10.0, 10.0) - 10.0).abs() < 1e-9);
        assert!(of(5.0, 10.0) < 1.0);
    }
}
