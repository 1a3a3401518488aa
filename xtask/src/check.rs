//! `cargo xtask check`: the quick look before a commit.

use crate::summary::Summary;
use crate::system::Family;
use crate::workplace::Workplace;
use crate::{house, install, needs, node, test};
use anyhow::Result;
use std::process::ExitCode;

/// Format, lints, house rules, types of the page. Builds no program and runs no test.
pub(crate) fn check(workplace: &mut Workplace, yes: bool) -> Result<ExitCode> {
    let needs = needs::to_run(Family::detect(), false);
    install::ensure(workplace, &needs, true, yes, "cargo xtask check")?;
    node::modules(workplace, "ui")?;
    let logs = workplace.logs();
    let mut summary = Summary::new();
    summary.add(&house::step(workplace)?);
    summary.add(&test::format(workplace).run(&logs)?);
    for task in test::ui_checks(workplace) {
        summary.add(&task.run(&logs)?);
    }
    // The page is part of what is compiled.
    if !workplace.root().join("ui/dist/index.html").exists() {
        node::build_page(workplace)?;
    }
    summary.add(&test::lints(workplace).run(&logs)?);
    Ok(summary.close())
}
