//! Eight jobs, and the policies that are tried on them.

use scheduler::policy::{Level, MultiLevelFeedback, Policy, SHIPPED, Settings};
use scheduler::simulation::Job;
use scheduler::time::Time;
use std::time::Duration;

/// A way to make a policy from a quantum.
pub(crate) type Make = Box<dyn Fn(Duration) -> Box<dyn Policy>>;

/// Every shipped policy with its name; and the feedback queue once more with a boost
/// that comes while the jobs run. The catalogue's comes after 50 quanta.
pub(crate) fn policies() -> Vec<(&'static str, Make)> {
    let shipped = SHIPPED.iter().map(|shipped| {
        let make: Make = Box::new(|quantum| {
            (shipped.make)(&Settings {
                quantum,
                ..Settings::default()
            })
        });
        (shipped.name, make)
    });
    let boosted: Make = Box::new(|quantum| {
        let level = |factor| Level {
            quantum: quantum * factor,
            allotment: 2,
        };
        let policy = MultiLevelFeedback::new([1, 2, 4].map(level));
        Box::new(policy.boost_every(quantum * 62 / 10))
    });
    shipped.chain([("mlfq, boosted", boosted)]).collect()
}

/// What a job is, with all times in tenths of a quantum.
struct Plan {
    /// When it comes.
    arrival: u32,
    /// How long it computes.
    burst: u32,
    /// What static priorities look at.
    priority: i32,
    /// What policies that share look at.
    weight: u32,
    /// What rate monotonic looks at, and, at its end, earliest deadline first.
    period: u32,
}

/// The jobs. They were searched for, among random ones: no two shipped policies
/// give them the CPU in the same order, and no policy's order changes when quanta,
/// bursts and arrivals are later by anything up to a tenth of a quantum each. Round
/// numbers would not do: two threads whose virtual runtimes are equal on paper
/// never are in reality.
#[rustfmt::skip]
const PLANS: [Plan; 8] = [
    Plan { arrival: 0, burst: 12, priority: 1, weight: 9, period: 316 },
    Plan { arrival: 0, burst: 24, priority: 1, weight: 8, period: 274 },
    Plan { arrival: 0, burst: 26, priority: 1, weight: 2, period: 351 },
    Plan { arrival: 0, burst: 16, priority: 1, weight: 5, period: 301 },
    Plan { arrival: 0, burst: 4, priority: 3, weight: 12, period: 159 },
    Plan { arrival: 0, burst: 11, priority: 3, weight: 11, period: 298 },
    Plan { arrival: 22, burst: 17, priority: 2, weight: 3, period: 271 },
    Plan { arrival: 19, burst: 7, priority: 2, weight: 3, period: 184 },
];

/// Eight jobs for this policy, whose lengths are made for this quantum.
///
/// Only who cannot do without is told how long the bursts will be. The policy
/// `eevdf` would take them for what a thread asks for, and give exactly that: a
/// real thread is never done at that very instant.
pub(crate) fn jobs(policy: &str, quantum: Duration) -> Vec<Job> {
    let tenths = |count: u32| quantum * count / 10;
    let job = |plan: &Plan| Job {
        priority: plan.priority,
        weight: Some(plan.weight),
        period: Some(tenths(plan.period)),
        declares_bursts: ["sjf", "stcf"].contains(&policy),
        ..Job::arriving(Time::ZERO + tenths(plan.arrival)).run(tenths(plan.burst))
    };
    PLANS.iter().map(job).collect()
}
