//! Several senders and receivers, each value of which is received once.

use super::NewChannel;
use scheduler::Builder;
use std::fmt;

/// Who is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crowd {
    /// For how many values there is room.
    pub(super) capacity: usize,
    /// How many values each sender sends.
    pub(super) senders: &'static [u32],
    /// How many values each receiver receives.
    pub(super) receivers: &'static [u32],
}

impl Crowd {
    /// Lets them run, and asserts that each value was received once and in its sender's
    /// order.
    ///
    /// The ends live until all is over: how they go is another matter, and searched apart.
    pub(super) fn run(self, new: NewChannel) {
        let (sender, receiver) = new(self.capacity);
        let senders: Vec<_> = self.senders.iter().map(|_| sender.another()).collect();
        let receivers: Vec<_> = self.receivers.iter().map(|_| receiver.another()).collect();
        let sending = (1..).zip(self.senders).zip(senders);
        let sending = sending.map(|((number, &values), sender)| {
            let name = format!("sender {number}");
            Builder::new().name(name).spawn(move || {
                for value in 1..=values {
                    let value = 10 * number + value; // 21 is the first of sender 2
                    assert!(sender.send(value).is_ok(), "{value} was given back");
                }
                sender
            })
        });
        let sending: Vec<_> = sending.collect();
        let receiving = (1..).zip(self.receivers).zip(receivers);
        let receiving = receiving.map(|((number, &values), receiver): ((u32, _), _)| {
            let name = format!("receiver {number}");
            Builder::new().name(name).spawn(move || {
                let taken = (0..values).map(|_| {
                    let value = receiver.recv();
                    value.expect("received None, though there are senders")
                });
                (taken.collect::<Vec<u32>>(), receiver)
            })
        });
        let receiving: Vec<_> = receiving.collect();
        let sent: Option<Vec<_>> = sending.into_iter().map(|it| it.join().ok()).collect();
        let taken: Option<Vec<_>> = receiving.into_iter().map(|it| it.join().ok()).collect();
        if let Some((taken, _)) = taken.zip(sent) {
            let taken = taken.iter().map(|(values, _)| values.clone());
            self.judge(&taken.collect::<Vec<_>>());
        }
    }

    /// Asserts what must hold of what each receiver has received.
    pub(super) fn judge(self, received: &[Vec<u32>]) {
        let mut all: Vec<u32> = received.concat();
        all.sort_unstable();
        let sent = (1..).zip(self.senders);
        let sent =
            sent.flat_map(|(number, values)| (1..=*values).map(move |value| 10 * number + value));
        for value in sent {
            let times = all.iter().filter(|it| **it == value).count();
            assert!(times > 0, "{value} is lost");
            assert!(times < 2, "{value} was received {times} times");
        }
        for received in received {
            for (number, _) in (1..).zip(self.senders) {
                let its = received.iter().filter(|value| *value / 10 == number);
                assert!(
                    its.is_sorted(),
                    "values of sender {number} came in another order: {received:?}"
                );
            }
        }
    }
}

/// Numbers, with a word between them.
fn listed(numbers: &[u32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    numbers.join(" and ")
}

impl fmt::Display for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |list: &[u32]| if list.len() == 1 { "" } else { "s" };
        write!(
            f,
            "a channel with room for {}; sender{} of {} values, receiver{} of {}",
            self.capacity,
            plural(self.senders),
            listed(self.senders),
            plural(self.receivers),
            listed(self.receivers)
        )
    }
}
