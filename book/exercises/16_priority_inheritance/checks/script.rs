//! Calls to the accounts, held against the model, and the table that is shown.

use super::NewAccounts;
use super::model::Model;
use exercises::check::{Complaint, caught};
use std::fmt::{self, Write as _};

/// One call. Threads and mutexes are numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// `set_priority`.
    Own(u32, i32),
    /// `lock`: the thread, the mutex.
    Lock(u32, u32),
    /// `give_up`.
    GiveUp(u32),
    /// `unlock`: the thread that does it, the mutex.
    Unlock(u32, u32),
}

/// What a call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing.
    Nothing,
    /// Whether the thread has the mutex.
    Has(bool),
    /// Who holds the mutex now.
    Holder(Option<u32>),
}

/// A mutex's name: 1 is A.
pub(crate) fn name(mutex: u32) -> String {
    let letter = u32::from('A').checked_add(mutex.saturating_sub(1));
    letter
        .and_then(char::from_u32)
        .map_or_else(|| mutex.to_string(), String::from)
}

/// As it would be told: mutexes are called A, B, ...
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Call::Own(thread, priority) => {
                write!(f, "thread {thread}'s own priority is {priority}")
            }
            Call::Lock(thread, mutex) => write!(f, "thread {thread} wants {}", name(*mutex)),
            Call::GiveUp(thread) => write!(f, "thread {thread} gives up waiting"),
            Call::Unlock(thread, mutex) => {
                write!(f, "thread {thread} lets go of {}", name(*mutex))
            }
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Nothing => f.write_str("nothing"),
            Answer::Has(true) => f.write_str("true: it holds it now"),
            Answer::Has(false) => f.write_str("false: it waits"),
            Answer::Holder(None) => f.write_str("None: nobody holds it now"),
            Answer::Holder(Some(thread)) => write!(f, "Some({thread}): that one holds it now"),
        }
    }
}

impl Call {
    /// Makes it.
    pub(crate) fn make(self, accounts: &mut dyn super::Accounting) -> Answer {
        match self {
            Call::Own(thread, priority) => accounts.set_priority(thread, priority),
            Call::GiveUp(thread) => accounts.give_up(thread),
            Call::Lock(thread, mutex) => return Answer::Has(accounts.lock(thread, mutex)),
            Call::Unlock(_, mutex) => return Answer::Holder(accounts.unlock(mutex)),
        }
        Answer::Nothing
    }
}

/// Whether the accounts answer as the model does, and after each call have every
/// thread's priority as the model has it.
///
/// # Errors
///
/// A complaint about the first call after which they do not, with the table.
pub(crate) fn compare(calls: &[Call], new: NewAccounts) -> Result<(), Complaint> {
    let mut model = Model::default();
    let mut subject = caught(new);
    let mut tried: Vec<String> = Vec::new();
    for call in calls {
        let expected = model.make(*call);
        tried.push(call.to_string());
        let complaint = |expected: String, happened: String, beside: String| Complaint {
            tried: tried.join("\n"),
            expected,
            happened,
            beside,
            ..Complaint::default()
        };
        let found = match &mut subject {
            Ok(subject) => caught(|| {
                let answer = call.make(subject.as_mut());
                let threads = model.threads().into_iter();
                let priorities: Vec<i32> = threads.map(|thread| subject.priority(thread)).collect();
                (answer, priorities)
            }),
            Err(panic) => Err(panic.clone()),
        };
        let (answer, priorities) = found.map_err(|panic| {
            let happened = format!("your code panicked: {panic}");
            complaint(expected.to_string(), happened, table(&model, None))
        })?;
        if answer != expected {
            let beside = table(&model, Some(&priorities));
            return Err(complaint(
                format!("it returns {expected}"),
                format!("it returns {answer}"),
                beside,
            ));
        }
        let differs = model
            .threads()
            .into_iter()
            .zip(&priorities)
            .find(|(thread, priority)| model.priority(*thread) != **priority);
        if let Some((thread, found)) = differs {
            return Err(complaint(
                because(&model, thread),
                format!("thread {thread} is scheduled by {found}"),
                table(&model, Some(&priorities)),
            ));
        }
    }
    Ok(())
}

/// By what `thread` is to be scheduled, and why.
fn because(model: &Model, thread: u32) -> String {
    let priority = model.priority(thread);
    match model.lender(thread) {
        None => format!("thread {thread} is scheduled by {priority}, its own"),
        Some((lender, mutex)) => format!(
            "thread {thread} is scheduled by {priority}, which thread {lender} lends to it: it \
             waits for {}",
            name(mutex)
        ),
    }
}

/// Who holds and waits for what, and by what each is scheduled: by the rules,
/// and in the learner's accounts.
fn table(model: &Model, yours: Option<&[i32]>) -> String {
    let mut text = format!(
        "by what each is scheduled, with what it holds and waits for:\n{:<6} {:>3}  {:<8} {:<9} {:>8}",
        "thread", "own", "holds", "waits for", "expected"
    );
    if yours.is_some() {
        text.push_str("  yours");
    }
    for (index, thread) in model.threads().into_iter().enumerate() {
        let names = |mutexes: Vec<u32>| match mutexes.as_slice() {
            [] => "-".to_owned(),
            mutexes => {
                let names: Vec<_> = mutexes.iter().map(|mutex| name(*mutex)).collect();
                names.join(" ")
            }
        };
        let holds = names(model.held(thread));
        let wants = names(model.wanted(thread).into_iter().collect());
        let (own, expected) = (model.own(thread), model.priority(thread));
        // A String takes all that is written to it.
        let _ = write!(
            text,
            "\n{thread:<6} {own:>3}  {holds:<8} {wants:<9} {expected:>8}"
        );
        if let Some(found) = yours.and_then(|yours| yours.get(index)) {
            let mark = if *found == expected { "" } else { "  ◄" };
            let _ = write!(text, "  {found:>5}{mark}");
        }
    }
    text
}
