//! Says what is missing and installs it, after a yes.
//!
//! Packages are installed on Debian and Ubuntu only; elsewhere the exact command is printed, for the person to run.

use crate::needs::Need;
use crate::node::{self, Node};
use crate::system::{Family, find_program, has_person};
use crate::workplace::Workplace;
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Duration;

/// Makes sure that all needs are met, and that a Node.js is there when `with_node` says so.
///
/// `again` is the command that would install without asking, for when nobody is there to ask.
pub(crate) fn ensure(
    workplace: &mut Workplace,
    needs: &[Need],
    with_node: bool,
    yes: bool,
    again: &str,
) -> Result<()> {
    let family = Family::detect();
    let missing: Vec<&Need> = needs.iter().filter(|need| need.is_missing()).collect();
    let node = if with_node { node::find(workplace) } else { Node::Present };
    if missing.is_empty() && node == Node::Present {
        return Ok(());
    }
    let mut names: BTreeSet<&str> = missing.iter().map(|need| need.what).collect();
    if node != Node::Present {
        names.insert(node::WHAT);
    }
    println!("Missing here: {}.", listed(&names, ", "));
    if !family.has_apt() {
        bail!("{}", by_hand(family, &missing, node));
    }
    let packages = packages_of(family, &missing, node);
    let runner = apt_runner(&packages)?;
    if !packages.is_empty() {
        println!("To be installed with {}apt-get: {}", runner.prefix(), listed(&packages, " "));
    }
    if node != Node::Present {
        println!("{}", node::plan(workplace));
    }
    if !yes {
        ask(again, &packages)?;
    }
    if !packages.is_empty() {
        apt_install(workplace, &runner, &packages)?;
    }
    if node != Node::Present {
        node::install(workplace)?;
    }
    let still: Vec<&str> = missing.iter().filter(|need| need.is_missing()).map(|need| need.what).collect();
    if !still.is_empty() {
        bail!("Still missing after the installation: {}", still.join(", "));
    }
    Ok(())
}

fn packages_of(family: Family, missing: &[&Need], node: Node) -> BTreeSet<&'static str> {
    let mut packages: BTreeSet<&str> = missing.iter().flat_map(|need| need.packages(family)).collect();
    if node == Node::Absent {
        packages.extend(["nodejs", "npm"]);
    }
    packages
}

fn listed(words: &BTreeSet<&str>, separator: &str) -> String {
    words.iter().copied().collect::<Vec<_>>().join(separator)
}

/// The command that a person runs where this program does not install.
fn by_hand(family: Family, missing: &[&Need], node: Node) -> String {
    let packages: BTreeSet<&str> = missing.iter().flat_map(|need| need.packages(family)).collect();
    let needs_node = node != Node::Present;
    let command = match family {
        Family::Fedora => {
            format!(
                "sudo dnf install {}{}",
                listed(&packages, " "),
                if needs_node { " nodejs npm" } else { "" }
            )
        }
        Family::Arch => {
            format!(
                "sudo pacman -S --needed {}{}",
                listed(&packages, " "),
                if needs_node { " nodejs npm" } else { "" }
            )
        }
        Family::Suse => format!(
            "sudo zypper install {}{}",
            listed(&packages, " "),
            if needs_node { " nodejs-default npm-default" } else { "" }
        ),
        Family::MacOs => {
            let tools = if missing.is_empty() { "" } else { "xcode-select --install" };
            let node = if needs_node { "brew install node" } else { "" };
            [tools, node].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n    ")
        }
        Family::Windows => {
            // The build tools are here: without them this program would not have been linked.
            let webview =
                if missing.is_empty() { "" } else { "winget install Microsoft.EdgeWebView2Runtime" };
            let node = if needs_node { "winget install OpenJS.NodeJS.LTS" } else { "" };
            [webview, node].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n    ")
        }
        Family::Debian | Family::Ubuntu => {
            format!("sudo apt-get install --no-install-recommends {}", listed(&packages, " "))
        }
        Family::OtherLinux | Family::Other => {
            let names: Vec<&str> = missing.iter().map(|need| need.what).collect();
            return format!(
                "This system's packages are not known here. Install {}{}, and run this again",
                names.join(", "),
                if needs_node { " and Node.js 20.19 or newer with npm" } else { "" }
            );
        }
    };
    format!("Install what is missing with this, and run the same command again:\n\n    {command}\n")
}

fn ask(again: &str, packages: &BTreeSet<&str>) -> Result<()> {
    if !has_person() {
        let by_hand = if packages.is_empty() {
            String::new()
        } else {
            format!(
                ", or install it yourself:\n\n    apt-get install --no-install-recommends {}\n",
                listed(packages, " ")
            )
        };
        bail!("Nobody is at the terminal to say yes. Run '{again} --yes'{by_hand}");
    }
    print!("Install this? [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "" | "y" | "yes" => Ok(()),
        _ => bail!("Nothing was installed"),
    }
}

/// How apt-get is run with the rights it needs.
enum AptRunner {
    AsRoot,
    WithSudo,
}

impl AptRunner {
    fn prefix(&self) -> &'static str {
        match self {
            Self::AsRoot => "",
            Self::WithSudo => "sudo ",
        }
    }
}

fn apt_runner(packages: &BTreeSet<&str>) -> Result<AptRunner> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_root = crate::needs::output_of("id", &["-u"], &path).as_deref() == Some("0");
    if is_root || packages.is_empty() {
        return Ok(AptRunner::AsRoot);
    }
    if find_program(&["sudo"]).is_some() {
        return Ok(AptRunner::WithSudo);
    }
    bail!(
        "There is no sudo here. As root, run:\n\n    apt-get install --no-install-recommends {}\n",
        listed(packages, " ")
    )
}

fn apt_install(workplace: &Workplace, runner: &AptRunner, packages: &BTreeSet<&str>) -> Result<()> {
    if matches!(runner, AptRunner::WithSudo) {
        // Asks for the password now, while the terminal is free.
        let asked = std::process::Command::new("sudo").arg("-v").status()?;
        if !asked.success() {
            bail!("sudo was refused");
        }
    }
    let apt = |name: &str, args: &[&str]| {
        let task = workplace
            .task(name, "env")
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"])
            .args(args.iter().copied())
            .limit(Duration::from_mins(30));
        match runner {
            AptRunner::AsRoot => task,
            AptRunner::WithSudo => task.inside("sudo", &[]),
        }
    };
    let updated = apt("package lists", &["update"]).run(&workplace.logs())?;
    if !updated.success {
        println!("    The package lists could not all be read; trying with those that are here.");
    }
    let mut args = vec!["install", "-y", "--no-install-recommends"];
    args.extend(packages.iter().copied());
    apt("system packages", &args).run_or_fail(&workplace.logs())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{by_hand, packages_of};
    use crate::needs::to_run;
    use crate::node::Node;
    use crate::system::Family;

    fn command(family: Family, node: Node) -> String {
        let needs = to_run(family, false);
        by_hand(family, &needs.iter().collect::<Vec<_>>(), node)
    }

    #[test]
    fn each_family_gets_the_command_of_its_own_installer() {
        assert!(command(Family::Fedora, Node::Absent).contains("sudo dnf install gcc gtk3-devel"));
        assert!(command(Family::Fedora, Node::Absent).contains("webkit2gtk4.1-devel nodejs npm"));
        assert!(!command(Family::Fedora, Node::Present).contains("nodejs"));
        assert!(command(Family::Arch, Node::Present).contains("sudo pacman -S --needed base-devel"));
        assert!(command(Family::Suse, Node::Absent).contains("sudo zypper install"));
        assert!(command(Family::MacOs, Node::Absent).contains("xcode-select --install"));
        assert!(command(Family::Windows, Node::Absent).contains("Microsoft.EdgeWebView2Runtime"));
        assert!(command(Family::OtherLinux, Node::Absent).contains("Node.js 20.19"));
    }

    #[test]
    fn debian_installs_node_only_where_there_is_none() {
        let needs = to_run(Family::Debian, true);
        let missing: Vec<_> = needs.iter().collect();
        assert!(packages_of(Family::Debian, &missing, Node::Absent).contains("npm"));
        assert!(!packages_of(Family::Debian, &missing, Node::TooOld).contains("nodejs"));
    }
}
