//! A library that blocks, and a heart that beats on the loop.
//!
//! A look-up returns when the heart has beaten twice: so the loop goes on meanwhile, or
//! the look-up notices. No task's progress is presumed after [`PATIENCE`].

use runtime::sleep;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

/// A loop that goes on beats within this, on whatever machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the library and the loop have in common.
#[derive(Debug)]
struct Common {
    /// The thread of the loop.
    of_loop: Option<ThreadId>,
    /// How often its heart has beaten.
    beats: u32,
    /// What was done wrong, if anything was.
    wrong: Option<&'static str>,
}

/// The one of this process: checks run one after the other.
static COMMON: Mutex<Common> = Mutex::new(Common {
    of_loop: None,
    beats: 0,
    wrong: None,
});
/// Notified with each beat.
static BEAT: Condvar = Condvar::new();

/// The common state. A panic under the lock leaves nothing half done.
fn common() -> MutexGuard<'static, Common> {
    COMMON.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks a key up. Keeps the calling thread while it waits.
pub(crate) fn look_up(key: u64) -> u64 {
    let mut common = common();
    if common.of_loop == Some(thread::current().id()) {
        common.wrong = Some("look_up was called on the loop's own thread: nothing else runs there");
        return key + 1;
    }
    if common.wrong.is_some() {
        return key + 1; // one failure says enough
    }
    let enough = common.beats + 2;
    let waits = BEAT.wait_timeout_while(common, PATIENCE, |common| common.beats < enough);
    let (mut common, waited) = waits.unwrap_or_else(PoisonError::into_inner);
    if waited.timed_out() {
        common.wrong = Some("while look_up waited on its thread, the loop's stood still, too");
    }
    key + 1
}

/// The loop of this thread begins.
pub(crate) fn begin() {
    *common() = Common {
        of_loop: Some(thread::current().id()),
        beats: 0,
        wrong: None,
    };
}

/// Beats as long as the loop lets it.
pub(crate) async fn beat() {
    loop {
        sleep(Duration::from_millis(1)).await;
        common().beats += 1;
        BEAT.notify_all();
    }
}

/// What was done wrong since the loop began.
pub(crate) fn wrong() -> Option<&'static str> {
    common().wrong
}
