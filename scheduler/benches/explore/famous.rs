//! Programs on which searches differ.

use crate::ours;
use crate::searched::{End, Peer};
use crate::shared::{Effort, Group, Row, Target, Unit};
use scheduler::Explore;
use std::time::Duration;

/// The groups of this file.
pub(crate) fn groups() -> Vec<Group> {
    vec![
        Group::new("philosophers", philosophers),
        Group::new("Peterson", peterson),
        Group::new("bounded buffer, one condition", one_condition),
    ]
}

/// A row of a count.
fn count(measure: impl Into<String>, ours: u64, target: Target) -> Row {
    Row::new(measure, Unit::Count, vec![ours as f64], target)
}

/// How many kinds of executions there are at a table, and the time to try all.
fn philosophers(effort: Effort) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for (name, kinds) in [("philosophers-3 naive", 7), ("philosophers-4 naive", 15)] {
        let found = ours::found(name, Explore::new())?;
        let measure = format!("{name}: executions");
        let is_right = Target::Near(f64::from(kinds), 0.0);
        rows.push(count(measure, found.explored(), is_right));
    }
    let name = "philosophers-4 ordered";
    let limit = Duration::from_secs(effort.choose(40, 3));
    let searched = ours::search(name, limit)?;
    if searched.end != End::Exhausted {
        return Err(format!("`{name}` is not exhausted: {:?}", searched.end));
    }
    let measure = format!("{name}, {} executions", searched.executions);
    for (peer, target) in [
        (Peer::Shuttle, Target::AtMost(1e9)),
        (Peer::Loom, Target::None),
    ] {
        let its = peer.search(name, limit)?;
        let ours = vec![searched.nanoseconds];
        let row = Row::new(&measure, Unit::Nanoseconds, ours, target);
        rows.push(row.beside(peer.told(&its), vec![its.nanoseconds]));
    }
    Ok(rows)
}

/// False alarms: Peterson's lock is right where all see one order of all accesses.
fn peterson(effort: Effort) -> Result<Vec<Row>, String> {
    let limit = Duration::from_secs(effort.choose(30, 2));
    let name = "24 Peterson";
    let searched = ours::search(name, limit)?;
    let alarms = u64::from(searched.end != End::Exhausted);
    let its = Peer::Loom.search(name, limit)?;
    let its_alarms = f64::from(u8::from(matches!(its.end, End::Alarm(_))));
    let row = count("Peterson: false alarms", alarms, Target::AtMost(0.0));
    Ok(vec![row.beside(Peer::Loom.told(&its), vec![its_alarms])])
}

/// How many executions it takes until the lost wake-up is met, which takes four threads.
fn one_condition(effort: Effort) -> Result<Vec<Row>, String> {
    let name = "25 one condition";
    let found = ours::found(name, Explore::new())?;
    let shortest = found.shortest().map(|failure| failure.schedule.to_string());
    let shortest = shortest.ok_or_else(|| format!("`{name}` does not fail"))?;
    let mut first = 1;
    while ours::found(name, Explore::new().executions_limit(first))?
        .failures()
        .is_empty()
    {
        first += 1;
    }
    let seeds = effort.choose(101, 21);
    let limit = Duration::from_secs(20);
    let mut by_chance = Vec::new();
    for seed in 1..=seeds {
        let searched = Peer::Chance(seed).search(name, limit)?;
        by_chance.push(searched.executions as f64);
    }
    by_chance.sort_by(f64::total_cmp);
    let median = by_chance[by_chance.len() / 2];
    let most = by_chance.last().copied().unwrap_or_default();
    Ok(vec![
        count(
            format!("one condition, 2+2: SCHEDULE={shortest}"),
            found.failures().len() as u64,
            Target::AtLeast(1.0),
        ),
        count("one condition: executions until met", first, Target::None).beside(
            format!("shuttle random, {seeds} seeds, at most {most}"),
            vec![median],
        ),
    ])
}
