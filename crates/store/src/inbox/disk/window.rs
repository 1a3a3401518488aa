//! Reading a file from front to back, a little at a time, in few large readings.

use super::{BLOCK, Disk, copy};
use std::io;

/// Bytes of one reading, a multiple of the block.
const AT_ONCE: usize = 64 * BLOCK;

/// What was read of a disk, and is read on from there. It shows the disk as it was when it was read.
#[derive(Debug)]
pub(in crate::inbox) struct Window<'a, D> {
    disk: &'a mut D,
    from: u64,
    bytes: Vec<u8>,
}

impl<'a, D: Disk> Window<'a, D> {
    pub(in crate::inbox) const fn onto(disk: &'a mut D) -> Self {
        Self { disk, from: 0, bytes: Vec::new() }
    }

    /// As [`Disk::read`].
    pub(in crate::inbox) fn read(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let place = at + filled as u64;
            if self.seen(place).is_empty() {
                self.move_to(place)?;
            }
            let seen = self.seen(place);
            if seen.is_empty() {
                break;
            }
            filled += copy(rest, seen);
        }
        Ok(filled)
    }

    fn seen(&self, at: u64) -> &[u8] {
        let into = at.checked_sub(self.from).and_then(|into| usize::try_from(into).ok());
        into.and_then(|into| self.bytes.get(into..)).unwrap_or_default()
    }

    fn move_to(&mut self, at: u64) -> io::Result<()> {
        self.from = at - at % BLOCK as u64;
        self.bytes.resize(AT_ONCE, 0);
        let filled = self.disk.read(self.from, &mut self.bytes);
        self.bytes.truncate(*filled.as_ref().unwrap_or(&0));
        filled.map(drop)
    }
}
