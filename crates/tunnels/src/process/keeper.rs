//! A thread that starts a program and lives as long as it is wanted.

use std::io;
use std::sync::mpsc;
use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Dropping it lets the thread end.
#[derive(Debug)]
pub(crate) struct Keeper {
    _wanted: mpsc::Sender<()>,
}

/// Starts the program on a thread of its own.
pub(crate) async fn spawn(mut command: Command) -> io::Result<(Child, Keeper)> {
    let runtime = Handle::current();
    let (told, started) = oneshot::channel();
    let (wanted, until) = mpsc::channel::<()>();
    std::thread::Builder::new().name("tunnel-keeper".to_owned()).spawn(move || {
        let child = {
            let _inside = runtime.enter();
            command.spawn()
        };
        let _ = told.send(child);
        // Returns when the keeper is dropped.
        let _ = until.recv();
    })?;
    let child = started.await.map_err(|_| io::Error::other("the thread that starts it ended"))??;
    Ok((child, Keeper { _wanted: wanted }))
}
