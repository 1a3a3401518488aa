//! The parts of the test run that can be asked for by name.

use clap::ValueEnum;

/// A part of the test run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Area {
    /// Rules about the repository itself.
    House,
    /// Format, lints, documentation and tests of the Rust code.
    Rust,
    /// Lints, types and unit tests of the page.
    Ui,
    /// The official clients of Intercom against the simulator, and those of language models against our requests.
    Clients,
    /// The page in a browser on the real core.
    E2e,
    /// The real window.
    Window,
}

/// Which areas to run.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    only: Vec<Area>,
    skip: Vec<Area>,
}

impl Selection {
    pub(crate) fn new(only: &[Area], skip: &[Area]) -> Self {
        Self { only: only.to_vec(), skip: skip.to_vec() }
    }

    pub(crate) fn has(&self, area: Area) -> bool {
        (self.only.is_empty() || self.only.contains(&area)) && !self.skip.contains(&area)
    }

    pub(crate) fn has_any(&self, areas: &[Area]) -> bool {
        areas.iter().any(|area| self.has(*area))
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, Selection};

    #[test]
    fn nothing_named_selects_all() {
        assert!(Selection::new(&[], &[]).has_any(&[Area::Window]));
    }

    #[test]
    fn only_leaves_out_the_rest_and_skip_wins_over_only() {
        let selection = Selection::new(&[Area::Rust, Area::Ui], &[Area::Ui]);
        assert!(selection.has(Area::Rust));
        assert!(!selection.has(Area::Ui), "skip wins");
        assert!(!selection.has(Area::House));
    }
}
