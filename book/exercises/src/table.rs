//! A case from the literature: a scenario, and what its source says comes of it.
//!
//! Book: "Exercises" in the introduction.

use crate::check::Complaint;
use crate::scenario::{NewPolicy, Scenario};
use scheduler::policy::{CpuId, ThreadId};
use scheduler::simulation::{Chart, JobTimes, Outcome, Tie};
use scheduler::time::Time;
use std::time::Duration;

/// A case with its source.
#[derive(Clone, Debug)]
pub struct Table {
    /// Where it stands.
    source: &'static str,
    /// Jobs, and what the policy is made from.
    scenario: Scenario,
    /// What goes first at one instant.
    tie: Tie,
    /// What comes of it.
    rows: Vec<Row>,
}

/// Something that a source says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Row {
    /// A time of every job, in ms: what it is called, and the times.
    Times(&'static str, Vec<u64>),
    /// Who runs on this CPU, and until when, in ms.
    Runs(CpuId, Vec<(u32, u64)>),
}

impl Table {
    /// The source says nothing yet of this scenario.
    pub fn new(source: &'static str, scenario: Scenario) -> Table {
        Table {
            source,
            scenario,
            tie: Tie::default(),
            rows: Vec::new(),
        }
    }

    /// The source has arrivals go before the end of a quantum at one instant.
    #[must_use]
    pub fn arrival_first(mut self) -> Table {
        self.tie = Tie::ArrivalFirst;
        self
    }

    /// How long each job waits, in ms.
    #[must_use]
    pub fn waiting(self, times: impl Into<Vec<u64>>) -> Table {
        self.row(Row::Times("waiting times", times.into()))
    }

    /// How long after its coming each job runs for the first time, in ms.
    #[must_use]
    pub fn response(self, times: impl Into<Vec<u64>>) -> Table {
        self.row(Row::Times("response times", times.into()))
    }

    /// How long after its coming each job is done, in ms.
    #[must_use]
    pub fn turnaround(self, times: impl Into<Vec<u64>>) -> Table {
        self.row(Row::Times("turnaround times", times.into()))
    }

    /// Who runs on CPU 0 until when, in ms: the chart, from 0 on. While nobody
    /// does, thread 0 does.
    #[must_use]
    pub fn runs(self, stays: impl Into<Vec<(u32, u64)>>) -> Table {
        self.runs_on(CpuId(0), stays)
    }

    /// The same of another CPU.
    #[must_use]
    pub fn runs_on(self, cpu: CpuId, stays: impl Into<Vec<(u32, u64)>>) -> Table {
        self.row(Row::Runs(cpu, stays.into()))
    }

    /// One row more.
    fn row(mut self, row: Row) -> Table {
        self.rows.push(row);
        self
    }

    /// Whether all that the source says comes of it under this policy.
    ///
    /// # Errors
    ///
    /// A complaint with the source, when it does not.
    pub fn holds(&self, new: NewPolicy) -> Result<(), Complaint> {
        let rows = |rows: &[Row]| rows.iter().map(says).collect::<Vec<_>>().join("\n");
        let complaint = |happened: String| Complaint {
            tried: format!("{}\n{}", self.source, self.scenario),
            expected: rows(&self.rows),
            happened,
            ..Complaint::default()
        };
        let outcome = self.scenario.run(new, self.tie);
        let outcome = outcome.map_err(|(_, fault)| complaint(fault))?;
        let found: Vec<Row> = self.rows.iter().map(|row| found(row, &outcome)).collect();
        if found == self.rows {
            return Ok(());
        }
        let chart = outcome.chart.to_text(60);
        let chart = chart.lines().map(|line| format!(" {line}"));
        let chart = chart.collect::<Vec<_>>().join("\n");
        Err(complaint(format!("{}\n{chart}", rows(&found))))
    }
}

/// The same row, filled with what came out.
fn found(row: &Row, outcome: &Outcome) -> Row {
    let name = match row {
        Row::Runs(cpu, _) => return Row::Runs(*cpu, runs(&outcome.chart, *cpu)),
        Row::Times(name, _) => name,
    };
    let time: fn(&JobTimes) -> Duration = match *name {
        "waiting times" => |job| job.waiting,
        "response times" => |job| job.response,
        _ => |job| job.turnaround,
    };
    let times = outcome
        .jobs
        .iter()
        .map(|job| millis(Time::ZERO + time(job)));
    Row::Times(name, times.collect())
}

/// Who runs on `cpu` until when.
fn runs(chart: &Chart, cpu: CpuId) -> Vec<(u32, u64)> {
    let mut runs = Vec::new();
    let mut now = Time::ZERO;
    for (start, end, ThreadId(thread)) in chart.merged(cpu) {
        if now < start {
            runs.push((0, millis(start)));
        }
        runs.push((thread, millis(end)));
        now = end;
    }
    runs
}

/// Whole milliseconds, which is all that these cases are made of.
fn millis(time: Time) -> u64 {
    time.as_nanos() / 1_000_000
}

/// The row in words.
fn says(row: &Row) -> String {
    match row {
        Row::Times(name, times) => format!("{name} {times:?}"),
        Row::Runs(cpu, stays) => {
            let stay = |(thread, until): &(u32, u64)| match thread {
                0 => format!("idle until {until}"),
                thread => format!("{thread} until {until}"),
            };
            let stays: Vec<_> = stays.iter().map(stay).collect();
            let stays = stays.join(", ");
            match cpu {
                CpuId(0) => format!("thread {stays}"),
                cpu => format!("on CPU {cpu}, thread {stays}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ms;
    use scheduler::policy::{FirstComeFirstServed, RoundRobin};
    use scheduler::simulation::Job;

    #[test]
    fn what_the_source_says_is_held_against_what_comes_out() {
        let jobs = [2, 1, 1].map(|burst| Job::new().run(ms(burst)));
        let mut scenario = Scenario::new(jobs).quantum(ms(1));
        scenario.jobs[2].arrival = Time::from_millis(9);
        let table = Table::new("a book", scenario)
            .waiting([1, 1, 0])
            .response([0, 1, 0])
            .turnaround([3, 2, 1])
            .runs([(1, 1), (2, 2), (1, 3), (0, 9), (3, 10)]);
        assert_eq!(
            table.holds(|given| Box::new(RoundRobin::new(given.quantum))),
            Ok(())
        );
        let complaint = table.holds(|_| Box::new(FirstComeFirstServed::new()));
        let complaint = complaint.unwrap_err();
        assert!(complaint.tried.starts_with("a book\na quantum of 1 ms"));
        assert!(
            complaint
                .expected
                .ends_with("thread 1 until 1, 2 until 2, 1 until 3, idle until 9, 3 until 10")
        );
        assert!(
            complaint
                .happened
                .starts_with("waiting times [0, 2, 0]\nresponse times [0, 2, 0]"),
            "{complaint}"
        );
    }
}
