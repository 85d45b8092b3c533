//! One after another: what is to be beaten.

use super::Done;
use crate::names::Workload;
use crate::order::Order;
use crate::work::{Common, Plain, Unit};
use std::collections::VecDeque;
use std::sync::atomic::AtomicU64;

/// Does all jobs in a row.
pub(super) fn run(order: &Order) -> Done {
    match order.workload {
        Workload::Chatty => Ok(ring(order)),
        Workload::Shared => {
            let mut common = Common::default();
            (0..order.jobs).for_each(|number| common.change(number));
            Ok(common.answer())
        }
        _ => Ok(Unit::default().jobs::<Plain>(order, &AtomicU64::new(0))?),
    }
}

/// A ring without anybody in it: a queue for each place, and a loop.
fn ring(order: &Order) -> u64 {
    let mut queues = vec![VecDeque::new(); order.units as usize];
    queues[0].push_back(0);
    for place in (0..queues.len()).cycle() {
        let number: u64 = queues[place].pop_front().expect("it is here by now");
        if number == order.jobs {
            return number;
        }
        let next = (place + 1) % queues.len();
        queues[next].push_back(number + 1);
    }
    unreachable!("the cycle is endless")
}
