//! The program of one measurement of `cargo run -- cost`.
//!
//! It takes an order as JSON, `unit '{"kind":"task","count":10}'`, and prints a
//! sample as JSON, or what the system refused. It is also the other side of its own
//! measurements: `--echo`, and `--hold ADDRESS`.
//!
//! Book: chapter 17.

use rustix::process::{Resource, getrlimit, setrlimit};
use std::process::ExitCode;
use units::order::Answer;
use units::{ECHO, HOLD, Order, Trouble, echo, hold, init, measure};

fn main() -> ExitCode {
    init(); // a worker gets no further
    raise_descriptors();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [ECHO] => echo(),
        [HOLD, address] => {
            let held = address.parse().map(hold);
            if !matches!(held, Ok(Ok(()))) {
                return ExitCode::FAILURE;
            }
        }
        [order] => {
            let answer = match serde_json::from_str::<Order>(order) {
                Ok(order) if order.count > 0 => measure(order),
                Ok(_) => Err(Trouble::at(0, "at least one unit is measured")),
                Err(error) => Err(Trouble::at(0, format!("this is no order: {error}"))),
            };
            let answer = answer.map_or_else(Answer::Trouble, Answer::Sample);
            let json = serde_json::to_string(&answer).expect("an answer is plain data");
            println!("{json}");
        }
        _ => {
            eprintln!("give an order, such as '{{\"kind\":\"task\",\"count\":10}}'");
            return ExitCode::from(64);
        }
    }
    ExitCode::SUCCESS
}

/// Asks for as many descriptors as this user may have.
fn raise_descriptors() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Refused, the plan has stopped before it matters.
    let _ = setrlimit(Resource::Nofile, limit);
}
