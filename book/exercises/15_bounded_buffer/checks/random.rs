//! Hundreds of scripts in as many orders, and the smallest that goes wrong.

use super::NewBuffer;
use super::model::{Call, Kind};
use super::script::{Script, Step};
use exercises::check::Complaint;
use exercises::search::{self, Dice};
use exercises::turns::Turns;
use std::cell::RefCell;

/// How many scripts are tried.
const SCRIPTS: u64 = 400;

/// Which scripts, and which faults count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// How many producers at most, and how many consumers.
    pub(crate) a_side: u64,
    /// The kind of fault that counts; None: every kind.
    pub(crate) only: Option<Kind>,
}

/// Whether the rules are kept, whatever the script and whoever runs when.
///
/// # Errors
///
/// The complaint of the smallest script found in which they are not.
pub(crate) fn check(wanted: Wanted, new: NewBuffer) -> Result<(), Complaint> {
    search(wanted, new).map_or(Ok(()), |(complaint, _)| Err(complaint))
}

/// Runs the smallest script in which they are not once more.
///
/// # Errors
///
/// Its complaint.
pub(crate) fn step(wanted: Wanted, new: NewBuffer) -> Result<(), Complaint> {
    let level = log::max_level();
    log::set_max_level(log::LevelFilter::Off); // nobody wants to step the search
    let found = search(wanted, new);
    log::set_max_level(level);
    found.map_or(Ok(()), |(_, script)| script.check(new, wanted.only))
}

/// The complaint of the smallest script that goes wrong, and the script.
fn search(wanted: Wanted, new: NewBuffer) -> Option<(Complaint, Script)> {
    // The last that fails is the smallest: only smaller ones are tried after it.
    let failed = RefCell::new(None);
    let found = search::all(
        (0..SCRIPTS).map(|seed| script(seed, wanted.a_side)),
        smaller,
        |script| {
            let found = script.check(new, wanted.only);
            if found.is_err() {
                failed.replace(Some(script.clone()));
            }
            found
        },
    );
    found.err().zip(failed.take())
}

/// The script number `seed`; those of higher numbers tend to be larger.
fn script(seed: u64, a_side: u64) -> Script {
    let mut dice = Dice(seed);
    let most = 1 + seed / 40;
    let mut value = 0;
    let mut producers = Vec::new();
    for _ in 0..=dice.up_to(most.min(a_side - 1)) {
        let mut steps = Vec::new();
        for _ in 0..=dice.up_to(most.min(3)) {
            value += 1;
            steps.push(Step::Do(match dice.up_to(7) {
                0 => Call::PutMade(value, 1),
                _ => Call::Put(value),
            }));
        }
        producers.push(steps);
    }
    let consumers = 0..=dice.up_to(most.min(a_side - 1));
    let consumers = consumers.map(|_| {
        let pause = (dice.up_to(5) == 0).then_some(Step::Pause(1));
        pause.into_iter().chain([Step::Drain]).collect()
    });
    Script {
        capacity: 1,
        producers,
        consumers: consumers.collect(),
        closes: true,
        turns: Turns::PLAIN,
    }
    .with_dice(&mut dice)
}

impl Script {
    /// The same with another capacity and other turns.
    fn with_dice(self, dice: &mut Dice) -> Script {
        Script {
            capacity: if dice.up_to(2) > 0 { 1 } else { 2 },
            turns: Turns {
                quantum: match dice.up_to(3) {
                    0 => 2,
                    1 => 4,
                    _ => 1,
                },
                seed: (dice.up_to(7) > 0).then(|| dice.up_to(999)),
            },
            ..self
        }
    }
}

/// Scripts that are smaller than this one by one step, the boldest first; at
/// first in the same turns, then also in others.
fn smaller(script: &Script) -> Vec<Script> {
    let mut found = with_less(script);
    let seeds = || (1..=SEEDS).map(Some).chain([None]);
    let others: Vec<Script> = found
        .iter()
        .flat_map(|smaller| {
            seeds().map(|seed| Script {
                turns: Turns { quantum: 1, seed },
                ..smaller.clone()
            })
        })
        .collect();
    found.extend(others);
    let simpler = script.turns.simpler().into_iter();
    found.extend(simpler.map(|turns| Script {
        turns,
        ..script.clone()
    }));
    found
}

/// How many seeds a smaller script is tried with.
const SEEDS: u64 = 20;

/// Scripts with less in them.
fn with_less(script: &Script) -> Vec<Script> {
    let mut found = Vec::new();
    let mut offer = |change: &dyn Fn(&mut Script)| {
        let mut smaller = script.clone();
        change(&mut smaller);
        found.push(smaller);
    };
    for producer in 0..script.producers.len() {
        offer(&|smaller| drop(smaller.producers.remove(producer)));
    }
    for consumer in 0..script.consumers.len() {
        offer(&|smaller| drop(smaller.consumers.remove(consumer)));
    }
    for (producer, steps) in script.producers.iter().enumerate() {
        for (at, step) in steps.iter().enumerate() {
            offer(&|smaller| {
                smaller.producers[producer].remove(at);
            });
            if let Step::Do(Call::PutMade(value, _)) = *step {
                offer(&|smaller| smaller.producers[producer][at] = Step::Do(Call::Put(value)));
            }
        }
    }
    for (consumer, steps) in script.consumers.iter().enumerate() {
        for (at, step) in steps.iter().enumerate() {
            offer(&|smaller| {
                smaller.consumers[consumer].remove(at);
            });
            if *step == Step::Drain {
                offer(&|smaller| smaller.consumers[consumer][at] = Step::Do(Call::Take));
            }
        }
    }
    if script.capacity > 1 {
        offer(&|smaller| smaller.capacity -= 1);
    }
    if script.closes {
        offer(&|smaller| smaller.closes = false);
    }
    found
}
