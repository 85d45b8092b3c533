//! Check, then act, among tasks: no lock, and nothing is overdrawn.
//!
//! Run it: `cargo run --example 23_check_then_act_tasks`
//! Step both twins: `cargo run -- step 23`
//!
//! Predict: 100 are on an account, and two tasks each want 70. Each looks whether there
//! is enough, and takes it, with no `.await` in between and no lock. What is left?
//!   a) 30, always
//!   b) 30, or -40 if the tasks come in an unlucky order
//! Answer: a. Whoever looks also takes before anybody else can look. The order decides
//! who gets the money, and not whether the account is right.
//!
//! Change: move `ask_the_bank().await` down one line, into the `if`. Many do, since a
//! check that asks somebody else looks like any other call; and -40 are left.
//!
//! Book: chapter 18. Twin: `23_check_then_act_threads.rs`.

use runtime::{Clock, EventLoop, sleep, spawn};
use std::time::Duration;
use std::{cell::Cell, rc::Rc};

/// Asks somebody far away whether this may be done.
async fn ask_the_bank() {
    sleep(Duration::from_millis(20)).await;
}

// ANCHOR: take
/// Takes `amount` from the account if there is enough.
async fn take(who: &str, account: Rc<Cell<i32>>, amount: i32) {
    ask_the_bank().await;
    if account.get() >= amount {
        account.set(account.get() - amount);
        println!("{who} has {amount}");
    }
}
// ANCHOR_END: take

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        for order in [["Ada", "Bo"], ["Bo", "Ada"]] {
            let account = Rc::new(Cell::new(100));
            let takers = order.map(|who| spawn(take(who, Rc::clone(&account), 70)));
            for taker in takers {
                taker.await.expect("a taker does not panic");
            }
            println!("left: {}", account.get());
        }
    });
}

// Prints:
// Ada has 70
// left: 30
// Bo has 70
// left: 30
