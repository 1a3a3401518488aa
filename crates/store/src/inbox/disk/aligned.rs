//! A disk that takes and gives whole blocks only, from memory that begins where a block may.

use super::{BLOCK, Disk, copy};
use std::io;

/// Makes whole blocks of whatever is written or read.
#[derive(Debug)]
pub(in crate::inbox) struct Aligned<D> {
    disk: D,
    buffer: Buffer,
    /// The last block that was written, where something may be added to it, and where it stands.
    tail: Option<(u64, Box<[u8; BLOCK]>)>,
}

impl<D: Disk> Aligned<D> {
    pub(in crate::inbox) fn over(disk: D) -> Self {
        Self { disk, buffer: Buffer::default(), tail: None }
    }
}

impl<D: Disk> Disk for Aligned<D> {
    fn read(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let (first, before) = split(at);
        let blocks = self.buffer.blocks(before + buffer.len());
        let filled = self.disk.read(first, blocks)?;
        let there = blocks.get(before..filled).unwrap_or_default();
        Ok(copy(buffer, there))
    }

    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let (first, before) = split(at);
        let blocks = self.buffer.blocks(before + bytes.len());
        // Until it is known to be on its way, nothing is known of what stands there.
        let tail = self.tail.take();
        if before > 0 {
            match tail {
                Some((place, block)) if place == first => {
                    let _ = copy(blocks, &*block);
                }
                _ => {
                    let block = blocks.get_mut(..BLOCK).unwrap_or_default();
                    block.fill(0);
                    self.disk.read(first, block)?;
                }
            }
        }
        let _ = copy(blocks.get_mut(before..).unwrap_or_default(), bytes);
        blocks.get_mut(before + bytes.len()..).unwrap_or_default().fill(0);
        self.disk.write(first, blocks)?;
        if let Some((front, block)) = blocks.split_last_chunk::<BLOCK>() {
            self.tail = Some((first + front.len() as u64, Box::new(*block)));
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.sync()
    }

    fn length(&mut self) -> io::Result<u64> {
        self.disk.length()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.tail = None;
        self.disk.cut(length)
    }
}

/// Where the block begins that a place is in, and how far into it that is.
const fn split(at: u64) -> (u64, usize) {
    let into = at % BLOCK as u64;
    (at - into, into as usize)
}

/// Memory for whole blocks, used again and again.
#[derive(Debug, Default)]
struct Buffer(Vec<u8>);

impl Buffer {
    /// Whole blocks that `size` bytes fit into. What is in them is of no meaning.
    fn blocks(&mut self, size: usize) -> &mut [u8] {
        let size = size.next_multiple_of(BLOCK);
        if self.0.len() < size + BLOCK {
            self.0 = vec![0; size + BLOCK];
        }
        let begin = self.0.as_ptr().align_offset(BLOCK).min(BLOCK);
        self.0.get_mut(begin..begin + size).unwrap_or_default()
    }
}
