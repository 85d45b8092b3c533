//! The checks of the pool: on paper, rule by rule and at random; then real processes.
//!
//! Each of the first group isolates one rule, and presumes only the rules that are
//! checked before it. So the first that fails names the mistake.

use exercises::check::{Check, Complaint, Part, caught};
use exercises::search::{self, Dice};
use exercises::workers::{
    ABORTS, EXITS, Fate, OnPaper, Real, Taken, Workers, listed, other_answers, told,
};
use std::iter::repeat_n;

/// What the learner writes.
pub(crate) type Map = fn(&mut dyn Workers, u32, usize) -> Vec<Option<u64>>;

/// A load on paper.
#[derive(Clone, Debug)]
struct Load {
    /// At most so many workers.
    most: u32,
    /// What becomes of each job.
    fates: Vec<Fate>,
}

/// What is asked of a run; what is wrong with it, if anything is.
type Judge = fn(&Load, &[Option<u64>], &Taken) -> Option<String>;

/// A job that takes so long, always.
const CRASH: Fate = Fate::CrashesUntil(10, u32::MAX);

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<Map>> {
    let ten = Fate::Takes(10);
    let ms = |times: &[u64]| times.iter().map(|ms| Fate::Takes(*ms)).collect();
    let mut checks = vec![
        on_paper(
            "every_job_is_answered",
            "every job is answered, also if there are more than workers",
            (1, ms(&[10, 10, 10])),
            |_, answers, _| (!answers.iter().all(Option::is_some)).then(|| listed(answers)),
        ),
        on_paper(
            "answers_are_in_the_order_of_the_jobs",
            "the answers are in the order of the jobs, in whatever order they came",
            (3, ms(&[30, 10, 20])),
            wrong_answers,
        ),
        on_paper(
            "workers_work_at_the_same_time",
            "as many workers work at the same time as may",
            (2, ms(&[10, 10, 10, 10])),
            |load, _, taken| {
                let happened = format!("{} at most", taken.busiest);
                (taken.busiest != load.most as usize).then_some(happened)
            },
        ),
        on_paper(
            "who_is_free_gets_the_next_job",
            "a worker has one job at a time, and whoever is free gets the next",
            (2, ms(&[100, 10, 10, 10, 10, 10])),
            |_, _, taken| {
                let happened = format!(
                    "a worker had {} jobs, and it took {} ms",
                    taken.fullest, taken.time
                );
                (taken.fullest > 1 || taken.time > 100).then_some(happened)
            },
        ),
        on_paper(
            "no_worker_without_a_job",
            "no worker is started for which there is no job",
            (8, ms(&[10, 10])),
            too_many_started,
        ),
        on_paper(
            "no_job_needs_no_worker",
            "where there is nothing to do nobody is started",
            (2, Vec::new()),
            too_many_started,
        ),
        on_paper(
            "a_crash_loses_one_job",
            "a crash loses the job that was under way, once, and no other",
            (2, vec![ten, CRASH, ten, ten]),
            |load, answers, taken| {
                let again = taken.tries[1] != 1;
                let told = || format!("job 1 was begun {} times", taken.tries[1]);
                wrong_answers(load, answers, taken).or_else(|| again.then(told))
            },
        ),
        on_paper(
            "crashed_worker_is_replaced",
            "in place of a worker that crashed another is started, if there are jobs left",
            (1, vec![CRASH, ten, ten]),
            wrong_answers,
        ),
        on_paper(
            "last_words_count",
            "an answer counts, whatever becomes of the worker afterwards",
            (2, vec![ten, Fate::LastWords(20)]),
            wrong_answers,
        ),
        on_paper(
            "no_worker_is_left",
            "when `map` returns every worker was heard to be gone",
            (2, vec![ten, ten, CRASH, ten]),
            somebody_is_left,
        ),
    ];
    checks.push(Check {
        name: "any_load",
        rule: "any load is done as soon as it can be, and nobody is left",
        part: Part::Random,
        run: Box::new(|map| {
            let loads = (0..300).map(Load::random);
            search::all(loads, Load::smaller, |load| {
                load.check(*map, "all that the rules say", any)
            })
        }),
        step: None,
    });
    checks.push(Check {
        name: "real_processes",
        rule: "real processes: the squares, and nothing where one aborts or exits",
        part: Part::Threads,
        run: Box::new(|map| real(*map)),
        step: None,
    });
    checks
}

/// A check of one load.
fn on_paper(
    name: &'static str,
    rule: &'static str,
    (most, fates): (u32, Vec<Fate>),
    judge: Judge,
) -> Check<Map> {
    let load = Load { most, fates };
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |map| load.check(*map, rule, judge)),
        step: None,
    }
}

impl Load {
    /// A small one, the same for the same seed.
    fn random(seed: u64) -> Load {
        let mut dice = Dice(seed);
        let most = u32::try_from(dice.up_to(3) + 1).expect("it is small");
        let count = dice.up_to(9);
        let fate = |_| match dice.up_to(5) {
            0 => Fate::CrashesUntil(dice.up_to(30), u32::MAX),
            _ => Fate::Takes(dice.up_to(30)),
        };
        Load {
            most,
            fates: (0..count).map(fate).collect(),
        }
    }

    /// The same, with a job or a worker less.
    fn smaller(&self) -> Vec<Load> {
        let mut all = Vec::new();
        for job in 0..self.fates.len() {
            let mut load = self.clone();
            load.fates.remove(job);
            all.push(load);
        }
        if self.most > 1 {
            let most = self.most - 1;
            all.push(Load {
                most,
                ..self.clone()
            });
        }
        all
    }

    /// What `map` must return.
    fn answers(&self) -> Vec<Option<u64>> {
        let fates = self.fates.iter().enumerate();
        let answer = |(job, fate): (usize, &Fate)| match fate {
            Fate::CrashesUntil(..) | Fate::Hangs => None,
            Fate::Takes(_) | Fate::LastWords(_) => Some(OnPaper::answer(job)),
        };
        fates.map(answer).collect()
    }

    /// When the last job is over, if each goes to whoever is free first.
    fn time(&self) -> u64 {
        let mut free: Vec<u64> = repeat_n(0, self.most as usize).collect();
        for fate in &self.fates {
            let first = free.iter_mut().min().expect("there is a worker");
            if let Fate::Takes(ms) | Fate::CrashesUntil(ms, _) | Fate::LastWords(ms) = fate {
                *first += ms;
            }
        }
        free.into_iter().max().unwrap_or(0)
    }

    /// Runs `map` on paper, and has the run judged.
    fn check(&self, map: Map, expected: &str, judge: Judge) -> Result<(), Complaint> {
        let mut workers = OnPaper::new(&self.fates);
        let answers = caught(|| map(&mut workers, self.most, self.fates.len()));
        let taken = workers.taken();
        let happened = match answers {
            Ok(answers) => judge(self, &answers, &taken),
            Err(panic) => Some(panic),
        };
        happened.map_or(Ok(()), |happened| {
            Err(Complaint {
                tried: format!("at most {} workers\n{}", self.most, told(&self.fates)),
                expected: expected.to_owned(),
                happened,
                beside: taken.lines,
                ..Complaint::default()
            })
        })
    }
}

/// Other answers than those that must come.
fn wrong_answers(load: &Load, answers: &[Option<u64>], _: &Taken) -> Option<String> {
    other_answers(answers, &load.answers())
}

/// More workers than jobs, or than there may be at one time.
fn too_many_started(load: &Load, _: &[Option<u64>], taken: &Taken) -> Option<String> {
    let is_right = taken.started <= load.fates.len();
    let told = || {
        let (started, jobs) = (taken.started, load.fates.len());
        format!("{started} workers were started for {jobs} jobs")
    };
    (!is_right).then(told)
}

/// Workers of which nobody knows what became.
fn somebody_is_left(_: &Load, _: &[Option<u64>], taken: &Taken) -> Option<String> {
    taken.somebody_is_left()
}

/// Whatever the rules say.
fn any(load: &Load, answers: &[Option<u64>], taken: &Taken) -> Option<String> {
    let (time, least) = (taken.time, load.time());
    let too_long = (time > least).then(|| format!("it took {time} ms, and {least} are enough"));
    wrong_answers(load, answers, taken)
        .or_else(|| too_many_started(load, answers, taken))
        .or_else(|| somebody_is_left(load, answers, taken))
        .or(too_long)
}

/// Real processes.
fn real(map: Map) -> Result<(), Complaint> {
    let jobs = [1, 2, ABORTS, 3, 4, EXITS, 5, 6];
    let expected = jobs.map(|n| (n < 100).then(|| n * n));
    let mut workers = Real::new(&jobs);
    let answers = map(&mut workers, 2, jobs.len());
    let (left, started) = (workers.left(), workers.started());
    if answers == expected && left.is_empty() && started <= 4 {
        return Ok(());
    }
    Err(Complaint {
        tried: "2 processes; the jobs are to square 1, 2, (abort), 3, 4, (exit), 5, 6".to_owned(),
        expected: format!(
            "{}\n4 processes at most, and none is left",
            listed(&expected)
        ),
        happened: format!(
            "{}\n{started} processes were started, {} are left",
            listed(&answers),
            left.len()
        ),
        ..Complaint::default()
    })
}
