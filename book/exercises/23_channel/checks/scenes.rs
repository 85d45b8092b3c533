//! Small programs, one for each rule.

use super::{NewChannel, Receives, Sends};
use scheduler::{Builder, JoinHandle};

/// Starts a thread of this name.
fn start<T: Send + 'static>(name: &str, run: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    Builder::new().name(name).spawn(run)
}

/// What a thread returned; what it said when it panicked, if it did.
fn result<T>(thread: JoinHandle<T>) -> Option<T> {
    thread.join().ok()
}

/// Asserts that `receiver` receives this.
#[track_caller]
fn receives(receiver: &dyn Receives, expected: Option<u32>) {
    let value = receiver.recv();
    assert!(
        value == expected,
        "received {value:?}, expected {expected:?}"
    );
}

/// Asserts that `sender` sends `value`.
#[track_caller]
fn sends(sender: &dyn Sends, value: u32) {
    let sent = sender.send(value);
    assert!(
        sent.is_ok(),
        "{value} was not sent, and there is a receiver"
    );
}

/// Main sends three, and receives three.
pub(super) fn in_order(new: NewChannel) {
    let (sender, receiver) = new(3);
    for value in 1..=3 {
        sends(&*sender, value);
    }
    for value in 1..=3 {
        receives(&*receiver, Some(value));
    }
}

/// Nobody receives, and a thread sends one more than there is room for.
pub(super) fn too_many(new: NewChannel) {
    let (sender, _receiver) = new(2);
    let sending = start("sender", move || {
        sends(&*sender, 1);
        sends(&*sender, 2);
        let _ = sender.send(3);
        panic!("the third value was sent, though there is room for 2");
    });
    let _: Option<()> = result(sending);
}

/// Nobody sends, and a thread receives.
pub(super) fn nothing_comes(new: NewChannel) {
    let (_sender, receiver) = new(1);
    let receiving = start("receiver", move || {
        let value = receiver.recv();
        panic!("received {value:?}, though nothing was sent, and there is a sender");
    });
    let _: Option<()> = result(receiving);
}

/// A thread receives what main sends.
pub(super) fn value_comes(new: NewChannel) {
    let (sender, receiver) = new(1);
    let receiving = start("receiver", move || {
        receives(&*receiver, Some(7));
        receiver
    });
    sends(&*sender, 7);
    let _end = result(receiving);
}

/// A thread sends more than there is room for, and main receives it.
pub(super) fn room_comes(new: NewChannel) {
    let (sender, receiver) = new(1);
    let sending = start("sender", move || {
        sends(&*sender, 1);
        sends(&*sender, 2);
        sender
    });
    receives(&*receiver, Some(1));
    receives(&*receiver, Some(2));
    let _end = result(sending);
}

/// Main sends two, drops its sender, and receives.
pub(super) fn what_is_left(new: NewChannel) {
    let (sender, receiver) = new(2);
    sends(&*sender, 1);
    sends(&*sender, 2);
    drop(sender);
    for expected in [Some(1), Some(2), None] {
        receives(&*receiver, expected);
    }
}

/// Two threads receive, and the only sender goes.
pub(super) fn last_sender_goes(new: NewChannel) {
    let (sender, receiver) = new(1);
    let receivers = [("receiver 1", receiver.another()), ("receiver 2", receiver)];
    let receiving = receivers.map(|(name, it)| start(name, move || receives(&*it, None)));
    drop(sender);
    let _ = receiving.map(result);
}

/// Main drops its receiver, and sends.
pub(super) fn nobody_receives(new: NewChannel) {
    let (sender, receiver) = new(1);
    drop(receiver);
    let sent = sender.send(7);
    assert!(sent == Err(7), "{sent:?}, and there is no receiver");
}

/// Two threads send into a full channel, and the only receiver goes.
pub(super) fn last_receiver_goes(new: NewChannel) {
    let (sender, receiver) = new(1);
    sends(&*sender, 1);
    let senders = [("sender 1", 2, sender.another()), ("sender 2", 3, sender)];
    let sending = senders.map(|(name, value, it)| {
        start(name, move || {
            let sent = it.send(value);
            assert!(
                sent == Err(value),
                "{sent:?}, though nobody has received anything"
            );
        })
    });
    drop(receiver);
    let _ = sending.map(result);
}

/// Of two senders one goes, and the other sends.
pub(super) fn one_sender_goes(new: NewChannel) {
    let (sender, receiver) = new(1);
    let receiving = start("receiver", move || receives(&*receiver, Some(7)));
    let other = sender.another();
    drop(sender);
    sends(&*other, 7);
    result(receiving);
}

/// Of two receivers one goes, and the other receives.
pub(super) fn one_receiver_goes(new: NewChannel) {
    let (sender, receiver) = new(1);
    let other = receiver.another();
    drop(receiver);
    sends(&*sender, 7);
    receives(&*other, Some(7));
}

/// Two threads send three values, main receives one, and there is room for one.
pub(super) fn one_too_many(new: NewChannel) {
    let (sender, receiver) = new(1);
    let other = sender.another();
    let sending = [
        start("sender of two", move || {
            sends(&*sender, 1);
            sends(&*sender, 2);
        }),
        start("sender of one", move || sends(&*other, 3)),
    ];
    let _: Option<u32> = receiver.recv();
    let _ = sending.map(result);
}

/// Two threads send a value each and are over; main receives until there is nothing more
/// to come.
pub(super) fn drained(new: NewChannel) {
    let (sender, receiver) = new(1);
    let senders = [("sender 1", 1, sender.another()), ("sender 2", 2, sender)];
    let sending = senders.map(|(name, value, it)| start(name, move || sends(&*it, value)));
    let mut values: Vec<u32> = std::iter::from_fn(|| receiver.recv()).collect();
    let _ = sending.map(result);
    values.sort_unstable();
    assert!(values == [1, 2], "received {values:?} before the end");
}
