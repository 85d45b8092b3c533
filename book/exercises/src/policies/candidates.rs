//! The author's files of a policy exercise, as candidates of the judge.

/// The name and the policy of each of the author's files: the solution, the
/// skeleton, and the mistakes, whose modules stand in `mistakes`.
///
/// ```text
/// policy_candidates!(RoundRobin, |given| (given.quantum), [expired_to_head, no_quantum])
/// ```
///
/// makes `RoundRobin::new(given.quantum)` of each.
#[macro_export]
macro_rules! policy_candidates {
    ($policy:ident, |$given:ident| $arguments:tt, [$($mistake:ident),* $(,)?]) => {
        [
            (
                "solution",
                (|$given| Box::new(solution::$policy::new $arguments)) as $crate::scenario::NewPolicy,
            ),
            (
                "skeleton",
                (|$given| Box::new(skeleton::$policy::new $arguments)) as $crate::scenario::NewPolicy,
            ),
            $((
                concat!("mistakes/", stringify!($mistake)),
                (|$given| Box::new(mistakes::$mistake::$policy::new $arguments))
                    as $crate::scenario::NewPolicy,
            ),)*
        ]
    };
}
