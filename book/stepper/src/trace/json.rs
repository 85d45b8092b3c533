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

use std::{collections::BTreeMap, fmt, io};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Key, Side, Target, Trace, Value, fields::Fields};

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

/// The whole file.
#[derive(Serialize, Deserialize)]
struct File {
    /// The version.
    sidestep: u32,
    /// The sides.
    sides: Vec<FileSide>,
}

/// One side of the file.
#[derive(Serialize, Deserialize)]
struct FileSide {
    /// `runtime` or `scheduler`.
    target: String,
    /// What to call it.
    #[serde(default)]
    title: String,
    /// The lines of each source file.
    #[serde(default)]
    sources: BTreeMap<String, Vec<String>>,
    /// Name and keys of each event.
    events: Vec<(String, Map<String, Json>)>,
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
        let file = File {
            sidestep: VERSION,
            sides: self.sides.iter().map(FileSide::of).collect(),
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

impl FileSide {
    /// A side as the file holds it.
    fn of(side: &Side) -> Self {
        let events = side.events(0..side.len()).map(|event| {
            let mut keys = Map::new();
            keys.insert("t".to_owned(), event.time().into());
            keys.insert(side.target.driver_key().to_owned(), event.driver().into());
            for (key, value) in event.keys() {
                keys.insert(key.to_owned(), to_json(value));
            }
            // A place that came by `pc` is named by its `resolved`.
            let at = event.at_id().filter(|&at| !side.places.is_pc(at));
            let at = at.and_then(|at| side.place(at));
            keys.extend(at.map(|at| ("at".to_owned(), at.to_string().into())));
            keys.extend(
                event
                    .src()
                    .map(|src| ("src".to_owned(), src.to_string().into())),
            );
            (event.name().to_owned(), keys)
        });
        let output = side.output.iter().map(|piece| {
            let end = if piece.ends { "\n" } else { "" };
            (piece.step, format!("{}{end}", piece.text))
        });
        Self {
            target: side.target.word().to_owned(),
            title: side.title.clone(),
            sources: side.sources.clone(),
            events: events.collect(),
            output: output.collect(),
        }
    }

    /// The side that the file holds.
    fn into_side(self) -> Result<Side, JsonError> {
        let target = Target::of(&self.target).ok_or(JsonError::Target(self.target))?;
        let mut side = Side::new(target);
        side.title = self.title;
        side.sources = self.sources;
        let mut output = self.output.into_iter().peekable();
        let mut print = |side: &mut Side, most: usize| {
            while let Some((_, text)) = output.next_if(|&(step, _)| step <= most) {
                side.print(&text);
            }
        };
        for (index, (name, keys)) in self.events.into_iter().enumerate() {
            print(&mut side, index);
            let mut fields = Fields::default();
            for (key, value) in &keys {
                match value {
                    Json::String(text) if Key::of(key).is_some_and(Key::is_text) => {
                        fields.take(&mut side, key, Value::Text(text));
                    }
                    Json::String(text) => fields.take(&mut side, key, Value::bare(text)),
                    other => {
                        let text = other.to_string();
                        fields.take(&mut side, key, Value::bare(&text));
                    }
                }
            }
            fields.finish(&mut side, &name);
        }
        print(&mut side, usize::MAX);
        Ok(side)
    }
}

/// A value as the file holds it.
fn to_json(value: Value<'_>) -> Json {
    match value {
        Value::Number(number) => number.into(),
        other => other.to_string().into(),
    }
}
