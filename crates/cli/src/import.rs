//! `countersign-cli triage import`: a labelled history taught to the local model of a workspace.

use anyhow::{Context as _, Result, bail};
use app::offline::{ImportOrder, ImportReport, OfflineSource, import};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct ImportOptions {
    /// A CSV file whose first line names the columns `text` and `label`
    #[arg(long, value_name = "FILE", required_unless_present = "tags", conflicts_with = "tags")]
    file: Option<PathBuf>,
    /// The tags of the conversations kept here, in place of a file
    #[arg(long)]
    tags: bool,
    /// Where a label goes: a bucket by its id or name, `none-of-these`, or `-` to leave it out. May be given often;
    /// a label that is a bucket's name needs none
    #[arg(long = "map", value_name = "LABEL=BUCKET")]
    mapping: Vec<String>,
    /// Leave out labels that are neither mapped nor a bucket's name
    #[arg(long)]
    skip_unknown: bool,
    /// Only say what would be imported
    #[arg(long)]
    dry_run: bool,
    /// The data folder [default: the system's place for data of programs]
    #[arg(long, value_name = "DIR", env = app::paths::DATA_DIR_VARIABLE)]
    data: Option<PathBuf>,
    /// The workspace by its id, app id or name; may be left out where there is one
    #[arg(long, value_name = "WHICH")]
    workspace: Option<String>,
}

pub(crate) async fn run(options: ImportOptions) -> Result<()> {
    let source = match &options.file {
        Some(path) => {
            let bytes = std::fs::read(path).with_context(|| format!("Cannot read {}", path.display()))?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            OfflineSource::File(name.unwrap_or_default(), bytes)
        }
        None => OfflineSource::Tags,
    };
    let data = options
        .data
        .or_else(app::paths::data_dir)
        .context("This system has no place for data of programs: name a folder with --data")?;
    if !data.join("workspaces").is_dir() {
        bail!("{} is no data folder of Countersign", data.display());
    }
    let mapping = options.mapping.iter().map(|pair| {
        // A label may have an equals sign in it, a bucket's id has none.
        let (label, bucket) = pair.rsplit_once('=').with_context(|| format!("{pair} is not LABEL=BUCKET"))?;
        Ok((label.to_owned(), bucket.to_owned()))
    });
    let order = ImportOrder {
        data,
        workspace: options.workspace,
        source,
        mapping: mapping.collect::<Result<_>>()?,
        skips_unknown: options.skip_unknown,
        only_looks: options.dry_run,
    };
    print(&import(order).await?);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the answer of this command")]
fn print(report: &ImportReport) {
    println!("{} For {}:", report.headline, report.workspace);
    for (label, messages, target) in &report.labels {
        println!("{messages:>7}  {label} -> {}", if target == "-" { "left out" } else { target });
    }
    for sentence in &report.left_out {
        println!("{sentence}");
    }
    match report.brought {
        Some(brought) => println!("Imported: {brought}. The local model learns them at the next start."),
        None => println!("Nothing was imported: this was a look."),
    }
}
