//! What the system's refusals mean, and what one can do about them.
//!
//! Pure: the sentence of whoever failed in, one for the table out.

/// A refusal by its marks (Rust's and Python's words for it), and what to do.
const REFUSALS: [(&[&str], &str); 4] = [
    (
        &["os error 11)", "Errno 11]", "can't start new thread"],
        "the system starts no more units: a limit on threads and processes (`ulimit -u`, or the \
         container's pids.max)",
    ),
    (
        &["os error 24)", "Errno 24]"],
        "no more files can be open at a time, and a connection, a pipe and a selector are files \
         (`ulimit -n`)",
    ),
    (
        &["os error 12)", "Errno 12]", "MemoryError"],
        "there is no memory left for a unit's stack, or too many pieces of it (`ulimit -v`, \
         sysctl vm.max_map_count, or the container's limit)",
    ),
    (
        &["os error 99)", "Errno 99]"],
        "there are no ports left for connections to one server (sysctl \
         net.ipv4.ip_local_port_range)",
    ),
];

/// The longest complaint that a table shows, in letters.
const LONGEST: usize = 300;

/// What a complaint of several lines says: the line that names a refusal, with what that
/// means before it, or else the last one. None of an empty one.
pub(super) fn told(complaint: &str) -> Option<String> {
    let short = |line: &str| line.trim().chars().take(LONGEST).collect::<String>();
    let lines = || complaint.lines().filter(|line| !line.trim().is_empty());
    let refused = lines().find_map(|line| {
        let mut known = REFUSALS.iter();
        let (_, meaning) = known.find(|(marks, _)| marks.iter().any(|it| line.contains(it)))?;
        Some(format!("{meaning}: {}", short(line)))
    });
    let notes = ["note: ", "stack backtrace"]; // of a panic
    let is_note = |line: &&str| !notes.iter().any(|it| line.trim().starts_with(it));
    refused.or_else(|| lines().rfind(is_note).map(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_which_limit_to_raise() {
        for (complaint, limit) in [
            (
                "Resource temporarily unavailable (os error 11)",
                "ulimit -u",
            ),
            ("RuntimeError: can't start new thread", "ulimit -u"),
            ("OSError: [Errno 24] Too many open files", "ulimit -n"),
            ("Cannot allocate memory (os error 12)", "ulimit -v"),
        ] {
            let told = told(&format!("thread 'x' panicked:\n{complaint}\nlater\n")).unwrap();
            assert!(told.contains(limit) && told.ends_with(complaint), "{told}");
        }
        let panic = "thread 'x' panicked at y:\nit broke\nnote: run with `RUST_BACKTRACE=1`\n";
        assert_eq!(told(panic).as_deref(), Some("it broke"));
        assert_eq!(told(" \n"), None);
    }
}
