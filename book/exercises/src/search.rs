//! How the smallest case that fails is found, whatever a case is.
//!
//! The same cases on every machine and on every day: dice are numbers from a
//! formula. The first case that fails is made smaller for as long as it fails. A
//! grader can have other cases, by another seed.
//!
//! Book: "Exercises" in the introduction.

use crate::check::Complaint;
use std::sync::OnceLock;

/// What all dice differ by from those of the course.
static SEED: OnceLock<u64> = OnceLock::new();

/// Has all dice of this process differ from those of another seed; 0 is the
/// course's own. Only the first call counts, and it comes before any check.
pub(crate) fn grow_from(seed: u64) {
    // An odd factor, so that neighbours differ in many bits and 0 stays 0.
    let _ = SEED.set(seed.wrapping_mul(0xD134_2543_DE82_EF95));
}

/// Tries `cases` in order. `smaller` returns variants of a case that are smaller
/// by one step, the boldest first.
///
/// # Errors
///
/// The complaint of the smallest case found within the first that fails.
pub fn all<C>(
    cases: impl IntoIterator<Item = C>,
    smaller: impl Fn(&C) -> Vec<C>,
    holds: impl Fn(&C) -> Result<(), Complaint>,
) -> Result<(), Complaint> {
    for case in cases {
        if let Err(complaint) = holds(&case) {
            return Err(smallest(case, complaint, smaller, holds));
        }
    }
    Ok(())
}

/// The complaint of the smallest case within `case`.
fn smallest<C>(
    mut case: C,
    mut complaint: Complaint,
    smaller: impl Fn(&C) -> Vec<C>,
    holds: impl Fn(&C) -> Result<(), Complaint>,
) -> Complaint {
    loop {
        let failing = smaller(&case).into_iter().find_map(|smaller| {
            let complaint = holds(&smaller).err()?;
            Some((smaller, complaint))
        });
        match failing {
            Some(found) => (case, complaint) = found,
            None => return complaint,
        }
    }
}

/// Numbers that look random, and are the same everywhere: `SplitMix64`, by
/// Steele, Lea and Flood (2014).
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// A number from 0 to `most`.
    pub fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0 ^ SEED.get().copied().unwrap_or(0);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % (most + 1)
    }
}
