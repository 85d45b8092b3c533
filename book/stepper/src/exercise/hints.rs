//! The hints of an exercise: the folded parts of its `README.md`.
//!
//! A hint is what stands between `<details><summary>Hint N</summary>` and
//! `</details>`; so a browser folds it, and this program can show one at a time.

/// How a hint begins.
const BEGIN: &str = "<details><summary>Hint";

/// The hints in `readme`, in order.
pub(super) fn hints(readme: &str) -> Vec<&str> {
    let parts = readme.split(BEGIN).skip(1);
    parts
        .filter_map(|part| {
            let (_, rest) = part.split_once("</summary>")?;
            let (hint, _) = rest.split_once("</details>")?;
            Some(hint.trim())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_come_in_order_without_their_folds() {
        let readme = "task\n<details><summary>Hint 1</summary>\n\nOne.\n\n</details>\n\
                      <details><summary>Hint 2</summary>Two.</details>";
        assert_eq!(hints(readme), ["One.", "Two."]);
        assert!(hints("no hints").is_empty());
    }
}
