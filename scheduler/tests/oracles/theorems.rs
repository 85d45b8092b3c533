//! What papers prove for all inputs, tried on many: on our policies and mutexes.
//!
//! A case of this kind says a sentence. Who reads it here knows the sentence, and
//! counts a case with another one among those that are not claimed.
//!
//! 1. What is compared with a bound is counted from what ran, never asked of the
//!    policy that is judged.
//! 2. The numbers are random but the same in every run.

use scheduler::policy::{
    Attributes, CpuId, EarliestDeadlineFirst, EarliestEligibleVirtualDeadlineFirst, Policy, Ready,
    StopReason, ThreadId,
};
use scheduler::simulation::{Job, Simulation};
use scheduler::time::Time;
use serde_json::{Value, json};
use std::time::Duration;

/// The unit of time.
const UNIT: Duration = Duration::from_millis(1);

/// A small generator of random numbers (xorshift; rule 2).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The generator that begins at `seed`.
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number from `least` to `most`.
    pub(crate) fn within(&mut self, least: u32, most: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let above = (self.0 >> 16) % u64::from(most - least + 1);
        least + u32::try_from(above).expect("it is below the limit")
    }
}

/// What does not agree; None if the sentence is not known here.
pub(crate) fn disagreements(case: &Value) -> Option<Vec<String>> {
    let (input, expect) = (&case["input"], &case["expect"]);
    let says = |key: &str| expect[key].as_str().unwrap_or_default();
    if input.get("run_order").is_some() {
        return Some(lags(input, expect));
    }
    if says("lag") == "-r_max < lag_k(d) < max(r_max,q); with r<=q: |lag| < q" {
        return Some(lag_bounds());
    }
    if says("schedulable_iff") == "sum C/T <= 1 (D=T, preemptive, one CPU)" {
        return Some(deadlines_and_load());
    }
    None
}

/// What each of some threads of weight 1 is owed after each slice of equal
/// length, where threads run in the order that our policy picks. They are
/// numbered in the order in which the case lets them run.
fn lags(input: &Value, expect: &Value) -> Vec<String> {
    let tasks = input["tasks"].as_u64().expect("`tasks` is a number");
    let slice = input["slice_ms"].as_i64().expect("`slice_ms` is a number");
    let order = input["run_order"]
        .as_array()
        .expect("`run_order` is a list");
    let all = (b'A'..=b'Z').map(|letter| json!(char::from(letter).to_string()));
    let all = all.take(usize::try_from(tasks).expect("a small number"));
    let names: Vec<Value> = all.collect();
    let mut numbered = order.clone();
    numbered.extend(names.iter().filter(|name| !order.contains(name)).cloned());
    let quantum = Duration::from_millis(slice.unsigned_abs());
    let mut policy = EarliestEligibleVirtualDeadlineFirst::new(quantum);
    let threads = (1..).zip(&numbered);
    let threads = threads.map(|(id, _)| Attributes::new(ThreadId(id), Time::ZERO));
    let threads: Vec<Attributes> = threads.collect();
    for thread in &threads {
        policy.ready(thread, Ready::New, Time::ZERO);
    }
    let count = i64::try_from(tasks).expect("a small number");
    let (mut had, mut lags, mut eligible) = (vec![0; names.len()], Vec::new(), Vec::new());
    let mut lines = Vec::new();
    let mut may_run = names.clone();
    for turn in 0..=order.len() {
        let pick = policy.pick(CpuId(0), Time::ZERO).expect("all can run");
        let index = pick.thread.0 as usize - 1;
        let name = &numbered[index];
        if !may_run.contains(name) || order.get(turn).is_some_and(|next| next != name) {
            lines.push(format!("turn {turn}: {name} ran, of {may_run:?}"));
        }
        if turn == order.len() {
            break;
        }
        let reason = StopReason::QuantumExpired;
        policy.stopped(&threads[index], quantum, reason, Time::ZERO);
        let place = names.iter().position(|one| one == name);
        had[place.expect("a name of the case")] += slice;
        let due: i64 = had.iter().sum::<i64>() / count; // what each should have had
        let owed: Vec<i64> = had.iter().map(|had| due - had).collect();
        let owed_any = names.iter().zip(&owed).filter(|(_, lag)| **lag >= 0);
        may_run = owed_any.map(|(name, _)| name.clone()).collect();
        if owed.iter().sum::<i64>() != 0 {
            lines.push(format!("turn {turn}: {owed:?} do not add up to 0"));
        }
        lags.push(owed);
        eligible.push(may_run.clone());
    }
    for (key, found) in [
        ("lag_after", json!(lags)),
        ("eligible_after", json!(eligible)),
    ] {
        if expect[key] != found {
            lines.push(format!("{key}: expected {}, found {found}", expect[key]));
        }
    }
    lines
}

/// In steady systems nobody's lag leaves its bounds: theorem 1 of Stoica and
/// Abdel-Wahab. Counted in whole parts of a unit (rule 1): a lag times the sum of
/// all weights.
fn lag_bounds() -> Vec<String> {
    let mut random = Random::new(1995);
    let mut lines = Vec::new();
    for system in 0..200 {
        let quantum = random.within(1, 10);
        let mut policy = EarliestEligibleVirtualDeadlineFirst::new(UNIT * quantum);
        let mut threads = Vec::new();
        for id in 1..=random.within(2, 8) {
            let mut thread = Attributes::new(ThreadId(id), Time::ZERO);
            thread.weight = random.within(1, 5);
            // Requests no longer than a quantum, in every second system.
            let request = random.within(1, if system % 2 == 0 { 20 } else { quantum });
            thread.burst = Some(UNIT * request);
            policy.ready(&thread, Ready::New, Time::ZERO);
            threads.push((thread, i64::from(request), 0_i64));
        }
        let weights: i64 = threads.iter().map(|one| i64::from(one.0.weight)).sum();
        let r_max = threads.iter().map(|one| one.1).max().expect("two at least");
        let above = r_max.max(quantum.into());
        let mut time = 0;
        for _ in 0..300 {
            let pick = policy.pick(CpuId(0), Time::ZERO).expect("all can run");
            let ran = pick.quantum.expect("a request ends");
            let units = i64::try_from(ran.as_millis()).expect("short");
            let (thread, _, had) = &mut threads[pick.thread.0 as usize - 1];
            policy.stopped(thread, ran, StopReason::QuantumExpired, Time::ZERO);
            *had += units;
            time += units;
            let lag = |(thread, _, had): &(Attributes, i64, i64)| {
                time * i64::from(thread.weight) - had * weights
            };
            let lags: Vec<i64> = threads.iter().map(lag).collect();
            let within = |lag: &i64| -r_max * weights < *lag && *lag < above * weights;
            if !lags.iter().all(within) || lags.iter().sum::<i64>() != 0 {
                lines.push(format!(
                    "system {system}, at {time}: lags of {lags:?} in {weights}ths, \
                     requests up to {r_max}, quantum {quantum}"
                ));
                break;
            }
        }
    }
    lines
}

/// Under EDF a deadline is missed if and only if the load is above 1: theorem 7
/// of Liu and Layland. All tasks begin together, which is their worst moment.
fn deadlines_and_load() -> Vec<String> {
    let mut random = Random::new(1973);
    let (mut lines, mut below, mut exact, mut above) = (Vec::new(), 0, 0, 0);
    for _ in 0..600 {
        let tasks: Vec<(u32, u32)> = (0..random.within(1, 5))
            .map(|_| {
                let period = [2_u32, 3, 4, 5, 6, 8, 10, 12][random.within(0, 7) as usize];
                (random.within(1, period.div_ceil(2)), period)
            })
            .collect();
        // 120 is a multiple of every period.
        let load: u32 = tasks.iter().map(|(work, period)| work * 120 / period).sum();
        match load {
            0..120 => below += 1,
            120 => exact += 1,
            _ => above += 1,
        }
        let jobs = tasks.iter().map(|(work, period)| {
            Job::new()
                .run(UNIT * *work)
                .periodic(UNIT * *period, 120 / period)
        });
        let outcome = Simulation::new(jobs).run(&mut EarliestDeadlineFirst::new());
        let outcome = outcome.expect("EDF keeps its promises");
        let missed = outcome.missed().next();
        if missed.is_some() != (load > 120) {
            lines.push(format!(
                "{tasks:?}, a load of {load}/120: missed {missed:?}"
            ));
        }
    }
    assert!(
        below.min(exact).min(above) >= 5,
        "{below}, {exact}, {above}"
    );
    lines
}
