//! Tunnels that are programs of somebody else: found on this machine, started, read.

pub(crate) mod find;
pub(crate) mod lines;
pub(crate) mod recipe;

pub use find::{Programs, System, install};

use crate::choice::ProviderKind;
use crate::port::{OpenError, Tunnel, TunnelEvent, TunnelProvider};
use crate::process::{Heard, Process, Start};
use crate::target::Target;
use async_trait::async_trait;
use recipe::{Recipe, Said};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

/// How long a program may take to tell its public URL.
const PATIENCE: Duration = Duration::from_secs(40);
/// How many of a program's last words are kept, to say why it ended. SSH takes a dozen lines for one reason.
const WORDS: usize = 64;
/// What was said longer ago is not why it ended.
const LAST: Duration = Duration::from_secs(10);

/// A provider whose tunnels are a program.
#[derive(Debug)]
pub(crate) struct ProgramProvider {
    recipe: Arc<dyn Recipe>,
    programs: Programs,
    folder: PathBuf,
}

impl ProgramProvider {
    pub(crate) fn new(recipe: impl Recipe + 'static, programs: &Programs, folder: PathBuf) -> Self {
        Self { recipe: Arc::new(recipe), programs: programs.clone(), folder }
    }
}

#[async_trait]
impl TunnelProvider for ProgramProvider {
    fn kind(&self) -> ProviderKind {
        self.recipe.kind()
    }

    fn url_changes(&self) -> bool {
        self.recipe.url_changes()
    }

    async fn open(&self, target: &Target) -> Result<Box<dyn Tunnel>, OpenError> {
        let kind = self.recipe.kind();
        let Some(program) = self.programs.find(kind) else {
            return Err(OpenError::NotInstalled { advice: install(kind, System::here()) });
        };
        let start = Start {
            program,
            arguments: self.recipe.arguments(target, &self.folder).map_err(OpenError::Failed)?,
            folder: self.folder.clone(),
        };
        let process = Process::start(start)
            .await
            .map_err(|error| OpenError::Failed(format!("{} cannot be started: {error}", self.name())))?;
        let mut opening = Opening { recipe: Arc::clone(&self.recipe), process, words: VecDeque::new() };
        let Ok(told) = tokio::time::timeout(PATIENCE, opening.told()).await else {
            let reason = opening.recipe.silence(PATIENCE.as_secs());
            opening.process.end().await;
            return Err(OpenError::Failed(reason));
        };
        match told {
            Ok(url) => Ok(Box::new(ProgramTunnel { opening, url })),
            Err(reason) => {
                opening.process.end().await;
                Err(OpenError::Failed(reason))
            }
        }
    }
}

impl ProgramProvider {
    fn name(&self) -> &'static str {
        find::name(self.recipe.kind())
    }
}

/// A program that was started.
#[derive(Debug)]
struct Opening {
    recipe: Arc<dyn Recipe>,
    process: Process,
    words: VecDeque<(Instant, String)>,
}

impl Opening {
    /// The public URL once the program tells it; why there is none otherwise.
    async fn told(&mut self) -> Result<Url, String> {
        loop {
            match self.process.heard().await {
                Heard::Line(line) => match self.said(&line) {
                    Said::Url(url) => return Ok(url),
                    Said::Trouble(reason) => return Err(reason),
                    Said::Nothing => {}
                },
                Heard::Ended(how) => return Err(self.why(&how)),
            }
        }
    }

    fn said(&mut self, line: &str) -> Said {
        if let Some(word) = self.recipe.word(line) {
            if self.words.len() == WORDS {
                self.words.pop_front();
            }
            self.words.push_back((Instant::now(), word));
        }
        self.recipe.read(line)
    }

    /// Why it ended: what its last words mean, else the words themselves.
    fn why(&self, how: &str) -> String {
        let name = find::name(self.recipe.kind());
        let last = || self.words.iter().rev().filter(|(said_at, _)| said_at.elapsed() < LAST);
        if let Some(meaning) = last().find_map(|(_, word)| self.recipe.meaning(word)) {
            return meaning;
        }
        match last().next() {
            Some((_, word)) => format!("{name} ended: {word}"),
            None => format!("{name} ended {how}, without a word"),
        }
    }
}

/// A program that told its public URL.
#[derive(Debug)]
struct ProgramTunnel {
    opening: Opening,
    url: Url,
}

#[async_trait]
impl Tunnel for ProgramTunnel {
    fn url(&self) -> Url {
        self.url.clone()
    }

    async fn next(&mut self) -> TunnelEvent {
        loop {
            match self.opening.process.heard().await {
                Heard::Line(line) => {
                    if let Said::Url(url) = self.opening.said(&line)
                        && url != self.url
                    {
                        self.url = url.clone();
                        return TunnelEvent::Url(url);
                    }
                }
                Heard::Ended(how) => return TunnelEvent::Ended(self.opening.why(&how)),
            }
        }
    }

    async fn close(self: Box<Self>) {
        self.opening.process.end().await;
    }
}
