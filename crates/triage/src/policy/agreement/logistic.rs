//! A logistic of two confidences, fitted by Newton's method to the most probable weights under a prior.

/// Intercept, and the weights of the local log-odds, the stated log-odds, and 'a confidence was stated'.
type Weights = [f64; WEIGHTS];

const WEIGHTS: usize = 4;
/// What is assumed before anything is seen: the local log-odds as they are, and nothing by what is stated.
const PRIOR: Weights = [0.0, 1.0, 0.0, 0.0];
/// How strongly, as the inverse variance of each weight: the intercept is free to move, what is stated has to prove
/// itself.
const HELD_BACK: Weights = [0.1, 1.0, 4.0, 1.0];
const MOST_STEPS: u32 = 30;

/// The fitted weights.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Logistic {
    weights: Weights,
}

impl Logistic {
    /// Fits the weights to trials: inputs, and whether the opinion was right.
    pub(super) fn fit(trials: &(impl Iterator<Item = ([f64; 3], bool)> + Clone)) -> Self {
        let mut fitted = Self { weights: PRIOR };
        for _ in 0..MOST_STEPS {
            let mut slope = [0.0; WEIGHTS];
            let mut curve = [[0.0; WEIGHTS]; WEIGHTS];
            for (((slope, weight), (prior, held)), (place, row)) in (slope.iter_mut().zip(&fitted.weights))
                .zip(PRIOR.iter().zip(&HELD_BACK))
                .zip(curve.iter_mut().enumerate())
            {
                *slope = held * (prior - weight);
                if let Some(diagonal) = row.get_mut(place) {
                    *diagonal = *held;
                }
            }
            for (inputs, right) in trials.clone() {
                let x = with_intercept(inputs);
                let p = fitted.probability(inputs);
                let error = f64::from(u8::from(right)) - p;
                for ((slope, row), own) in slope.iter_mut().zip(&mut curve).zip(&x) {
                    *slope += error * own;
                    for (cell, other) in row.iter_mut().zip(&x) {
                        *cell += p * (1.0 - p) * own * other;
                    }
                }
            }
            let step = solved(curve, slope);
            let mut largest = 0.0_f64;
            for (weight, step) in fitted.weights.iter_mut().zip(step) {
                // A bounded step keeps far-off beginnings from overshooting; near the end it changes nothing.
                let step = step.clamp(-1.0, 1.0);
                *weight += step;
                largest = largest.max(step.abs());
            }
            if largest < 1e-10 {
                break;
            }
        }
        fitted
    }

    pub(super) fn probability(&self, inputs: [f64; 3]) -> f64 {
        let score: f64 = self.weights.iter().zip(with_intercept(inputs)).map(|(weight, x)| weight * x).sum();
        1.0 / (1.0 + (-score).exp())
    }
}

const fn with_intercept([local, stated, is_stated]: [f64; 3]) -> Weights {
    [1.0, local, stated, is_stated]
}

/// Solves a symmetric positive definite system by elimination; such a matrix needs no pivots.
fn solved(mut matrix: [[f64; WEIGHTS]; WEIGHTS], mut right: Weights) -> Weights {
    for column in 0..WEIGHTS {
        let Some((&pivots, &value)) = matrix.get(column).zip(right.get(column)) else { continue };
        let Some(&pivot) = pivots.get(column) else { continue };
        for (row, value_below) in matrix.iter_mut().zip(&mut right).skip(column + 1) {
            let factor = row.get(column).copied().unwrap_or(0.0) / pivot;
            for (cell, above) in row.iter_mut().zip(&pivots) {
                *cell -= factor * above;
            }
            *value_below -= factor * value;
        }
    }
    let mut solution = [0.0; WEIGHTS];
    for row in (0..WEIGHTS).rev() {
        let Some((cells, value)) = matrix.get(row).zip(right.get(row)) else { continue };
        let known: f64 = cells.iter().zip(&solution).skip(row + 1).map(|(cell, x)| cell * x).sum();
        let (Some(pivot), Some(place)) = (cells.get(row), solution.get_mut(row)) else { continue };
        *place = (value - known) / pivot;
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elimination_solves_what_it_is_given() {
        let matrix = [[4.0, 1.0, 0.5, 0.0], [1.0, 3.0, 0.2, 0.1], [0.5, 0.2, 2.0, 0.3], [0.0, 0.1, 0.3, 5.0]];
        let wanted = [1.0, -2.0, 0.5, 3.0];
        let right = matrix.map(|row: Weights| row.iter().zip(wanted).map(|(cell, x)| cell * x).sum());
        for (found, wanted) in solved(matrix, right).iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-12);
        }
    }

    #[test]
    fn without_trials_the_local_confidence_stands() {
        let fitted = Logistic::fit(&std::iter::empty());
        assert!((fitted.probability([(0.8_f64 / 0.2).ln(), 3.0, 1.0]) - 0.8).abs() < 1e-12);
    }
}
