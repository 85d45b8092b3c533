//! A lesson's own question, from the header of its file.
//!
//! ```text
//! //! Predict: what is the total at the end?
//! //!   a) 6, always
//! //!   b) less than 6
//! //! Answer: b. Because ..
//! ```
//!
//! Left out: a header that is written otherwise. It has no question.
//!
//! Book: chapter 1.

/// A question with choices, the right one and the reason.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct LessonQuestion {
    /// What is asked.
    pub(crate) asks: String,
    /// The choices, without their letters.
    pub(crate) choices: Vec<String>,
    /// The position of the right one.
    pub(crate) answer: usize,
    /// Why it is right.
    pub(crate) reason: String,
}

/// Which part of the question a line goes on with.
#[derive(Clone, Copy)]
enum Part {
    /// Before the question.
    Nothing,
    /// In what is asked.
    Asks,
    /// In the last choice.
    Choice,
    /// In the reason.
    Reason,
}

impl LessonQuestion {
    /// The question in a file's header, if it has one that is complete.
    pub(crate) fn find(file: &str) -> Option<LessonQuestion> {
        let mut question = LessonQuestion {
            asks: String::new(),
            choices: Vec::new(),
            answer: usize::MAX,
            reason: String::new(),
        };
        let mut part = Part::Nothing;
        let header = file.lines().map_while(|line| line.strip_prefix("//!"));
        for line in header.map(str::trim) {
            if let Some(asks) = line.strip_prefix("Predict:") {
                asks.trim().clone_into(&mut question.asks);
                part = Part::Asks;
            } else if let Some(answer) = line.strip_prefix("Answer:") {
                let (letter, reason) = answer.trim().split_once('.')?;
                question.answer = position(letter)?;
                reason.trim().clone_into(&mut question.reason);
                part = Part::Reason;
            } else if matches!(part, Part::Asks | Part::Choice)
                && let Some((letter, choice)) = line.split_once(')')
                && position(letter) == Some(question.choices.len())
            {
                question.choices.push(choice.trim().to_owned());
                part = Part::Choice;
            } else if line.is_empty() && matches!(part, Part::Reason) {
                break;
            } else if let Some(text) = question.text_of(part) {
                text.push(' ');
                text.push_str(line);
            }
        }
        (question.answer < question.choices.len()).then_some(question)
    }

    /// The text that a line without a beginning of its own goes on with.
    fn text_of(&mut self, part: Part) -> Option<&mut String> {
        match part {
            Part::Nothing => None,
            Part::Asks => Some(&mut self.asks),
            Part::Choice => self.choices.last_mut(),
            Part::Reason => Some(&mut self.reason),
        }
    }
}

/// The position that a single letter stands for: `a` is 0.
fn position(letter: &str) -> Option<usize> {
    match letter.trim().as_bytes() {
        &[letter @ b'a'..=b'z'] => Some(usize::from(letter - b'a')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_is_read_over_several_lines() {
        let header = "//! Title.\n//!\n//! Predict: how many\n//! are there?\n//!   a) one\n\
                      //!   b) two, and\n//!      more\n//! Answer: b. Because (so\n//! it) is.\n\
                      //!\n//! Change: nothing.\n\nuse std::fs;\n";
        assert_eq!(
            LessonQuestion::find(header).unwrap(),
            LessonQuestion {
                asks: "how many are there?".to_owned(),
                choices: vec!["one".to_owned(), "two, and more".to_owned()],
                answer: 1,
                reason: "Because (so it) is.".to_owned(),
            }
        );
    }

    #[test]
    fn header_without_a_complete_question_has_none() {
        for header in [
            "",
            "//! Title.\n",
            "//! Predict: what?\n//! a) this\n",
            "//! Predict: what?\n//! a) this\n//! Answer: b. No such choice.\n",
            "//! Predict: what?\n//! Answer: soon\n",
        ] {
            assert_eq!(LessonQuestion::find(header), None, "{header:?}");
        }
    }
}
