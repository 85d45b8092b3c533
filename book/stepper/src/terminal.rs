//! The terminal, taken over and given back as it was.
//!
//! Invariants: (1) whatever happens (return, error, panic, signal), raw mode
//! and the alternate screen are left, the cursor is visible and the mouse is
//! the terminal's own; (2) giving back twice, or without having taken, does
//! nothing; (3) a panic's message is printed after giving back, so it is read.
//!
//! Left out: what is drawn (`screen`).
//!
//! Book: appendix "The stepper".

use crossterm::{
    cursor::Show,
    event::{self, DisableMouseCapture, EnableMouseCapture},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Terminal, backend::CrosstermBackend};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    process::{Signal, kill_current_process_group},
};
use std::{
    io::{self, Stdout},
    mem::ManuallyDrop,
    panic,
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How long after a terminal has gone its signal is waited for: it comes a
/// moment later.
pub(crate) const HANGUP: Duration = Duration::from_millis(50);

/// Whether the terminal is ours (2). One flag for the one terminal that a
/// process has: the panic hook and the signal thread know no guard.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours; dropping it gives the terminal back.
#[derive(Debug)]
pub(crate) struct Screen {
    /// What frames are drawn on.
    ///
    /// careful: never dropped, since its drop prints about a cursor that it
    /// cannot show, and panics if the terminal is gone. [`restore`] shows it.
    pub(crate) terminal: ManuallyDrop<Terminal<CrosstermBackend<Stdout>>>,
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// It is none, or refuses.
    pub(crate) fn take() -> io::Result<Screen> {
        install_panic_hook();
        take_over()?;
        match Terminal::new(CrosstermBackend::new(io::stdout())) {
            Ok(terminal) => Ok(Screen {
                terminal: ManuallyDrop::new(terminal),
            }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    /// Gives the terminal back while `work` uses it, and takes it again.
    ///
    /// # Errors
    /// It cannot be taken again.
    pub(crate) fn lend<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        restore();
        let result = work();
        take_over()?;
        self.terminal.clear()?; // nothing on it is as the last frame left it
        Ok(result)
    }

    /// Stops, as Ctrl-Z does in other programs, until `fg`.
    ///
    /// # Errors
    /// The terminal cannot be taken again.
    pub(crate) fn suspend(&mut self) -> io::Result<()> {
        // Fails only where there is no job control, and then nothing happens.
        self.lend(|| kill_current_process_group(Signal::TSTP).ok())?;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Waits until something has come from the terminal, for so long at most.
/// Whether there is anything to read.
///
/// careful: crossterm would spin for ever on a terminal that is gone, so that is
/// looked for here, before it is asked.
///
/// # Errors
/// The terminal is gone.
pub(crate) fn wait(longest: Duration) -> io::Result<bool> {
    let output = io::stdout();
    let mut line = [PollFd::new(&output, PollFlags::IN)];
    let longest = Timespec::try_from(longest).expect("it is less than a second");
    match poll(&mut line, Some(&longest)) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    if line[0].revents().intersects(gone) {
        return Err(io::Error::other("it is gone"));
    }
    event::poll(Duration::ZERO) // a change of its size is an event, too
}

/// Forgets the keys that were typed and not read: while cargo is at work they
/// are for nobody.
pub(crate) fn forget_keys() {
    // What is no terminal has no keys to forget.
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

/// Puts the terminal into the modes that a screen needs.
fn take_over() -> io::Result<()> {
    TAKEN.store(true, Ordering::Release); // before, so that half of it is given back too
    enable_raw_mode()
        .and_then(|()| execute!(io::stdout(), EnterAlternateScreen, EnableMouseCapture))
        .inspect_err(|_| restore())
}

/// Gives the terminal back as it was, if it is ours (1, 2).
pub(crate) fn restore() {
    if TAKEN.swap(false, Ordering::AcqRel) {
        // A terminal that is gone needs no restoring.
        let _ = execute!(
            io::stdout(),
            DisableMouseCapture,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
    }
}

/// Has a panic give the terminal back before it prints its message (3).
fn install_panic_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let earlier = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            restore();
            earlier(info);
        }));
    });
}
