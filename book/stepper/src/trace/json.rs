//! The `.json` form of a trace: for the book, and for other programs.
//!
//! `{"sidestep":1,"sides":[{"target","title","sources":{file:[lines]},
//! "events":[[name,{keys}]…],"output":[[after_event,text]…]}]}`
//!
//! The keys of an event hold `t`, the driver, `at` and `src` as well. Numbers
//! are numbers; references, text and words are strings. `after_event` is how
//! many events came before the text; a text that ends a line holds its break.
//!
//! Invariant: what is written reads back as the same events and output.
//!
//! Left out: the halves' own accounts and the notes, which are about the lines.

mod events;

use std::{collections::BTreeMap, fmt, io};

use serde::{Deserialize, Serialize};

use super::{Side, Target, Trace};
use events::{Events, EventsOf};

/// The version of the form.
const VERSION: u32 = 1;

/// Why a text is no trace in the `.json` form.
#[derive(Debug)]
pub enum JsonError {
    /// It is no JSON, or not of this shape.
    Shape(serde_json::Error),
    /// It is of another version.
    Version(u32),
    /// A side is of a target that this stepper does not know.
    Target(String),
}

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(error) => write!(formatter, "this is no trace in the .json form: {error}"),
            Self::Version(version) => write!(
                formatter,
                "this trace is of version {version}; this stepper reads version {VERSION}"
            ),
            Self::Target(target) => write!(
                formatter,
                "this trace has a side `{target}`, which is neither `runtime` nor `scheduler`"
            ),
        }
    }
}

impl std::error::Error for JsonError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Shape(error) => Some(error),
            Self::Version(_) | Self::Target(_) => None,
        }
    }
}

/// A file that is written.
#[derive(Serialize)]
struct FileOf<'trace> {
    /// The version.
    sidestep: u32,
    /// The sides.
    sides: Vec<SideOf<'trace>>,
}

/// One side of a file that is written.
#[derive(Serialize)]
struct SideOf<'trace> {
    /// `runtime` or `scheduler`.
    target: &'static str,
    /// What to call it.
    title: &'trace str,
    /// The lines of each source file.
    sources: &'trace BTreeMap<String, Vec<String>>,
    /// Name and keys of each event, written one by one.
    events: EventsOf<'trace>,
    /// The position and the text of each piece of output.
    output: Vec<(usize, String)>,
}

/// A file that is read.
#[derive(Deserialize)]
struct File {
    /// The version.
    sidestep: u32,
    /// The sides; absent in a file of another version, perhaps.
    #[serde(default)]
    sides: Vec<FileSide>,
}

/// One side of a file that is read.
#[derive(Deserialize)]
struct FileSide {
    /// `runtime` or `scheduler`.
    target: String,
    /// What to call it.
    #[serde(default)]
    title: String,
    /// The lines of each source file.
    #[serde(default)]
    sources: BTreeMap<String, Vec<String>>,
    /// The events, in columns already.
    events: Events,
    /// The position and the text of each piece of output.
    #[serde(default)]
    output: Vec<(usize, String)>,
}

impl Trace {
    /// Writes the `.json` form.
    ///
    /// # Errors
    /// Those of `output`.
    pub fn write_json(&self, output: impl io::Write) -> io::Result<()> {
        let file = FileOf {
            sidestep: VERSION,
            sides: self.sides.iter().map(SideOf::new).collect(),
        };
        Ok(serde_json::to_writer(output, &file)?)
    }

    /// Reads the `.json` form.
    ///
    /// # Errors
    /// If the text is not of that form, or of another version.
    pub fn from_json(text: &[u8]) -> Result<Self, JsonError> {
        let file: File = serde_json::from_slice(text).map_err(JsonError::Shape)?;
        if file.sidestep != VERSION {
            return Err(JsonError::Version(file.sidestep));
        }
        let sides = file.sides.into_iter().map(FileSide::into_side);
        Ok(Self {
            sides: sides.collect::<Result<_, _>>()?,
            ..Self::default()
        })
    }
}

impl<'trace> SideOf<'trace> {
    /// A side as the file holds it.
    fn new(side: &'trace Side) -> Self {
        let output = side.output.iter().map(|piece| {
            let end = if piece.ends { "\n" } else { "" };
            (piece.step, format!("{}{end}", piece.text))
        });
        Self {
            target: side.target.word(),
            title: &side.title,
            sources: &side.sources,
            events: EventsOf(side),
            output: output.collect(),
        }
    }
}

impl FileSide {
    /// The side that the file holds.
    fn into_side(self) -> Result<Side, JsonError> {
        let target = Target::of(&self.target).ok_or(JsonError::Target(self.target))?;
        let mut side = self.events.into_side(target);
        side.title = self.title;
        side.sources = self.sources;
        for (step, text) in &self.output {
            let (text, ends) = match text.strip_suffix('\n') {
                Some(text) => (text, true),
                None => (&**text, false),
            };
            side.output.push(*step, text.as_bytes(), ends);
        }
        Ok(side)
    }
}
