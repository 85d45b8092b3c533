//! Seeking: to a text, to a breakpoint, to a step, to an instant.
//!
//! Only the focused view goes to what was found; to a step or an instant both
//! do, if they are linked.
//!
//! Book: appendix "The stepper".

use super::{
    Model,
    breakpoint::Breakpoint,
    moves::{first, last},
};
use stepper::trace::Direction;

impl Model {
    /// To the next or previous step with the sought text in its event, its
    /// unit's name or the output that follows it.
    pub(crate) fn seek(&mut self, direction: Direction) {
        let Some(text) = self.sought.clone() else {
            self.message = Some("search first: / and a text".to_owned());
            return;
        };
        let Some(side) = self.side(self.focus) else {
            return;
        };
        let step = self.focused().step();
        let Some(found) = side.search(&text, step, direction) else {
            self.message = Some(format!("`{text}` is not found"));
            return;
        };
        let around = match direction {
            Direction::Forwards => found <= step,
            Direction::Backwards => found >= step,
        };
        if around {
            self.message = Some(format!("`{text}`: from the other end again"));
        }
        self.go(self.focus, found);
    }

    /// On to the next event at which the breakpoint stops.
    pub(crate) fn run_to_breakpoint(&mut self) {
        let Some((breakpoint, text)) = &self.breakpoint else {
            self.message = Some("set a breakpoint first: b and what to stop at".to_owned());
            return;
        };
        let Some(side) = self.side(self.focus) else {
            return;
        };
        let rest = self.focused().step()..side.len();
        match first(side, rest, |event| breakpoint.hits(side, event)) {
            Some(found) => self.go(self.focus, found),
            None => self.message = Some(format!("nothing more stops at `{text}`")),
        }
    }

    /// Whether a view stands at the breakpoint.
    pub(crate) fn at_breakpoint(&self, view: usize) -> bool {
        let stops = |(breakpoint, _): &(Breakpoint, String)| {
            let side = self.side(view)?;
            let event = side.event_of_step(self.views[view].step())?;
            Some(breakpoint.hits(side, &event))
        };
        self.breakpoint.as_ref().and_then(stops).unwrap_or(false)
    }

    /// To a step (`7`), or to the last one at or before an instant (`5 ms`):
    /// what was so then.
    pub(crate) fn go_to(&mut self, text: &str) {
        let instant = instant(text);
        let step = text.trim().parse::<usize>().ok();
        if step.is_none() && instant.is_none() {
            self.message = Some(format!("`{text}` is neither a step (7) nor a time (5 ms)"));
            return;
        }
        let views = if self.linked {
            0..self.views.len()
        } else {
            self.focus..self.focus + 1
        };
        for view in views {
            let Some(side) = self.side(view) else {
                continue;
            };
            let at = |instant| {
                let found = last(side, 0..side.len(), |event| event.time() <= instant);
                found.unwrap_or(0)
            };
            let target = step.or_else(|| instant.map(at)).unwrap_or_default();
            self.go(view, target);
        }
    }
}

/// Reads `5 ms`, `2s`, `12 us`, `12 µs` or `340ns`, as ns.
fn instant(text: &str) -> Option<u64> {
    let text = text.trim();
    let unit = text.find(|letter: char| letter.is_alphabetic())?;
    let scale = match &text[unit..] {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return None,
    };
    let number: f64 = text[..unit].trim().parse().ok()?;
    let nanoseconds = number * scale;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked here: not negative, and `as` keeps to the largest"
    )]
    (nanoseconds >= 0.0).then_some(nanoseconds as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::two_sides;

    #[test]
    fn instants_are_read_in_every_unit() {
        assert_eq!(instant("5 ms"), Some(5_000_000));
        assert_eq!(instant("1.5us"), Some(1_500));
        assert_eq!(instant("2s"), Some(2_000_000_000));
        for text in ["7", "", "ms", "-1 ms", "5 hours"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn search_finds_output_and_goes_around() {
        let mut model = two_sides();
        model.sought = Some("PING 1".to_owned());
        model.seek(Direction::Forwards);
        let found = model.focused().step();
        assert!(found > 0);
        model.seek(Direction::Forwards);
        assert_eq!(model.focused().step(), found);
        assert!(
            model
                .message
                .as_deref()
                .unwrap()
                .contains("other end again")
        );
    }

    #[test]
    fn search_for_nothing_there_stays_and_says_so() {
        let mut model = two_sides();
        model.sought = Some("no such text".to_owned());
        model.seek(Direction::Forwards);
        assert_eq!(model.focused().step(), 0);
        assert_eq!(
            model.message.as_deref(),
            Some("`no such text` is not found")
        );
    }

    #[test]
    fn going_to_an_instant_moves_linked_views_alike() {
        let mut model = two_sides();
        model.go_to("1 ms");
        let [tasks, threads] = [0, 1].map(|view| model.views[view].step());
        assert_eq!(
            tasks,
            model.side(0).unwrap().len(),
            "all of it takes no time"
        );
        let threads = [threads, threads + 1].map(|step| {
            let side = model.side(1).unwrap();
            side.event_of_step(step).unwrap().time()
        });
        assert!(
            threads[0] <= 1_000_000 && threads[1] > 1_000_000,
            "{threads:?}"
        );
    }
}
