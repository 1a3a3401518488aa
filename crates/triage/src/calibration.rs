//! Makes scores into probabilities that mean what they say.
//!
//! Two numbers are fitted to trials, which are messages that the model answered before it learned them: a
//! temperature that the scores are divided by, and how many known words it takes before the answer counts half.
//! A message of which little was seen in training is drawn towards 'all buckets alike', whatever its few known
//! features say; that is how a language that the examples do not cover comes out unsure instead of wrong.

use crate::features::Coverage;
use crate::math;

/// What turns scores into probabilities.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Calibration {
    temperature: f64,
    /// Familiarity at which scores and 'all alike' weigh the same.
    half: f64,
    /// What the temperature is multiplied by where a bucket comes out first; 1 for buckets past the end.
    by_bucket: Vec<f64>,
}

/// Trials in which a bucket came out first before it has a temperature of its own.
const ENOUGH_OF_BUCKET: usize = 50;

/// What is assumed where there is nothing to fit to, and how strongly, in trials.
const PRIOR: Calibration = Calibration { temperature: 0.6, half: 0.3, by_bucket: Vec::new() };
const PRIOR_TRIALS: f64 = 20.0;

/// A message that was answered before it was learned.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    pub(crate) scores: Vec<f32>,
    /// The highest score; less that of 'none of these' where the weights have learned one.
    pub(crate) max_logit: f32,
    pub(crate) familiarity: f64,
    /// Whether it is in a language that the model has seen too little of.
    pub(crate) is_foreign: bool,
    /// Its bucket; `None` for none of them.
    pub(crate) truth: Option<usize>,
}

impl Trial {
    pub(crate) fn max_logit(&self) -> f64 {
        f64::from(self.max_logit)
    }

    pub(crate) fn best(&self) -> Option<usize> {
        let top = self.scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.scores.iter().position(|score| score.total_cmp(&top).is_eq())
    }

    pub(crate) fn is_right(&self) -> bool {
        self.truth.is_some() && self.truth == self.best()
    }
}

/// How many examples and lessons each bucket has had.
///
/// Where nothing in a message is familiar, all buckets are nearly alike, a little more those that messages usually
/// come to, so that it is not chance that puts one of them first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Habits(pub(crate) Vec<f64>);

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
    let known = coverage.known_words + 0.5 * unknown * cube(coverage.known_chars);
    // Emoji and numbers alone are no words, and never say much.
    let words = coverage.words.max(1.0);
    known * cube((known / words).min(1.0))
}

fn cube(x: f64) -> f64 {
    x * x * x
}

impl Calibration {
    /// The calibration with the least surprise over the trials.
    pub(crate) fn fit(trials: &[Trial], habits: &Habits) -> Self {
        let mut fitted = PRIOR;
        for _ in 0..3 {
            let log = least(-2.5, 2.5, |log| {
                surprise(
                    trials,
                    habits,
                    &Self { temperature: PRIOR.temperature * math::exp64(log), ..fitted.clone() },
                )
            });
            fitted.temperature = PRIOR.temperature * math::exp64(log);
            let log = least(-3.0, 3.0, |log| {
                surprise(trials, habits, &Self { half: PRIOR.half * math::exp64(log), ..fitted.clone() })
            });
            fitted.half = PRIOR.half * math::exp64(log);
        }
        fitted.with_buckets(trials, habits)
    }

    /// The same with a temperature for each bucket that has come out first often enough.
    fn with_buckets(self, trials: &[Trial], habits: &Habits) -> Self {
        let even = Self { by_bucket: Vec::new(), ..self };
        let mut parts: Vec<Vec<Trial>> = vec![Vec::new(); habits.0.len()];
        for trial in trials {
            if let Some(part) = trial.best().and_then(|best| parts.get_mut(best)) {
                part.push(trial.clone());
            }
        }
        let of = |part: &Vec<Trial>| {
            if part.len() < ENOUGH_OF_BUCKET {
                return 1.0;
            }
            math::exp64(least(-1.0, 1.0, |log| {
                let tried = Self { temperature: even.temperature * math::exp64(log), ..even.clone() };
                log_loss(part, habits, &tried) + 0.5 * PRIOR_TRIALS * log * log
            }))
        };
        let by_bucket = parts.iter().map(of).collect();
        Self { by_bucket, ..even }
    }

    /// Its numbers, as they are kept on disk.
    pub(crate) fn parts(&self) -> (f64, f64, &[f64]) {
        (self.temperature, self.half, &self.by_bucket)
    }

    pub(crate) fn from_parts(temperature: f64, half: f64, by_bucket: Vec<f64>) -> Self {
        Self { temperature, half, by_bucket }
    }

    /// The same with its temperature fitted to newer trials, starting from this one.
    pub(crate) fn warmed(&self, trials: &[Trial], habits: &Habits) -> Self {
        let log = least(-2.5, 2.5, |log| {
            let tried = Self { temperature: self.temperature * math::exp64(log), ..self.clone() };
            log_loss(trials, habits, &tried) + 0.5 * PRIOR_TRIALS * log * log
        });
        Self { temperature: self.temperature * math::exp64(log), ..self.clone() }.with_buckets(trials, habits)
    }

    /// How much the scores count against 'all buckets alike'.
    pub(crate) fn trust(&self, familiarity: f64) -> f64 {
        familiarity / (familiarity + self.half)
    }

    pub(crate) const fn temperature(&self) -> f64 {
        self.temperature
    }

    /// Probabilities of the buckets; they sum to one.
    pub(crate) fn probabilities(&self, scores: &[f32], familiarity: f64, habits: &Habits) -> Vec<f64> {
        let trust = self.trust(familiarity);
        let sharp = self.sharp(scores).into_iter();
        sharp.zip(&habits.shares()).map(|(share, usual)| trust * share + (1.0 - trust) * usual).collect()
    }

    /// Probabilities by the scores alone.
    pub(crate) fn sharp(&self, scores: &[f32]) -> Vec<f64> {
        let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let best = scores.iter().position(|score| score.total_cmp(&top).is_eq());
        let own = best.and_then(|best| self.by_bucket.get(best)).copied().unwrap_or(1.0);
        let temperature = (self.temperature * own) as f32;
        let mut shares: Vec<f64> =
            scores.iter().map(|score| f64::from(math::exp((score - top) / temperature))).collect();
        let total: f64 = shares.iter().sum();
        for share in &mut shares {
            *share /= total;
        }
        shares
    }
}

fn surprise(trials: &[Trial], habits: &Habits, calibration: &Calibration) -> f64 {
    let warmer = math::ln64(calibration.temperature / PRIOR.temperature);
    let wider = math::ln64(calibration.half / PRIOR.half);
    log_loss(trials, habits, calibration) + 0.5 * PRIOR_TRIALS * (warmer * warmer + wider * wider)
}

fn log_loss(trials: &[Trial], habits: &Habits, calibration: &Calibration) -> f64 {
    let of = |trial: &Trial| {
        let Some(truth) = trial.truth else { return 0.0 };
        let probabilities = calibration.probabilities(&trial.scores, trial.familiarity, habits);
        -math::ln64(probabilities.get(truth).copied().unwrap_or(1.0).max(1e-9))
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
        let trial = |truth| Trial {
            scores: vec![1.5, 0.0],
            max_logit: 1.5,
            familiarity: 50.0,
            is_foreign: false,
            truth: Some(truth),
        };
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
