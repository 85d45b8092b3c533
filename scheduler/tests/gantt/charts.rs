//! One list of jobs as two Gantt charts: simulated, and of real threads.
//!
//! The threads run in Signal mode on one CPU. An [`Observer`] stands between the
//! dispatcher and the policy and notes who had the CPU from when to when. It also
//! sees to it that both charts begin alike: while the threads start and go to
//! their places it serves them in the order of their coming, and the policy hears
//! of a job when it arrives, and of nothing before; its time begins at the first.
//!
//! A job computes until it has *held* its CPU for as long as its burst says, in
//! the dispatcher's account, which is what a quantum is measured in too. On a
//! machine with nothing else to do that is the thread's own CPU time. On a busy
//! one other programs take some of it, from burst and quantum alike.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::simulation::{Job, Simulation, Step};
use scheduler::sync::Semaphore;
use scheduler::time::Time;
use scheduler::{Builder, Preemption, RunError, Scheduler, now, sleep, yield_now};
use std::collections::{HashMap, VecDeque};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Between two looks at the clock, a thread that computes lets pass less than this,
/// in ns.
const STALL: u64 = 200_000;

/// A job had the CPU, for one stay or several without another's between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stay {
    /// Whose: 1 is the first job.
    pub(crate) job: u32,
    /// Since when, counted from the first arrival.
    pub(crate) start: Duration,
    /// How long it had it in all.
    pub(crate) length: Duration,
}

/// What came of threads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed {
    /// Who had the CPU when.
    pub(crate) chart: Vec<Stay>,
    /// How much the machine was late in all: CPU time that other programs took from
    /// the threads, ticks after the end of a quantum, time between two stays, and
    /// arrivals after their time. What a chart on paper has nothing of.
    pub(crate) late: Duration,
}

/// Adds a stay to a chart.
fn add(chart: &mut Vec<Stay>, stay: Stay) {
    match chart.last_mut() {
        Some(last) if last.job == stay.job => last.length += stay.length,
        _ => chart.push(stay),
    }
}

/// Who has the CPU in turn.
pub(crate) fn order(chart: &[Stay]) -> Vec<u32> {
    chart.iter().map(|stay| stay.job).collect()
}

/// The chart that the policy makes of these jobs on paper.
///
/// # Panics
///
/// If the policy breaks a rule.
pub(crate) fn simulated(jobs: &[Job], policy: &mut dyn Policy) -> Vec<Stay> {
    let outcome = Simulation::new(jobs.to_vec()).run(policy);
    let outcome = outcome.expect("no rule is broken");
    let mut chart = Vec::new();
    for stay in &outcome.chart.segments {
        let stay = Stay {
            job: stay.thread.0,
            start: stay.start - Time::ZERO,
            length: stay.end - stay.start,
        };
        if !stay.length.is_zero() {
            add(&mut chart, stay);
        }
    }
    chart
}

/// The chart that it makes of them as threads.
///
/// # Errors
///
/// When the run ended early.
pub(crate) fn real(jobs: &[Job], policy: Box<dyn Policy>) -> Result<Observed, RunError> {
    let board = Arc::new(Board::new(jobs));
    let watched = Observer::new(jobs, policy, Arc::clone(&board));
    Scheduler::new(Preemption::Signal, watched).run(|| run_threads(jobs, &board))?;
    let mut observed = board.observed().clone();
    let stalled = board
        .places
        .iter()
        .map(|place| place.stalled.load(Ordering::SeqCst));
    observed.late += Duration::from_nanos(stalled.sum());
    Ok(observed)
}

/// What thread 0 does: starts the jobs' threads, and opens the gate when all stand
/// at it.
fn run_threads(jobs: &[Job], board: &Arc<Board>) {
    let gate = Arc::new(Semaphore::new(0));
    let start = |(at, job): (usize, &Job)| {
        let (steps, arrival) = (job.steps.clone(), job.arrival - Time::ZERO);
        let (board, gate) = (Arc::clone(board), Arc::clone(&gate));
        Builder::new().spawn(move || {
            let place = &board.places[at];
            let is_first = arrival.is_zero();
            place.arrives_next.store(is_first, Ordering::SeqCst);
            board.standing.fetch_add(1, Ordering::SeqCst);
            gate.acquire(1).expect("nobody closes it").forget();
            if !is_first {
                let opened = Duration::from_nanos(board.opened.load(Ordering::SeqCst));
                place.arrives_next.store(true, Ordering::SeqCst);
                sleep((opened + arrival).saturating_sub(now()));
            }
            place.go_through(&steps);
        })
    };
    let handles: Vec<_> = jobs.iter().enumerate().map(start).collect();
    // There is one CPU, and this thread has it: who said that it stands there has
    // left the CPU since.
    while board.standing.load(Ordering::SeqCst) < jobs.len() {
        sleep(Duration::from_millis(1));
    }
    board.opened.store(nanos(now()), Ordering::SeqCst);
    gate.add_permits(jobs.len());
    for handle in handles {
        handle.join().expect("a job does not panic");
    }
}

/// What the observer and the jobs' threads tell each other.
#[derive(Debug)]
struct Board {
    /// A place for each job.
    places: Vec<Place>,
    /// How many threads stand at the gate, or have passed it.
    standing: AtomicUsize,
    /// When it was opened, in ns on the scheduler's clock. Jobs arrive so long after.
    opened: AtomicU64,
    /// What the observer saw. Only the dispatcher comes here, and, after the run, who
    /// started it; so the dispatcher never waits for a frozen thread.
    observed: Mutex<Observed>,
}

/// What is known of one job. All times are ns.
#[derive(Debug, Default)]
struct Place {
    /// Whether its thread has nothing more to do but to arrive: when it can run
    /// again, it does. Written by the thread.
    arrives_next: AtomicBool,
    /// How long it had held the CPU when it last left it. Written by the observer.
    held_before: AtomicU64,
    /// Since when it has the CPU, on the scheduler's clock. Written by the observer.
    since: AtomicU64,
    /// How long it will have held the CPU at the end of the burst that is next.
    /// Written by the thread.
    goal: AtomicU64,
    /// How long the thread stood still although it had the CPU. Written by the thread.
    stalled: AtomicU64,
}

impl Board {
    /// Everybody's first burst is next.
    fn new(jobs: &[Job]) -> Board {
        let place = |job: &Job| Place {
            goal: AtomicU64::new(first_burst(&job.steps)),
            ..Place::default()
        };
        Board {
            places: jobs.iter().map(place).collect(),
            standing: AtomicUsize::new(0),
            opened: AtomicU64::new(0),
            observed: Mutex::default(),
        }
    }
}

impl Board {
    /// What the observer saw so far.
    fn observed(&self) -> MutexGuard<'_, Observed> {
        self.observed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The length of the first burst of these steps; 0 if there is none.
fn first_burst(steps: &[Step]) -> u64 {
    let burst = steps.iter().find_map(|step| match step {
        Step::Run(burst) => Some(*burst),
        Step::Wait(_) | Step::Yield => None,
    });
    nanos(burst.unwrap_or_default())
}

/// A duration in ns.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).expect("nothing here takes centuries")
}

impl Place {
    /// What the job's thread does from its arrival on.
    fn go_through(&self, steps: &[Step]) {
        for (at, step) in steps.iter().enumerate() {
            match step {
                Step::Run(_) => self.compute(),
                Step::Wait(burst) => {
                    self.go_on_with(&steps[at..]);
                    sleep(*burst);
                }
                Step::Yield => {
                    self.go_on_with(&steps[at..]);
                    yield_now();
                }
            }
        }
    }

    /// The first burst of these steps is next.
    fn go_on_with(&self, steps: &[Step]) {
        self.goal.fetch_add(first_burst(steps), Ordering::SeqCst);
    }

    /// Keeps the CPU busy until this burst is over.
    fn compute(&self) {
        let goal = self.goal.load(Ordering::SeqCst);
        let (mut since, mut held) = self.held();
        while held < goal {
            for step in 0..100 {
                black_box(step);
            }
            let before = (since, held);
            (since, held) = self.held();
            if since == before.0 && held - before.1 > STALL {
                self.stalled.fetch_add(held - before.1, Ordering::SeqCst);
            }
        }
    }

    /// Since when the thread, which calls this, has the CPU, and how long it has
    /// held it so far.
    fn held(&self) -> (u64, u64) {
        loop {
            let before = self.held_before.load(Ordering::SeqCst);
            let since = self.since.load(Ordering::SeqCst);
            let held = before + nanos(now()).saturating_sub(since);
            // If it was preempted between these lines, `since` is another.
            if self.since.load(Ordering::SeqCst) == since {
                return (since, held);
            }
        }
    }
}

/// When a job arrived, and what it had used before.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    /// Counted from the first.
    at: Time,
    /// CPU time that its thread needed to start.
    cpu_time: Duration,
}

/// Tells a policy of jobs that arrive, in place of threads that start.
struct Observer {
    /// Whose answers count, for jobs that have arrived.
    policy: Box<dyn Policy>,
    /// What the jobs are.
    jobs: Vec<Job>,
    /// Those that have arrived.
    arrivals: HashMap<ThreadId, Arrival>,
    /// All others that can run, thread 0 first.
    others: VecDeque<ThreadId>,
    /// When the first job arrived, on the scheduler's clock.
    zero: Option<Time>,
    /// When the one that has the CPU got it, and for how long.
    since: (Time, Option<Duration>),
    /// When the last one left it.
    left: Option<Time>,
    /// Where it is written down.
    board: Arc<Board>,
}

impl Observer {
    /// Nobody has arrived.
    fn new(jobs: &[Job], policy: Box<dyn Policy>, board: Arc<Board>) -> Observer {
        Observer {
            policy,
            jobs: jobs.to_vec(),
            arrivals: HashMap::new(),
            others: VecDeque::new(),
            zero: None,
            since: (Time::ZERO, None),
            left: None,
            board,
        }
    }

    /// The place of `thread`; None for thread 0.
    fn place(&self, thread: ThreadId) -> Option<&Place> {
        self.board.places.get((thread.0 as usize).checked_sub(1)?)
    }

    /// How the policy counts `now`.
    fn counted(&self, now: Time) -> Time {
        Time::ZERO + (now - self.zero.unwrap_or(now))
    }

    /// What the policy sees of `thread`: what a simulation would show it. None if
    /// it has not arrived.
    fn seen(&self, thread: &Attributes) -> Option<Attributes> {
        let arrival = self.arrivals.get(&thread.id)?;
        let job = &self.jobs[thread.id.0 as usize - 1];
        let mut seen = Attributes::new(thread.id, arrival.at);
        seen.cpu_time = thread.cpu_time.saturating_sub(arrival.cpu_time);
        let goal = self.place(thread.id)?.goal.load(Ordering::SeqCst);
        let left = Duration::from_nanos(goal).saturating_sub(seen.cpu_time);
        seen.burst = job.declares_bursts.then_some(left);
        seen.priority = job.priority;
        seen.weight = job.weight.unwrap_or(seen.weight);
        seen.period = job.period;
        let within = job.deadline.or(job.period);
        seen.deadline = within.map(|within| arrival.at + within);
        Some(seen)
    }

    /// `thread` can run, and is no job, or none that has arrived.
    fn store(&mut self, thread: ThreadId) {
        if thread == ThreadId(0) {
            self.others.push_front(thread);
        } else {
            self.others.push_back(thread);
        }
    }
}

impl Policy for Observer {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        if let Some(seen) = self.seen(thread) {
            self.policy.ready(&seen, why, self.counted(now));
            return;
        }
        let place = self.place(thread.id);
        if !place.is_some_and(|place| place.arrives_next.load(Ordering::SeqCst)) {
            self.store(thread.id);
            return;
        }
        self.zero.get_or_insert(now);
        let arrival = Arrival {
            at: self.counted(now),
            cpu_time: thread.cpu_time,
        };
        self.arrivals.insert(thread.id, arrival);
        let planned = self.jobs[thread.id.0 as usize - 1].arrival;
        self.board.observed().late += arrival.at - planned;
        let seen = self.seen(thread).expect("it arrived a moment ago");
        self.policy.ready(&seen, Ready::New, arrival.at);
    }

    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        if let Some(other) = self.others.pop_front() {
            return Some(Pick::until_it_stops(other));
        }
        let pick = self.policy.pick(cpu, self.counted(now))?;
        self.since = (now, pick.quantum);
        if let Some(left) = self.left {
            self.board.observed().late += now - left;
        }
        if let Some(place) = self.place(pick.thread) {
            place.since.store(now.as_nanos(), Ordering::SeqCst);
        }
        Some(pick)
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        let Some(seen) = self.seen(thread) else {
            if why.still_runnable() {
                self.store(thread.id);
            }
            return;
        };
        if let Some(place) = self.place(thread.id) {
            place
                .held_before
                .store(nanos(seen.cpu_time), Ordering::SeqCst);
        }
        let (since, quantum) = self.since;
        let stay = Stay {
            job: thread.id.0,
            start: self.counted(since) - Time::ZERO,
            length: ran,
        };
        let mut observed = self.board.observed();
        add(&mut observed.chart, stay);
        if why == StopReason::QuantumExpired {
            observed.late += ran.saturating_sub(quantum.unwrap_or(ran));
        }
        drop(observed);
        self.left = Some(since + ran);
        self.policy.stopped(&seen, ran, why, self.counted(now));
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        match (self.seen(new), self.seen(current)) {
            (Some(new), Some(current)) => self.policy.preempts(&new, &current, self.counted(now)),
            _ => false,
        }
    }

    fn next_timer(&self, now: Time) -> Option<Time> {
        let due = self.policy.next_timer(self.counted(now))?;
        Some(self.zero? + (due - Time::ZERO))
    }

    fn timer(&mut self, now: Time) {
        self.policy.timer(self.counted(now));
    }

    fn name(&self) -> &str {
        self.policy.name()
    }
}
