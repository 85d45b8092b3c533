//! Durations and instants as people read them: ms, or µs where that is too coarse.

/// `5 ms`, `12 µs`, `1.5 ms`, `340 ns`, `2.25 s`: at most three decimals.
pub fn show(nanoseconds: u64) -> String {
    let (unit, name) = match nanoseconds {
        0 => return "0 ms".to_owned(),
        1..1_000 => (1, "ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..10_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let whole = nanoseconds / unit;
    let thousandths = nanoseconds % unit * 1_000 / unit;
    // Three digits are as exact as a reader needs.
    let decimals = match whole {
        0..10 => format!("{:02}", thousandths / 10),
        10..100 => format!("{:01}", thousandths / 100),
        _ => String::new(),
    };
    match decimals.trim_end_matches('0') {
        "" => format!("{whole} {name}"),
        decimals => format!("{whole}.{decimals} {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::show;

    #[test]
    fn durations_are_shown_in_the_unit_that_fits() {
        let cases = [
            (0, "0 ms"),
            (7, "7 ns"),
            (12_000, "12 µs"),
            (12_345, "12.3 µs"),
            (1_500_000, "1.5 ms"),
            (3_000_000, "3 ms"),
            (340_900_000, "340 ms"),
            (9_999_000_000, "9999 ms"),
            (12_250_000_000, "12.2 s"),
            (u64::MAX, "18446744073 s"),
        ];
        for (nanoseconds, shown) in cases {
            assert_eq!(show(nanoseconds), shown);
        }
    }
}
