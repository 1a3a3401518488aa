//! The body of an answer on the wire: at once, in a trickle, or broken off.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use crate::{
    answer::Manner,
    clock::{Clock, Sleep},
    intake::Cut,
};

/// In how many pieces a slow body comes.
const PIECES: usize = 10;

pub(super) struct Sending {
    pieces: VecDeque<Bytes>,
    length: u64,
    /// The wait before each piece, and the one that is under way.
    pause: Option<(Arc<dyn Clock>, Duration)>,
    sleep: Option<Sleep>,
    breaks_off: bool,
    /// What was given is on its way, so that the break comes after it.
    flushed: bool,
}

impl fmt::Debug for Sending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sending").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Sending {
    pub(super) fn new(bytes: Vec<u8>, manner: Manner) -> Self {
        let bytes = Bytes::from(bytes);
        let length = bytes.len() as u64;
        let whole = |bytes: Bytes| if bytes.is_empty() { VecDeque::new() } else { VecDeque::from([bytes]) };
        match manner {
            Manner::AtOnce => Self {
                pieces: whole(bytes),
                length,
                pause: None,
                sleep: None,
                breaks_off: false,
                flushed: false,
            },
            Manner::Cut => {
                let half = bytes.slice(..bytes.len() / 2);
                Self {
                    pieces: whole(half),
                    length,
                    pause: None,
                    sleep: None,
                    breaks_off: true,
                    flushed: false,
                }
            }
            Manner::Trickling { clock, over } => {
                let pieces: VecDeque<Bytes> = bytes
                    .chunks(bytes.len().div_ceil(PIECES).max(1))
                    .map(|piece| bytes.slice_ref(piece))
                    .collect();
                let pause = over / u32::try_from(pieces.len().max(1)).unwrap_or(1);
                Self {
                    pieces,
                    length,
                    pause: Some((clock, pause)),
                    sleep: None,
                    breaks_off: false,
                    flushed: false,
                }
            }
        }
    }
}

impl Body for Sending {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let this = self.get_mut();
        if this.pieces.is_empty() {
            if this.breaks_off && !std::mem::replace(&mut this.flushed, true) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready(this.breaks_off.then_some(Err(Cut)));
        }
        if let Some((clock, pause)) = &this.pause {
            let sleep = this.sleep.get_or_insert_with(|| clock.sleep(*pause));
            ready!(sleep.as_mut().poll(context));
            this.sleep = None;
        }
        Poll::Ready(this.pieces.pop_front().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty() && !self.breaks_off
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
