//! Text that is kept once: names, paths, values.
//!
//! A trace repeats itself: a million records name a dozen tasks and a few
//! hundred lines. Each distinct text is stored once and known by its number.
//!
//! Invariants: (1) equal texts have equal numbers; (2) the first numbers are
//! those of [`Key::ALL`], so that a key's number is its discriminant.

use std::{collections::HashMap, sync::Arc};

use super::Key;

/// The number of a text that a [`Texts`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TextId(pub(crate) u32);

/// Every distinct text of one side.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    /// The texts by number.
    texts: Vec<Arc<str>>,
    /// The numbers by text.
    numbers: HashMap<Arc<str>, u32>,
}

impl Default for Texts {
    fn default() -> Self {
        let mut texts = Self {
            texts: Vec::new(),
            numbers: HashMap::new(),
        };
        for key in Key::ALL {
            texts.intern(key.word()); // invariant 2
        }
        texts
    }
}

impl Texts {
    /// The number of `text`, which is kept if it is new.
    pub(crate) fn intern(&mut self, text: &str) -> TextId {
        if let Some(&number) = self.numbers.get(text) {
            return TextId(number); // invariant 1
        }
        let number = u32::try_from(self.texts.len()).expect("fewer texts than bytes in memory");
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        TextId(number)
    }

    /// The text of a number.
    pub(crate) fn get(&self, id: TextId) -> &Arc<str> {
        &self.texts[id.0 as usize]
    }
}
