//! Driving: somebody picks who takes the next step, and is told what could be picked.
//!
//! `EXPLORE=only=1,stop=choice` with an open `SCHEDULE` goes along the schedule, and on
//! behind its end to the next real choice: what nobody can notice, and what is the only
//! thing that can happen, is no choice. There the run stops. With `RUST_LOG=explore=trace`
//! it then tells the steps that were taken, the schedule that leads here, and of each
//! thread what it would do: a line of JSON, of event `followed`, as the module
//! [`tell`](super::tell) writes it. A longer schedule goes on; a shorter one takes it back.
//!
//! Invariants: (1) what is taken without asking a [plain](super::plain) search takes at
//! once, too, so every outcome can still be come by; (2) a closed schedule ends as it says.
//!
//! Book: chapter 19. Mirror: none.

use super::execution::{Ending, Execution};
use super::found::Trouble;
use super::guide::{Choice, bits};
use super::operation::{Access, Op};
use super::seat::{Seat, Shown};
use super::tell::{Maybe, Quoted, Teller, list, write_steps};
use crate::place::Place;
use std::fmt;

/// What a thread would do next, where an open schedule ends.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    /// Which thread.
    thread: u32,
    /// What it is called.
    name: String,
    /// What it would do.
    op: Op,
    /// To which object, as the trace calls it.
    target: Shown,
    /// In which line.
    at: Option<Place>,
    /// Whether it could.
    can: bool,
    /// Whether the rule of schedules gives it the step.
    is_usual: bool,
}

/// What each thread that is not over would do at `choice`.
pub(super) fn offers(choice: &Choice<'_>, seats: &[Seat]) -> Vec<Offer> {
    let usual = choice.usual(u64::MAX);
    let alive = (0..).zip(seats).filter(|(_, seat)| !seat.is_over());
    alive
        .map(|(thread, seat)| Offer {
            thread,
            name: seat.control.name.clone(),
            op: choice.pending[thread as usize],
            target: seat.target,
            at: seat.at,
            can: choice.can(thread),
            is_usual: usual == Some(thread),
        })
        .collect()
}

/// Whether a step is taken without asking anybody (1). To begin is not: who is to go first
/// begins, and takes the CPU from whoever had it.
fn is_at_once(op: Op) -> bool {
    let is_asked = matches!(op.access, Access::Fetch | Access::Meet | Access::Start);
    !is_asked && !op.access.is_counted()
}

// ANCHOR: without_asking
/// Who takes the next step without being picked, if it is no real choice (1).
pub(super) fn without_asking(choice: &Choice<'_>) -> Option<u32> {
    let mut all = bits(choice.enabled);
    let at_once = all.find(|&thread| is_at_once(choice.pending[thread as usize]));
    let is_only = choice.enabled.is_power_of_two();
    at_once.or_else(|| is_only.then(|| choice.enabled.trailing_zeros()))
}
// ANCHOR_END: without_asking

/// Tells what came of a schedule that was followed, as search `number` of the process:
/// 0 for a run that is none.
pub(super) fn tell(number: u32, execution: &Execution, trouble: Option<&Trouble>, outcome: &str) {
    if !Teller::is_heard() {
        return;
    }
    let is_open = matches!(execution.ending, Ending::Open);
    let outcome = if is_open { "" } else { outcome };
    let text = Quoted(Trouble::outcome(trouble, outcome.to_owned()));
    let (trouble, schedule) = (Maybe(trouble), execution.schedule());
    let (steps, offers) = (
        write_steps(execution),
        list(&execution.offers, |offer, f| write_offer(offer, f)),
    );
    let (preemptions, last) = preemptions(execution);
    let last = last.map_or_else(|| "null".to_owned(), |last| last.to_string());
    Teller::say(
        "followed",
        format_args!(
            "\"search\":{number},\"open\":{is_open},\"text\":{text},\"trouble\":{trouble},\
             \"schedule\":\"{schedule}\",\"preemptions\":{preemptions},\
             \"last\":{last},\"steps\":{steps},\"offers\":{offers}"
        ),
    );
}

/// How often the CPU was taken from a thread that could go on: of the steps that are
/// taken without asking none takes it from anybody. And who took the last of the others.
fn preemptions(execution: &Execution) -> (usize, Option<u32>) {
    let steps = execution.events.iter().zip(&execution.enabled);
    let mut last = None;
    let taken = steps.filter(|(event, _)| !is_at_once(event.op));
    let preempted = taken.filter(|&(event, enabled)| {
        let before = last.replace(event.thread);
        before.is_some_and(|it| it != event.thread && enabled >> it & 1 == 1)
    });
    (preempted.count(), last)
}

/// One offer.
fn write_offer(offer: &Offer, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Offer {
        thread,
        can,
        is_usual,
        ..
    } = offer;
    let (name, at, word) = (Quoted(&offer.name), Maybe(offer.at), offer.op.access.word());
    let on = Maybe(offer.target);
    let at_once = is_at_once(offer.op);
    write!(
        f,
        "{{\"t\":{thread},\"name\":{name},\"op\":\"{word}\",\"on\":{on},\"at\":{at},\
         \"can\":{can},\"usual\":{is_usual},\"at_once\":{at_once}}}"
    )
}
