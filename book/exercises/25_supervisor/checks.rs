//! The checks of the supervisor: on paper, rule by rule and at random; then processes.
//!
//! Each of the first group isolates one rule, and presumes only the rules that are
//! checked before it. So the first that fails names the mistake.

use exercises::check::{Check, Complaint, Part, caught};
use exercises::search::{self, Dice};
use exercises::workers::{
    ABORTS, EXITS, Fate, OnPaper, Real, SLEEPS, Taken, Workers, listed, other_answers, told,
};

/// What the learner writes.
pub(crate) type Supervise = fn(&mut dyn Workers, &Limits, usize) -> Vec<Option<u64>>;

/// How jobs are tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// At most so many workers work at the same time.
    pub(crate) most: u32,
    /// A job is tried so often, once at least.
    pub(crate) tries: u32,
    /// A job may take so many ms.
    pub(crate) time: u64,
}

/// A load on paper.
#[derive(Clone, Debug)]
struct Load {
    /// How jobs are tried.
    limits: Limits,
    /// What becomes of each.
    fates: Vec<Fate>,
}

/// What is asked of a run; what is wrong with it, if anything is.
type Judge = fn(&Load, &[Option<u64>], &Taken) -> Option<String>;

/// A job that takes 10 ms.
const TEN: Fate = Fate::Takes(10);
/// A job that crashes its worker whenever it is tried.
const POISON: Fate = Fate::CrashesUntil(10, u32::MAX);

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<Supervise>> {
    let mut checks = rules();
    checks.push(Check {
        name: "any_load",
        rule: "in any load each job ends once, with its answer or given up",
        part: Part::Random,
        run: Box::new(|subject| {
            let loads = (0..300).map(Load::random);
            search::all(loads, Load::smaller, |load| {
                load.check(*subject, "all that the rules say", any)
            })
        }),
        step: None,
    });
    checks.push(Check {
        name: "real_processes",
        rule: "real processes that abort and exit are tried again, and given up",
        part: Part::Threads,
        run: Box::new(|subject| crashes(*subject)),
        step: None,
    });
    checks.push(Check {
        name: "real_process_that_never_ends",
        rule: "a real process that never ends is killed",
        part: Part::Threads,
        run: Box::new(|subject| hangs(*subject)),
        step: None,
    });
    checks
}

/// One load on paper for each rule.
fn rules() -> Vec<Check<Supervise>> {
    let hung = Fate::Hangs;
    vec![
        on_paper(
            "every_job_is_answered",
            "at most `most` workers at a time, each with one job, answer every job",
            (2, 1, vec![TEN; 5]),
            |load, answers, taken| {
                wrong_answers(load, answers, taken).or_else(|| crowd(load, taken))
            },
        ),
        on_paper(
            "crashed_job_is_tried_again",
            "a job whose worker crashed is tried again",
            (1, 3, vec![Fate::CrashesUntil(10, 3), TEN]),
            wrong_answers,
        ),
        on_paper(
            "poison_is_given_up_after_its_tries",
            "a job is tried so often, and then it is given up; the others are done",
            (2, 3, vec![TEN, POISON, TEN]),
            |load, answers, taken| {
                let tries = taken.tries[1];
                let told = || format!("job 1 was tried {tries} times");
                wrong_answers(load, answers, taken).or_else(|| (tries != 3).then(told))
            },
        ),
        on_paper(
            "answered_job_is_not_tried_again",
            "a job that was answered is done, whatever becomes of its worker",
            (2, 3, vec![Fate::LastWords(10), Fate::Takes(50)]),
            |load, answers, taken| {
                let tries = taken.tries[0];
                let told = || format!("job 0 was tried {tries} times");
                wrong_answers(load, answers, taken).or_else(|| (tries != 1).then(told))
            },
        ),
        on_paper(
            "hung_worker_is_killed",
            "a job that takes longer than the limit has its worker killed, and may be given up",
            (1, 2, vec![hung, TEN]),
            wrong_answers,
        ),
        on_paper(
            "limit_is_each_jobs_own",
            "each job has a limit of its own, from the moment at which it was given",
            (2, 1, vec![hung, Fate::Takes(70), Fate::Takes(70)]),
            wrong_answers,
        ),
        on_paper(
            "others_go_on_while_one_hangs",
            "a worker that hangs is killed when its limit has come, whatever others do",
            (2, 1, vec![hung, Fate::Takes(60), Fate::Takes(60), TEN]),
            |load, answers, taken| {
                let told = || format!("it took {} ms, and 120 are enough", taken.time);
                wrong_answers(load, answers, taken).or_else(|| (taken.time > 120).then(told))
            },
        ),
        on_paper(
            "nothing_works_is_noticed",
            "after ten crashes in a row nobody is started any more",
            (2, 3, vec![POISON; 30]),
            |_, _, taken| {
                let started = taken.started;
                (started > 12).then(|| format!("{started} workers were started"))
            },
        ),
        on_paper(
            "no_worker_is_left",
            "when `supervise` returns every worker was heard to be gone",
            (2, 2, vec![POISON, TEN, TEN, Fate::Takes(90)]),
            somebody_is_left,
        ),
    ]
}

/// A check of one load, whose jobs may take 100 ms.
fn on_paper(
    name: &'static str,
    rule: &'static str,
    (most, tries, fates): (u32, u32, Vec<Fate>),
    judge: Judge,
) -> Check<Supervise> {
    let limits = Limits {
        most,
        tries,
        time: 100,
    };
    let load = Load { limits, fates };
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |subject| load.check(*subject, rule, judge)),
        step: None,
    }
}

impl Load {
    /// A small one, the same for the same seed. Nine jobs with three tries: ten crashes in
    /// a row are possible, so no more than three jobs are poison or hang.
    fn random(seed: u64) -> Load {
        let mut dice = Dice(seed);
        let limits = Limits {
            most: u32::try_from(dice.up_to(3) + 1).expect("it is small"),
            tries: u32::try_from(dice.up_to(2) + 1).expect("it is small"),
            time: 100,
        };
        let mut bad = 0;
        let fate = |_| {
            let ms = dice.up_to(90);
            let fate = match dice.up_to(6) {
                0 => Fate::CrashesUntil(ms, u32::MAX),
                1 => Fate::Hangs,
                2 => Fate::CrashesUntil(ms, 2),
                _ => return Fate::Takes(ms),
            };
            bad += 1;
            if bad > 3 { Fate::Takes(ms) } else { fate }
        };
        Load {
            limits,
            fates: (0..9).map(fate).collect(),
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
        if self.limits.most > 1 {
            let mut load = self.clone();
            load.limits.most -= 1;
            all.push(load);
        }
        all
    }

    /// What `supervise` must return.
    fn answers(&self) -> Vec<Option<u64>> {
        let fates = self.fates.iter().enumerate();
        let answer = |(job, fate): (usize, &Fate)| match fate {
            Fate::Hangs => None,
            Fate::CrashesUntil(_, tries) if *tries > self.limits.tries => None,
            _ => Some(OnPaper::answer(job)),
        };
        fates.map(answer).collect()
    }

    /// Runs `supervise` on paper, and has the run judged.
    fn check(&self, subject: Supervise, expected: &str, judge: Judge) -> Result<(), Complaint> {
        let mut workers = OnPaper::new(&self.fates);
        let answers = caught(|| subject(&mut workers, &self.limits, self.fates.len()));
        let taken = workers.taken();
        let happened = match answers {
            Ok(answers) => judge(self, &answers, &taken),
            Err(panic) => Some(panic),
        };
        happened.map_or(Ok(()), |happened| {
            let Limits { most, tries, time } = self.limits;
            Err(Complaint {
                tried: format!(
                    "at most {most} workers, {tries} tries, of {time} ms\n{}",
                    told(&self.fates)
                ),
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

/// Other than as many workers as may, each with one job.
fn crowd(load: &Load, taken: &Taken) -> Option<String> {
    let (busiest, fullest) = (taken.busiest, taken.fullest);
    let is_right = busiest == load.limits.most as usize && fullest == 1;
    let told =
        || format!("{busiest} workers worked at the same time; one had {fullest} jobs at one time");
    (!is_right).then(told)
}

/// Workers of which nobody knows what became.
fn somebody_is_left(_: &Load, _: &[Option<u64>], taken: &Taken) -> Option<String> {
    taken.somebody_is_left()
}

/// Whatever the rules say.
fn any(load: &Load, answers: &[Option<u64>], taken: &Taken) -> Option<String> {
    let too_often = taken
        .tries
        .iter()
        .position(|tries| *tries > load.limits.tries);
    let told = |job| format!("job {job} was tried {} times", taken.tries[job]);
    wrong_answers(load, answers, taken)
        .or_else(|| too_often.map(told))
        .or_else(|| somebody_is_left(load, answers, taken))
}

/// Real processes that crash. No limit of time that a slow machine could reach.
fn crashes(subject: Supervise) -> Result<(), Complaint> {
    let jobs = [1, 2, ABORTS, 3, 4, EXITS, 5, 6];
    let expected = jobs.map(|n| (n < 100).then(|| n * n));
    let limits = Limits {
        most: 2,
        tries: 2,
        time: 60_000,
    };
    let mut workers = Real::new(&jobs);
    let answers = subject(&mut workers, &limits, jobs.len());
    let (left, started) = (workers.left(), workers.started());
    // Two jobs crash twice each; whoever waits for a job that is tried again was told to end.
    if answers == expected && left.is_empty() && started <= 8 {
        return Ok(());
    }
    Err(Complaint {
        tried: "2 processes, 2 tries; the jobs are to square 1, 2, (abort), 3, 4, (exit), 5, 6"
            .to_owned(),
        expected: format!(
            "{}\n8 processes at most, and none is left",
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

/// A real process that never ends. Whether it is given up does not depend on how slow the
/// machine is.
fn hangs(subject: Supervise) -> Result<(), Complaint> {
    let limits = Limits {
        most: 1,
        tries: 2,
        time: 200,
    };
    let mut workers = Real::new(&[SLEEPS]);
    let answers = subject(&mut workers, &limits, 1);
    let (left, started) = (workers.left(), workers.started());
    if answers == [None] && left.is_empty() && started == 2 {
        return Ok(());
    }
    Err(Complaint {
        tried: "a process whose job never ends, 2 tries of 200 ms".to_owned(),
        expected: "the job is given up after 2 processes, and none is left".to_owned(),
        happened: format!(
            "{}\n{started} processes were started, {} are left",
            listed(&answers),
            left.len()
        ),
        ..Complaint::default()
    })
}
