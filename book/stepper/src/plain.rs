//! Without a screen: run to the end, then print.
//!
//! Invariants: (1) Ctrl-C ends the programs, and what there is by then is
//! printed; (2) a side that wrote no trace does not hide the other.
//!
//! Book: appendix "The stepper".

use crate::{
    children::Twins,
    failure::{Code, Failure},
    model::Model,
    recording::{Ending, Recording},
    screen::{self, Look},
    signals::Note,
};
use ratatui::{buffer::Buffer, layout::Rect};
use std::{
    env,
    io::{self, IsTerminal, Write},
    thread,
    time::{Duration, Instant},
};
use stepper::transcript::{Column, WIDTH, rows};

/// For how long programs are read at a time.
const BUDGET: Duration = Duration::from_millis(50);
/// How long to sleep when they have written nothing.
const PAUSE: Duration = Duration::from_millis(2);
/// After how long somebody who watches is told that it goes on.
const QUIET: Duration = Duration::from_secs(2);

/// Reads until every program is over. A signal ends them, and is returned (1).
///
/// # Errors
/// A program cannot be started.
pub(crate) fn wait(
    model: &mut Model,
    twins: &mut Twins,
    note: &Note,
) -> Result<Option<Failure>, Failure> {
    let begun = Instant::now();
    let mut told = !io::stderr().is_terminal();
    let mut asked = None;
    let mut stopped = Vec::new();
    while !twins.over() {
        let open = |recording: &Recording| recording.ending.is_open();
        let were_open: Vec<bool> = model.recordings.iter().map(open).collect();
        let moved = twins.pump(&mut model.recordings, BUDGET)?;
        if asked.is_none() {
            asked = note.failure();
            if asked.is_some() {
                // The note is left before the programs are ended: one that was
                // open before this pump did not end by itself.
                stopped = were_open;
                twins.end();
            }
        }
        if !told && begun.elapsed() > QUIET {
            told = true;
            let sentence = "still running: Ctrl-C ends it and prints what there is";
            // Nothing can be done about a terminal that takes no text.
            let _ = writeln!(io::stderr(), "{sentence}");
        }
        if !moved {
            thread::sleep(PAUSE);
        }
    }
    for (recording, stopped) in model.recordings.iter_mut().zip(stopped) {
        if stopped {
            recording.ending = Ending::Stopped;
        }
    }
    model.refresh();
    Ok(asked)
}

/// Prints the transcripts beside each other, with our own source or without,
/// and says how the programs ended.
///
/// # Errors
/// The output cannot be written, a program failed, or there is no trace.
pub(crate) fn transcripts(model: &Model, ours: bool) -> Result<(), Failure> {
    let outcomes: Vec<String> = model
        .views
        .iter()
        .map(|view| model.recordings[view.recording].ending.to_string())
        .collect();
    let columns: Vec<Column<'_>> = (0..model.views.len())
        .filter_map(|view| Some((view, model.side(view)?)))
        .map(|(view, side)| Column {
            side,
            outcome: &outcomes[view],
            ours,
        })
        .collect();
    let mut output = io::BufWriter::new(io::stdout().lock());
    if !columns.is_empty() {
        for row in rows(&columns, width()) {
            writeln!(output, "{row}")?;
        }
    }
    for recording in &model.recordings {
        if recording.trace().sides.is_empty() {
            for line in recording.trace().orphan.iter() {
                writeln!(output, "{}", line.text)?;
            }
        }
    }
    for column in &columns {
        if column.side.output.left_out() > 0 {
            let unit = column.side.target.unit().word();
            let bytes = column.side.output.left_out();
            writeln!(output, "{unit}s: {bytes} bytes of output were left out")?;
        }
    }
    output.flush()?;
    verdict(model)
}

/// Prints one screen as text.
///
/// # Errors
/// The output cannot be written, a program failed, or there is no trace.
pub(crate) fn picture(model: &Model, (width, height): (u16, u16)) -> Result<(), Failure> {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    screen::draw(model, Look { colours: false }, &mut buffer);
    let mut output = io::BufWriter::new(io::stdout().lock());
    for row in buffer.content.chunks(width.into()) {
        let mut text = String::new();
        let mut covered = 0;
        for cell in row {
            // A wide character covers the cell after it, too.
            if covered == 0 {
                text.push_str(cell.symbol());
                covered = unicode_width::UnicodeWidthStr::width(cell.symbol()).max(1);
            }
            covered -= 1;
        }
        writeln!(output, "{}", text.trim_end())?;
    }
    output.flush()?;
    verdict(model)
}

/// A failure if a program wrote no trace (2), or ended with one itself.
///
/// # Errors
/// That failure.
pub(crate) fn verdict(model: &Model) -> Result<(), Failure> {
    let silent = model
        .recordings
        .iter()
        .find(|recording| recording.trace().sides.is_empty());
    if let Some(recording) = silent {
        let sentence = screen::without_trace(recording);
        return Err(Failure::new(Code::NoTrace, sentence));
    }
    match model
        .recordings
        .iter()
        .find(|recording| recording.ending.failed())
    {
        Some(failed) => {
            let sentence = format!("{}: {}", failed.title, failed.ending);
            Err(Failure::new(Code::ProgramFailed, sentence))
        }
        None => Ok(()),
    }
}

/// How wide the output is to be: what `COLUMNS` says, or the terminal, or 80.
fn width() -> usize {
    let said = env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let terminal = || {
        let size = io::stdout()
            .is_terminal()
            .then(crossterm::terminal::size)?
            .ok()?;
        Some(usize::from(size.0))
    };
    said.filter(|&columns| columns > 0)
        .or_else(terminal)
        .unwrap_or(WIDTH)
}
