//! A disk that takes and gives whole blocks only, from memory that begins where a block may.

use super::{BLOCK, Disk, copy};
use std::io;

/// Makes whole blocks of whatever is written or read.
#[derive(Debug)]
pub(in crate::inbox) struct Aligned<D> {
    disk: D,
    buffer: Buffer,
    /// Where the last block stands that was written, if it is known what is in it.
    tail_at: Option<u64>,
    /// That.
    tail: Box<[u8; BLOCK]>,
}

impl<D: Disk> Aligned<D> {
    pub(in crate::inbox) fn over(disk: D) -> Self {
        Self { disk, buffer: Buffer::default(), tail_at: None, tail: Box::new([0; BLOCK]) }
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

    fn write(&mut self, at: u64, pieces: &[&[u8]]) -> io::Result<()> {
        let (first, before) = split(at);
        let size: usize = pieces.iter().map(|piece| piece.len()).sum();
        let blocks = self.buffer.blocks(before + size);
        // Until it is known to be on its way, nothing is known of what stands there.
        let tail_at = self.tail_at.take();
        if before > 0 {
            if tail_at == Some(first) {
                let _ = copy(blocks, &*self.tail);
            } else {
                let block = blocks.get_mut(..BLOCK).unwrap_or_default();
                block.fill(0);
                self.disk.read(first, block)?;
            }
        }
        let mut rest = blocks.get_mut(before..).unwrap_or_default();
        for piece in pieces {
            let filled = copy(rest, piece);
            rest = rest.get_mut(filled..).unwrap_or_default();
        }
        rest.fill(0);
        self.disk.write(first, &[blocks])?;
        if let Some((front, block)) = blocks.split_last_chunk::<BLOCK>() {
            *self.tail = *block;
            self.tail_at = Some(first + front.len() as u64);
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
        self.tail_at = None;
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
