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
        "there is no memory left for a unit's stack (`ulimit -v`, or the container's limit)",
    ),
    (
        &["os error 99)", "Errno 99]"],
        "there are no ports left for connections to one server (sysctl \
         net.ipv4.ip_local_port_range)",
    ),
];

/// The complaint, with what it means before it if that is known.
pub(super) fn told(complaint: &str) -> String {
    let known = REFUSALS
        .iter()
        .find(|(marks, _)| marks.iter().any(|mark| complaint.contains(mark)));
    match known {
        Some((_, meaning)) => format!("{meaning}: {complaint}"),
        None => complaint.to_owned(),
    }
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
            let told = told(complaint);
            assert!(told.contains(limit) && told.ends_with(complaint), "{told}");
        }
        assert_eq!(told("the server broke off"), "the server broke off");
    }
}
