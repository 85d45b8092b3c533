//! Predicting: before every switch, who runs next? Before every store, which value?
//!
//! While it is on, a move forward of the focused view stops before the next
//! step that can be guessed, and asks. The answer takes the step, so that the
//! screen shows what happened and why, and counts.
//!
//! Invariants: (1) a step is asked about only if there is something to guess:
//! two units or more could run; (2) what comes later is never shown while it
//! is on; (3) the score counts each question that was answered once.
//!
//! Book: chapter 1.

mod lesson;

pub(crate) use lesson::LessonQuestion;

use super::{Model, Move, Overlay};
use crossterm::event::{KeyCode, KeyEvent};
use stepper::{
    Event, State,
    trace::{EventKind, Key},
};

/// As many choices as there are letters for.
const MOST_CHOICES: usize = 26;

/// Whether it is on, what is asked now, and the score.
#[derive(Debug, Default)]
pub(crate) struct Predict {
    /// Whether moves forward are asked about.
    pub(crate) on: bool,
    /// What is asked now.
    pub(crate) question: Option<Question>,
    /// How many answers were right (3).
    pub(crate) right: usize,
    /// How many answers there were (3).
    pub(crate) answered: usize,
    /// The recordings whose own question has been asked.
    asked: Vec<usize>,
}

/// A question.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Question {
    /// What is asked.
    pub(crate) asks: String,
    /// The choices; empty if the answer is typed.
    pub(crate) choices: Vec<String>,
    /// The right answer: one of the choices, or what should be typed.
    answer: String,
    /// What to explain afterwards; empty if the step does.
    reason: String,
    /// What has been typed so far.
    pub(crate) typed: String,
}

impl Model {
    /// Begins or ends predicting; begins with the lesson's own question.
    pub(crate) fn toggle_predicting(&mut self) {
        self.predict.on = !self.predict.on;
        self.playing = false;
        if !self.predict.on {
            self.message = Some(format!("predicting is off; {}", self.score()));
            return;
        }
        self.message = Some("predicting: → asks who is next and what is stored".to_owned());
        let recording = self.focused().recording;
        let own = self.questions.get(recording).cloned().flatten();
        if let Some(own) = own.filter(|_| !self.predict.asked.contains(&recording)) {
            self.predict.asked.push(recording);
            self.predict.question = Some(Question {
                asks: own.asks,
                answer: own.choices[own.answer].clone(),
                choices: own.choices,
                reason: own.reason,
                typed: String::new(),
            });
        }
    }

    /// `3 of 4 right`
    pub(crate) fn score(&self) -> String {
        format!("{} of {} right", self.predict.right, self.predict.answered)
    }

    /// Moves forward, but stops and asks before a step that can be guessed.
    pub(super) fn predict_before(&mut self, how: Move) -> bool {
        let (Some(side), Some(end)) = (self.side(self.focus), self.destination(how)) else {
            return self.make_now(how);
        };
        let mut state = self.focused().state().clone();
        let mut question = None;
        let unit_word = side.target.unit().word();
        while state.step < end
            && let Some(event) = side.event(state.step)
        {
            question = ask(&state, &event, unit_word);
            if question.is_some() {
                break;
            }
            state.apply(&event);
        }
        if question.is_none() {
            return self.make_now(how);
        }
        let moved = state.step != self.focused().step();
        self.go(self.focus, state.step);
        self.predict.question = question;
        self.playing = false;
        moved
    }

    /// A key while a question is asked: a letter, a unit's number, or text.
    pub(crate) fn answer_key(&mut self, key: KeyEvent) {
        let Some(question) = &mut self.predict.question else {
            return;
        };
        match key.code {
            KeyCode::Esc => {
                self.predict.question = None;
                self.toggle_predicting();
            }
            KeyCode::Enter if question.choices.is_empty() && !question.typed.is_empty() => {
                let typed = question.typed.clone();
                self.answer(typed.trim());
            }
            KeyCode::Backspace => {
                question.typed.pop();
            }
            KeyCode::Char(letter) if question.choices.is_empty() => question.typed.push(letter),
            KeyCode::Char(letter) => {
                if let Some(choice) = question.choice(letter) {
                    self.answer(&choice);
                }
            }
            _ => {}
        }
    }

    /// Counts an answer (3), says whether it was right, and takes the step.
    fn answer(&mut self, answer: &str) {
        let Some(question) = self.predict.question.take() else {
            return;
        };
        let right = answer == question.answer;
        self.predict.answered += 1;
        self.predict.right += usize::from(right);
        let verdict = if right {
            format!("Right: {}.", question.answer.trim_end_matches('.'))
        } else {
            format!("No, it is: {}.", question.answer.trim_end_matches('.'))
        };
        if question.reason.is_empty() {
            self.make_now(Move::Forward);
            self.message = Some(format!("{verdict} ({})", self.score()));
        } else {
            self.message = Some(self.score());
            self.overlay = Overlay::Told(verdict, question.reason);
        }
    }
}

impl Question {
    /// The choice that a letter or a unit's number means.
    fn choice(&self, letter: char) -> Option<String> {
        let by_number = || {
            let number = letter.to_digit(10)?.to_string();
            let is = |choice: &&String| choice.split(' ').next() == Some(number.as_str());
            let mut choices = self.choices.iter().filter(is);
            choices.next().filter(|_| choices.next().is_none()).cloned()
        };
        let position = ('a'..='z').position(|choice| choice == letter);
        let by_letter = position.and_then(|index| self.choices.get(index)).cloned();
        by_letter.or_else(by_number)
    }
}

/// What can be guessed about the next event (1) of a side with such units.
fn ask(state: &State, event: &Event<'_>, unit_word: &str) -> Option<Question> {
    let kind = event.kind()?;
    let driver = state.driver_of(event.driver())?;
    let who = |unit| driver.label(unit);
    let question = |asks, choices, answer| {
        Some(Question {
            asks,
            choices,
            answer,
            reason: String::new(),
            typed: String::new(),
        })
    };
    if kind.is_switch() {
        let answer = event.unit()?.number;
        // The order of the queue would give the answer away.
        let mut choices: Vec<u32> = driver.queue.iter().take(MOST_CHOICES).collect();
        choices.sort_unstable();
        if choices.len() < 2 || !choices.contains(&answer) {
            return None;
        }
        let choices = choices.into_iter().map(who).collect();
        let asks = format!("Who runs next, of the {unit_word}s?");
        question(asks, choices, who(answer))
    } else if kind == EventKind::Stored {
        let name = event.text(Key::Name)?;
        let unit = event.unit()?.number;
        question(
            format!("{} stores into `{name}`. Which value?", who(unit)),
            Vec::new(),
            event.text(Key::Value)?,
        )
    } else {
        None
    }
}
