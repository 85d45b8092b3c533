//! Measuring in rounds, in which the contenders take turns.
//!
//! Invariants: (1) each round measures every contender once, and begins with
//! another of them than the round before; (2) a ratio is made of two samples of
//! one round; (3) every sample is a cost: less is better.

use serde::{Deserialize, Serialize};

/// A piece of work that several can do.
pub(crate) struct Work {
    /// What is done: the row's name.
    pub(crate) name: &'static str,
    /// What a cost is counted in.
    pub(crate) unit: Unit,
    /// Who does it. The first is ours.
    pub(crate) contenders: Vec<Contender>,
    /// In how many rounds.
    pub(crate) rounds: usize,
}

/// What a cost is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Unit {
    /// ns for each.
    Nanoseconds,
    /// Bytes for each.
    Bytes,
    /// ns for each, shown as how many there are in a second.
    PerSecond,
}

/// Does the work once, and returns the cost; or says why it cannot.
pub(crate) type Sample = Box<dyn FnMut() -> Result<f64, String>>;

/// Somebody who does a piece of work.
pub(crate) struct Contender {
    /// What the table calls it.
    peer: &'static str,
    /// Does it.
    sample: Sample,
    /// Our cost is to be at most so many times this one's.
    target: Option<f64>,
}

impl Contender {
    /// One that can always do it.
    pub(crate) fn new(peer: &'static str, mut sample: impl FnMut() -> f64 + 'static) -> Self {
        Contender::that_may_fail(peer, Box::new(move || Ok(sample())))
    }

    /// One that may be missing here.
    pub(crate) fn that_may_fail(peer: &'static str, sample: Sample) -> Self {
        Contender {
            peer,
            sample,
            target: None,
        }
    }

    /// Does the work once.
    ///
    /// # Errors
    ///
    /// Why it cannot.
    pub(crate) fn once(&mut self) -> Result<f64, String> {
        (self.sample)()
    }

    /// Our cost is to be at most `factor` times its.
    pub(crate) fn target(mut self, factor: f64) -> Self {
        self.target = Some(factor);
        self
    }
}

/// What came of one piece of work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What was done.
    pub(crate) work: String,
    /// What the costs are counted in.
    pub(crate) unit: Unit,
    /// Each contender's, ours first.
    pub(crate) measured: Vec<Measured>,
    /// Who could not do it, and why.
    pub(crate) skipped: Vec<(String, String)>,
}

/// What came of one contender's work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// What the table calls it.
    pub(crate) peer: String,
    /// The median cost.
    pub(crate) cost: f64,
    /// The median of our cost over its own, round by round.
    pub(crate) ratio: f64,
    /// Half of the distance between the ratios' quartiles.
    pub(crate) spread: f64,
    /// What the ratio should be at most.
    pub(crate) target: Option<f64>,
    /// Every round's cost.
    pub(crate) samples: Vec<f64>,
}

impl Measured {
    /// Whether the target is reached; `None` without one.
    pub(crate) fn holds(&self) -> Option<bool> {
        self.target.map(|target| self.ratio <= target)
    }
}

impl Work {
    /// Measures every contender in every round.
    pub(crate) fn measure(mut self) -> Row {
        let mut skipped = Vec::new();
        let mut samples: Vec<Vec<f64>> = vec![Vec::new(); self.contenders.len()];
        for round in 0..self.rounds {
            for turn in 0..samples.len() {
                let index = (round + turn) % samples.len(); // invariant 1
                let contender = &mut self.contenders[index];
                if skipped.iter().any(|(peer, _)| peer == contender.peer) {
                    continue;
                }
                match contender.once() {
                    Ok(cost) => samples[index].push(cost),
                    Err(why) => skipped.push((contender.peer.to_owned(), why)),
                }
            }
        }
        let ours = samples[0].clone();
        let measured = self
            .contenders
            .iter()
            .zip(samples)
            .filter(|(contender, _)| skipped.iter().all(|(peer, _)| peer != contender.peer))
            .map(|(contender, samples)| {
                let mut ratios: Vec<f64> = ours
                    .iter()
                    .zip(&samples)
                    .map(|(ours, theirs)| ours / theirs) // invariant 2
                    .collect();
                Measured {
                    peer: contender.peer.to_owned(),
                    cost: quantile(&mut samples.clone(), 0.5),
                    ratio: quantile(&mut ratios, 0.5),
                    spread: (quantile(&mut ratios, 0.75) - quantile(&mut ratios, 0.25)) / 2.0,
                    target: contender.target,
                    samples,
                }
            })
            .collect();
        Row {
            work: self.name.to_owned(),
            unit: self.unit,
            measured,
            skipped,
        }
    }
}

/// The value below which so much of `values` lies, between the two next to it.
pub(crate) fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = part * last as f64;
    let below = place.floor();
    let (low, high) = (values[below as usize], values[place.ceil() as usize]);
    low + (high - low) * (place - below)
}
