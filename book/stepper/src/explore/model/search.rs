//! One search: what it has told, and how far it is, in words.
//!
//! Book: chapter 19.

use crate::explore::{
    told::Found,
    tree::{Row, Tree},
};
use crate::words::grouped;

/// One search.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// Its number in the program, from 1.
    pub(in crate::explore) number: u32,
    /// Where it is, as `file:line`.
    pub(in crate::explore) at: String,
    /// How, as the scheduler's `Search` is written.
    pub(in crate::explore) how: String,
    /// What was found.
    pub(in crate::explore) found: Found,
    /// Whether that is all.
    pub(in crate::explore) is_over: bool,
    /// The tree of choices.
    pub(in crate::explore) tree: Tree,
    /// Its rows.
    pub(crate) rows: Vec<Row>,
}

impl Search {
    /// Whether it tries one execution of each kind.
    pub(in crate::explore) fn is_optimal(&self) -> bool {
        self.how == "Exhaustive"
    }

    /// Whether this execution fails.
    pub(crate) fn fails(&self, execution: usize) -> bool {
        self.tree.executions[execution].fails
    }

    /// How long it has taken so far.
    pub(crate) fn seconds(&self) -> f64 {
        self.found.seconds
    }

    /// How it searches, in words.
    pub(in crate::explore) fn how(&self) -> String {
        let numbers: Vec<&str> = self
            .how
            .split(|letter: char| !letter.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .collect();
        match (
            self.how.split([' ', '(']).next().unwrap_or_default(),
            &numbers[..],
        ) {
            ("Exhaustive", _) => "one of each kind".to_owned(),
            ("Plain", _) => "every interleaving".to_owned(),
            ("Preemptions", [most]) => format!("at most {most} preemptions"),
            ("Random", [seed, runs]) => format!("{runs} random walks, seed {seed}"),
            ("Pct", [seed, depth, runs]) => {
                format!("{runs} runs of random priorities, depth {depth}, seed {seed}")
            }
            _ => self.how.clone(),
        }
    }

    /// How far it is, in a line: how many were tried, of how many.
    pub(crate) fn account(&self) -> String {
        let found = &self.found;
        let tried = format!("{} tried", grouped(found.explored));
        if !self.is_over {
            let estimate = found.behind.filter(|behind| *behind > 0.0).map(|behind| {
                let percent = (behind * 100.0).floor();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_precision_loss,
                    clippy::cast_sign_loss,
                    reason = "an estimate"
                )]
                let all = (found.explored as f64 / behind) as u64;
                format!(
                    ", about {percent} % done, {} in all by estimate",
                    grouped(all)
                )
            });
            return format!("{tried} so far{}", estimate.unwrap_or_default());
        }
        match (&found.stopped, &found.interleavings) {
            (Some(why), _) => format!("{tried}, and not all: {why}"),
            (None, Some(all)) if self.is_optimal() => {
                let all = all.parse().map_or_else(|_| all.clone(), grouped);
                format!("{tried}, one of each kind, for all {all} interleavings: exhausted")
            }
            (None, _) => format!("{tried}, {}: exhausted", self.how()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::explore::model::tests::told;

    #[test]
    fn a_search_that_goes_on_says_how_far_it_is_and_one_that_was_bounded_why() {
        let mut model = told();
        let search = &mut model.searches[0];
        search.is_over = false;
        search.found.explored = 1200;
        search.found.behind = Some(0.25);
        assert_eq!(
            search.account(),
            "1,200 tried so far, about 25 % done, 4,800 in all by estimate"
        );
        search.is_over = true;
        search.found.stopped = Some("the time was over".to_owned());
        assert_eq!(
            search.account(),
            "1,200 tried, and not all: the time was over"
        );
        search.found.stopped = None;
        search.how = "Plain".to_owned();
        assert_eq!(
            search.account(),
            "1,200 tried, every interleaving: exhausted"
        );
        search.how = "Pct { seed: 7, depth: 3, runs: 9 }".to_owned();
        assert_eq!(search.how(), "9 runs of random priorities, depth 3, seed 7");
    }
}
