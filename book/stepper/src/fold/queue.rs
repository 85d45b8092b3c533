//! The queue of those that can run: ready tasks, or runnable threads.
//!
//! Tasks queue by class: urgent before normal before background, each first in,
//! first out. Threads queue in the order in which they became runnable; who of
//! them is next is for the scheduler's policy to say, not for the fold.

use std::{collections::VecDeque, sync::Arc};

/// One class of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// `urgent`, `normal`, `background`; threads have one class without a name.
    pub name: Arc<str>,
    /// The numbers of the units in it, next first.
    pub units: VecDeque<u32>,
}

/// The units that can run, by class, the most urgent class first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// The classes that have been used so far.
    pub classes: Vec<Class>,
}

impl Queue {
    /// All units in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.classes
            .iter()
            .flat_map(|class| class.units.iter().copied())
    }

    /// How many units can run.
    pub fn len(&self) -> usize {
        self.classes.iter().map(|class| class.units.len()).sum()
    }

    /// Whether nobody can run.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The class in which a unit is queued, and its place there, from 1.
    pub fn place(&self, unit: u32) -> Option<(&Class, usize)> {
        self.classes.iter().find_map(|class| {
            let index = class.units.iter().position(|&queued| queued == unit)?;
            Some((class, index + 1))
        })
    }

    /// Whether there is, or was, more than one class: then a place in the queue
    /// means little without the name of its class.
    pub fn has_classes(&self) -> bool {
        self.classes.len() > 1
    }

    /// The numbers of the units in a class, next first.
    pub fn of_class(&self, name: &str) -> impl Iterator<Item = u32> {
        let named = move |class: &&Class| class_name(&class.name) == name;
        let classes = self.classes.iter().filter(named);
        classes.flat_map(|class| class.units.iter().copied())
    }

    /// To the tail of a class's queue.
    pub(super) fn push(&mut self, class: &Arc<str>, unit: u32) {
        let rank = |name: &str| match class_name(name) {
            "urgent" => 0,
            "normal" => 1,
            "background" => 2,
            _ => 3,
        };
        let is_it = |known: &Class| class_name(&known.name) == class_name(class);
        let found = self.classes.iter().position(is_it);
        let index = found.unwrap_or_else(|| {
            let index = self
                .classes
                .partition_point(|known| rank(&known.name) <= rank(class));
            let units = VecDeque::new();
            let name = Arc::clone(class);
            self.classes.insert(index, Class { name, units });
            index
        });
        self.classes[index].units.push_back(unit);
    }

    /// Out of the queue; `false` if it was not in it.
    pub(super) fn remove(&mut self, unit: u32) -> bool {
        for class in &mut self.classes {
            if class.units.front() == Some(&unit) {
                class.units.pop_front();
                return true;
            }
            if let Some(index) = class.units.iter().position(|&queued| queued == unit) {
                class.units.remove(index);
                return true;
            }
        }
        false
    }
}

/// The name of a class: a unit of which none is known is an ordinary one.
pub(super) fn class_name(name: &str) -> &str {
    if name.is_empty() { "normal" } else { name }
}
