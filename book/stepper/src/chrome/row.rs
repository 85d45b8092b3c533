//! One event of the Chrome trace format, and how it is written.
//!
//! The form is the "Trace Event Format" that Perfetto and `chrome://tracing`
//! read: `ph` says what kind of event it is, `ts` and `dur` are µs.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

/// What kind of event a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// `M`: the name, or the place, of a track.
    About,
    /// `X`: something that lasts (ns).
    Lasts(u64),
    /// `b`: something begins that other things may overlap, of this id.
    Begins(u64),
    /// `e`: the one of this id that began last is over.
    Ends(u64),
    /// `s`: an arrow of this id starts here.
    Starts(u64),
    /// `f`: it arrives at the stay that encloses this instant.
    Arrives(u64),
    /// `C`: a number over time.
    Counts,
    /// `i`: an instant.
    Instant,
}

/// A value in the pane of details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
}

impl Serialize for Detail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
        }
    }
}

/// One event.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// What kind it is.
    pub(super) phase: Phase,
    /// What it is called; of an [`Phase::About`], what it says.
    pub(super) name: String,
    /// ns on the axis.
    pub(super) time: u64,
    /// The process that it stands under.
    pub(super) pid: u32,
    /// The track that it stands on.
    pub(super) tid: u32,
    /// What else there is to say.
    pub(super) details: Vec<(&'static str, Detail)>,
}

impl Row {
    /// Adds a text to the details, if there is one.
    pub(super) fn text(&mut self, key: &'static str, text: Option<impl Into<String>>) {
        if let Some(text) = text {
            self.details.push((key, Detail::Text(text.into())));
        }
    }
}

/// The letter of the phase, its category, its id, its length.
fn form(phase: &Phase) -> (&'static str, &'static str, Option<u64>, Option<u64>) {
    match *phase {
        Phase::About => ("M", "__metadata", None, None),
        Phase::Lasts(length) => ("X", "stay", None, Some(length)),
        Phase::Begins(id) => ("b", "wait", Some(id), None),
        Phase::Ends(id) => ("e", "wait", Some(id), None),
        Phase::Starts(id) => ("s", "wake", Some(id), None),
        Phase::Arrives(id) => ("f", "wake", Some(id), None),
        Phase::Counts => ("C", "queue", None, None),
        Phase::Instant => ("i", "step", None, None),
    }
}

/// ns as µs, with what is left as decimals.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to 104 days of nanoseconds, and near enough after"
)]
fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1000.0
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (letter, category, id, length) = form(&self.phase);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("ph", letter)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("cat", category)?;
        map.serialize_entry("ts", &micros(self.time))?;
        if let Some(length) = length {
            map.serialize_entry("dur", &micros(length))?;
        }
        map.serialize_entry("pid", &self.pid)?;
        map.serialize_entry("tid", &self.tid)?;
        if let Some(id) = id {
            map.serialize_entry("id", &id)?;
        }
        match self.phase {
            Phase::Arrives(_) => map.serialize_entry("bp", "e")?,
            Phase::Instant => map.serialize_entry("s", "t")?,
            _ => {}
        }
        map.serialize_entry("args", &Details(&self.details))?;
        map.end()
    }
}

/// The details as a map in their order.
struct Details<'row>(&'row [(&'static str, Detail)]);

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, detail)| (key, detail)))
    }
}
