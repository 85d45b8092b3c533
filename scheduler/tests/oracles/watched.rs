//! A policy under observation: what it did that no chart shows.
//!
//! Invariant: (1) one level is noted for each dispatch, in their order; on one
//! CPU that is also the order of the chart's segments.

use scheduler::policy::{
    Attributes, CpuId, Draw, Lottery, MultiLevelFeedback, Pick, Policy, Ready, StopReason, ThreadId,
};
use scheduler::time::Time;
use std::time::Duration;

/// The policies that are asked for more than their picks.
pub(crate) enum Shipped {
    /// Nothing more to ask.
    Plain(Box<dyn Policy>),
    /// It has levels, and boosts.
    Feedback(MultiLevelFeedback),
    /// It draws.
    Lottery(Lottery),
}

/// A policy, and what was noted.
pub(crate) struct Watched {
    /// Who decides.
    shipped: Shipped,
    /// The level of the thread that was picked, pick by pick; 0 where the policy
    /// has no levels.
    pub(crate) levels: Vec<usize>,
    /// When the timer ran.
    pub(crate) timers: Vec<Time>,
    /// What was drawn, and who won.
    pub(crate) draws: Vec<(Draw, ThreadId)>,
}

impl Watched {
    /// Nothing was noted yet.
    pub(crate) fn new(shipped: Shipped) -> Watched {
        Watched {
            shipped,
            levels: Vec::new(),
            timers: Vec::new(),
            draws: Vec::new(),
        }
    }

    /// Who decides.
    fn inner(&mut self) -> &mut dyn Policy {
        match &mut self.shipped {
            Shipped::Plain(policy) => &mut **policy,
            Shipped::Feedback(policy) => policy,
            Shipped::Lottery(policy) => policy,
        }
    }

    /// Who decides, to be asked only.
    fn asked(&self) -> &dyn Policy {
        match &self.shipped {
            Shipped::Plain(policy) => &**policy,
            Shipped::Feedback(policy) => policy,
            Shipped::Lottery(policy) => policy,
        }
    }

    /// The level of `thread`.
    fn level(&self, thread: ThreadId) -> usize {
        match &self.shipped {
            Shipped::Plain(_) | Shipped::Lottery(_) => 0,
            Shipped::Feedback(policy) => policy.level(thread),
        }
    }

    /// The last draw.
    fn draw(&self) -> Option<Draw> {
        match &self.shipped {
            Shipped::Plain(_) | Shipped::Feedback(_) => None,
            Shipped::Lottery(policy) => policy.last_draw(),
        }
    }
}

impl Policy for Watched {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.inner().ready(thread, why, now);
    }
    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        let pick = self.inner().pick(cpu, now)?;
        self.levels.push(self.level(pick.thread)); // invariant 1
        let draw = self.draw().map(|draw| (draw, pick.thread));
        self.draws.extend(draw);
        Some(pick)
    }
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        self.inner().stopped(thread, ran, why, now);
    }
    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        self.asked().preempts(new, current, now)
    }
    fn next_timer(&self, now: Time) -> Option<Time> {
        self.asked().next_timer(now)
    }
    fn timer(&mut self, now: Time) {
        self.timers.push(now);
        self.inner().timer(now);
    }
    fn changed(&mut self, thread: &Attributes, now: Time) {
        self.inner().changed(thread, now);
    }
    fn name(&self) -> &str {
        self.asked().name()
    }
}
