//! A trace as Chrome trace JSON: what Perfetto and `chrome://tracing` open.
//!
//! A fold beside the fold: whatever a unit does between two changes of its
//! state becomes a bar, so that tasks, threads and processes are drawn by the
//! same rules, and a kind of event that is added needs nothing here.
//!
//! Invariants: (1) of one track `ts` never goes back, whatever the trace says;
//! (2) every wait that begins ends, at the latest with the trace; (3) an arrow
//! starts only if it arrives; (4) no two stays on a CPU, or of a unit, overlap.
//!
//! Left out: values of shared variables and what objects hold. The stepper
//! shows them.
//!
//! Book: appendix "The stepper".

mod row;
mod stays;
mod tracks;

use std::io::{self, Write};

use serde::Serialize;

use crate::trace::{Side, Target};
use row::{Phase, Row};
use tracks::Numbers;

/// What the horizontal axis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// The clock of the loop or the scheduler, real or virtual.
    Time,
    /// The steps, 1 µs each: in virtual time a poll takes none, and a bar
    /// without a length cannot be seen.
    Steps,
}

impl Axis {
    /// The axis on which the most of these sides can be seen: the clock, unless
    /// there is a loop in virtual time among them.
    pub fn fitting(sides: &[&Side]) -> Self {
        let stands_still = |side: &&Side| {
            let drivers = &side.last_state().drivers;
            side.target == Target::Runtime
                && drivers
                    .iter()
                    .any(|driver| &*driver.settings.clock == "virtual")
        };
        if sides.iter().any(stands_still) {
            Self::Steps
        } else {
            Self::Time
        }
    }
}

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Events of the format.
    pub events: usize,
    /// Units that have a track.
    pub units: usize,
}

/// The file as a whole.
#[derive(Serialize)]
struct Form<'rows> {
    /// The events.
    #[serde(rename = "traceEvents")]
    events: &'rows [Row],
    /// The unit in which viewers show times.
    #[serde(rename = "displayTimeUnit")]
    unit: &'static str,
    /// What the file is.
    #[serde(rename = "otherData")]
    about: About,
}

/// What the file is.
#[derive(Serialize)]
struct About {
    /// Who wrote it.
    made_by: &'static str,
    /// What `ts` counts.
    axis: &'static str,
}

/// Writes sides as one Chrome trace.
///
/// # Errors
/// The output takes no more.
pub fn write(sides: &[&Side], axis: Axis, output: &mut impl Write) -> io::Result<Written> {
    let mut numbers = Numbers::default();
    let mut rows = Vec::new();
    let mut units = 0;
    for side in sides {
        units += stays::draw(side, axis, &mut numbers, &mut rows);
    }
    // An arrow is drawn when it arrives, and starts before (1).
    rows.sort_by_key(|row| (row.phase != Phase::About, row.time));
    let form = Form {
        events: &rows,
        unit: "ns",
        about: About {
            made_by: "sidestep export",
            axis: match axis {
                Axis::Time => "the clock of the loop or the scheduler, in µs",
                Axis::Steps => "steps of the trace, 1 µs each",
            },
        },
    };
    serde_json::to_writer(&mut *output, &form)?;
    writeln!(output)?;
    let events = rows.len();
    Ok(Written { events, units })
}
