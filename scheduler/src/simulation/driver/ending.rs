//! The end: what came out, or the rule that the policy broke.
//!
//! Mirror: `dispatcher::doom`, which unwinds real threads then.

use super::{Driver, State, Unit, cpu_id, thread_at};
use crate::policy::{Fault, Rule, StopReason};
use crate::simulation::chart::Segment;
use crate::simulation::outcome::{Failure, JobTimes, Outcome};
use crate::time::Time;
use std::time::Duration;

impl Driver<'_, '_> {
    /// The fault, and the chart as far as it came: stays that go on end now.
    pub(super) fn fail(mut self, rule: Rule, now: Time) -> Failure {
        for (cpu, stay) in self.cpus.iter().enumerate() {
            let Some(stay) = stay.filter(|stay| stay.start < now) else {
                continue;
            };
            self.chart.segments.push(Segment {
                thread: thread_at(stay.unit),
                cpu: cpu_id(cpu),
                runnable_since: self.units[stay.unit].since,
                start: stay.start,
                end: now,
                stop: StopReason::Preempted,
            });
        }
        let left = self
            .units
            .iter()
            .filter(|unit| unit.state == State::Runnable);
        self.chart.left = left.map(|unit| (unit.attributes.id, unit.since)).collect();
        Failure {
            fault: Fault {
                policy: self.policy.0.name().to_owned(),
                now,
                rule,
                calls: self.calls.last(),
            },
            chart: self.chart,
        }
    }

    /// What came out, once every job is finished.
    pub(super) fn outcome(self) -> Outcome {
        let times = |unit: &Unit<'_>| {
            let arrival = unit.attributes.arrival;
            JobTimes {
                thread: unit.attributes.id,
                response: unit
                    .first_run
                    .map_or(Duration::ZERO, |first| first - arrival),
                turnaround: unit.finish - arrival,
                waiting: unit.waiting,
                finish: unit.finish,
            }
        };
        Outcome {
            policy: self.policy.0.name().to_owned(),
            jobs: self.units.iter().map(times).collect(),
            chart: self.chart,
            releases: self.releases,
            dispatches: self.dispatches,
            migrations: self.migrations,
            busy: self.busy,
        }
    }
}
