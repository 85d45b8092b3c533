//! What it takes to know that the repaired program of a lesson cannot fail.

use crate::ours::{self, programs::LESSONS};
use crate::searched::{End, Peer, Searched};
use crate::shared::{Effort, Group, Row, Target, Unit};
use std::time::Duration;

/// The groups of this file.
pub(crate) fn groups() -> Vec<Group> {
    vec![Group::new("repaired lessons", measure)]
}

/// One lesson: what it took, round by round.
struct Lesson {
    /// Its name, and how many executions ours are.
    name: String,
    /// ns of ours.
    ours: Vec<f64>,
    /// ns of each peer, how its first search was told, and whether that was an alarm.
    peers: Vec<(Vec<f64>, String, bool)>,
}

/// Who is measured beside ours.
const PEERS: [Peer; 2] = [Peer::Loom, Peer::Shuttle];

/// A row for each lesson and peer, and one for all lessons together.
fn measure(effort: Effort) -> Result<Vec<Row>, String> {
    let lessons: Vec<Lesson> = LESSONS
        .iter()
        .map(|(name, _)| lesson(name, effort))
        .collect::<Result<_, _>>()?;
    let mut rows = Vec::new();
    for (index, _) in PEERS.iter().enumerate() {
        rows.extend(lessons.iter().map(|lesson| {
            let (times, told, _) = &lesson.peers[index];
            row(&lesson.name, lesson.ours.clone(), Target::None).beside(told, times.clone())
        }));
    }
    rows.extend((0..PEERS.len()).map(|index| total(&lessons, index)));
    Ok(rows)
}

/// All lessons together, but those of which the peer says that they fail.
fn total(lessons: &[Lesson], peer: usize) -> Row {
    let fair = |lesson: &&Lesson| !lesson.peers[peer].2;
    let fair: Vec<&Lesson> = lessons.iter().filter(fair).collect();
    let sum = |times: &dyn Fn(&Lesson) -> Vec<f64>| -> Vec<f64> {
        let rounds = fair.first().map_or(0, |lesson| lesson.ours.len());
        let of_round = |round| fair.iter().map(|lesson| times(lesson)[round]).sum();
        (0..rounds).map(of_round).collect()
    };
    let cut = fair.iter().filter(|it| it.peers[peer].1.contains("unfin"));
    let name = format!("{} repaired lessons in total", fair.len());
    let theirs = match PEERS[peer] {
        Peer::Loom => format!("loom, {} unfinished", cut.count()),
        _ => format!("shuttle DFS, {} unfinished", cut.count()),
    };
    row(
        &name,
        sum(&|lesson| lesson.ours.clone()),
        Target::TimesAtMost(1.0),
    )
    .beside(theirs, sum(&|lesson| lesson.peers[peer].0.clone()))
}

/// A row of ns.
fn row(measure: &str, ours: Vec<f64>, target: Target) -> Row {
    Row::new(measure, Unit::Nanoseconds, ours, target)
}

/// Measures a lesson. A peer that was cut off once is not asked again.
fn lesson(name: &str, effort: Effort) -> Result<Lesson, String> {
    let (rounds, limit) = effort.choose((3, 30), (1, 2));
    let limit = Duration::from_secs(limit);
    let (mut ours, mut executions) = (Vec::new(), 0);
    let mut peers: Vec<Vec<Searched>> = vec![Vec::new(); PEERS.len()];
    for _ in 0..rounds {
        let searched = ours::search(name, limit)?;
        if searched.end != End::Exhausted {
            return Err(format!("`{name}` is not exhausted: {:?}", searched.end));
        }
        ours.push(searched.nanoseconds);
        executions = searched.executions;
        for (peer, known) in PEERS.iter().zip(&mut peers) {
            let again = match known.first() {
                Some(first) if first.end != End::Exhausted => first.clone(),
                _ => peer.search(name, limit)?,
            };
            known.push(again);
        }
    }
    let peers = PEERS.iter().zip(peers).map(|(peer, searched)| {
        let times = searched.iter().map(|it| it.nanoseconds).collect();
        let is_alarm = matches!(searched[0].end, End::Alarm(_));
        (times, peer.told(&searched[0]), is_alarm)
    });
    Ok(Lesson {
        name: format!("{name}, {executions} executions"),
        ours,
        peers: peers.collect(),
    })
}
