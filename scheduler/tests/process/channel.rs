//! Values from one process to another.

use scheduler::process::{self, ChannelError, Pool, Receiver, Sender, channel};
use serde::{Deserialize, Serialize};

/// Sends the numbers below `n`.
fn count((n, to): (u64, Sender<u64>)) -> u64 {
    (0..n).for_each(|number| to.send(&number).unwrap());
    n
}

/// Adds what comes until nobody sends any more.
fn add(from: Receiver<u64>) -> u64 {
    from.sum()
}

#[test]
fn what_several_processes_send_arrives_whole_and_the_end_is_told() {
    process::init!(count);
    let (sender, receiver) = channel::<u64>().unwrap();
    let pool = Pool::new(2, count).unwrap();
    let one = pool.submit((1_000, sender.try_clone().unwrap()));
    let other = pool.submit((2_000, sender));
    let mut all: Vec<u64> = receiver.collect();
    all.sort_unstable();
    let mut expected: Vec<u64> = (0..1_000).chain(0..2_000).collect();
    expected.sort_unstable();
    assert_eq!(all, expected);
    assert_eq!((one.join().unwrap(), other.join().unwrap()), (1_000, 2_000));
}

#[test]
fn two_workers_talk_without_the_pool_in_between() {
    process::init!(count, add);
    let (sender, receiver) = channel::<u64>().unwrap();
    let adds = process::spawn(add, receiver).unwrap();
    let counts = process::spawn(count, (10_000, sender)).unwrap();
    assert_eq!(counts.join().unwrap(), 10_000);
    assert_eq!(adds.join().unwrap(), 49_995_000);
}

/// Takes one value and is gone.
fn take_one(mut from: Receiver<u64>) -> u64 {
    from.recv().unwrap()
}

#[test]
fn sending_to_a_process_that_is_gone_is_an_error_and_no_signal() {
    process::init!(take_one);
    let (sender, receiver) = channel::<u64>().unwrap();
    let takes = process::spawn(take_one, receiver).unwrap();
    sender.send(&7).unwrap();
    assert_eq!(takes.join().unwrap(), 7);
    assert!(matches!(sender.send(&8), Err(ChannelError::Closed)));
}

/// A question with the way of its answer.
#[derive(Serialize, Deserialize)]
struct Question {
    /// What is asked.
    number: u64,
    /// Where the answer goes.
    answer: Sender<u64>,
}

/// Answers questions until there are no more.
fn answer(questions: Receiver<Question>) {
    for question in questions {
        question.answer.send(&(question.number + 1)).unwrap();
    }
}

#[test]
fn a_channel_can_carry_another_ones_end() {
    process::init!(answer);
    let (ask, questions) = channel::<Question>().unwrap();
    let answers = process::spawn(answer, questions).unwrap();
    for number in 0..50 {
        let (sender, mut receiver) = channel().unwrap();
        ask.send(&Question {
            number,
            answer: sender,
        })
        .unwrap();
        assert_eq!(receiver.recv().unwrap(), number + 1);
    }
    drop(ask);
    answers.join().unwrap();
}

#[test]
fn a_value_too_large_for_a_channel_is_told_and_the_channel_goes_on() {
    let (sender, mut receiver) = channel::<Vec<u8>>().unwrap();
    let error = sender.send(&vec![0; 70_000]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a value of 70003 bytes is too large for a channel between processes: the limit is 65536"
    );
    sender.send(&vec![1; 60_000]).unwrap();
    assert_eq!(receiver.recv().unwrap().len(), 60_000);
    drop(sender);
    assert!(matches!(receiver.recv(), Err(ChannelError::Closed)));
}

#[test]
fn an_end_cannot_be_written_into_anything_but_a_message() {
    let (sender, _receiver) = channel::<u64>().unwrap();
    let error = serde_json::to_string(&sender).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("only a message to or from a worker process"),
        "{error}"
    );
}

/// Makes a channel, and gives one end away.
fn give(n: u64) -> Receiver<u64> {
    let (sender, receiver) = channel().unwrap();
    sender.send(&n).unwrap();
    receiver
}

#[test]
fn an_end_can_come_back_as_a_result() {
    process::init!(give);
    let pool = Pool::builder().workers(2).chunk(3).start(give).unwrap();
    let received: Vec<u64> = pool
        .map(0..20)
        .map(|end| end.unwrap().recv().unwrap())
        .collect();
    assert_eq!(received, (0..20).collect::<Vec<u64>>());
}
