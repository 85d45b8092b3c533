//! Permits that somebody holds, and how they go back.
//!
//! Mirror: `runtime::sync::permits::Held`.

use super::Permits;
use crate::explore::Access;
use crate::place::Place;
use crate::sync::lock::Holder;
use std::sync::Arc;

/// Permits that somebody holds. Dropped, they are given back.
#[derive(Debug)]
pub(in crate::sync) struct Held {
    /// Where they come from.
    pub(super) permits: Arc<Permits>,
    /// How many; 0 once they are forgotten.
    pub(super) count: usize,
    /// Who took them: it may have handed them on.
    pub(super) taken_by: Holder,
    /// The learner's line that gives them back, if the program names one.
    pub(super) given_back_at: Option<Place>,
}

impl Held {
    /// How many.
    pub(in crate::sync) fn count(&self) -> usize {
        self.count
    }

    /// Gives them back, and says where.
    pub(in crate::sync) fn give_back(mut self, at: Place) {
        self.given_back_at = Some(at);
    }

    /// Never gives them back.
    pub(in crate::sync) fn forget(mut self) {
        if std::mem::take(&mut self.count) > 0 {
            self.permits.state.enter().holders.remove(&self.taken_by);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.count > 0 {
            self.permits.note(Access::Release, self.given_back_at);
            self.permits.state.enter().holders.remove(&self.taken_by);
            self.permits.put(self.count, self.given_back_at);
        }
    }
}
