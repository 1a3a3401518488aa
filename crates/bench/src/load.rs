//! The second process: sends signed deliveries over kept-alive connections and tells how they were answered.
//!
//! One thread and one blocking socket a connection: nothing here waits for anything but the answer. With a rate, a
//! delivery is due at its time whatever became of those before it, and its answer is timed from then on, so that a
//! stall counts for every delivery that it held up.

use crate::notification::Signed;
use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead as _, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Longer than the slowest answer that still counts.
const PATIENCE: Duration = Duration::from_secs(20);

/// What to send.
#[derive(Debug, Clone, Args)]
pub(crate) struct Orders {
    /// The listener.
    #[arg(long)]
    pub(crate) address: SocketAddr,
    /// Connections, each with one delivery under way at a time.
    #[arg(long)]
    pub(crate) connections: usize,
    /// Deliveries in all.
    #[arg(long)]
    pub(crate) count: usize,
    /// The number of the first; no two runs on one table may share numbers.
    #[arg(long)]
    pub(crate) first: u64,
    /// Deliveries a second; as fast as answers come without it.
    #[arg(long)]
    pub(crate) rate: Option<f64>,
}

/// How they were answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answers {
    /// By status.
    pub(crate) statuses: BTreeMap<u16, usize>,
    /// From the first delivery to the last answer.
    pub(crate) seconds: f64,
    /// Milliseconds to the answer: half were faster.
    pub(crate) p50_ms: f64,
    /// 99 of 100 were faster.
    pub(crate) p99_ms: f64,
    /// The slowest.
    pub(crate) max_ms: f64,
}

impl Answers {
    /// Those that were taken.
    pub(crate) fn taken(&self) -> usize {
        self.statuses.get(&200).copied().unwrap_or(0)
    }

    /// Taken a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.taken() as f64 / self.seconds
    }
}

impl Orders {
    /// Has a second process send, and waits for it to end.
    pub(crate) fn carry_out(&self) -> Result<Answers> {
        let mut command = Command::new(std::env::current_exe().context("This program has no path")?);
        command.arg("load").args(["--address", &self.address.to_string()]);
        command.args(["--connections", &self.connections.to_string(), "--count", &self.count.to_string()]);
        command.args(["--first", &self.first.to_string()]);
        if let Some(rate) = self.rate {
            command.args(["--rate", &rate.to_string()]);
        }
        let output = command
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .context("The second process does not start")?;
        if !output.status.success() {
            bail!("The second process ended with {}", output.status);
        }
        let answers: Answers =
            serde_json::from_slice(&output.stdout).context("The second process says nothing readable")?;
        if answers.taken() != self.count {
            bail!("Not every delivery was answered 200: {:?}", answers.statuses);
        }
        Ok(answers)
    }
}

/// The second process.
pub(crate) fn send(orders: &Orders) -> Result<ExitCode> {
    let requests: Vec<Vec<u8>> =
        (orders.first..).take(orders.count).map(|number| Signed::new(number).to_request()).collect();
    let connections: Vec<TcpStream> =
        (0..orders.connections).map(|_| connect(orders.address)).collect::<Result<_>>()?;
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let sending = Sending { requests: &requests, next: &next, begun, rate: orders.rate };
    let heard: Vec<Result<Vec<(u16, Duration)>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = connections
            .into_iter()
            .map(|stream| {
                let sending = &sending;
                scope.spawn(move || sending.over(stream))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| bail!("A thread of the second process panicked")))
            .collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let mut statuses = BTreeMap::new();
    let mut times = Vec::with_capacity(orders.count);
    for connection in heard {
        for (status, time) in connection? {
            *statuses.entry(status).or_insert(0) += 1;
            times.push(time);
        }
    }
    times.sort_unstable();
    let at = |share: f64| {
        let index = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    let answers = Answers { statuses, seconds, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1.0) };
    println!("{}", serde_json::to_string(&answers)?);
    Ok(ExitCode::SUCCESS)
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).with_context(|| format!("Cannot connect to {address}"))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

struct Sending<'a> {
    requests: &'a [Vec<u8>],
    next: &'a AtomicUsize,
    begun: Instant,
    rate: Option<f64>,
}

impl Sending<'_> {
    /// Sends over one connection until nothing is left to send.
    fn over(&self, mut stream: TcpStream) -> Result<Vec<(u16, Duration)>> {
        let mut heard = Vec::with_capacity(self.requests.len() / 8);
        let mut buffer = Vec::with_capacity(1024);
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = self.requests.get(index) else { return Ok(heard) };
            let due = match self.rate {
                Some(rate) => {
                    let due = self.begun + Duration::from_secs_f64(index as f64 / rate);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    due
                }
                None => Instant::now(),
            };
            stream.write_all(request).context("A delivery could not be sent")?;
            let status = answer(&mut stream, &mut buffer)?;
            heard.push((status, due.elapsed()));
        }
    }
}

/// Reads one answer, which has no body, and returns its status.
fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<u16> {
    buffer.clear();
    let mut chunk = [0; 1024];
    while !buffer.ends_with(b"\r\n\r\n") {
        let read = stream.read(&mut chunk).context("An answer did not come")?;
        if read == 0 {
            bail!("A connection was closed without an answer");
        }
        buffer.extend_from_slice(chunk.get(..read).unwrap_or_default());
    }
    let line = buffer.lines().next().context("An answer is empty")??;
    line.split(' ').nth(1).and_then(|status| status.parse().ok()).context("An answer has no status")
}
