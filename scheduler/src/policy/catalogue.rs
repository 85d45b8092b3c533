//! The shipped policies by name, for programs that let people choose.
//!
//! Book: chapter 15.

use super::{
    CpuId, EarliestDeadlineFirst, EarliestEligibleVirtualDeadlineFirst, Fair, FirstComeFirstServed,
    Level, Lottery, MultiLevelFeedback, PerCpu, Policy, RateMonotonic, RoundRobin,
    ShortestJobFirst, ShortestTimeToCompletionFirst, StaticPriority, Stride,
};
use std::time::Duration;

/// What a policy is made from, as far as it needs any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long a thread may run at a time. Not zero.
    pub quantum: Duration,
    /// What a lottery's draws depend on.
    pub seed: u64,
    /// Whether CPUs share one run queue.
    pub queues: Queues,
    /// For how many CPUs, where each has its own.
    pub cpus: u32,
}

/// How many run queues there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Queues {
    /// One, from which every CPU takes.
    #[default]
    Shared,
    /// One for each CPU, balanced by [`PerCpu`].
    PerCpu,
}

impl Default for Settings {
    /// A quantum of 10 ms, seed 1, and one queue for one CPU.
    fn default() -> Settings {
        Settings {
            quantum: Duration::from_millis(10),
            seed: 1,
            queues: Queues::Shared,
            cpus: 1,
        }
    }
}

/// A shipped policy.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// What people type.
    pub name: &'static str,
    /// Who runs next, in a few words.
    pub next: &'static str,
    /// Makes one, with one queue.
    pub make: fn(&Settings) -> Box<dyn Policy>,
}

/// Every shipped policy, in the order in which the book explains them.
pub const SHIPPED: [Shipped; 12] = [
    Shipped {
        name: "fcfs",
        next: "who came first, until it stops by itself",
        make: |_| Box::new(FirstComeFirstServed::new()),
    },
    Shipped {
        name: "sjf",
        next: "whose burst is shortest, until it stops by itself",
        make: |_| Box::new(ShortestJobFirst::new()),
    },
    Shipped {
        name: "stcf",
        next: "who has least left to do",
        make: |_| Box::new(ShortestTimeToCompletionFirst::new()),
    },
    Shipped {
        name: "rr",
        next: "who has waited longest, for a quantum",
        make: |settings| Box::new(RoundRobin::new(settings.quantum)),
    },
    Shipped {
        name: "priority",
        next: "whose priority is highest; equals take turns",
        make: |settings| Box::new(StaticPriority::new().quantum(settings.quantum)),
    },
    Shipped {
        name: "mlfq",
        next: "who computed least of late: three levels, twice the quantum at each",
        make: |settings| Box::new(feedback(settings.quantum)),
    },
    Shipped {
        name: "lottery",
        next: "whose ticket is drawn, for a quantum",
        make: |settings| Box::new(Lottery::new(settings.quantum, settings.seed)),
    },
    Shipped {
        name: "stride",
        next: "whose pass is smallest, for a quantum",
        make: |settings| Box::new(Stride::new(settings.quantum)),
    },
    Shipped {
        name: "fair",
        next: "whose virtual runtime is smallest; all within eight quanta",
        make: |settings| Box::new(Fair::new(settings.quantum * 8, settings.quantum)),
    },
    Shipped {
        name: "eevdf",
        next: "of those who had no more than their due, whose virtual deadline is earliest",
        make: |settings| Box::new(EarliestEligibleVirtualDeadlineFirst::new(settings.quantum)),
    },
    Shipped {
        name: "edf",
        next: "whose deadline is earliest",
        make: |_| Box::new(EarliestDeadlineFirst::new()),
    },
    Shipped {
        name: "rm",
        next: "whose period is shortest",
        make: |_| Box::new(RateMonotonic::new()),
    },
];

/// The shipped policy of this name; None if there is none.
///
/// ```
/// use scheduler::policy::{Settings, by_name};
///
/// let policy = by_name("rr", &Settings::default()).expect("round robin is shipped");
/// assert_eq!(policy.name(), "RoundRobin");
/// assert!(by_name("the best", &Settings::default()).is_none());
/// ```
pub fn by_name(name: &str, settings: &Settings) -> Option<Box<dyn Policy>> {
    let shipped = SHIPPED.iter().find(|shipped| shipped.name == name)?;
    Some(match settings.queues {
        Queues::Shared => (shipped.make)(settings),
        Queues::PerCpu => {
            let (make, settings) = (shipped.make, *settings);
            let of_cpu = move |CpuId(cpu)| {
                make(&Settings {
                    seed: settings.seed.wrapping_add(cpu.into()), // not the same draws
                    ..settings
                })
            };
            Box::new(PerCpu::new(settings.cpus, of_cpu))
        }
    })
}

/// Three levels of two quanta each, and a boost every 50 of the shortest.
fn feedback(quantum: Duration) -> MultiLevelFeedback {
    let level = |factor| Level {
        quantum: quantum * factor,
        allotment: 2,
    };
    MultiLevelFeedback::new([1, 2, 4].map(level)).boost_every(quantum * 50)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_policies_have_one_name() {
        let names: HashSet<_> = SHIPPED.iter().map(|shipped| shipped.name).collect();
        assert_eq!(names.len(), SHIPPED.len());
    }

    #[test]
    fn every_policy_that_is_made_says_a_type_of_its_own() {
        let made = SHIPPED.map(|shipped| (shipped.make)(&Settings::default()));
        let types: HashSet<_> = made.iter().map(|policy| policy.name().to_owned()).collect();
        assert_eq!(types.len(), SHIPPED.len());
    }
}
