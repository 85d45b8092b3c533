//! What a channel owes to wakers, whoever's they are: polled by hand, no loop.

use super::{Deed, NewChannel, Receives, Sends};
use exercises::check::{Check, Complaint, Part, caught};
use exercises::tasks::{LocalFuture, counting_waker, waker_that};
use std::cell::RefCell;
use std::mem;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// The checks of this group.
pub(crate) fn checks() -> Vec<Check<NewChannel>> {
    vec![
        Check {
            name: "wakes_after_every_borrow",
            rule: "a waker is called while nothing is borrowed: it may use the channel at once",
            part: Part::Rules,
            run: Box::new(|subject| at_once(*subject)),
            step: None,
        },
        Check {
            name: "newest_waker_is_called",
            rule: "of a `send` or `recv` that is polled twice the newer waker is called",
            part: Part::Rules,
            run: Box::new(|subject| newest(*subject)),
            step: None,
        },
    ]
}

/// Polls once, for a task that nobody can wake.
fn poll(future: &mut LocalFuture<'_, Deed>) -> Poll<Deed> {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

/// A future that is polled within the wake, by the waker itself.
#[derive(Clone, Default)]
struct Eager {
    /// The future, until it is over.
    future: Rc<RefCell<Option<LocalFuture<'static, Deed>>>>,
    /// The message of its panic.
    panic: Rc<RefCell<Option<String>>>,
}

impl Eager {
    /// Polls `future` for the first time.
    fn new(mut future: LocalFuture<'static, Deed>) -> Eager {
        let eager = Eager::default();
        let other = eager.clone();
        let waker = waker_that(move || other.poll());
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_pending() {
            *eager.future.borrow_mut() = Some(future);
        }
        eager
    }

    /// Polls it again, unless it is over.
    fn poll(&self) {
        let Some(mut future) = self.future.take() else {
            return;
        };
        match caught(|| poll(&mut future)) {
            Ok(Poll::Ready(_)) => {}
            Ok(Poll::Pending) => *self.future.borrow_mut() = Some(future),
            Err(panic) => {
                // careful: to drop it would panic again, if it is a borrow that
                // is in its way; and a panic on the way of another aborts.
                mem::forget(future);
                *self.panic.borrow_mut() = Some(panic);
            }
        }
    }
}

/// Something that wakes somebody, and its name.
type Case = (&'static str, fn(Box<dyn Sends>, Box<dyn Receives>) -> Eager);

/// `recv` as a future that nothing limits: its end is never dropped.
fn owned_recv(receiver: Box<dyn Receives>) -> LocalFuture<'static, Deed> {
    Box::leak(receiver).recv()
}

/// `send` as a future that nothing limits: its end is never dropped.
fn owned_send(sender: Box<dyn Sends>, value: u32) -> LocalFuture<'static, Deed> {
    Box::leak(sender).send(value)
}

/// All that wakes somebody.
const CASES: [Case; 5] = [
    ("a `send` wakes the receiver", |sender, receiver| {
        let waits = Eager::new(owned_recv(receiver));
        let _ = poll(&mut sender.send(1));
        waits
    }),
    ("a `recv` wakes a sender", |sender, mut receiver| {
        let _ = poll(&mut sender.send(1));
        let waits = Eager::new(owned_send(sender, 2));
        let _ = poll(&mut receiver.recv());
        waits
    }),
    (
        "the last sender goes and wakes the receiver",
        |sender, receiver| {
            let waits = Eager::new(owned_recv(receiver));
            drop(sender);
            waits
        },
    ),
    (
        "the receiver goes and wakes a sender",
        |sender, receiver| {
            let _ = poll(&mut sender.send(1));
            let waits = Eager::new(owned_send(sender, 2));
            drop(receiver);
            waits
        },
    ),
    (
        "a `send` that was woken is dropped and wakes the next",
        |sender, mut receiver| {
            let _ = poll(&mut sender.send(1));
            let mut first = owned_send(sender.another(), 2);
            let _ = poll(&mut first);
            let waits = Eager::new(owned_send(sender, 3));
            let _ = poll(&mut receiver.recv());
            drop(first);
            waits
        },
    ),
];

/// Whether wakers may use the channel.
fn at_once(new: NewChannel) -> Result<(), Complaint> {
    for (what, case) in CASES {
        let run = caught(|| {
            let (sender, receiver) = new(1);
            case(sender, receiver).panic.take()
        });
        let run = run.and_then(|panic| panic.map_or(Ok(()), Err));
        run.map_err(|panic| Complaint {
            tried: format!("{what}; the waker polls whoever waits at once, within the call"),
            expected: "the poll finds nothing borrowed".to_owned(),
            happened: format!(
                "your code panicked: {panic}\nwas a waker called while the channel was borrowed?"
            ),
            ..Complaint::default()
        })?;
    }
    Ok(())
}

/// Whether a waker replaces the older one.
fn newest(new: NewChannel) -> Result<(), Complaint> {
    let (sender, receiver) = new(1);
    let mut taking = owned_recv(receiver);
    twice("recv", &mut taking, || {
        let _ = poll(&mut sender.send(1));
    })?;
    let (sender, mut receiver) = new(1);
    let _ = poll(&mut sender.send(1));
    let mut putting = owned_send(sender, 2);
    twice("send", &mut putting, || {
        let _ = poll(&mut receiver.recv());
    })
}

/// Polls `waits` with two wakers in turn, and looks which of them `wakes` calls.
fn twice(
    name: &str,
    waits: &mut LocalFuture<'_, Deed>,
    wakes: impl FnOnce(),
) -> Result<(), Complaint> {
    let (older, newer) = (counting_waker(), counting_waker());
    for (_, waker) in [&older, &newer] {
        let _ = waits.as_mut().poll(&mut Context::from_waker(waker));
    }
    wakes();
    let counts = (older.0.count(), newer.0.count());
    if counts.1 > 0 {
        return Ok(());
    }
    Err(Complaint {
        tried: format!(
            "a `{name}` that waits is polled twice, with another waker each time, as one that \
             moved to another task is; then it can go on"
        ),
        expected: "the newer waker is called".to_owned(),
        happened: match counts.0 {
            0 => "no waker is called".to_owned(),
            _ => "the older waker is called: nobody waits for that any more".to_owned(),
        },
        ..Complaint::default()
    })
}
