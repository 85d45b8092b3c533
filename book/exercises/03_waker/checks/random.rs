//! Hundreds of scripts that nobody thought of, and the smallest that goes wrong.

use super::NewExecutor;
use super::script::{Act, Outside, Script};
use exercises::check::Complaint;
use exercises::search::{self, Dice};

/// How many scripts are tried.
const SCRIPTS: u64 = 500;

/// Whether the rules are kept, whatever the script.
///
/// # Errors
///
/// The complaint of the smallest script found in which they are not.
pub(crate) fn check(new: NewExecutor) -> Result<(), Complaint> {
    search::all((0..SCRIPTS).map(script), smaller, |script| {
        script.check(new)
    })
}

/// The script number `seed`; those of higher numbers tend to be larger.
fn script(seed: u64) -> Script {
    let mut dice = Dice(seed);
    let most = 1 + seed / 50;
    let mut counts = [1 + dice.up_to(most.min(3)), dice.up_to(most.min(2))];
    if dice.up_to(1) == 0 {
        counts[1] = 0;
    }
    let all = counts[0] + counts[1];
    let act = |dice: &mut Dice| match dice.up_to(6) {
        0..=2 => Act::Wait,
        3 => Act::WakeSelf,
        4 => Act::WakeSelfAndPark,
        _ => Act::Wake(index(dice.up_to(all - 1))),
    };
    let [tasks, later] = counts.map(|count| {
        let acts = |_| {
            (0..dice.up_to(most.min(4)))
                .map(|_| act(&mut dice))
                .collect()
        };
        (0..count).map(acts).collect()
    });
    let outside = (0..dice.up_to(most.min(5))).map(|_| match dice.up_to(4) {
        0 => Outside::NoReason,
        _ => Outside::Wakes(
            (0..=dice.up_to(2))
                .map(|_| index(dice.up_to(all - 1)))
                .collect(),
        ),
    });
    Script {
        tasks,
        later,
        outside: outside.collect(),
        last_wake: dice.up_to(3) == 0,
        drops: true,
    }
}

/// A small number as an index.
fn index(number: u64) -> usize {
    usize::try_from(number).expect("it is a number of a task")
}

/// Scripts that are smaller than this one by one step, the boldest first.
///
/// Tasks keep their numbers, since others refer to them: none is taken out.
fn smaller(script: &Script) -> Vec<Script> {
    let mut found = Vec::new();
    let mut offer = |change: &dyn Fn(&mut Script)| {
        let mut smaller = script.clone();
        change(&mut smaller);
        found.push(smaller);
    };
    for outside in 0..script.outside.len() {
        offer(&|smaller| drop(smaller.outside.remove(outside)));
        if let Outside::Wakes(tasks) = &script.outside[outside]
            && tasks.len() > 1
        {
            for task in 0..tasks.len() {
                offer(&|smaller| {
                    if let Outside::Wakes(tasks) = &mut smaller.outside[outside] {
                        tasks.remove(task);
                    }
                });
            }
        }
    }
    for (task, acts) in script.tasks.iter().enumerate() {
        for act in 0..acts.len() {
            offer(&|smaller| {
                smaller.tasks[task].remove(act);
            });
        }
    }
    for (task, acts) in script.later.iter().enumerate() {
        for act in 0..acts.len() {
            offer(&|smaller| {
                smaller.later[task].remove(act);
            });
        }
    }
    if script.last_wake {
        offer(&|smaller| smaller.last_wake = false);
    }
    found
}
