//! The thread that writes to an inbox: it takes what has gathered while the disk was waited for, writes it in one go,
//! and answers everybody. A thread and not a task: between a delivery and its answer stands nothing but the disk.

use super::Cleared;
use super::batch::Content;
use super::disk::Disk;
use super::journal::{Journal, Place};
use crate::error::StoreError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc, oneshot};

/// Deliveries that may wait to be written; beyond them whoever delivers waits.
const WAITING: usize = 1024;
/// Deliveries written in one go.
const TOGETHER: usize = 256;
/// How often others have their turn without that anything comes, before what is there is written.
const TURNS: u32 = 4;
/// So many in one go are a burst.
const BURST: usize = 8;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What is asked of the thread.
enum Job {
    /// Put this down.
    Put(Content, Answer<()>),
    /// Overwrite a little of what is sorted in up to here.
    Clear(Place, Answer<(Place, Cleared)>),
    /// Act as if the disk were full, for tests.
    Fill(bool, Answer<()>),
    /// End.
    Close(Answer<()>),
}

/// What the thread tells without being asked.
#[derive(Debug)]
pub(super) struct Told {
    end: Mutex<Place>,
    pub(super) put: Notify,
    /// When the newest burst was, milliseconds after `since`; 0 for never.
    burst: AtomicU64,
    since: Instant,
}

impl Told {
    /// After the newest delivery that is on disk.
    pub(super) fn end(&self) -> Place {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_end(&self, end: Place) {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = end;
    }

    /// Whether many deliveries came together so short a time ago.
    pub(super) fn burst_within(&self, time: Duration) -> bool {
        let at = self.burst.load(Ordering::Relaxed);
        at > 0 && self.since.elapsed().saturating_sub(Duration::from_millis(at)) < time
    }

    fn note_burst(&self) {
        let at = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.burst.store(at.max(1), Ordering::Relaxed);
    }
}

/// Where the thread is asked. It ends when the last clone is dropped.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    pub(super) told: Arc<Told>,
}

impl Writer {
    pub(super) fn start<D: Disk>(journal: Journal<D>) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let told = Arc::new(Told {
            end: Mutex::new(journal.end()),
            put: Notify::new(),
            burst: AtomicU64::new(0),
            since: Instant::now(),
        });
        let telling = Arc::clone(&told);
        std::thread::Builder::new()
            .name("inbox".to_owned())
            .spawn(move || run(journal, waiting, &telling))?;
        Ok(Self { jobs, told })
    }

    pub(super) async fn put(&self, content: Content) -> Result<(), StoreError> {
        self.ask(|answer| Job::Put(content, answer)).await
    }

    pub(super) async fn clear(&self, sorted: Place) -> Result<(Place, Cleared), StoreError> {
        self.ask(|answer| Job::Clear(sorted, answer)).await
    }

    pub(super) async fn fill(&self, full: bool) -> Result<(), StoreError> {
        self.ask(|answer| Job::Fill(full, answer)).await
    }

    pub(super) async fn close(&self) {
        // It may be closed already.
        drop(self.ask(Job::Close).await);
    }

    async fn ask<T>(&self, job: impl FnOnce(Answer<T>) -> Job) -> Result<T, StoreError> {
        let closed = || StoreError::Internal("the inbox is closed".to_owned());
        let (answer, answered) = oneshot::channel();
        self.jobs.send(job(answer)).await.map_err(|_| closed())?;
        answered.await.unwrap_or_else(|_| Err(closed()))
    }
}

fn run<D: Disk>(mut journal: Journal<D>, mut waiting: mpsc::Receiver<Job>, told: &Told) {
    let (mut jobs, mut contents, mut answers) = (Vec::new(), Vec::new(), Vec::new());
    let mut full = false;
    while waiting.blocking_recv_many(&mut jobs, TOGETHER) > 0 {
        gather(&mut jobs, &mut waiting);
        let mut others = Vec::new();
        for job in jobs.drain(..) {
            match job {
                Job::Put(content, answer) => {
                    contents.push(content);
                    answers.push(answer);
                }
                Job::Clear(..) | Job::Fill(..) | Job::Close(_) => others.push(job),
            }
        }
        if !contents.is_empty() {
            let put = if full {
                Err(StoreError::Full)
            } else {
                let pieces: Vec<_> = contents.iter().map(Content::pieces).collect();
                journal.append(&pieces).map_err(StoreError::from)
            };
            told.set_end(journal.end());
            if contents.len() >= BURST {
                told.note_burst();
            }
            // Before anybody goes on: who delivered may want the memory for the next.
            contents.clear();
            for answer in answers.drain(..) {
                // Whoever asked may have given up meanwhile.
                let _ = answer.send(put.clone());
            }
            told.put.notify_one();
        }
        for job in others {
            match job {
                Job::Clear(sorted, answer) => {
                    let cleared = clear(&mut journal, sorted).map_err(StoreError::from);
                    told.set_end(journal.end());
                    let _ = answer.send(cleared);
                }
                Job::Fill(is_full, answer) => {
                    full = is_full;
                    let _ = answer.send(Ok(()));
                }
                Job::Close(answer) => {
                    drop(waiting);
                    drop(journal);
                    let _ = answer.send(Ok(()));
                    return;
                }
                // They were sorted out above.
                Job::Put(_, answer) => drop(answer),
            }
        }
    }
}

/// Takes what comes while others use the processors: to wait for the disk costs the machine the same for one delivery as
/// for many. Where nobody wants the processor, this takes no time.
fn gather(jobs: &mut Vec<Job>, waiting: &mut mpsc::Receiver<Job>) {
    let mut in_vain = 0;
    while jobs.len() < TOGETHER && in_vain < TURNS {
        let before = jobs.len();
        std::thread::yield_now();
        while jobs.len() < TOGETHER
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
        in_vain += u32::from(jobs.len() == before);
    }
}

/// Up to where everything is sorted in from now on, and what is left of it.
fn clear<D: Disk>(journal: &mut Journal<D>, sorted: Place) -> std::io::Result<(Place, Cleared)> {
    let sorted = if sorted == journal.end() { journal.restart()? } else { sorted };
    let cleared = match journal.wipe()? {
        true => Cleared::Some,
        false if sorted == journal.end() => Cleared::All,
        false => Cleared::Unsorted,
    };
    Ok((sorted, cleared))
}
