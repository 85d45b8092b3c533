//! Hundreds of futures that nobody thought of, and the smallest that go wrong.

use super::NewJoin;
use super::script::{Act, Looks, Script};
use exercises::check::Complaint;
use exercises::search::{self, Dice};

/// How many scripts are tried.
const SCRIPTS: u64 = 300;

/// Whether the rules are kept, whatever the futures wait for.
///
/// # Errors
///
/// The complaint of the smallest script found in which they are not.
pub(crate) fn check(reference: NewJoin, join: NewJoin, looks: Looks) -> Result<(), Complaint> {
    search::all((0..SCRIPTS).map(script), smaller, |script| {
        script.check(reference, join, looks)
    })
}

/// The script number `seed`; those of higher numbers tend to be larger.
fn script(seed: u64) -> Script {
    let mut dice = Dice(seed);
    let most = 1 + seed / 60;
    let mut acts = || {
        let act = |dice: &mut Dice| match dice.up_to(2) {
            0 => Act::Yield,
            _ => Act::Sleep(1 + dice.up_to(3)),
        };
        let count = dice.up_to(most);
        (0..count).map(|_| act(&mut dice)).collect()
    };
    Script {
        first: acts(),
        second: acts(),
    }
}

/// Scripts that are smaller than this one by one step, the boldest first.
fn smaller(script: &Script) -> Vec<Script> {
    let shorter = |acts: &[Act]| -> Vec<Vec<Act>> {
        let without = |at: usize| {
            let mut acts = acts.to_vec();
            acts.remove(at);
            acts
        };
        let less = |at: usize| match acts[at] {
            Act::Sleep(millis) if millis > 1 => {
                let mut acts = acts.to_vec();
                acts[at] = Act::Sleep(millis - 1);
                Some(acts)
            }
            Act::Sleep(_) | Act::Yield => None,
        };
        let all = 0..acts.len();
        all.clone()
            .map(without)
            .chain(all.filter_map(less))
            .collect()
    };
    let first = shorter(&script.first).into_iter().map(|first| Script {
        first,
        ..script.clone()
    });
    let second = shorter(&script.second).into_iter().map(|second| Script {
        second,
        ..script.clone()
    });
    first.chain(second).collect()
}
