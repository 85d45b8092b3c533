//! `explore --real`: how often it fails by chance, beside what the search is sure of.
//!
//! The program of each search is run so often with real preemption, in one process; then
//! it is searched. A failure that the search finds in no time may never be met
//! by chance. Both builds are run, where both are there: what the compiler makes of the
//! program changes where it can be stopped, and so how often it fails.
//!
//! Source of the interval: E. B. Wilson, "Probable Inference, the Law of Succession, and
//! Statistical Inference", Journal of the American Statistical Association 22 (1927),
//! in the form that L. Brown, T. Cai and A. `DasGupta` recommend, "Interval Estimation for a
//! Binomial Proportion", Statistical Science 16 (2001).
//!
//! Invariants: (1) Ctrl-C ends the runs, and those that were made count; (2) a build that
//! is older than its source is not run: its figures would be of another program.
//!
//! Book: chapter 19.

use super::{
    Subject,
    child::Child,
    model::{Model, fine},
    options::Explore,
    source::Lines,
    text,
    told::{Chance, Told},
};
use crate::{
    children::groups::Groups,
    failure::{Code, Failure},
    replay::What,
    signals::Note,
    words::grouped,
};
use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant, SystemTime},
};

/// For how long the program is heard at a time.
const BUDGET: Duration = Duration::from_millis(50);
/// How long to sleep when it has told nothing.
const PAUSE: Duration = Duration::from_millis(2);
/// How often somebody who watches is told how far it is.
const OFTEN: Duration = Duration::from_secs(2);
/// The 97.5th percentile of the normal distribution: 95 % lie within as much of the mean.
const Z: f64 = 1.959_963_984_540_054;

/// Runs the program by chance, each build that there is, and searches it.
///
/// # Errors
/// It cannot be run; a signal.
pub(super) fn run(
    asked: &Explore,
    runs: u64,
    subject: &Subject,
    groups: &Groups,
    note: &Note,
) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    let lines = Lines::new(subject.folder.clone());
    let mut model = Model::new(
        Subject {
            what: subject.what.clone(),
            program: subject.program.clone(),
            folder: subject.folder.clone(),
        },
        lines,
    );
    let child = Child::start(subject, &asked.words(), groups)?;
    if let Some(failure) = text::wait(&mut model, child, note)? {
        return Err(failure);
    }
    model.verdict()?;
    writeln!(
        output,
        "{} runs of each program with real preemption: quanta of {:?}, {} CPU{}",
        grouped(runs),
        asked.quantum(),
        asked.cpus(),
        if asked.cpus() == 1 { "" } else { "s" },
    )?;
    let words = asked.words_of_chance(runs);
    let mut counted = Vec::new();
    for build in builds(subject) {
        match build {
            Build::Ready(name, program) => {
                let subject = Subject {
                    program,
                    what: subject.what.clone(),
                    folder: subject.folder.clone(),
                };
                let (chances, asked_to_end) = count(&subject, &words, runs, groups, note)?;
                counted.push((name, chances));
                if let Some(failure) = asked_to_end {
                    print(&model, &counted, &mut output)?; // (1)
                    return Err(failure);
                }
            }
            Build::Absent(why) => writeln!(output, "{why}")?,
        }
    }
    print(&model, &counted, &mut output)?;
    Ok(())
}

/// A build of the program.
enum Build {
    /// Its name, and the program with its arguments.
    Ready(&'static str, Vec<std::ffi::OsString>),
    /// Why there is none.
    Absent(String),
}

/// The builds of a lesson: debug, which was built, and release, if that was. A command of
/// the learner's own is one build.
fn builds(subject: &Subject) -> Vec<Build> {
    let What::Lesson(lesson, checkout) = &subject.what else {
        return vec![Build::Ready("as it is", subject.program.clone())];
    };
    let mut builds = vec![Build::Ready("debug", subject.program.clone())];
    let debug = PathBuf::from(&subject.program[0]);
    let name = format!("{}_threads", lesson.name());
    let release = debug
        .ancestors()
        .nth(3)
        .map(|target| target.join("release/examples").join(&name));
    let how = format!("`cargo build --release --example {name}` makes it");
    let written = |path: &Path| fs::metadata(path).and_then(|it| it.modified()).ok();
    builds.push(
        match release
            .as_deref()
            .map(|release| (release, written(release)))
        {
            Some((release, Some(made))) if made >= newest(checkout, &name, written) => {
                Build::Ready("release", vec![release.into()])
            }
            Some((_, Some(_))) => {
                Build::Absent(format!(
                    "release: its build is older than its source; {how}"
                )) // (2)
            }
            _ => Build::Absent(format!("release: not built; {how}")),
        },
    );
    builds
}

/// When the lesson or the scheduler was changed last.
fn newest(
    checkout: &Path,
    name: &str,
    written: impl Fn(&Path) -> Option<SystemTime>,
) -> SystemTime {
    let lesson = checkout.join("examples").join(format!("{name}.rs"));
    let mut newest = written(&lesson).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut folders = vec![checkout.join("scheduler/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                newest = newest.max(written(&path).unwrap_or(newest));
            }
        }
    }
    newest
}

/// Runs one build: what came of each program, and the signal that ended it early.
fn count(
    subject: &Subject,
    words: &str,
    runs: u64,
    groups: &Groups,
    note: &Note,
) -> Result<(Vec<Chance>, Option<Failure>), Failure> {
    let mut child = Child::start(subject, words, groups)?;
    let mut chances: Vec<Chance> = Vec::new();
    let (is_watched, mut told) = (io::stderr().is_terminal(), Instant::now());
    let mut asked = None;
    loop {
        let is_over = child.is_over();
        let heard = child.hear(BUDGET);
        let is_silent = heard.is_empty();
        for line in heard {
            let (Told::Chance(chance) | Told::ChanceEnded(chance)) = line else {
                continue;
            };
            if let Some(error) = &chance.error {
                let sentence = format!("it cannot be run with real preemption here: {error}");
                return Err(Failure::new(Code::System, sentence));
            }
            match chances
                .iter_mut()
                .find(|known| known.search == chance.search)
            {
                Some(known) => *known = chance,
                None => chances.push(chance),
            }
        }
        if is_over {
            break;
        }
        if asked.is_none() {
            asked = note.failure();
            if asked.is_some() {
                child.end();
            }
        }
        if is_watched && told.elapsed() > OFTEN {
            told = Instant::now();
            let made = chances.last().map_or(0, |chance| chance.runs);
            let number = chances.last().map_or(1, |chance| chance.search);
            let (made, runs) = (grouped(made), grouped(runs));
            writeln!(
                io::stderr(),
                "program {number}: {made} of {runs} runs: Ctrl-C ends them and prints what there is"
            )?;
        }
        if is_silent {
            thread::sleep(PAUSE);
        }
    }
    if asked.is_none() && (chances.is_empty() || child.ending.failed()) {
        let sentence = format!(
            "the program ended before its runs were made ({})\n{}",
            child.ending,
            child.output().trim_end()
        );
        return Err(Failure::new(Code::ProgramFailed, sentence));
    }
    Ok((chances, asked))
}

/// Prints what came of each program, beside what its search found.
fn print(
    model: &Model,
    counted: &[(&str, Vec<Chance>)],
    output: &mut impl Write,
) -> Result<(), Failure> {
    for search in &model.searches {
        writeln!(
            output,
            "\nsearch {}: {}",
            search.number,
            model.place(search)
        )?;
        for (build, chances) in counted {
            let Some(chance) = chances.iter().find(|it| it.search == search.number) else {
                continue;
            };
            let failed = chance.outcomes.iter().filter(|outcome| outcome.2);
            let failed: u64 = failed.map(|outcome| outcome.1).sum();
            let (low, high) = wilson(failed, chance.runs);
            let (times, runs) = (grouped(failed), grouped(chance.runs));
            let (share, low, high) = (
                percent(share(failed, chance.runs)),
                percent(low),
                percent(high),
            );
            writeln!(
                output,
                "  by chance, {build}: {times} of {runs} runs failed: {share} (95 %: {low} to {high})"
            )?;
            for (text, times, _) in chance.outcomes.iter().filter(|outcome| outcome.2) {
                writeln!(output, "    {}: {}", grouped(*times), fine(text))?;
            }
        }
        let sure = match (search.found.shortest(), &search.found.stopped) {
            (Some(failure), _) => format!("it fails: {}", fine(&failure.text)),
            (None, None) => "it cannot fail".to_owned(),
            (None, Some(_)) => "no failure in what was tried".to_owned(),
        };
        writeln!(output, "  for sure: {sure}\n    {}", search.account())?;
    }
    output.flush()?;
    Ok(())
}

/// The share of `some` in `all`; 0 of none.
#[expect(clippy::cast_precision_loss, reason = "runs are fewer than 2^53")]
fn share(some: u64, all: u64) -> f64 {
    some as f64 / (all as f64).max(1.0)
}

/// Where the true share lies with 95 % confidence, if `failed` of `runs` did: Wilson's
/// score interval, see the module.
fn wilson(failed: u64, runs: u64) -> (f64, f64) {
    if runs == 0 {
        return (0.0, 1.0);
    }
    #[expect(clippy::cast_precision_loss, reason = "runs are fewer than 2^53")]
    let runs = runs as f64;
    #[expect(clippy::cast_precision_loss, reason = "runs are fewer than 2^53")]
    let share = failed as f64 / runs;
    let squared = Z * Z;
    let middle = (share + squared / (2.0 * runs)) / (1.0 + squared / runs);
    let spread = share * (1.0 - share) / runs + squared / (4.0 * runs * runs);
    let half = Z * spread.sqrt() / (1.0 + squared / runs);
    // At the ends the two meet exactly; computed, they miss by the last digit.
    let low = if failed == 0 { 0.0 } else { middle - half };
    let high = if share >= 1.0 { 1.0 } else { middle + half };
    (low, high)
}

/// A share in percent, with two digits that count.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        0.0 => "0 %".to_owned(),
        ..0.000_5 => "under 0.001 %".to_owned(),
        ..0.095 => format!("{percent:.3} %"),
        ..9.95 => format!("{percent:.2} %"),
        _ => format!("{percent:.1} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Brown, Cai and DasGupta; and, for 0 of n, z² / (n + z²) by hand.
        let near = |(low, high): (f64, f64), expected: (f64, f64)| {
            assert!((low - expected.0).abs() < 5e-5, "{low} {expected:?}");
            assert!((high - expected.1).abs() < 5e-5, "{high} {expected:?}");
        };
        near(wilson(0, 10), (0.0, 3.8415 / 13.8415));
        near(wilson(5, 10), (0.2366, 0.7634));
        near(wilson(1, 29), (0.0061, 0.1718));
        near(wilson(10, 10), (1.0 - 3.8415 / 13.8415, 1.0));
        near(wilson(0, 0), (0.0, 1.0));
    }

    #[test]
    fn shares_have_the_digits_that_count() {
        let shown = [0.0, 1e-7, 0.000_123, 0.004_2, 0.5].map(percent);
        assert_eq!(
            shown,
            ["0 %", "under 0.001 %", "0.012 %", "0.42 %", "50.0 %"]
        );
    }
}
