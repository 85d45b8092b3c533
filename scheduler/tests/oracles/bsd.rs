//! The scheduler of 4.4BSD as Pintos has it, as a policy of this test's own.
//!
//! Who used the CPU of late has a lower priority; how long that is remembered
//! depends on the load. It is not shipped: our feedback queue is OSTEP's.
//!
//! Source: *The Design and Implementation of the 4.4BSD Operating System* (1996),
//! section 4.4, on the scheduling of processes; the cases' own `semantics`. As
//! rules:
//!
//! 1. A runnable thread of the highest priority runs, of equals who has waited
//!    longest, for at most four ticks.
//! 2. The priority is 63 - recent CPU / 4 - 2 * nice, within 0 and 63, computed
//!    anew every four ticks.
//! 3. A tick that a thread runs adds one to its recent CPU.
//! 4. Every second the load becomes 59/60 of itself and 1/60 of the number of
//!    those that can run; then a thread's recent CPU becomes 2 load / (2 load + 1)
//!    of itself, and its nice more.
//! 5. Fractions have 14 binary places, as in Pintos.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::simulation::{Job, Outcome, Simulation};
use scheduler::time::Time;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// One, with 14 binary places (rule 5).
const ONE: i64 = 1 << 14;

/// What is kept of a thread.
#[derive(Clone, Copy, Debug)]
struct Account {
    /// How ready it is to let others go first.
    nice: i64,
    /// What it ran of late, in ticks, with binary places.
    recent: i64,
    /// Its priority.
    priority: i64,
    /// Its place among its equals, if it waits for a CPU.
    place: Option<u64>,
}

impl Account {
    /// Computes the priority anew (rule 2).
    fn grade(&mut self) {
        let priority = 63 - self.recent / 4 / ONE - 2 * self.nice;
        self.priority = priority.clamp(0, 63);
    }
}

/// The policy.
#[derive(Debug)]
struct FourFourBsd {
    /// A tick.
    tick: Duration,
    /// How nice thread 1 is, and so on; 0 for those not named.
    nice: Vec<i64>,
    /// Every thread that has come and is not over.
    accounts: BTreeMap<ThreadId, Account>,
    /// The place that was given out last.
    last: u64,
    /// How many could run of late, with binary places.
    load: i64,
    /// The load after each second.
    loads: Vec<f64>,
}

impl FourFourBsd {
    /// Nobody has come.
    fn new(tick: Duration, nice: Vec<i64>) -> FourFourBsd {
        FourFourBsd {
            tick,
            nice,
            accounts: BTreeMap::new(),
            last: 0,
            load: 0,
            loads: Vec::new(),
        }
    }

    /// Stores `thread` behind its equals.
    fn store(&mut self, thread: &Attributes) {
        self.last += 1;
        let nice = self.nice.get(thread.id.0 as usize - 1);
        let account = self.accounts.entry(thread.id).or_insert_with(|| {
            let nice = nice.copied().unwrap_or(0);
            let (recent, priority, place) = (0, 0, None);
            let mut new = Account {
                nice,
                recent,
                priority,
                place,
            };
            new.grade();
            new
        });
        account.place = Some(self.last);
    }

    /// A second is over, and so many threads can run (rule 4).
    fn second(&mut self, can_run: i64) {
        self.load = (59 * self.load + can_run * ONE) / 60;
        self.loads.push(number(self.load));
        let keep = 2 * self.load * ONE / (2 * self.load + ONE);
        for account in self.accounts.values_mut() {
            account.recent = keep * account.recent / ONE + account.nice * ONE;
        }
    }
}

/// Without binary places.
fn number(fraction: i64) -> f64 {
    f64::from(i32::try_from(fraction).expect("loads are small")) / f64::from(1 << 14)
}

impl Policy for FourFourBsd {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.store(thread);
    }

    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let waiting = self
            .accounts
            .iter_mut()
            .filter(|(_, one)| one.place.is_some());
        let (id, next) = waiting.min_by_key(|(_, one)| (-one.priority, one.place))?;
        next.place = None;
        Some(Pick::for_at_most(*id, 4 * self.tick)) // rule 1
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, _now: Time) {
        let account = self.accounts.get_mut(&thread.id).expect("it has come");
        let ticks = ran.as_nanos() * u128::from(ONE.unsigned_abs()) / self.tick.as_nanos();
        account.recent += i64::try_from(ticks).expect("runs are short"); // rule 3
        match why {
            why if why.still_runnable() => self.store(thread),
            StopReason::Finished => drop(self.accounts.remove(&thread.id)),
            _ => {}
        }
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        self.accounts[&new.id].priority > self.accounts[&current.id].priority
    }

    fn next_timer(&self, now: Time) -> Option<Time> {
        let grades = now.next_multiple_of(4 * self.tick);
        let seconds = now.next_multiple_of(Duration::from_secs(1));
        grades.min(seconds)
    }

    fn timer(&mut self, now: Time) {
        let is_due = |every: Duration| u128::from(now.as_nanos()) % every.as_nanos() == 0;
        if is_due(Duration::from_secs(1)) {
            let can_run = self.accounts.values().filter(|one| one.place.is_some());
            let can_run = can_run.count().try_into().expect("few threads");
            self.second(can_run);
        }
        if is_due(4 * self.tick) {
            self.accounts.values_mut().for_each(Account::grade);
        }
    }
}

/// A number of a case.
fn whole(value: &Value, what: &str) -> u64 {
    let number = value.as_u64();
    number.unwrap_or_else(|| panic!("`{what}` is a number, not {value}"))
}

/// The ticks that threads of the given nice values get in so many seconds.
fn ticks(input: &Value) -> Vec<f64> {
    let nice = input["nice"].as_array().expect("`nice` is a list");
    let nice = nice.iter().map(|nice| nice.as_i64().expect("a number"));
    let nice: Vec<i64> = nice.collect();
    let per_second = u32::try_from(whole(&input["ticks_per_second"], "ticks_per_second"));
    let tick = Duration::from_secs(1) / per_second.expect("few ticks");
    let end = Duration::from_secs(whole(&input["seconds"], "seconds"));
    let jobs = nice.iter().map(|_| Job::new().run(end));
    let simulation = Simulation::new(jobs.collect::<Vec<Job>>());
    let outcome = simulation.run(&mut FourFourBsd::new(tick, nice));
    let outcome = outcome.expect("the policy keeps its promises");
    let jobs = outcome.jobs.iter();
    jobs.map(|job| ran(&outcome, job.thread, end).as_secs_f64() / tick.as_secs_f64())
        .collect()
}

/// How long `thread` ran before `end`.
fn ran(outcome: &Outcome, thread: ThreadId, end: Duration) -> Duration {
    let stays = outcome.chart.segments.iter();
    let stays = stays.filter(|stay| stay.thread == thread);
    let end = Time::ZERO + end;
    stays
        .map(|stay| stay.end.min(end).since(stay.start.min(end)))
        .sum()
}

/// How many can run in second `t`, as a case says it: `60 if t<60 else 0`, or
/// `t if t<60, 120-t if t<120, else 0`.
fn can_run(rule: &str, t: i64) -> i64 {
    let value = |term: &str| match term.trim() {
        "t" => t,
        number => {
            let number = number.parse();
            number.unwrap_or_else(|_| panic!("`{term}` is neither a number nor t, in `{rule}`"))
        }
    };
    let value = |text: &str| match text.split_once('-') {
        Some((from, less)) => value(from) - value(less),
        None => value(text),
    };
    for part in rule.replace(" else ", ", else ").split(',') {
        let part = part.trim().trim_start_matches("else ");
        match part.split_once(" if t<") {
            None if part.is_empty() => {}
            None => return value(part),
            Some((text, below)) if t < value(below) => return value(text),
            Some(_) => {}
        }
    }
    panic!("`{rule}` does not say how many can run in second {t}")
}

/// The load after each second in which so many can run.
fn loads(rule: &str, seconds: usize) -> Vec<f64> {
    let mut policy = FourFourBsd::new(Duration::from_millis(10), Vec::new());
    (0..)
        .take(seconds)
        .for_each(|t| policy.second(can_run(rule, t)));
    policy.loads
}

/// The load of one thread that is busy for so many seconds, then idle for ten.
fn load_of_one(busy: u64) -> Vec<f64> {
    let second = Duration::from_secs(1);
    let job = Job::new()
        .run(Duration::from_secs(busy))
        .wait(11 * second)
        .run(second);
    let mut policy = FourFourBsd::new(Duration::from_millis(10), Vec::new());
    let outcome = Simulation::new([job]).run(&mut policy);
    outcome.expect("the policy keeps its promises");
    policy.loads
}

/// What does not agree; None if the case is of another kind.
pub(crate) fn disagreements(case: &Value) -> Option<Vec<String>> {
    let (input, expect) = (&case["input"], &case["expect"]);
    let mut lines = Vec::new();
    if input.get("nice").is_some() {
        near("ticks", &ticks(input), expect, &mut lines);
    } else if let Some(rule) = input.get("ready(t)").and_then(Value::as_str) {
        let seconds = expect["load_avg"]
            .as_array()
            .expect("a list of loads")
            .len();
        near("load_avg", &loads(rule, seconds), expect, &mut lines);
    } else if input.get("one busy thread").is_some() {
        let above = |loads: &[f64]| loads.iter().position(|load| *load > 0.5);
        let seconds = above(&load_of_one(100)).map(|index| index as u64 + 1);
        let expected = whole(
            &expect["seconds_until_load_gt_0.5"],
            "seconds_until_load_gt_0.5",
        );
        if seconds != Some(expected) {
            lines.push(format!(
                "above 0.5: expected after {expected} s, found {seconds:?}"
            ));
        }
        let idle = load_of_one(expected)[usize::try_from(expected).expect("small") + 9];
        let below = expect["after_10s_idle_below"].as_f64().expect("a number");
        if idle >= below {
            lines.push(format!(
                "idle for 10 s: expected below {below}, found {idle}"
            ));
        }
    } else {
        return None;
    }
    Some(lines)
}

/// Says where `found` is farther from what is expected than is tolerated.
fn near(key: &str, found: &[f64], expect: &Value, lines: &mut Vec<String>) {
    let expected = expect[key].as_array().expect("a list of numbers");
    let tolerance = expect["tolerance"].as_f64().expect("a tolerance");
    let number = |value: &Value| value.as_f64().expect("a number");
    let expected: Vec<f64> = expected.iter().map(number).collect();
    let is_far = |(found, expected): (&f64, &f64)| (found - expected).abs() > tolerance;
    if found.len() != expected.len() || found.iter().zip(&expected).any(is_far) {
        lines.push(format!("{key}: expected {expected:?} +- {tolerance}"));
        lines.push(format!("{:>w$}  found    {found:?}", "", w = key.len()));
    }
}
