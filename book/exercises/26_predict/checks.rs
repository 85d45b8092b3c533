//! The checks of the predictions: a load for each rule, Amdahl's law, random loads.
//!
//! Each of the first group isolates one rule, and presumes only the rules that are
//! checked before it. So the first that fails names the mistake.

pub(crate) mod load;

use exercises::check::{Check, Complaint, Part, caught};
use exercises::search::Dice;
pub(crate) use load::Load;

/// What the learner writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Predictions {
    /// How long a load takes, in ms, with so many workers on so many cores.
    pub(crate) time: fn(&Load, u64, u64) -> u64,
    /// How many times faster that is than with one worker.
    pub(crate) speed_up: fn(&Load, u64, u64) -> f64,
    /// The fewest workers with which a load takes the shortest time.
    pub(crate) workers_worth_having: fn(&Load, u64) -> u64,
}

/// The predictions of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {
        $crate::checks::Predictions {
            time: $($module)::+::time,
            speed_up: $($module)::+::speed_up,
            workers_worth_having: $($module)::+::workers_worth_having,
        }
    };
}
pub(crate) use subject;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<Predictions>> {
    let ten = Load::computing(10, 8);
    let mut checks = vec![
        times(
            "one_worker_does_it_all",
            "one worker does one thing after the other",
            ten.waiting(2).message(1).alone(7),
            &[(1, 1, 117), (1, 4, 117)],
        ),
        times(
            "cpu_time_is_divided_among_cores",
            "computing is divided among the cores, however many workers there are",
            Load::computing(12, 10),
            &[(2, 2, 60), (4, 2, 60), (4, 1, 120), (2, 4, 60)],
        ),
        times(
            "waiting_takes_no_core",
            "jobs wait beside each other, however few cores there are",
            Load::computing(12, 0).waiting(50),
            &[(1, 1, 600), (4, 1, 150), (12, 1, 50)],
        ),
        times(
            "a_job_is_one_workers",
            "a job is not cut in pieces: 5 jobs for 2 workers are 3 for one of them",
            Load::computing(5, 10),
            &[(2, 2, 30), (3, 4, 20), (4, 4, 20)],
        ),
        times(
            "no_more_workers_than_jobs_have_something_to_do",
            "a worker without a job changes nothing",
            Load::computing(3, 10).waiting(10),
            &[(3, 4, 20), (8, 8, 20)],
        ),
        times(
            "what_one_does_alone_stays",
            "what is done alone takes as long with any number of workers",
            Load::computing(8, 10).alone(20),
            &[(1, 8, 100), (8, 8, 30)],
        ),
        times(
            "messages_are_not_divided",
            "messages are written one after the other, whoever gets them",
            Load::computing(8, 10).message(3),
            &[(1, 8, 104), (8, 8, 34)],
        ),
        times(
            "the_longer_of_the_two_counts",
            "a load is over with the last share, and with the last core: whichever is later",
            Load::computing(10, 10).waiting(30),
            &[(5, 1, 130), (2, 2, 200), (10, 2, 80)],
        ),
    ];
    checks.push(Check {
        name: "amdahls_law",
        rule: "with 5% done alone, the speed-up is what Amdahl's law says",
        part: Part::Textbook,
        run: Box::new(amdahl),
        step: None,
    });
    checks.push(Check {
        name: "workers_that_wait_leave_their_cores_to_others",
        rule: "so many workers are worth having that the cores have always one to run",
        part: Part::Textbook,
        run: Box::new(worth_having),
        step: None,
    });
    checks.push(Check {
        name: "any_load",
        rule: "no load is over sooner than predicted, nor takes a quarter longer",
        part: Part::Random,
        run: Box::new(any_load),
        step: None,
    });
    checks
}

/// A check of one load, with so many workers, cores, and ms.
fn times(
    name: &'static str,
    rule: &'static str,
    load: Load,
    cases: &'static [(u64, u64, u64)],
) -> Check<Predictions> {
    let run = move |subject: &Predictions| {
        let mut cases = cases.iter();
        cases.try_for_each(|&(workers, cores, expected)| {
            let happened = caught(|| (subject.time)(&load, workers, cores));
            if happened == Ok(expected) {
                return Ok(());
            }
            Err(Complaint {
                tried: tried(&load, workers, cores),
                expected: format!("{expected} ms"),
                happened: told(happened.map(|ms| format!("{ms} ms"))),
                ..Complaint::default()
            })
        })
    };
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(run),
        step: None,
    }
}

/// The numbers that the law is known by: G. M. Amdahl, *Validity of the single
/// processor approach to achieving large scale computing capabilities* (AFIPS 1967).
fn amdahl(subject: &Predictions) -> Result<(), Complaint> {
    let load = Load::computing(95 * 1_024, 1).alone(5 * 1_024);
    for processors in [1, 2, 8, 64, 1_024] {
        // 1 / (s + (1 - s) / n), by s = 5/100
        let n = f64::from(u32::try_from(processors).expect("they are few"));
        let expected = 100.0 / (5.0 + 95.0 / n);
        let happened = caught(|| (subject.speed_up)(&load, processors, processors));
        let is_right = |found: &f64| (found - expected).abs() < 0.001;
        if !happened.as_ref().is_ok_and(is_right) {
            return Err(Complaint {
                tried: tried(&load, processors, processors),
                expected: format!("a speed-up of {expected:.3}"),
                happened: told(happened.map(|found| format!("{found:.3}"))),
                ..Complaint::default()
            });
        }
    }
    Ok(())
}

/// Loads that can use as many workers as there are cores, more, or fewer.
fn worth_having(subject: &Predictions) -> Result<(), Complaint> {
    let computing = Load::computing(64, 10);
    let mostly_waiting = computing.waiting(90);
    let cases = [
        (computing, 1),
        (computing, 4),
        (Load::computing(12, 0).waiting(10), 1),
        (mostly_waiting, 1),
        (mostly_waiting, 2),
        (Load::computing(5, 10), 8),
        (Load::computing(6, 10), 5),
    ];
    for (load, cores) in cases {
        // What the fewest are follows from the rules of `time`, which is right by now.
        let shortest = (1..=load.jobs).map(|workers| (subject.time)(&load, workers, cores));
        let shortest = shortest.min().expect("there is a job");
        let fewest = (1..=load.jobs).find(|&n| (subject.time)(&load, n, cores) == shortest);
        let fewest = fewest.expect("one of them takes the shortest time");
        let happened = caught(|| (subject.workers_worth_having)(&load, cores));
        if happened != Ok(fewest) {
            return Err(Complaint {
                tried: format!("{load}; on {cores} cores"),
                expected: format!("{fewest} workers take {shortest} ms, and fewer take longer"),
                happened: told(happened.map(|found| format!("{found} workers"))),
                ..Complaint::default()
            });
        }
    }
    Ok(())
}

/// Random loads, the same on every machine, against a run on paper.
fn any_load(subject: &Predictions) -> Result<(), Complaint> {
    let mut dice = Dice(26);
    for _ in 0..500 {
        let load = Load::random(&mut dice);
        let (workers, cores) = (dice.up_to(15) + 1, dice.up_to(7) + 1);
        let taken = load.run(workers, u32::try_from(cores).expect("they are few"));
        let predicted = caught(|| (subject.time)(&load, workers, cores));
        let is_near = |ms: &u64| *ms <= taken && taken * 4 <= *ms * 5;
        if !predicted.as_ref().is_ok_and(is_near) {
            return Err(Complaint {
                tried: tried(&load, workers, cores),
                expected: format!("{taken} ms, as it takes when it is run, or a little less"),
                happened: told(predicted.map(|ms| format!("{ms} ms are predicted"))),
                ..Complaint::default()
            });
        }
    }
    Ok(())
}

/// What was tried, in words.
fn tried(load: &Load, workers: u64, cores: u64) -> String {
    format!("{load}\n{workers} workers, {cores} cores")
}

/// What happened, in words.
fn told(happened: Result<String, String>) -> String {
    happened.unwrap_or_else(|panic| format!("your code panicked: {panic}"))
}
