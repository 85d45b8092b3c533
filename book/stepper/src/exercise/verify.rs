//! `exercise verify`: whether the exercises themselves are right. For authors.
//!
//! Of every exercise:
//!
//! 1. the skeleton compiles, fails by a complaint, not by a crash, and earns no point;
//! 2. the solution passes;
//! 3. there are at least three planted mistakes, and each is caught first by
//!    the check that `exercise.toml` names for it;
//! 4. `exercise.rs`, as git carries it, is the skeleton;
//! 5. there are three hints, and the exercises that it needs come before it.
//!
//! Book: "Exercises" in the introduction.

use super::catalog::{Catalog, Exercise, unreadable};
use super::grade::points;
use super::hints::hints;
use super::run::Run;
use super::telling::first_complaint;
use super::workshop::Workshop;
use crate::failure::{Code, Failure};
use exercises::report::Outcome;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};

/// How many mistakes are planted at least (3).
const MISTAKES: usize = 3;

/// Verifies `exercises` of the catalog, with random cases of this seed, and says
/// what is wrong with them.
///
/// # Errors
/// With code 1 if anything is wrong, 2 if a file does not compile.
pub(super) fn verify(
    workshop: &Workshop,
    catalog: &Catalog,
    exercises: &[&Exercise],
    seed: u64,
) -> Result<(), Failure> {
    let mut wrong = 0;
    for exercise in exercises {
        let program = workshop.build(&format!("{}_author", exercise.name))?;
        let mut out = io::stdout().lock();
        let mut tell = |right: bool, what: &str| -> io::Result<()> {
            wrong += usize::from(!right);
            let mark = if right { '✓' } else { '✗' };
            writeln!(out, "{mark} {}: {what}", exercise.name)
        };
        let judge = |candidate: &str| workshop.judge(exercise, &program, candidate, seed);

        let skeleton = judge("skeleton")?;
        match fails_by(&skeleton) {
            Ok(check) => tell(true, &format!("the skeleton fails by {check}"))?,
            Err(sentence) => tell(false, &format!("the skeleton: {sentence}"))?,
        }
        let earned = points::earned(exercise.about.points, &skeleton.so_far);
        tell(earned == 0, &format!("the skeleton earns {earned} points"))?;
        match fails_by(&judge("solution")?) {
            Ok(check) => tell(false, &format!("the solution fails by {check}"))?,
            Err(sentence) => tell(sentence == PASSES, &format!("the solution: {sentence}"))?,
        }
        let planted = planted(exercise)?;
        for mistake in &planted {
            let found = fails_by(&judge(&format!("mistakes/{mistake}"))?);
            match (found, exercise.about.mistakes.get(mistake)) {
                (Ok(check), Some(named)) if check == *named => {
                    tell(true, &format!("{mistake} is caught by {check}"))?;
                }
                (Ok(check), Some(named)) => {
                    tell(
                        false,
                        &format!("{mistake} is caught by {check}, not by {named}"),
                    )?;
                }
                (Ok(check), None) => {
                    tell(
                        false,
                        &format!("exercise.toml does not say that {check} catches {mistake}"),
                    )?;
                }
                (Err(sentence), _) => tell(false, &format!("{mistake}: {sentence}"))?,
            }
        }
        for named in exercise
            .about
            .mistakes
            .keys()
            .filter(|name| !planted.contains(*name))
        {
            tell(
                false,
                &format!("exercise.toml names {named}, which mistakes/ has not"),
            )?;
        }
        let enough = format!(
            "{} mistakes are planted, at least {MISTAKES}",
            planted.len()
        );
        tell(planted.len() >= MISTAKES, &enough)?;
        tell(same(exercise)?, "exercise.rs is the skeleton")?;
        tell(three_hints(exercise)?, "README.md has three hints")?;
        let known = |need: &String| {
            let all = catalog.exercises.iter();
            let mut before = all.take_while(|other| other.name != exercise.name);
            before.any(|other| other.name == *need)
        };
        let needs = &exercise.about.needs;
        tell(needs.iter().all(known), "what it needs comes before it")?;
    }
    if wrong == 0 {
        return Ok(());
    }
    let sentence = format!("{wrong} of these are not as they should be");
    Err(Failure::new(Code::ProgramFailed, sentence))
}

/// What is said of a run in which nothing failed.
const PASSES: &str = "every check passes";

/// The name of the first check that failed; else what happened instead.
fn fails_by(run: &Run) -> Result<String, String> {
    let results = run.results.as_ref().map_err(Clone::clone)?;
    if let Some((result, _)) = first_complaint(results) {
        return Ok(result.name.clone());
    }
    let all = !results.is_empty() && results.iter().all(|r| r.outcome == Outcome::Passed);
    Err(if all {
        PASSES
    } else {
        "not every check was run"
    }
    .to_owned())
}

/// The names of the planted mistakes, in order.
fn planted(exercise: &Exercise) -> Result<BTreeSet<String>, Failure> {
    let folder = exercise.file("mistakes");
    let entries = fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
    let mut names = BTreeSet::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(&folder, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(
                path.file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned()),
            );
        }
    }
    Ok(names)
}

/// Whether the learner's file is the skeleton (4).
fn same(exercise: &Exercise) -> Result<bool, Failure> {
    let [exercise, skeleton] = ["exercise.rs", "skeleton.rs"].map(|name| {
        let path = exercise.file(name);
        fs::read(&path).map_err(|error| unreadable(&path, &error))
    });
    Ok(exercise? == skeleton?)
}

/// Whether there are three hints (5).
fn three_hints(exercise: &Exercise) -> Result<bool, Failure> {
    let path = exercise.file("README.md");
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    Ok(hints(&text).len() == 3)
}
