//! Periodic tasks up to a horizon.

use super::{all_agree, extend};
use serde_json::{Value, json};

/// A periodic task: offset, period, work, deadline, priority.
type Task = [u64; 5];

/// Runs `tasks` up to `horizon` (3): the rows `[start, end, task, job]`, for how
/// long nobody ran, and whether a deadline up to the horizon was missed.
fn periodic(policy: &str, tasks: &[Task], horizon: u64) -> (Vec<Vec<Value>>, u64, bool) {
    /// A release: task, number, deadline, what is left.
    type Release = (usize, u64, u64, u64);
    let mut releases: Vec<Release> = Vec::new();
    let mut running: Option<(usize, u64)> = None;
    let (mut rows, mut idle, mut missed) = (Vec::new(), 0, false);
    for tick in 0..horizon {
        for (task, [offset, period, work, deadline, _]) in tasks.iter().enumerate() {
            if tick >= *offset && (tick - offset).is_multiple_of(*period) {
                let number = (tick - offset) / period + 1;
                releases.push((task, number, tick + deadline, *work));
            }
        }
        let key = |release: &Release| {
            let [_, period, _, _, priority] = tasks[release.0];
            let first = match policy {
                "EDF" => release.2,
                "RM" => period,
                _ => u64::MAX - priority,
            };
            let goes_on = running == Some((release.0, release.1));
            // A task's later releases wait for its earlier ones.
            (first, !goes_on, release.0, release.1)
        };
        let is_first = |release: &&Release| {
            let earlier = |other: &Release| other.0 == release.0 && other.1 < release.1;
            !releases.iter().any(earlier)
        };
        let Some(next) = releases.iter().filter(is_first).min_by_key(|one| key(one)) else {
            idle += 1;
            running = None;
            continue;
        };
        let (task, number, deadline, _) = *next;
        running = Some((task, number));
        extend_after_a_gap(&mut rows, tick, &[json!(task + 1), json!(number)]);
        let left = releases
            .iter_mut()
            .find(|one| (one.0, one.1) == (task, number));
        let left = &mut left.expect("it was picked").3;
        *left -= 1;
        if *left == 0 {
            missed |= deadline < tick + 1;
            releases.retain(|one| (one.0, one.1) != (task, number));
        }
    }
    missed |= releases.iter().any(|release| release.2 <= horizon);
    (rows, idle, missed)
}

/// [`extend`], but a row ends at a gap, which is no row of its own.
fn extend_after_a_gap(rows: &mut Vec<Vec<Value>>, tick: u64, who: &[Value]) {
    let gap = rows.last().is_some_and(|row| row[1] != json!(tick));
    if gap {
        rows.push(vec![json!(tick), json!(tick)]);
        rows.last_mut()
            .expect("it was pushed")
            .extend_from_slice(who);
    }
    extend(rows, tick, who);
}

#[test]
fn random_periodic_tasks_agree_with_ones_that_are_stepped_tick_by_tick() {
    for policy in ["EDF", "RM", "FP"] {
        all_agree(|random| {
            let mut periods = vec![3, 4, 5, 6, 8, 10, 12, 15];
            let (mut tasks, mut priorities): (Vec<Task>, Vec<u64>) = (Vec::new(), vec![1, 2, 3, 4]);
            for _ in 0..random.within(1, 4) {
                let mut take = |from: &mut Vec<u64>| {
                    let last = u32::try_from(from.len() - 1).expect("few");
                    from.swap_remove(random.within(0, last) as usize)
                };
                let (period, priority) = (take(&mut periods), take(&mut priorities));
                let short = u32::try_from(period).expect("small");
                let work = random.within(1, short / 2);
                let deadline = random.within(work, short);
                let offset = random.within(0, 1) * random.within(0, 6);
                let [offset, work, deadline] = [offset, work, deadline].map(u64::from);
                tasks.push([offset, period, work, deadline, priority]);
            }
            let (rows, idle, missed) = periodic(policy, &tasks, 60);
            let line = |(id, task): (u64, &Task)| {
                let [offset, period, work, deadline, priority] = task;
                json!({"id": id, "offset": offset, "period": period, "wcet": work,
                       "deadline": deadline, "priority": priority})
            };
            let listed: Vec<Value> = (1..).zip(&tasks).map(line).collect();
            json!({
                "policy": policy, "params": {"horizon": 60}, "tasks": listed,
                "expect": {"gantt": rows, "idle": idle, "any_miss": missed},
            })
        });
    }
}
