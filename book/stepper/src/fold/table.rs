//! A table of numbered things that is cheap to copy.
//!
//! A snapshot copies the state a few hundred times in a long trace, and most of
//! what it holds (units long over) never changes again. So a table keeps its
//! entries in chunks that copies share until one of them is written to.
//!
//! Invariants: (1) a chunk is dense if its index is below `dense.len()`, else
//! sparse; (2) `dense` is never much longer than the chunks in use, so that a
//! trace that names thing 4,000,000,000 costs one chunk.

use std::{collections::BTreeMap, sync::Arc};

/// How many numbers share a chunk.
const CHUNK: usize = 16;

/// The entries of as many numbers that follow each other.
type Chunk<T> = [Option<T>; CHUNK];

/// Things by number.
#[derive(Clone, Debug)]
pub struct Table<T> {
    /// The chunks by number divided by [`CHUNK`].
    dense: Vec<Option<Arc<Chunk<T>>>>,
    /// The chunks that lie too far out to be dense.
    sparse: BTreeMap<usize, Arc<Chunk<T>>>,
    /// How many dense chunks there are.
    used: usize,
    /// How many entries there are.
    len: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            dense: Vec::new(),
            sparse: BTreeMap::new(),
            used: 0,
            len: 0,
        }
    }
}

impl<T: PartialEq> PartialEq for Table<T> {
    /// Equal entries are equal tables, however the chunks lie.
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
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
        let (index, offset) = place(number);
        let chunk = match self.dense.get(index) {
            Some(chunk) => chunk.as_ref(),
            None => self.sparse.get(&index),
        };
        chunk?[offset].as_ref()
    }

    /// Every number and its entry, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let dense = self.dense.iter().enumerate();
        let dense = dense.filter_map(|(index, chunk)| Some((index, chunk.as_ref()?)));
        let sparse = self.sparse.iter().map(|(&index, chunk)| (index, chunk));
        dense.chain(sparse).flat_map(|(index, chunk)| {
            let entries = chunk.iter().enumerate();
            entries.filter_map(move |(offset, entry)| {
                let number = u32::try_from(index * CHUNK + offset).ok()?;
                Some((number, entry.as_ref()?))
            })
        })
    }

    /// Every entry, in order of number.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.iter().map(|(_, entry)| entry)
    }
}

impl<T: Clone> Table<T> {
    /// The entry of a number, to change it.
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let (index, offset) = place(number);
        let chunk = match self.dense.get_mut(index) {
            Some(chunk) => chunk.as_mut(),
            None => self.sparse.get_mut(&index),
        };
        Arc::make_mut(chunk?)[offset].as_mut()
    }

    /// Sets the entry of a number; `Some` if there was one.
    pub(super) fn insert(&mut self, number: u32, entry: T) -> Option<T> {
        let (index, offset) = place(number);
        self.make_room(index);
        let chunk = match self.dense.get_mut(index) {
            Some(chunk) => {
                self.used += usize::from(chunk.is_none());
                chunk.get_or_insert_with(empty)
            }
            None => self.sparse.entry(index).or_insert_with(empty),
        };
        let before = Arc::make_mut(chunk)[offset].replace(entry);
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
        let (index, offset) = place(number);
        let Some(chunk) = self.dense.get_mut(index) else {
            return self.remove_sparse(index, offset);
        };
        let entry = Arc::make_mut(chunk.as_mut()?)[offset].take()?;
        if is_empty(chunk.as_ref()?) {
            *chunk = None;
            self.used -= 1;
        }
        self.len -= 1;
        Some(entry)
    }

    /// Takes an entry of a sparse chunk out.
    fn remove_sparse(&mut self, index: usize, offset: usize) -> Option<T> {
        let chunk = self.sparse.get_mut(&index)?;
        let entry = Arc::make_mut(chunk)[offset].take()?;
        if is_empty(chunk) {
            self.sparse.remove(&index);
        }
        self.len -= 1;
        Some(entry)
    }

    /// Makes the chunk of an index dense, unless it lies too far out (2).
    fn make_room(&mut self, index: usize) {
        let far_out = index > 2 * (self.used + self.sparse.len()) + CHUNK;
        if index < self.dense.len() || far_out {
            return;
        }
        self.dense.resize_with(index + 1, || None);
        let far = self.sparse.split_off(&(index + 1));
        for (index, chunk) in std::mem::replace(&mut self.sparse, far) {
            self.dense[index] = Some(chunk); // (1)
            self.used += 1;
        }
    }
}

/// The chunk of a number, and where in it.
const fn place(number: u32) -> (usize, usize) {
    (number as usize / CHUNK, number as usize % CHUNK)
}

/// A chunk without entries.
fn empty<T>() -> Arc<Chunk<T>> {
    Arc::new([const { None }; CHUNK])
}

/// Whether a chunk has no entry.
fn is_empty<T>(chunk: &Chunk<T>) -> bool {
    chunk.iter().all(Option::is_none)
}

#[cfg(test)]
mod tests {
    use super::Table;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_table_is_a_map_whatever_the_numbers(
            steps in prop::collection::vec(
                (prop_oneof![4 => 0_u32..300, 1 => any::<u32>()], any::<bool>()),
                0..400,
            )
        ) {
            let (mut table, mut map) = (Table::default(), BTreeMap::new());
            for (count, (number, inserts)) in steps.into_iter().enumerate() {
                if inserts {
                    prop_assert_eq!(table.insert(number, count), map.insert(number, count));
                } else {
                    prop_assert_eq!(table.remove(number), map.remove(&number));
                }
                prop_assert_eq!(table.get(number), map.get(&number));
                prop_assert_eq!(table.len(), map.len());
            }
            let entries = map.iter().map(|(&number, count)| (number, count));
            prop_assert!(table.iter().eq(entries));
            prop_assert!(table.dense.len() < 700, "far numbers cost one chunk each");
        }
    }

    #[test]
    fn a_copy_keeps_what_is_changed_afterwards() {
        let mut table = Table::default();
        table.insert(3, "before");
        let copy = table.clone();
        *table.get_mut(3).expect("it is there") = "after";
        assert_eq!(
            (copy.get(3), table.get(3)),
            (Some(&"before"), Some(&"after"))
        );
    }
}
