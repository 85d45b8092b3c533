//! The model: everything the screen shows and the keys change.
//!
//! Recordings grow beside it, keys move through them, and the screen is a
//! function of it: nothing here knows a terminal, a clock or a process.
//!
//! ```text
//!   recordings ──refresh──► views (a step and its state for each side)
//!   key ──keys──► model ──► Effect, for what only the program can do
//!   model, size ──screen──► a frame
//! ```
//!
//! Invariants: (1) a view's state is the fold of its side up to its step;
//! (2) there is always at least one view, and `focus` is one of them; (3) no
//! step costs more than a short fold, however long the trace.
//!
//! Left out: more than three sides. There are no more models.
//!
//! Book: appendix "The stepper".

pub(crate) mod breakpoint;
mod difference;
mod moves;
pub(crate) mod predict;
pub(crate) mod prompt;
mod seek;
mod view;

pub(crate) use difference::Difference;
pub(crate) use moves::Move;
pub(crate) use view::View;

use crate::{drive::Stand, recording::Recording};
use breakpoint::Breakpoint;
use predict::{LessonQuestion, Predict};
use prompt::Prompt;
use stepper::{Side, fold::UnitId};

/// How many sides are shown at most: tasks, threads, processes.
const SIDES: usize = 3;

/// How many milliseconds lie between two steps while it plays, by speed.
pub(crate) const SPEEDS: [u64; 7] = [2000, 1000, 500, 250, 120, 60, 30];

/// What lies over the screen, if anything.
#[derive(Debug, Default)]
pub(crate) enum Overlay {
    /// Nothing does.
    #[default]
    None,
    /// The keys, from this line on.
    Help(usize),
    /// The chain that led to what a unit does: steps with sentences, and which
    /// of them is selected.
    Why(Vec<(usize, String)>, usize),
    /// A heading, and a text that any key closes.
    Told(String, String),
    /// Words before it begins, a paragraph each, that any key closes.
    Greeting(Vec<String>),
}

/// What only the program can do for a key.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Effect {
    /// Nothing more.
    None,
    /// Leave the stepper.
    Leave,
    /// Run the programs again.
    RunAgain,
    /// Put this text on the terminal's clipboard.
    Copy(String),
    /// Stop until `fg`.
    Suspend,
}

/// Everything that is shown.
#[derive(Debug)]
pub(crate) struct Model {
    /// What is stepped: `01 two counters`.
    pub(crate) heading: String,
    /// The command that opens it again: `cargo run -- step 01`.
    pub(crate) command: String,
    /// What has been recorded, at most one for each column.
    pub(crate) recordings: Vec<Recording>,
    /// What the columns show (2).
    pub(crate) views: Vec<View>,
    /// The view that keys are for (2).
    pub(crate) focus: usize,
    /// Whether all views step together.
    pub(crate) linked: bool,
    /// Whether it plays by itself.
    pub(crate) playing: bool,
    /// How fast, as a position in [`SPEEDS`].
    pub(crate) speed: usize,
    /// Whether the source pane shows our line instead of the learner's.
    pub(crate) ours: bool,
    /// What lies over the screen.
    pub(crate) overlay: Overlay,
    /// What is being typed.
    pub(crate) prompt: Option<Prompt>,
    /// What to tell in the last line, until the next key.
    pub(crate) message: Option<String>,
    /// What was searched for last.
    pub(crate) sought: Option<String>,
    /// What `c` runs to, and as it was typed.
    pub(crate) breakpoint: Option<(Breakpoint, String)>,
    /// Predicting, and the score.
    pub(crate) predict: Predict,
    /// The lesson's own questions, by recording.
    pub(crate) questions: Vec<Option<LessonQuestion>>,
    /// Where the runs that are shown first differ.
    pub(crate) difference: Difference,
    /// How a game stands, where somebody drives.
    pub(crate) stand: Option<Stand>,
}

impl Model {
    /// A model of these recordings, at step 0 or, as soon as there is so much,
    /// at the steps `at` (the last of them holds for all further views).
    pub(crate) fn new(
        heading: impl Into<String>,
        command: impl Into<String>,
        recordings: Vec<Recording>,
        at: &[usize],
    ) -> Model {
        let mut model = Model {
            heading: heading.into(),
            command: command.into(),
            questions: recordings.iter().map(|_| None).collect(),
            recordings,
            views: Vec::new(),
            focus: 0,
            linked: true,
            playing: false,
            speed: 2,
            ours: false,
            overlay: Overlay::None,
            prompt: None,
            message: None,
            sought: None,
            breakpoint: None,
            predict: Predict::default(),
            difference: Difference::Unasked,
            stand: None,
        };
        model.refresh();
        for (index, view) in model.views.iter_mut().enumerate() {
            view.aim = at
                .get(index)
                .or(at.last())
                .copied()
                .filter(|&step| step > 0);
        }
        model.refresh();
        model
    }

    /// Takes over what the recordings have read since the last call.
    pub(crate) fn refresh(&mut self) {
        self.find_views();
        for view in &mut self.views {
            let recording = &self.recordings[view.recording];
            if let Some(side) = view.side.and_then(|side| recording.trace().sides.get(side)) {
                view.refresh(side, recording.ending.is_open());
            }
        }
        self.seek_difference();
    }

    /// One view for each side that has appeared, one for each recording that
    /// has none yet; three at most, those that are there keep their place.
    fn find_views(&mut self) {
        let mut wanted: Vec<(usize, Option<usize>)> = Vec::new();
        for (index, recording) in self.recordings.iter().enumerate() {
            match recording.trace().sides.len() {
                0 => wanted.push((index, None)),
                sides if self.recordings.len() == 1 => {
                    wanted.extend((0..sides.min(SIDES)).map(|side| (index, Some(side))));
                }
                _ => wanted.push((index, Some(0))),
            }
        }
        wanted.truncate(SIDES);
        for (index, (recording, side)) in wanted.into_iter().enumerate() {
            if let Some(view) = self.views.get_mut(index) {
                view.side = side;
            } else {
                let aim = self.views.last().and_then(|view| view.aim);
                self.views.push(View::new(recording, side, aim));
            }
        }
    }

    /// The side that a view shows, once there is one.
    pub(crate) fn side(&self, view: usize) -> Option<&Side> {
        let view = self.views.get(view)?;
        self.recordings[view.recording]
            .trace()
            .sides
            .get(view.side?)
    }

    /// The recording that a view shows.
    pub(crate) fn recording(&self, view: usize) -> &Recording {
        &self.recordings[self.views[view].recording]
    }

    /// The view that keys are for.
    pub(crate) fn focused(&self) -> &View {
        &self.views[self.focus]
    }

    /// Whether a program is running, or about to.
    pub(crate) fn is_open(&self) -> bool {
        self.recordings
            .iter()
            .any(|recording| recording.ending.is_open())
    }

    /// Whether what comes after the step must stay hidden.
    pub(crate) fn hides_the_future(&self) -> bool {
        self.predict.on
    }

    /// Whether a side stands at its last step, and no more come.
    pub(crate) fn is_at_an_end(&self) -> bool {
        let at_end = |view: usize| {
            let steps = self.side(view).map_or(0, Side::len);
            steps > 0 && self.views[view].step() == steps
        };
        !self.is_open() && (0..self.views.len()).any(at_end)
    }

    /// The unit that keys and panes are about in a view: the selected one, or
    /// that of the step.
    pub(crate) fn unit(&self, view: usize) -> Option<UnitId> {
        let side = self.side(view)?;
        let view = &self.views[view];
        view.selected
            .or_else(|| side.event_of_step(view.step())?.unit())
    }

    /// Selects a unit, or none.
    pub(crate) fn select(&mut self, view: usize, unit: Option<UnitId>) {
        self.views[view].selected = unit;
    }

    /// Goes to a step of one view.
    pub(crate) fn go(&mut self, view: usize, step: usize) {
        let view = &mut self.views[view];
        let trace = self.recordings[view.recording].trace();
        if let Some(side) = view.side.and_then(|side| trace.sides.get(side)) {
            view.aim = None;
            view.go(side, step);
        }
    }

    /// The command that shows just this.
    pub(crate) fn reproduce(&self) -> String {
        let steps: Vec<String> = self
            .views
            .iter()
            .map(|view| view.step().to_string())
            .collect();
        let same = steps.windows(2).all(|pair| pair[0] == pair[1]);
        let at = if same {
            steps[0].clone()
        } else {
            steps.join(",")
        };
        match self.command.split_once(" -- ") {
            // Options stand before the `--` of the learner's own command.
            Some((cargo, rest)) if rest.starts_with("step -- ") => {
                let own = rest.trim_start_matches("step ");
                format!("{cargo} -- step --at {at} {own}")
            }
            _ => format!("{} --at {at}", self.command),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
