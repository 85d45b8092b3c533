//! A table of numbered things that is cheap to copy.
//!
//! A snapshot copies the state a few hundred times in a long trace, and most of
//! what it holds (units long over) never changes again. So a table keeps its
//! entries in chunks that copies share until one of them is written to.

use std::{collections::BTreeMap, sync::Arc};

/// How many numbers share a chunk.
const CHUNK: u32 = 16;

/// Things by number.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<T> {
    /// The chunks by number divided by [`CHUNK`]; none of them is empty.
    chunks: BTreeMap<u32, Arc<BTreeMap<u32, T>>>,
    /// How many entries there are.
    len: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            chunks: BTreeMap::new(),
            len: 0,
        }
    }
}

impl<T> Table<T> {
    /// How many entries there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no entry.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entry of a number.
    pub fn get(&self, number: u32) -> Option<&T> {
        self.chunks.get(&(number / CHUNK))?.get(&number)
    }

    /// Every number and its entry, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u32, &T)> {
        self.chunks
            .values()
            .flat_map(|chunk| chunk.iter().map(|(&number, entry)| (number, entry)))
    }

    /// Every entry, in order of number.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.iter().map(|(_, entry)| entry)
    }
}

impl<T: Clone> Table<T> {
    /// The entry of a number, to change it.
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        Arc::make_mut(self.chunks.get_mut(&(number / CHUNK))?).get_mut(&number)
    }

    /// Sets the entry of a number; `Some` if there was one.
    pub(super) fn insert(&mut self, number: u32, entry: T) -> Option<T> {
        let chunk = self.chunks.entry(number / CHUNK).or_default();
        let before = Arc::make_mut(chunk).insert(number, entry);
        self.len += usize::from(before.is_none());
        before
    }

    /// The entry of a number, made if there is none.
    pub(super) fn entry(&mut self, number: u32, make: impl FnOnce() -> T) -> &mut T {
        if self.get(number).is_none() {
            self.insert(number, make());
        }
        self.get_mut(number).expect("it was made above")
    }

    /// Takes the entry of a number out.
    pub(super) fn remove(&mut self, number: u32) -> Option<T> {
        let index = number / CHUNK;
        let chunk = Arc::make_mut(self.chunks.get_mut(&index)?);
        let entry = chunk.remove(&number)?;
        if chunk.is_empty() {
            self.chunks.remove(&index);
        }
        self.len -= 1;
        Some(entry)
    }
}
