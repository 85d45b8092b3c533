//! Files of cases read, and what was found in them told.
//!
//! Whatever stands in a folder, what is said is what is wrong and where: a file
//! that is not JSON, another schema, a case that cannot be read.
//!
//! Invariants: (1) every case of a file is counted once; (2) what is told is
//! printed past the test harness, which keeps the words of a passing test.

use serde_json::Value;
use std::any::Any;
use std::cell::Cell;
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::{Path, PathBuf};
use std::sync::Once;

/// The only schema that this test knows.
const SCHEMA: &str = "sched-oracle/1";

/// What came of a case.
pub(crate) enum Verdict {
    /// We find what it expects.
    Agrees,
    /// We do not: these lines say what.
    Misses(Vec<String>),
    /// It is not for us, for this reason.
    Unclaimed(String),
}

impl From<Vec<String>> for Verdict {
    fn from(lines: Vec<String>) -> Verdict {
        if lines.is_empty() {
            Verdict::Agrees
        } else {
            Verdict::Misses(lines)
        }
    }
}

/// What came of a file.
pub(crate) struct File {
    /// Its name without `.json`.
    pub(crate) name: String,
    /// How many cases agree.
    pub(crate) passed: usize,
    /// How many were compared, or could not be read.
    pub(crate) claimed: usize,
    /// The others of those, each with what is wrong.
    pub(crate) missed: Vec<String>,
    /// The cases that are not for us, each with the reason.
    pub(crate) unclaimed: Vec<String>,
}

/// Every file of cases in the folder that is asked for, in the order of names.
///
/// # Panics
///
/// If there is no such folder, or no file of cases in it.
pub(crate) fn folder() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = match std::env::var_os("ORACLES") {
        None => here.join("tests/data"),
        Some(asked) => {
            // cargo runs a test in its package's folder.
            let beside = here.join("..").join(&asked);
            let asked = PathBuf::from(asked);
            if asked.exists() { asked } else { beside }
        }
    };
    files_of(&folder).unwrap_or_else(|message| panic!("{message}"))
}

/// Every file of cases in `folder`.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let unreadable = |error| {
        format!(
            "{} cannot be read: {error}. ORACLES names a folder of files of cases",
            folder.display()
        )
    };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(format!(
            "{} holds no file that ends in .json",
            folder.display()
        ));
    }
    paths.sort();
    Ok(paths)
}

/// Has every case of the file at `path` judged.
pub(crate) fn file(path: &Path, judge: fn(&Value, &Value) -> Verdict) -> File {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut file = File {
        name: name.into_owned(),
        passed: 0,
        claimed: 0,
        missed: Vec::new(),
        unclaimed: Vec::new(),
    };
    let content = std::fs::read_to_string(path).map_err(|error| error.to_string());
    let content = content.and_then(|text| content_of(&text));
    match content {
        Ok(content) => {
            let cases = content["cases"].as_array().expect("it was looked at");
            for (index, case) in cases.iter().enumerate() {
                let verdict = quietly(|| judge(&content, case));
                file.count(&id(case, index), verdict);
            }
        }
        Err(message) => file.count("the file", Err(message)),
    }
    file
}

/// What stands in a file of cases, if it is one.
fn content_of(text: &str) -> Result<Value, String> {
    let content: Value =
        serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
    if content["schema"] != SCHEMA {
        return Err(format!(
            "its schema is {}, and this test knows \"{SCHEMA}\" only",
            content["schema"]
        ));
    }
    let Some(cases) = content["cases"].as_array() else {
        return Err("it has no list called `cases`".to_owned());
    };
    match content.get("count").map(Value::as_u64) {
        Some(count) if count != Some(cases.len() as u64) => Err(format!(
            "its `count` is {}, but it has {} cases: is it whole?",
            content["count"],
            cases.len()
        )),
        _ => Ok(content),
    }
}

/// A case's name, or its place.
fn id(case: &Value, index: usize) -> String {
    let id = case["id"].as_str().map(ToOwned::to_owned);
    id.unwrap_or_else(|| format!("case {} of the file, which has no id", index + 1))
}

impl File {
    /// Counts the case called `id` (invariant 1).
    fn count(&mut self, id: &str, verdict: Result<Verdict, String>) {
        self.claimed += 1;
        let lines = match verdict {
            Ok(Verdict::Agrees) => {
                self.passed += 1;
                return;
            }
            Ok(Verdict::Unclaimed(why)) => {
                self.claimed -= 1;
                self.unclaimed.push(format!("{id}: {why}"));
                return;
            }
            Ok(Verdict::Misses(lines)) => lines,
            Err(message) => vec![format!("cannot be read: {message}")],
        };
        let lines = lines.join("\n  ");
        self.missed.push(format!("{}: {id}\n  {lines}", self.name));
    }
}

/// Prints `line` (invariant 2).
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody may listen any more: no reason to fail.
    let _ = writeln!(out, "{line}");
}

thread_local! {
    /// Whether a panic on this OS thread is caught and told otherwise.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What `body` returns, or the text with which it panicked.
pub(crate) fn quietly<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(body));
    QUIET.set(false);
    result.map_err(|payload| text(&*payload))
}

/// What a panic said.
fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

/// A Gantt chart's rows `[start, end, who, ..]` in one line: `0 A 3 B 9`, with
/// `-` for an idle CPU.
pub(crate) fn gantt_line(rows: &Value) -> String {
    let mut line = String::new();
    let mut end = Value::Null;
    for row in rows.as_array().into_iter().flatten() {
        if row[0] != end {
            let _ = write!(line, " {}", row[0]);
        }
        let who = row[2]
            .as_str()
            .map_or_else(|| row[2].to_string(), ToOwned::to_owned);
        let who = if who == "-1" { "-" } else { &who };
        let _ = write!(line, " [{who}] {}", row[1]);
        end = row[1].clone();
    }
    line.trim_start().to_owned()
}

#[test]
fn what_is_wrong_with_a_file_is_said_plainly() {
    let message = |text: &str| content_of(text).expect_err("something is wrong");
    assert!(message("{\"schema\": ").starts_with("it is not JSON: EOF"));
    assert_eq!(
        message(r#"{"schema": "sched-oracle/2", "cases": []}"#),
        r#"its schema is "sched-oracle/2", and this test knows "sched-oracle/1" only"#
    );
    assert_eq!(
        message(r#"{"schema": "sched-oracle/1"}"#),
        "it has no list called `cases`"
    );
    assert_eq!(
        message(r#"{"schema": "sched-oracle/1", "count": 2, "cases": [{}]}"#),
        "its `count` is 2, but it has 1 cases: is it whole?"
    );
    let nowhere = files_of(Path::new("/no/such/folder")).expect_err("it is not there");
    assert!(nowhere.starts_with("/no/such/folder cannot be read: No such file"));
    let empty = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/preempt/heap");
    let empty = files_of(&empty).expect_err("it holds no cases");
    assert!(empty.ends_with("src/preempt/heap holds no file that ends in .json"));
}

#[test]
fn what_is_wrong_with_a_case_is_said_plainly() {
    let job = r#"{"id": 0, "arrival": 0, "length": 5}"#;
    for (case, message) in [
        (
            format!(
                r#"{{"policy": "RR", "jobs": [{job}], "params": {{"quanta": 3}}, "expect": {{}}}}"#
            ),
            "its parameters: unknown field `quanta`",
        ),
        (
            format!(r#"{{"policy": "RR", "jobs": [{job}], "params": {{}}, "expect": {{}}}}"#),
            "round robin has a quantum",
        ),
        (
            format!(r#"{{"policy": "FIFO", "jobs": [{job}], "cpus": 2, "expect": {{}}}}"#),
            "its field `cpus` is not known",
        ),
        (
            r#"{"policy": "FIFO", "jobs": [{"id": 0, "arrival": -1, "length": 5}], "expect": {}}"#
                .to_owned(),
            "its jobs cannot be read: invalid value: integer `-1`",
        ),
        (
            r#"{"program": "NO", "schedule": "0", "threads": 1, "expect": {}}"#.to_owned(),
            "its file has no program `NO`",
        ),
        (
            r#"{"threads": {"main": {"base": 1, "ops": [["jump"]]}}, "expect": {}}"#.to_owned(),
            "no operation is called `jump`",
        ),
    ] {
        let case = serde_json::from_str(&case).expect("this test writes JSON");
        let said = quietly(|| super::judge(&Value::Null, &case));
        let said = said.err().expect("it cannot be read");
        assert!(said.starts_with(message), "{said}");
    }
}

#[test]
fn a_policy_that_nobody_ships_is_not_claimed() {
    let case = serde_json::json!({"policy": "GUESS", "jobs": [], "expect": {}});
    let Verdict::Unclaimed(why) = super::judge(&Value::Null, &case) else {
        panic!("it is claimed");
    };
    assert_eq!(why, "no policy of ours is GUESS");
}
