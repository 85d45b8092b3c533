//! Single draws: the policy is asked directly, and each draw has its arithmetic.

use super::{EXERCISE, job, scenario};
use exercises::check::{Check, Complaint};
use exercises::scenario::{Given, NewPolicy};
use scheduler::policy::{Attributes, CpuId, Policy, Ready, SplitMix64, StopReason, ThreadId};
use scheduler::time::Time;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Tickets of threads 1, 2 and 3.
const TICKETS: [u32; 3] = [3, 2, 1];

/// How many seeds are tried.
const SEEDS: u64 = 50;

/// How many draws are made in a row.
const DRAWS: usize = 100;

/// Chance decides, and decides anew each time.
pub(super) fn chance() -> Vec<Check<NewPolicy>> {
    let stepped = || scenario(TICKETS.map(|tickets| job(tickets, 6)));
    vec![
        EXERCISE.asked(
            "seed_decides_who_wins",
            "chance decides: another seed, another winner",
            stepped(),
            |new| {
                let first = |seed| winners(new, seed, 1);
                let firsts: BTreeSet<_> = (1..=SEEDS).flat_map(first).collect();
                complain_if_one_wins(&firsts, &format!("the first draw of seeds 1 to {SEEDS}"))
            },
        ),
        EXERCISE.asked(
            "every_draw_takes_a_new_number",
            "every draw takes the next random number",
            stepped(),
            |new| {
                let all: BTreeSet<_> = winners(new, 1, DRAWS).into_iter().collect();
                complain_if_one_wins(&all, &format!("{DRAWS} draws with seed 1"))
            },
        ),
    ]
}

/// Each draw is the right one.
pub(super) fn exact() -> Vec<Check<NewPolicy>> {
    let stepped = || scenario(TICKETS.map(|tickets| job(tickets, 6)));
    vec![
        EXERCISE.asked(
            "holder_of_the_drawn_ticket_wins",
            "who holds 3 tickets holds 0, 1 and 2; the next thread's begin at 3",
            stepped(),
            |new| every_seed(new, [1, 2, 3], 1),
        ),
        EXERCISE.asked(
            "holders_are_in_the_order_of_their_numbers",
            "tickets are counted in the order of the threads' numbers, not of their coming",
            stepped(),
            |new| every_seed(new, [3, 1, 2], 1),
        ),
        EXERCISE.asked(
            "only_waiting_threads_take_part",
            "the tickets of those who run take no part",
            stepped(),
            |new| every_seed(new, [1, 2, 3], 3),
        ),
        EXERCISE.asked(
            "no_number_is_wasted",
            "where nobody waits nothing is drawn",
            stepped().cpus(2),
            nothing_is_drawn_for_nobody,
        ),
    ]
}

/// What a policy is made from, for this seed.
fn given(seed: u64) -> Given {
    scenario([]).seed(seed).given
}

/// Thread `number`, with its tickets.
fn thread(number: u32) -> Attributes {
    let mut thread = Attributes::new(ThreadId(number), Time::ZERO);
    thread.weight = TICKETS[number as usize - 1];
    thread
}

/// A policy with this seed to which these threads were made ready.
fn policy_with(new: NewPolicy, seed: u64, threads: [u32; 3]) -> Box<dyn Policy> {
    let mut policy = new(&given(seed));
    for number in threads {
        policy.ready(&thread(number), Ready::New, Time::ZERO);
    }
    policy
}

/// Who wins so many quanta, each running all of its quantum.
fn winners(new: NewPolicy, seed: u64, draws: usize) -> Vec<u32> {
    let mut policy = policy_with(new, seed, [1, 2, 3]);
    let mut draw = |_| {
        let winner = policy.pick(CpuId(0), Time::ZERO)?.thread.0;
        let ran = given(seed).quantum;
        policy.stopped(&thread(winner), ran, StopReason::QuantumExpired, Time::ZERO);
        Some(winner)
    };
    (0..draws).map_while(&mut draw).collect()
}

/// Whether more than one thread is among the winners.
fn complain_if_one_wins(winners: &BTreeSet<u32>, tried: &str) -> Result<(), Complaint> {
    if winners.len() > 1 {
        return Ok(());
    }
    Err(Complaint {
        tried: format!("threads 1, 2 and 3 with 3, 2 and 1 tickets: {tried}"),
        expected: "now one thread wins, now another".to_owned(),
        happened: match winners.first() {
            None => "nobody wins".to_owned(),
            Some(winner) => format!("thread {winner} wins every time"),
        },
        ..Complaint::default()
    })
}

/// Whether so many draws in a row, without anybody's coming back, are right for
/// every seed.
fn every_seed(new: NewPolicy, coming: [u32; 3], draws: usize) -> Result<(), Complaint> {
    (1..=SEEDS).try_for_each(|seed| {
        let mut policy = policy_with(new, seed, coming);
        let order = coming.map(|number| number.to_string()).join(", ");
        let mut tried = format!(
            "threads 1, 2 and 3 with 3, 2 and 1 tickets, seed {seed}: `ready` in the order \
             {order}, then `pick`{}",
            if draws > 1 {
                " for each, nobody coming back"
            } else {
                ""
            }
        );
        let mut waiting = vec![1, 2, 3];
        for number in SplitMix64::new(seed).take(draws) {
            let total: u32 = waiting
                .iter()
                .map(|thread| TICKETS[*thread as usize - 1])
                .sum();
            let ticket = number % u64::from(total);
            let holder = holder(&waiting, ticket);
            let found = policy.pick(CpuId(0), Time::ZERO).map(|pick| pick.thread.0);
            // A String takes all that is written to it.
            let _ = write!(tried, "\n  {number} % {total} = {ticket}");
            if found != Some(holder) {
                return Err(Complaint {
                    tried,
                    expected: format!("ticket {ticket} is thread {holder}'s"),
                    happened: match found {
                        Some(found) => format!("thread {found} wins"),
                        None => "`pick` returns None".to_owned(),
                    },
                    ..Complaint::default()
                });
            }
            waiting.retain(|thread| *thread != holder);
        }
        Ok(())
    })
}

/// Who of those who wait holds the ticket.
fn holder(waiting: &[u32], ticket: u64) -> u32 {
    let mut tickets = waiting.iter().flat_map(|thread| {
        let held = TICKETS[*thread as usize - 1];
        (0..held).map(|_| *thread)
    });
    let place = usize::try_from(ticket).expect("there are six tickets");
    tickets.nth(place).expect("a ticket below their number")
}

/// Whether a draw is the same whether or not somebody asked before, in vain.
fn nothing_is_drawn_for_nobody(new: NewPolicy) -> Result<(), Complaint> {
    (1..=SEEDS).try_for_each(|seed| {
        let mut policy = new(&given(seed));
        let in_vain = policy.pick(CpuId(0), Time::ZERO);
        for number in 1..=3 {
            policy.ready(&thread(number), Ready::New, Time::ZERO);
        }
        let number = SplitMix64::new(seed).next().unwrap_or_default();
        let holder = holder(&[1, 2, 3], number % 6);
        let found = policy.pick(CpuId(0), Time::ZERO).map(|pick| pick.thread.0);
        if in_vain.is_none() && found == Some(holder) {
            return Ok(());
        }
        Err(Complaint {
            tried: format!(
                "seed {seed}: `pick` while nobody waits, then `ready` with threads 1, 2 and 3 \
                 (3, 2 and 1 tickets), then `pick`"
            ),
            expected: format!(
                "None, then the first number: {number} % 6 = {}, thread {holder}",
                number % 6
            ),
            happened: match found {
                Some(found) => format!("the second answer is thread {found}"),
                None => "the second answer is None".to_owned(),
            },
            ..Complaint::default()
        })
    })
}
