//! The lessons: found in the checkout's `examples/`, by their names alone.
//!
//! A lesson is a pair of twins, `NN_topic_tasks.rs` and `NN_topic_threads.rs`, or
//! three with `NN_topic_processes.rs`; any of them may be missing. Its title is
//! the first line of the header.
//!
//! Invariants: (1) lessons come in order of number, then of name; (2) a name
//! that fits two lessons finds neither: the learner is told both.
//!
//! Left out: running them (`children`) and their questions (`predict`).
//!
//! Book: appendix "The stepper".

use crate::{
    command_line::OneSide,
    failure::{Code, Failure},
    nearest::nearest,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// A lesson, with at least one of its twins.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Lesson {
    /// Its number in the course, as written: `01`.
    pub(crate) number: String,
    /// The words after the number: `two_counters`.
    pub(crate) topic: String,
    /// What the header's first line says, without the final dot.
    pub(crate) title: String,
    /// The chapter that it belongs to, the first if there are several.
    pub(crate) chapter: u32,
    /// As what it runs, in the order of the columns.
    pub(crate) sides: Vec<OneSide>,
    /// The only twin that is wanted, if not all that are there.
    pub(crate) only: Option<OneSide>,
}

impl Lesson {
    /// `01_two_counters`
    pub(crate) fn name(&self) -> String {
        format!("{}_{}", self.number, self.topic)
    }

    /// `01 two counters`
    pub(crate) fn heading(&self) -> String {
        self.name().replace('_', " ")
    }

    /// The names of the examples that are there, the tasks first.
    pub(crate) fn twins(&self) -> Vec<String> {
        let wanted = |side: &&OneSide| self.only.is_none_or(|only| only == **side);
        let twin = |side: &OneSide| format!("{}_{}", self.name(), side.word());
        self.sides.iter().filter(wanted).map(twin).collect()
    }

    /// The lesson with this twin alone.
    ///
    /// # Errors
    /// It has no such twin.
    pub(crate) fn only(mut self, side: OneSide) -> Result<Lesson, Failure> {
        self.only = Some(side);
        if self.twins().is_empty() {
            let (name, side) = (self.name(), side.word());
            let sentence = format!("lesson {name} has no {side}: leave --side out");
            return Err(Failure::new(Code::NoInput, sentence));
        }
        Ok(self)
    }
}

/// Where the checkout is: its root is where the lessons run.
///
/// The one this program was compiled in, if it still is there (so that it works
/// from any folder); else the nearest one around the current folder.
///
/// # Errors
/// There is none, as when the program was moved to another machine.
pub(crate) fn checkout() -> Result<PathBuf, Failure> {
    let compiled_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let around = env::current_dir().ok();
    let around = around.iter().flat_map(|folder| folder.ancestors());
    std::iter::once(compiled_in.as_path())
        .chain(around)
        .find(|folder| folder.join("book/stepper/Cargo.toml").is_file())
        .and_then(|folder| folder.canonicalize().ok())
        .ok_or_else(|| {
            Failure::new(
                Code::NoInput,
                "the course is not here: run this in a folder of its checkout, \
                 the one with examples/ and book/ in it",
            )
        })
}

/// Every lesson of the checkout, in order (1).
///
/// # Errors
/// `examples/` cannot be read.
pub(crate) fn all(checkout: &Path) -> Result<Vec<Lesson>, Failure> {
    let folder = checkout.join("examples");
    let unreadable = |error| {
        Failure::new(
            Code::NoInput,
            format!(
                "the lessons in {} cannot be read: {error}",
                folder.display()
            ),
        )
    };
    let mut names: Vec<String> = fs::read_dir(&folder)
        .map_err(unreadable)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    // The tasks, whose title is shown, come first.
    names.sort_by_cached_key(|name| (parts(name).map(|(.., side)| side), name.clone()));
    let mut lessons: Vec<Lesson> = Vec::new();
    for name in names {
        let Some((number, topic, side)) = parts(&name) else {
            continue;
        };
        let known = lessons
            .iter_mut()
            .find(|lesson| lesson.number == number && lesson.topic == topic);
        let lesson = if let Some(lesson) = known {
            lesson
        } else {
            let text = fs::read_to_string(folder.join(&name)).unwrap_or_default();
            lessons.push_mut(Lesson {
                number: number.to_owned(),
                topic: topic.to_owned(),
                title: title(&text),
                chapter: chapter(&text),
                sides: Vec::new(),
                only: None,
            })
        };
        lesson.sides.push(side);
        lesson.sides.sort_unstable();
    }
    lessons.sort_by(|one, other| {
        let key = |lesson: &Lesson| (lesson.number.parse::<u32>().ok(), lesson.topic.clone());
        key(one).cmp(&key(other))
    });
    Ok(lessons)
}

/// The lesson that the learner means by `name`: `01`, `1`, `two_counters`,
/// `01_two_counters`, or one of the twins or its file.
///
/// # Errors
/// None or several fit (2): the sentence says what is close, and what there is.
pub(crate) fn find<'a>(lessons: &'a [Lesson], name: &str) -> Result<&'a Lesson, Failure> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let file = file.strip_suffix(".rs").unwrap_or(file);
    let topic = |side: &OneSide| file.strip_suffix(side.word())?.strip_suffix('_');
    let wanted = OneSide::ALL
        .iter()
        .find_map(topic)
        .unwrap_or(file)
        .replace([' ', '-'], "_")
        .to_lowercase();
    let same_number = |lesson: &Lesson| {
        let number = wanted.parse::<u32>();
        number.is_ok() && number.ok() == lesson.number.parse().ok()
    };
    let fits: Vec<&Lesson> = lessons
        .iter()
        .filter(|lesson| wanted == lesson.name() || wanted == lesson.topic || same_number(lesson))
        .collect();
    match fits[..] {
        [lesson] => Ok(lesson),
        [] => Err(unknown(lessons, name, &wanted)),
        _ => Err(Failure::new(
            Code::NoInput,
            format!("`{name}` may be any of these; say which:{}", listed(&fits)),
        )),
    }
}

/// What to say when no lesson is called `name`.
fn unknown(lessons: &[Lesson], name: &str, wanted: &str) -> Failure {
    let names: Vec<[String; 2]> = lessons
        .iter()
        .map(|lesson| [lesson.name(), lesson.topic.clone()])
        .collect();
    let close = nearest(wanted, names.iter().flatten().map(String::as_str));
    let meant = |names: &&[String; 2]| names.iter().any(|name| Some(name.as_str()) == close);
    let guess = match names.iter().find(meant) {
        Some([name, _]) => format!(" Did you mean {name}?"),
        None => String::new(),
    };
    let there = listed(&lessons.iter().collect::<Vec<_>>());
    Failure::new(
        Code::NoInput,
        format!("there is no lesson `{name}`.{guess} There are:{there}"),
    )
}

/// The lessons, an indented line each.
fn listed(lessons: &[&Lesson]) -> String {
    if lessons.is_empty() {
        return " none yet".to_owned();
    }
    let line = |lesson: &&Lesson| format!("\n  {:<24} {}", lesson.name(), lesson.title);
    lessons.iter().map(line).collect()
}

/// Takes `01_two_counters_tasks.rs` apart; None for any other file.
fn parts(file: &str) -> Option<(&str, &str, OneSide)> {
    let (number, rest) = file.strip_suffix(".rs")?.split_once('_')?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (topic, kind) = rest.rsplit_once('_')?;
    let side = OneSide::ALL.into_iter().find(|side| side.word() == kind)?;
    Some((number, topic, side))
}

/// The chapter that a file's header names: `Book: chapter 6.`; 0 if it names none.
fn chapter(text: &str) -> u32 {
    let named = text
        .lines()
        .find_map(|line| line.strip_prefix("//! Book: chapter"));
    let number = named.unwrap_or_default().trim_start_matches(['s', ' ']);
    let digits = number.split(|letter: char| !letter.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// The first line of a file's `//!` header, without "as tasks": it stands for
/// all twins.
pub(crate) fn title(text: &str) -> String {
    let first = text.lines().find_map(|line| line.strip_prefix("//!"));
    first
        .unwrap_or_default()
        .trim()
        .trim_end_matches('.')
        .replacen(" as tasks", "", 1)
        .trim_end_matches(". As tasks")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A checkout with these examples, each with a header that names it.
    fn checkout_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("examples")).unwrap();
        for file in files {
            let text = format!("//! Title of {file}.\n//! More.\nfn main() {{}}\n");
            fs::write(folder.path().join("examples").join(file), text).unwrap();
        }
        folder
    }

    /// Four lessons to search.
    fn four() -> Vec<Lesson> {
        let folder = checkout_with(&[
            "10_timers_tasks.rs",
            "33_isolation_processes.rs",
            "33_isolation_threads.rs",
            "33_isolation_tasks.rs",
            "02_queue_threads.rs",
            "01_two_counters_threads.rs",
            "01_two_counters_tasks.rs",
            "notes.txt",
            "tasks.rs",
            "x1_a_tasks.rs",
        ]);
        all(folder.path()).unwrap()
    }

    #[test]
    fn lessons_come_in_order_with_their_twins() {
        let twins: Vec<Vec<String>> = four().iter().map(Lesson::twins).collect();
        assert_eq!(
            twins,
            [
                vec!["01_two_counters_tasks", "01_two_counters_threads"],
                vec!["02_queue_threads"],
                vec!["10_timers_tasks"],
                vec![
                    "33_isolation_tasks",
                    "33_isolation_threads",
                    "33_isolation_processes"
                ],
            ]
        );
    }

    #[test]
    fn chapter_is_the_first_that_the_header_names() {
        assert_eq!(chapter("//! T.\n//!\n//! Book: chapter 16. Twin: x.\n"), 16);
        assert_eq!(chapter("//! Book: chapters 1 and 2.\n"), 1);
        assert_eq!(chapter("//! T.\nfn main() {}\n"), 0);
    }

    #[test]
    fn one_twin_is_stepped_alone_if_it_is_there() {
        let lesson = |index: usize| four()[index].clone();
        let alone = lesson(0).only(OneSide::Threads).unwrap();
        assert_eq!(alone.twins(), ["01_two_counters_threads"]);
        let alone = lesson(3).only(OneSide::Processes).unwrap();
        assert_eq!(alone.twins(), ["33_isolation_processes"]);
        let failure = lesson(1).only(OneSide::Tasks).unwrap_err();
        assert!(
            failure.sentence.contains("02_queue has no tasks"),
            "{failure}"
        );
    }

    #[test]
    fn title_is_the_first_line_of_the_tasks_header() {
        assert_eq!(four()[0].title, "Title of 01_two_counters_tasks.rs");
        assert_eq!(four()[3].title, "Title of 33_isolation_tasks.rs");
        assert_eq!(title("//! A pool. As tasks.\n"), "A pool");
        assert_eq!(
            title("//! Two as tasks: each by itself.\n"),
            "Two: each by itself"
        );
        assert_eq!(title("fn main() {}"), "");
    }

    #[test]
    fn lesson_is_found_by_each_of_its_names() {
        for name in [
            "01",
            "1",
            "two_counters",
            "two-counters",
            "01_two_counters",
            "examples/01_two_counters_threads.rs",
        ] {
            assert_eq!(find(&four(), name).unwrap().number, "01", "{name}");
        }
    }

    #[test]
    fn unknown_lesson_names_a_close_one_and_lists_all() {
        let failure = find(&four(), "quue").unwrap_err();
        assert!(
            failure.sentence.contains("Did you mean 02_queue?"),
            "{failure}"
        );
        assert!(failure.sentence.contains("10_timers"));
        for name in ["33_isolation_processes", "isolation"] {
            assert_eq!(find(&four(), name).unwrap().number, "33", "{name}");
        }
        let failure = find(&four(), "99").unwrap_err();
        assert!(!failure.sentence.contains("Did you mean"), "{failure}");
    }

    #[test]
    fn ambiguous_name_finds_nothing_and_says_both() {
        let folder = checkout_with(&["01_a_tasks.rs", "1_b_tasks.rs"]);
        let failure = find(&all(folder.path()).unwrap(), "1").unwrap_err();
        assert!(failure.sentence.contains("01_a") && failure.sentence.contains("1_b"));
    }
}
