//! The questions: for a program that is not written yet.
//!
//! Left out: a question for each figure. Whoever has figures has a program.
//!
//! Book: chapter 25.

use super::{WIDTH, verdict::Kind};
use crate::{
    failure::{Code, Failure},
    words::wrapped,
};
use std::io::{BufRead, Write};

/// So many times a question is asked before we give up.
const PATIENCE: usize = 3;

/// Asks, and answers.
///
/// # Errors
/// The input ends, or no answer is one of the letters; the output takes no more.
pub(super) fn ask(input: &mut impl BufRead, output: &mut impl Write) -> Result<(), Failure> {
    let shares = question(
        input,
        output,
        "Where does its time go: (c)omputing, (w)aiting (network, disk), or (b)oth?",
        "cwb",
    )?;
    let (kind, answer) = match shares {
        'c' => {
            let talk = "Do its parts change the same data all the time? (y)es or (n)o";
            if question(input, output, talk, "yn")? == 'y' {
                let answer = "first share less, then threads on all CPUs: parts that wait for \
                              one lock run one after another";
                (Kind::Locks, answer)
            } else {
                let answer = "threads on all CPUs; processes if a global lock lets only one \
                              thread run, or a crash must stay alone";
                (Kind::Cpu, answer)
            }
        }
        'w' => {
            let many = "Does it wait for more than some ten things at a time? (y)es or (n)o";
            let block = "Do the libraries that it waits in block their thread? (y)es or (n)o";
            let answer = if question(input, output, many, "yn")? == 'n' {
                "threads: so few cost nothing that counts, and the code stays plain"
            } else if question(input, output, block, "yn")? == 'y' {
                "threads, or tasks with a pool for the calls that block"
            } else {
                "tasks"
            };
            (Kind::Io, answer)
        }
        _ => {
            let answer = "tasks for the waiting, and a pool of threads or processes for the \
                          computing";
            (Kind::Mixed, answer)
        }
    };
    writeln!(output, "\n{}", wrapped(answer, WIDTH))?;
    let change = format!("It would change: {}.", kind.change());
    writeln!(output, "{}", wrapped(&change, WIDTH))?;
    writeln!(
        output,
        "Measure it when it runs: cargo run -- choose -- COMMAND"
    )?;
    writeln!(output, "Read: {}", kind.page(false))?;
    Ok(())
}

/// Asks one question, until the answer is one of `letters`.
fn question(
    input: &mut impl BufRead,
    output: &mut impl Write,
    text: &str,
    letters: &str,
) -> Result<char, Failure> {
    for _ in 0..PATIENCE {
        writeln!(output, "{text}")?;
        output.flush()?;
        let mut line = Vec::new();
        let read = input.read_until(b'\n', &mut line).map_err(|error| {
            let sentence = format!("your answer cannot be read: {error}");
            Failure::new(Code::System, sentence)
        })?;
        if read == 0 {
            let sentence = "the input ended before every question was answered: answer them on \
                            a terminal, or name a program: choose -- COMMAND";
            return Err(Failure::new(Code::Usage, sentence));
        }
        let line = String::from_utf8_lossy(&line).trim().to_lowercase();
        if let Some(first) = line.chars().next()
            && letters.contains(first)
        {
            return Ok(first);
        }
    }
    let sentence = format!("no answer was one of the letters {letters}: nothing can be said");
    Err(Failure::new(Code::Usage, sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said after these answers.
    fn after(answers: &str) -> Result<String, Failure> {
        let mut said = Vec::new();
        ask(&mut answers.as_bytes(), &mut said)?;
        Ok(String::from_utf8(said).unwrap())
    }

    #[test]
    fn each_way_through_the_questions_ends_at_its_model() {
        for (answers, words) in [
            ("c\nn\n", "threads on all CPUs;"),
            ("Computing\nyes\n", "first share less"),
            ("w\nn\n", "threads: so few"),
            ("w\ny\ny\n", "a pool for the calls that block"),
            ("w\n?\ny\nn\n", "\ntasks\n"),
            ("b", "tasks for the waiting"),
        ] {
            assert!(after(answers).unwrap().contains(words), "{answers}");
        }
    }

    #[test]
    fn an_end_and_nonsense_are_told() {
        assert!(
            after("w\n")
                .unwrap_err()
                .sentence
                .contains("the input ended")
        );
        let error = after("1\n2\n3\n4\n").unwrap_err();
        assert!(error.sentence.contains("letters cwb"), "{error}");
    }
}
