//! The weights of the model: one row a feature, one column a bucket and at times one for none of them, moved by
//! AdaGrad.

use crate::math;

/// AdaGrad: squared gradient that a row starts with, and a single weight.
const START: f32 = 0.1;
const FINE_START: f32 = 0.02;
/// What the row's spread counts beside that of the single weight.
const ROW_SHARE: f32 = 0.3;
/// A bucket whose error is smaller than this is not moved.
const LEAST_ERROR: f32 = 1e-3;

/// A feature by its row, with its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cell {
    pub(crate) row: u32,
    pub(crate) value: f32,
}

/// What a step goes towards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Truth {
    /// The right column; `None` for all alike.
    pub(crate) column: Option<usize>,
    /// What the right one leaves to all others together.
    pub(crate) smoothing: f32,
}

impl Truth {
    /// Nothing but this column; all alike where it is `None`.
    pub(crate) const fn whole(column: Option<usize>) -> Self {
        Self { column, smoothing: 0.0 }
    }

    /// What is to be expected of the right column, and of each other one.
    fn shares(self, columns: usize) -> (f32, f32) {
        match (self.column, columns) {
            (Some(_), 2..) => (1.0 - self.smoothing, self.smoothing / (columns - 1) as f32),
            (Some(_), _) => (1.0, 0.0),
            (None, _) => (0.0, 1.0 / columns.max(1) as f32),
        }
    }
}

/// How a step is taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// How far.
    pub(crate) rate: f32,
    /// What the scores are divided by before they are compared with the truth: with that of the calibration, an
    /// answer that is sure already moves nothing.
    pub(crate) temperature: f32,
}

/// Room for one step, so that none has to be made anew.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    errors: Vec<f32>,
    moved: Vec<(u32, f32)>,
}

#[derive(Clone)]
pub(crate) struct Weights {
    columns: usize,
    table: Vec<f32>,
    /// Sum of squared gradients by row.
    spread: Vec<f32>,
}

/// Sum of squared gradients by weight, which training alone needs.
#[derive(Debug)]
pub(crate) struct Spreads(Vec<f32>);

impl Spreads {
    pub(crate) fn new(weights: &Weights) -> Self {
        Self(vec![FINE_START; weights.table.len()])
    }
}

impl Bench {
    /// Whether few of the buckets are moved.
    fn is_sparse(&self) -> bool {
        self.moved.len() * 2 < self.errors.len()
    }
}

impl Weights {
    pub(crate) fn new(columns: usize, rows: usize) -> Self {
        let mut weights = Self { columns, table: Vec::new(), spread: Vec::new() };
        weights.widen(rows);
        weights
    }

    pub(crate) fn from_parts(columns: usize, table: Vec<f32>, spread: Vec<f32>) -> Self {
        Self { columns, table, spread }
    }

    /// Makes room for new rows.
    pub(crate) fn widen(&mut self, rows: usize) {
        if rows > self.spread.len() {
            self.table.resize(rows * self.columns, 0.0);
            self.spread.resize(rows, START);
        }
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    pub(crate) fn table(&self) -> &[f32] {
        &self.table
    }

    pub(crate) fn table_mut(&mut self) -> &mut [f32] {
        &mut self.table
    }

    pub(crate) fn spread(&self) -> &[f32] {
        &self.spread
    }

    /// The weights of a row, one a bucket.
    pub(crate) fn row(&self, row: u32) -> &[f32] {
        let start = row as usize * self.columns;
        self.table.get(start..start + self.columns).unwrap_or_default()
    }

    /// The score of each bucket, before any calibration.
    pub(crate) fn scores(&self, cells: &[Cell]) -> Vec<f32> {
        let mut scores = vec![0.0; self.columns];
        self.add_scores(cells, &mut scores);
        scores
    }

    fn add_scores(&self, cells: &[Cell], scores: &mut [f32]) {
        for cell in cells {
            for (score, weight) in scores.iter_mut().zip(self.row(cell.row)) {
                *score += weight * cell.value;
            }
        }
    }

    /// Moves the weights of `cells` one step towards the truth.
    pub(crate) fn step(&mut self, cells: &[Cell], truth: Truth, weight: f32, pace: Pace, bench: &mut Bench) {
        let square = self.find_errors(cells, truth, weight, pace.temperature, bench);
        if square <= 0.0 {
            return;
        }
        for cell in cells {
            let start = cell.row as usize * self.columns;
            let row = self.table.get_mut(start..start + self.columns);
            let (Some(row), Some(spread)) = (row, self.spread.get_mut(cell.row as usize)) else { continue };
            *spread += square * cell.value * cell.value;
            let stride = pace.rate * cell.value / spread.sqrt();
            if bench.is_sparse() {
                for (bucket, error) in &bench.moved {
                    if let Some(weight) = row.get_mut(*bucket as usize) {
                        *weight -= stride * error;
                    }
                }
            } else {
                for (weight, error) in row.iter_mut().zip(&bench.errors) {
                    *weight -= stride * error;
                }
            }
        }
    }

    /// The same with a spread for each weight beside that of the row: slower, and better where there is much to learn
    /// from.
    pub(crate) fn step_finely(
        &mut self,
        cells: &[Cell],
        truth: Truth,
        weight: f32,
        rate: f32,
        spreads: &mut Spreads,
        bench: &mut Bench,
    ) {
        let square = self.find_errors(cells, truth, weight, 1.0, bench);
        if square <= 0.0 {
            return;
        }
        for cell in cells {
            let start = cell.row as usize * self.columns;
            let row = self.table.get_mut(start..start + self.columns);
            let fine = spreads.0.get_mut(start..start + self.columns);
            let spread = self.spread.get_mut(cell.row as usize);
            let (Some(row), Some(fine), Some(spread)) = (row, fine, spread) else { continue };
            *spread += square * cell.value * cell.value;
            let base = *spread * ROW_SHARE;
            let step = |weight: &mut f32, fine: &mut f32, error: f32| {
                let slope = error * cell.value;
                *fine += slope * slope;
                *weight -= rate * slope / (*fine + base).sqrt();
            };
            if bench.is_sparse() {
                for (bucket, error) in &bench.moved {
                    let bucket = *bucket as usize;
                    if let (Some(weight), Some(fine)) = (row.get_mut(bucket), fine.get_mut(bucket)) {
                        step(weight, fine, *error);
                    }
                }
            } else {
                for ((weight, fine), error) in row.iter_mut().zip(fine).zip(&bench.errors) {
                    step(weight, fine, *error);
                }
            }
        }
    }

    /// What each bucket's probability is off by, times `weight`; the sum of their squares.
    fn find_errors(
        &self,
        cells: &[Cell],
        truth: Truth,
        weight: f32,
        temperature: f32,
        bench: &mut Bench,
    ) -> f32 {
        bench.errors.clear();
        bench.errors.resize(self.columns, 0.0);
        self.add_scores(cells, &mut bench.errors);
        softmax(&mut bench.errors, temperature);
        let (right, other) = truth.shares(self.columns);
        bench.moved.clear();
        let mut square = 0.0;
        for (bucket, error) in bench.errors.iter_mut().enumerate() {
            *error -= if truth.column == Some(bucket) { right } else { other };
            if error.abs() >= LEAST_ERROR {
                *error *= weight;
                square += *error * *error;
                bench.moved.push((bucket as u32, *error));
            } else {
                *error = 0.0;
            }
        }
        square
    }
}

/// Turns scores into probabilities.
pub(crate) fn softmax(scores: &mut [f32], temperature: f32) {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for score in &mut *scores {
        *score = math::exp((*score - top) / temperature);
    }
    for score in &*scores {
        total += score;
    }
    for score in scores {
        *score /= total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_towards_a_bucket_raise_its_score_above_the_others() {
        let mut weights = Weights::new(3, 10);
        let cells = [Cell { row: 4, value: 0.6 }, Cell { row: 9, value: 0.8 }];
        for _ in 0..20 {
            let pace = Pace { rate: 0.5, temperature: 1.0 };
            weights.step(&cells, Truth::whole(Some(1)), 1.0, pace, &mut Bench::default());
        }
        let mut shares = weights.scores(&cells);
        softmax(&mut shares, 1.0);
        assert!(shares[1] > 0.9, "{shares:?}");
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn what_a_truth_leaves_to_the_others_is_where_steps_come_to_rest() {
        let mut weights = Weights::new(3, 1);
        let mut spreads = Spreads::new(&weights);
        let truth = Truth { column: Some(1), smoothing: 0.2 };
        let cells = [Cell { row: 0, value: 1.0 }];
        for _ in 0..4_000 {
            weights.step_finely(&cells, truth, 1.0, 1.0, &mut spreads, &mut Bench::default());
        }
        let mut shares = weights.scores(&cells);
        softmax(&mut shares, 1.0);
        assert!((shares[1] - 0.8).abs() < 0.01 && (shares[0] - 0.1).abs() < 0.01, "{shares:?}");
        assert_eq!(Truth { column: Some(0), smoothing: 0.2 }.shares(1), (1.0, 0.0), "there is no other");
    }

    #[test]
    fn a_message_of_no_bucket_draws_the_scores_together() {
        let mut weights = Weights::new(3, 10);
        let cells = [Cell { row: 4, value: 1.0 }];
        let pace = Pace { rate: 0.5, temperature: 1.0 };
        for target in [Some(1), Some(1), None, None, None, None] {
            weights.step(&cells, Truth::whole(target), 1.0, pace, &mut Bench::default());
        }
        let scores = weights.scores(&cells);
        let before = 0.5;
        assert!(scores[1] - scores[0] < before, "{scores:?}");
    }
}
