//! The file of the inbox: frames one after the other, each with a checksum over itself and all before it.
//!
//! Whoever delivers waits for one write and one wait for the disk, whatever else the program does. The file has room
//! before it is needed, so that a frame changes no size: waiting for the disk then costs one write, not two.
//!
//! ```text
//! header   magic (8 bytes), epoch (8), checksum of both (4), nothing (4)
//! frame    length of the content (4), checksum (4), content
//! ```
//!
//! Numbers have their lowest byte first. The checksum of a frame (CRC-32) is over that of the frame before, the length
//! and the content; that of the first starts from the header's. So the frames of one **epoch** form a chain, and what
//! an earlier epoch left, or a write that did not come to its end, is not taken for one. A frame of length 0 is no frame.
//!
//! Once everything is sorted in, the file begins a new epoch at its front, and what the old one left is overwritten a
//! little at a time. An epoch is drawn at random, never counted: a file that was put back from a copy must not take
//! frames for sorted in that came after it.

use super::disk::{Disk, Window};
use crate::error::StoreError;
use std::hash::{BuildHasher as _, RandomState};
use std::io;

const MAGIC: [u8; 8] = *b"CSGI\0\0\0\x01";
const HEADER: u64 = 24;
/// Length and checksum in front of each content.
const FRAME: u64 = 8;
/// Those.
type Head = [u8; FRAME as usize];
/// Room that the file has from the beginning, bytes.
const ROOM: u64 = 8 * 1024 * 1024;
/// Room that it keeps for the next burst, bytes.
const KEPT: u64 = 128 * 1024 * 1024;
/// Room that is made when there is none left, bytes.
const GROWTH: u64 = 4 * 1024 * 1024;
/// What is overwritten by one step, bytes: a delivery that comes meanwhile waits for it.
const WIPED_AT_ONCE: u64 = 256 * 1024;
/// What of the room is made by one write, bytes.
const ROOM_AT_ONCE: u64 = 256 * 1024;

/// A place between two frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Which epoch.
    pub(super) epoch: u64,
    /// How many frames stand before it.
    pub(super) frames: u64,
    at: u64,
    checksum: u32,
}

impl Place {
    fn beginning_of(epoch: u64) -> Self {
        Self { epoch, frames: 0, at: HEADER, checksum: checksum(0, &[&MAGIC, &epoch.to_le_bytes()]) }
    }

    /// After a frame of this content, which is in two pieces.
    fn after(self, [front, back]: [&[u8]; 2]) -> Option<(Self, Head)> {
        let size = front.len() + back.len();
        let length = u32::try_from(size).ok().filter(|length| *length > 0)?.to_le_bytes();
        let checksum = checksum(self.checksum, &[&length, front, back]);
        let mut head = Head::default();
        let (of_it, rest) = head.split_at_mut(4);
        of_it.copy_from_slice(&length);
        rest.copy_from_slice(&checksum.to_le_bytes());
        let at = self.at + FRAME + size as u64;
        Some((Self { epoch: self.epoch, frames: self.frames + 1, at, checksum }, head))
    }

    /// Whether it comes after another place of the same epoch.
    pub(super) fn is_after(self, other: Self) -> bool {
        self.epoch == other.epoch && self.frames > other.frames
    }
}

/// How far everything is sorted in, as it is written into the table together with what was sorted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) epoch: u64,
    pub(super) frames: u64,
}

impl From<Place> for Mark {
    fn from(place: Place) -> Self {
        Self { epoch: place.epoch, frames: place.frames }
    }
}

/// The file, held by the one who writes to it.
pub(super) struct Journal<D> {
    disk: D,
    /// After the newest frame that is on disk.
    end: Place,
    /// How large the file is.
    length: u64,
    /// Before this may stand what is no longer needed.
    soiled_until: u64,
}

impl<D: Disk> Journal<D> {
    /// Opens what is on a disk, and tells up to where `mark` says that it is sorted in.
    pub(super) fn open(mut disk: D, mark: Option<Mark>) -> Result<(Self, Place), StoreError> {
        let length = disk.length()?;
        let mut header = [0; HEADER as usize];
        let filled = disk.read(0, &mut header)?;
        let is_new = header.iter().take(filled).all(|byte| *byte == 0);
        let beginning = match beginning(&header) {
            Some(beginning) => beginning,
            None if is_new => Place::beginning_of(fresh_epoch()),
            None => return Err(StoreError::Corrupt("the inbox beside it has no header of ours".to_owned())),
        };
        let (mut end, mut sorted) = (beginning, beginning);
        let mut window = Window::onto(&mut disk);
        while let Some((next, _)) = read_frame(&mut window, end, length)? {
            end = next;
            if mark == Some(end.into()) {
                sorted = end;
            }
        }
        let mut journal = Self { disk, end, length, soiled_until: length };
        journal.make_room(ROOM)?;
        if is_new {
            journal.write_header()?;
            journal.soiled_until = HEADER;
        } else if mark.is_some_and(|mark| mark.epoch == end.epoch && mark.frames >= end.frames) {
            // A power cut may have brought this epoch back without all of its frames. Frames added to it would be
            // counted from where it ends now, and taken for those that are sorted in.
            sorted = journal.begin_epoch()?;
        }
        journal.disk.sync()?;
        Ok((journal, sorted))
    }

    /// After the newest frame that is on disk.
    pub(super) const fn end(&self) -> Place {
        self.end
    }

    /// Adds frames, the content of each in two pieces. When this returns without error, they are on disk; else none of
    /// them counts.
    pub(super) fn append(&mut self, contents: &[[&[u8]; 2]]) -> io::Result<()> {
        let mut end = self.end;
        let mut heads = Vec::with_capacity(contents.len());
        for content in contents {
            let Some((next, head)) = end.after(*content) else {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "a delivery of no or 4 GiB"));
            };
            heads.push(head);
            end = next;
        }
        let frames = heads.iter().zip(contents);
        let pieces: Vec<&[u8]> = frames.flat_map(|(head, [front, back])| [&head[..], front, back]).collect();
        if end.at > self.length {
            self.make_room(end.at.next_multiple_of(GROWTH))?;
        }
        // Also where this fails half way.
        self.soiled_until = self.soiled_until.max(end.at);
        self.disk.write(self.end.at, &pieces)?;
        self.disk.sync()?;
        self.end = end;
        Ok(())
    }

    /// Begins a new epoch: everything is sorted in.
    pub(super) fn restart(&mut self) -> io::Result<Place> {
        if self.end.frames == 0 { Ok(self.end) } else { self.begin_epoch() }
    }

    fn begin_epoch(&mut self) -> io::Result<Place> {
        let end = std::mem::replace(&mut self.end, Place::beginning_of(fresh_epoch()));
        if let Err(error) = self.write_header() {
            self.end = end;
            return Err(error);
        }
        Ok(self.end)
    }

    /// Overwrites a little of what is no longer needed. False when there is nothing left of it.
    ///
    /// What a power cut brings back of it belongs to an epoch that is over.
    pub(super) fn wipe(&mut self) -> io::Result<bool> {
        let from = self.end.at.max(self.soiled_until.saturating_sub(WIPED_AT_ONCE));
        if self.soiled_until <= self.end.at {
            if self.length > KEPT && self.end.at < KEPT {
                self.disk.cut(KEPT)?;
                self.length = KEPT;
            }
            return Ok(false);
        }
        let size = usize::try_from(self.soiled_until - from).unwrap_or_default();
        self.disk.write(from, &[&vec![0; size]])?;
        if size as u64 == WIPED_AT_ONCE {
            // Else all of it would have to reach the disk before the next delivery does.
            self.disk.sync()?;
        }
        self.soiled_until = from;
        Ok(true)
    }

    fn write_header(&mut self) -> io::Result<()> {
        let mut header = [0; HEADER as usize];
        let fields =
            [&MAGIC[..], &self.end.epoch.to_le_bytes()[..], &self.end.checksum.to_le_bytes()[..]].concat();
        for (place, byte) in header.iter_mut().zip(fields) {
            *place = byte;
        }
        self.disk.write(0, &[&header])
    }

    /// Writes nothing into the file up to a length.
    fn make_room(&mut self, length: u64) -> io::Result<()> {
        let nothing = vec![0; usize::try_from(ROOM_AT_ONCE).unwrap_or_default()];
        while self.length < length {
            let size = (length - self.length).min(ROOM_AT_ONCE);
            let some = usize::try_from(size).ok().and_then(|size| nothing.get(..size)).unwrap_or_default();
            self.disk.write(self.length, &[some])?;
            self.length += size;
        }
        Ok(())
    }
}

/// The contents from one place on, together at most about `bytes` long but at least one, and the place after them.
pub(super) fn read(
    disk: &mut impl Disk,
    from: Place,
    until: Place,
    bytes: usize,
) -> Result<(Vec<Vec<u8>>, Place), StoreError> {
    let (mut contents, mut place, mut length) = (Vec::new(), from, 0);
    // No longer than this call: what is written meanwhile is not seen through it.
    let mut window = Window::onto(disk);
    while until.is_after(place) && length < bytes.max(1) {
        let Some((next, content)) = read_frame(&mut window, place, until.at)? else {
            return Err(StoreError::Corrupt("what was put down in its inbox has changed".to_owned()));
        };
        length += content.len();
        contents.push(content);
        place = next;
    }
    Ok((contents, place))
}

/// The frame at a place, and the place after it; nothing where there is no whole frame.
fn read_frame(
    window: &mut Window<'_, impl Disk>,
    place: Place,
    length: u64,
) -> Result<Option<(Place, Vec<u8>)>, StoreError> {
    let mut head = Head::default();
    if window.read(place.at, &mut head)? < head.len() {
        return Ok(None);
    }
    let [a, b, c, d, ..] = head;
    let size = u32::from_le_bytes([a, b, c, d]);
    let is_there = size > 0 && place.at + FRAME + u64::from(size) <= length;
    let Some(size) = usize::try_from(size).ok().filter(|_| is_there) else { return Ok(None) };
    let mut content = vec![0; size];
    if window.read(place.at + FRAME, &mut content)? < size {
        return Ok(None);
    }
    Ok(place.after([&content, &[]]).filter(|(_, wanted)| *wanted == head).map(|(next, _)| (next, content)))
}

fn beginning(header: &[u8; HEADER as usize]) -> Option<Place> {
    let (magic, rest) = header.split_first_chunk::<8>()?;
    let (epoch, rest) = rest.split_first_chunk::<8>()?;
    let (checksum, _) = rest.split_first_chunk::<4>()?;
    let beginning = Place::beginning_of(u64::from_le_bytes(*epoch));
    (*magic == MAGIC && u32::from_le_bytes(*checksum) == beginning.checksum).then_some(beginning)
}

fn checksum(before: u32, of: &[&[u8]]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(before);
    for bytes in of {
        hasher.update(bytes);
    }
    hasher.finalize()
}

/// A number that no other epoch has: the keys of a hasher are drawn by the operating system.
fn fresh_epoch() -> u64 {
    RandomState::new().hash_one(MAGIC)
}
