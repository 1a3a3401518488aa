//! One lock for each conversation, so that what is read and then written about it is not interleaved.

use domain::ConversationId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Locks by conversation, and the conversations that an action is being performed on.
#[derive(Debug, Default)]
pub struct Conversations {
    locks: Mutex<HashMap<ConversationId, Weak<AsyncMutex<()>>>>,
    acting: Mutex<HashSet<ConversationId>>,
}

impl Conversations {
    /// Waits for, and holds, the lock of a conversation. Never held across a call to the helpdesk.
    pub async fn lock(&self, id: &ConversationId) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            locks.retain(|_, lock| lock.strong_count() > 0);
            let known = locks.get(id).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let lock = Arc::new(AsyncMutex::new(()));
                locks.insert(id.clone(), Arc::downgrade(&lock));
                lock
            })
        };
        lock.lock_owned().await
    }

    /// Marks that an action is being performed: until the mark is dropped, parts that appear may be our own.
    pub fn begin_acting(self: &Arc<Self>, id: &ConversationId) -> Acting {
        self.acting.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
        Acting { all: Arc::clone(self), id: id.clone() }
    }

    /// Whether an action is being performed on it.
    pub fn is_acting(&self, id: &ConversationId) -> bool {
        self.acting.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }
}

/// The mark that an action is being performed on a conversation.
#[derive(Debug)]
pub struct Acting {
    all: Arc<Conversations>,
    id: ConversationId,
}

impl Drop for Acting {
    fn drop(&mut self) {
        self.all.acting.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
