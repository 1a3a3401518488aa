//! What the journal is kept in: a file, on Linux without the system's cache where the filesystem can.
//!
//! What is written here is waited for at once, and read back once, later: a copy in the system's cache costs as much
//! time as the rest of a write and helps nobody.

mod aligned;
mod window;

pub(super) use aligned::Aligned;
pub(super) use window::Window;

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// What is written at once where the cache is passed by, bytes. No disk in use has larger sectors.
pub(super) const BLOCK: usize = 4096;

/// What a journal is kept in.
pub(super) trait Disk: std::fmt::Debug + Send + 'static {
    /// Reads into `buffer` from `at` on; how much there was.
    fn read(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes pieces one after the other. What stands after them, up to the next multiple of [`BLOCK`], may be overwritten
    /// with nothing.
    fn write(&mut self, at: u64, pieces: &[&[u8]]) -> io::Result<()>;
    /// Returns when everything written is on disk.
    fn sync(&mut self) -> io::Result<()>;
    fn length(&mut self) -> io::Result<u64>;
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// Opens a file to be read and written, or makes it.
pub(super) fn open(path: &Path) -> io::Result<Box<dyn Disk>> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = options.open(path)?;
    Ok(match directly(&options, path, &file) {
        Some(direct) => Box::new(direct),
        None => Box::new(file),
    })
}

/// The same file past the system's cache, where that can be done.
#[cfg(target_os = "linux")]
fn directly(options: &OpenOptions, path: &Path, file: &File) -> Option<Aligned<File>> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let length = file.metadata().ok()?.len();
    if length % BLOCK as u64 != 0 {
        return None;
    }
    let flags = i32::try_from(rustix::fs::OFlags::DIRECT.bits()).ok()?;
    let mut direct = Aligned::over(options.clone().custom_flags(flags).open(path).ok()?);
    // Some filesystems open it and refuse the first reading or writing.
    let tried =
        if length == 0 { direct.write(0, &[&[0; BLOCK]]) } else { direct.read(0, &mut [0; 8]).map(drop) };
    tried.ok().map(|()| direct)
}

#[cfg(not(target_os = "linux"))]
fn directly(_: &OpenOptions, _: &Path, _: &File) -> Option<Aligned<File>> {
    None
}

impl Disk for File {
    fn read(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.seek(SeekFrom::Start(at))?;
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match io::Read::read(self, rest) {
                Ok(0) => break,
                Ok(some) => filled += some,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn write(&mut self, at: u64, pieces: &[&[u8]]) -> io::Result<()> {
        self.seek(SeekFrom::Start(at))?;
        match pieces {
            [bytes] => self.write_all(bytes),
            _ => self.write_all(&pieces.concat()),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn length(&mut self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

impl Disk for Box<dyn Disk> {
    fn read(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read(at, buffer)
    }

    fn write(&mut self, at: u64, pieces: &[&[u8]]) -> io::Result<()> {
        (**self).write(at, pieces)
    }

    fn sync(&mut self) -> io::Result<()> {
        (**self).sync()
    }

    fn length(&mut self) -> io::Result<u64> {
        (**self).length()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        (**self).cut(length)
    }
}

/// As much of `from` as fits; how much that was.
fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let size = to.len().min(from.len());
    if let (Some(to), Some(from)) = (to.get_mut(..size), from.get(..size)) {
        to.copy_from_slice(from);
    }
    size
}
