//! What a case expects beside what the simulation found.

use crate::case::{Case, ticks};
use crate::lottery;
use crate::realtime;
use crate::report::gantt_line;
use crate::watched::Watched;
use scheduler::policy::{StopReason, ThreadId};
use scheduler::simulation::{JobTimes, Outcome};
use scheduler::time::Time;
use serde_json::{Value, json};
use std::time::Duration;

/// Everything that differs, one line each; keys that no rule below knows are
/// said too, so that nothing is passed over in silence.
pub(crate) fn disagreements(case: &Case, outcome: &Outcome, watched: &Watched) -> Vec<String> {
    let found = Found {
        case,
        outcome,
        watched,
    };
    let (mut lines, mut differs) = (Vec::new(), false);
    let mut compare = |what: &str, expected: &Value, found: &Value| {
        if expected != found {
            lines.push(format!("{what}: expected {expected}, found {found}"));
        }
    };
    let expect = case.expect.as_object().expect("expectations have names");
    for (key, expected) in expect {
        match key.as_str() {
            "gantt" if *expected == found.chart() => {}
            "gantt" => differs = true,
            "jobs" => compare(key, expected, &realtime::jobs(case, outcome)),
            "any_miss" => compare(key, expected, &json!(realtime::any_miss(case, outcome))),
            "idle" => compare(key, expected, &json!(realtime::idle(case, outcome))),
            "rta_first_job_response" => {
                compare(key, expected, &realtime::first_responses(case, outcome));
            }
            "draws" => compare(key, expected, &lottery::draws(case, watched)),
            "slots" => compare(key, expected, &lottery::slots(case, watched)),
            "completion" => compare(key, expected, &lottery::completion(case, watched)),
            "gantt_with_queue" => compare(key, expected, &found.gantt(4)),
            "dispatches" => compare(key, expected, &found.dispatches()),
            "events" => compare(key, &sorted(expected), &found.events()),
            "end" => compare(key, expected, &json!(count(outcome.end() - Time::ZERO))),
            "per_job" => {
                for (index, job) in list(expected).iter().enumerate() {
                    let listed = case.listed(index);
                    let index = case.index_of(&job["id"]).unwrap_or(listed);
                    for (column, expected) in job.as_object().expect("columns have names") {
                        let found = found.column(column, index);
                        let id = &case.jobs[index].id;
                        compare(&format!("job {id} {column}"), expected, &found);
                    }
                }
            }
            "finish" | "wait" | "turnaround" | "response" => {
                let jobs = (0..case.jobs.len()).map(|index| case.listed(index));
                let column = jobs.map(|index| found.column(key, index));
                compare(key, expected, &column.collect());
            }
            "sum" => {
                for (column, expected) in expected.as_object().expect("columns have names") {
                    compare(
                        &format!("sum {column}"),
                        expected,
                        &json!(found.sum(column)),
                    );
                }
            }
            "avg_2dp" | "book_average" => {
                for (column, expected) in expected.as_object().expect("columns have names") {
                    check_mean(&mut compare, column, expected, found.mean(column));
                }
            }
            "mean_turnaround" => check_mean(&mut compare, key, expected, found.mean("turnaround")),
            "mean_normalised_turnaround_Tr_over_Ts" => {
                check_mean(
                    &mut compare,
                    key,
                    expected,
                    found.mean_normalised_turnaround(),
                );
            }
            unknown => compare(unknown, expected, &json!("nothing that this test knows")),
        }
    }
    if differs || !lines.is_empty() {
        let given = expect.get("gantt").or(expect.get("gantt_with_queue"));
        let given = given.map_or("none given".to_owned(), gantt_line);
        lines.push(format!("expected Gantt: {given}"));
        lines.push(format!("actual Gantt:   {}", gantt_line(&found.chart())));
    }
    lines
}

/// A mean is printed with two decimals, rounded or cut off.
fn check_mean(
    compare: &mut impl FnMut(&str, &Value, &Value),
    what: &str,
    expected: &Value,
    found: f64,
) {
    let printed = expected
        .as_str()
        .map(|text| text.parse().expect("a number"));
    let number: f64 = printed.or(expected.as_f64()).expect("a number");
    if (number - found).abs() >= 0.01 {
        compare(&format!("mean {what}"), expected, &json!(found));
    }
}

/// A simulation's outcome in a case's words: ticks and the case's own ids.
struct Found<'a> {
    /// The case.
    case: &'a Case,
    /// What the simulation found.
    outcome: &'a Outcome,
    /// What the policy did beside.
    watched: &'a Watched,
}

impl Found<'_> {
    /// The case's name of a thread.
    fn id(&self, thread: ThreadId) -> Value {
        self.case.jobs[thread.0 as usize - 1].id.clone()
    }

    /// The chart in the words of the case's file.
    fn chart(&self) -> Value {
        if self.case.params.horizon.is_some() {
            realtime::gantt(self.case, self.outcome)
        } else if self.watched.draws.is_empty() {
            self.gantt(3)
        } else {
            lottery::gantt(self.case, self.watched)
        }
    }

    /// `[start, end, job, level]`, cut to so many columns. Stays of one job that
    /// follow each other at one level are joined; an idle CPU is job -1 at level
    /// -1. The highest level has the highest number.
    fn gantt(&self, columns: usize) -> Value {
        let highest = self.case.levels().len().saturating_sub(1);
        let mut rows: Vec<(u64, u64, Value, Value)> = Vec::new();
        let segments = self.outcome.chart.segments.iter();
        for (segment, level) in segments.zip(&self.watched.levels) {
            let (start, end) = (instant(segment.start), instant(segment.end));
            let (id, level) = (self.id(segment.thread), json!(highest - level));
            let busy_until = rows.last().map_or(0, |row| row.1);
            if busy_until < start {
                rows.push((busy_until, start, json!(-1), json!(-1)));
            }
            match rows.last_mut() {
                Some(last) if last.2 == id && last.3 == level => last.1 = end,
                _ => rows.push((start, end, id, level)),
            }
        }
        let cut = |(start, end, id, level): &(u64, u64, Value, Value)| {
            let row = [json!(start), json!(end), id.clone(), level.clone()];
            Value::Array(row[..columns].to_vec())
        };
        rows.iter().map(cut).collect()
    }

    /// `[start, end, job]`, one a dispatch.
    fn dispatches(&self) -> Value {
        let segments = self.outcome.chart.segments.iter();
        segments
            .map(|s| json!([instant(s.start), instant(s.end), self.id(s.thread)]))
            .collect()
    }

    /// `[time, event, job]`, sorted: how a source orders the events of one
    /// instant is its own affair.
    fn events(&self) -> Value {
        let mut events = Vec::new();
        for job in &self.case.jobs {
            events.push(json!([job.arrival, "arrive", job.id]));
        }
        for timer in self
            .watched
            .timers
            .iter()
            .filter(|t| **t < self.outcome.end())
        {
            events.push(json!([instant(*timer), "boost", -1]));
        }
        let mut in_io = vec![false; self.case.jobs.len()];
        for segment in &self.outcome.chart.segments {
            let id = self.id(segment.thread);
            let in_io = &mut in_io[segment.thread.0 as usize - 1];
            if std::mem::take(in_io) {
                events.push(json!([instant(segment.runnable_since), "io_done", id]));
            }
            match segment.stop {
                StopReason::Blocked => {
                    *in_io = true;
                    events.push(json!([instant(segment.end), "io_start", id]));
                }
                StopReason::Finished => events.push(json!([instant(segment.end), "finish", id])),
                StopReason::QuantumExpired | StopReason::Preempted | StopReason::Yielded => {}
            }
        }
        sorted(&Value::Array(events))
    }

    /// One number about one job.
    fn column(&self, column: &str, index: usize) -> Value {
        let times: &JobTimes = &self.outcome.jobs[index];
        let thread = times.thread;
        match column {
            "id" => self.id(thread),
            "response" => json!(count(times.response)),
            "turnaround" => json!(count(times.turnaround)),
            "wait" | "ready_wait_derived" => json!(count(times.waiting)),
            "finish" => json!(instant(times.finish)),
            "ios" => {
                let segments = self.outcome.chart.segments.iter();
                let blocked = |s: &&scheduler::simulation::Segment| {
                    s.thread == thread && s.stop == StopReason::Blocked
                };
                json!(segments.filter(blocked).count())
            }
            _ => json!("nothing that this test knows"),
        }
    }

    /// A column's sum over all jobs.
    fn sum(&self, column: &str) -> u64 {
        let numbers = (0..self.case.jobs.len()).map(|index| self.column(column, index));
        numbers
            .map(|number| number.as_u64().expect("a number"))
            .sum()
    }

    /// How many jobs there are.
    fn jobs(&self) -> f64 {
        float(self.case.jobs.len().try_into().expect("cases are short"))
    }

    /// A column's mean over all jobs.
    fn mean(&self, column: &str) -> f64 {
        float(self.sum(column)) / self.jobs()
    }

    /// The mean of turnaround over service time.
    fn mean_normalised_turnaround(&self) -> f64 {
        let jobs = self.case.jobs.iter().zip(&self.outcome.jobs);
        let ratios = jobs
            .map(|(line, times)| times.turnaround.as_secs_f64() / ticks(line.length).as_secs_f64());
        ratios.sum::<f64>() / self.jobs()
    }
}

/// The elements of an array.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// An array, sorted by what its elements look like.
fn sorted(value: &Value) -> Value {
    let mut elements = list(value).to_vec();
    elements.sort_by_key(|element| (element[0].as_u64(), element.to_string()));
    Value::Array(elements)
}

/// A number of ticks or jobs as a fraction.
fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).expect("cases are short"))
}

/// A duration in ticks.
pub(crate) fn count(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).expect("cases are short")
}

/// An instant in ticks.
pub(crate) fn instant(time: Time) -> u64 {
    count(time - Time::ZERO)
}
