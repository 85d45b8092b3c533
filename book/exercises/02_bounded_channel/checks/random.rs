//! Hundreds of scripts that nobody thought of, and the smallest that goes wrong.

use super::NewChannel;
use super::script::{Script, Step};
use exercises::check::Complaint;
use exercises::search::{self, Dice};

/// How many scripts are tried.
const SCRIPTS: u64 = 500;

/// Whether the rules are kept, whatever the script.
///
/// # Errors
///
/// The complaint of the smallest script found in which they are not.
pub(crate) fn check(reference: NewChannel, subject: NewChannel) -> Result<(), Complaint> {
    search::all((0..SCRIPTS).map(script), smaller, |script| {
        script.check(reference, subject)
    })
}

/// The script number `seed`; those of higher numbers tend to be larger.
fn script(seed: u64) -> Script {
    let mut dice = Dice(seed);
    let most = 1 + seed / 50; // senders, and steps of each
    let capacity = if dice.up_to(2) > 0 { 1 } else { 2 };
    let mut value = 0;
    let senders = (0..=dice.up_to(most.min(3)))
        .map(|_| {
            let steps = 0..=dice.up_to(most.min(4));
            let mut step = |dice: &mut Dice| {
                value += 1;
                match dice.up_to(7) {
                    0..=3 => Step::Send(value),
                    4 | 5 => Step::SendFor(value, 1 + dice.up_to(3)),
                    6 => Step::Pause(1 + dice.up_to(3)),
                    _ => Step::Yield,
                }
            };
            steps.map(|_| step(&mut dice)).collect()
        })
        .collect();
    let steps = 0..=dice.up_to(most.min(8));
    let mut receiver: Vec<Step> = steps
        .map(|_| match dice.up_to(7) {
            0..=2 => Step::Receive,
            3 => Step::ReceiveFor(1 + dice.up_to(3)),
            4..=6 => Step::Pause(1 + dice.up_to(3)),
            _ => Step::Yield,
        })
        .collect();
    if dice.up_to(3) > 0 {
        receiver.push(Step::Drain);
    }
    Script {
        capacity,
        receiver,
        senders,
    }
}

/// Scripts that are smaller than this one by one step, the boldest first.
fn smaller(script: &Script) -> Vec<Script> {
    let mut found = Vec::new();
    let mut offer = |change: &dyn Fn(&mut Script)| {
        let mut smaller = script.clone();
        change(&mut smaller);
        found.push(smaller);
    };
    for sender in 0..script.senders.len() {
        offer(&|smaller| drop(smaller.senders.remove(sender)));
    }
    for (sender, steps) in script.senders.iter().enumerate() {
        for (at, step) in steps.iter().enumerate() {
            offer(&|smaller| {
                smaller.senders[sender].remove(at);
            });
            for simpler in simpler(*step) {
                offer(&|smaller| smaller.senders[sender][at] = simpler);
            }
        }
    }
    for (at, step) in script.receiver.iter().enumerate() {
        offer(&|smaller| {
            smaller.receiver.remove(at);
        });
        for simpler in simpler(*step) {
            offer(&|smaller| smaller.receiver[at] = simpler);
        }
    }
    if script.capacity > 1 {
        offer(&|smaller| smaller.capacity -= 1);
    }
    found
}

/// Steps that are simpler than this one.
fn simpler(step: Step) -> Vec<Step> {
    match step {
        Step::SendFor(value, limit) => {
            let mut simpler = vec![Step::Send(value)];
            simpler.extend((limit > 1).then(|| Step::SendFor(value, limit - 1)));
            simpler
        }
        Step::ReceiveFor(limit) if limit > 1 => vec![Step::Receive, Step::ReceiveFor(limit - 1)],
        Step::ReceiveFor(_) | Step::Drain => vec![Step::Receive],
        Step::Pause(millis) if millis > 1 => vec![Step::Pause(millis - 1)],
        Step::Send(_) | Step::Receive | Step::Pause(_) | Step::Yield => Vec::new(),
    }
}
