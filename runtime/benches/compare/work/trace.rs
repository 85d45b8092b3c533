//! What the trace costs while nobody listens: the switch, built with and without it.
//!
//! Both builds measure in processes of their own, the same program but for the
//! records.

use crate::child;
use crate::measure::{Contender, Unit, Work};
use crate::peers;
use crate::work::Effort;
use std::path::PathBuf;
use std::process::Command;

/// The rows of this file.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    let task = format!("switch {}", effort.count(2_000_000));
    let with = {
        let task = task.clone();
        move || child::measure(&task)
    };
    let mut built: Option<Result<PathBuf, String>> = None;
    let without = move || {
        let built = built.get_or_insert_with(child::build_without_trace);
        let program = built.as_ref().map_err(String::clone)?;
        child::figure(Command::new(program).args(["--child", &task]))
    };
    let contenders = vec![
        Contender::that_may_fail(peers::ours::NAME, Box::new(with)),
        Contender::that_may_fail("built without trace", Box::new(without)).target(1.01),
    ];
    let work = effort.work("trace disabled, switch", Unit::Nanoseconds, contenders);
    vec![Work {
        rounds: work.rounds * 2 + 1, // a percent wants more of them
        ..work
    }]
}
