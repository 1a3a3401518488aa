//! What a run comes to: a table of figures, and everything that should not have been.

use std::fmt;

/// The outcome of a run.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The seed that repeats its schedule.
    pub seed: u64,
    /// Figures, in the order they are shown.
    pub figures: Vec<(String, String)>,
    /// Figures that must be nothing, and are not: what, how often, and some ids.
    pub broken: Vec<Broken>,
    /// The names of the figures that must be nothing.
    pub promises: Vec<String>,
}

/// A promise that was not kept.
#[derive(Debug, Clone, Default)]
pub struct Broken {
    /// Which.
    pub promise: String,
    /// How often.
    pub count: usize,
    /// Where: ids only.
    pub examples: Vec<String>,
}

/// How many cases of a broken promise are told.
const EXAMPLES: usize = 12;

impl Report {
    pub(crate) fn figure(&mut self, name: &str, value: impl fmt::Display) {
        self.figures.push((name.to_owned(), value.to_string()));
    }

    /// A figure that must be nothing.
    pub(crate) fn promise(&mut self, name: &str, cases: Vec<String>) {
        self.figure(name, cases.len());
        self.promises.push(name.to_owned());
        if !cases.is_empty() {
            self.broken.push(Broken {
                promise: name.to_owned(),
                count: cases.len(),
                examples: cases.into_iter().take(EXAMPLES).collect(),
            });
        }
    }

    /// Whether every promise was kept.
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.figures.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in &self.figures {
            let mark = match (self.promises.contains(name), value.as_str()) {
                (false, _) => "",
                (true, "0") => "  (must be 0)",
                (true, _) => "  (MUST BE 0)",
            };
            writeln!(f, "{name:width$}  {value}{mark}")?;
        }
        for broken in &self.broken {
            writeln!(f, "\nNOT KEPT: {} ({})", broken.promise, broken.count)?;
            for example in &broken.examples {
                writeln!(f, "  {example}")?;
            }
        }
        let verdict = if self.holds() { "all promises kept" } else { "PROMISES BROKEN" };
        write!(f, "\nchaos: {verdict}, seed {}", self.seed)
    }
}
