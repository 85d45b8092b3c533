//! Which of several names a mistyped one means.
//!
//! The measure is how many letters must be put in, taken out, or replaced: the
//! distance of Levenshtein.

/// The name nearest to `typed`, unless all are too far: more than a third of
/// the letters wrong.
pub(crate) fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = names.map(|name| (distance(typed, name), name)).min()?;
    let limit = (near.1.chars().count() / 3).max(1);
    (near.0 <= limit).then_some(near.1)
}

/// How many letters differ: the table's rows, one after the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, candidate) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *candidate);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_name_and_another_word_none() {
        let names = || ["round_robin", "bounded_channel"].into_iter();
        assert_eq!(nearest("round_robbin", names()), Some("round_robin"));
        assert_eq!(nearest("roundrobin", names()), Some("round_robin"));
        assert_eq!(nearest("lottery", names()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
