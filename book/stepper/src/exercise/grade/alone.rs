//! Whether a file stands alone, or takes in another: the solution, say.
//!
//! It is looked at word by word, as the compiler does, so comments and texts do not
//! count. A macro that is made for it can still hide a `path`; so a grader keeps
//! solutions where the learners' files are not built.
//!
//! Book: "For teachers".

use proc_macro2::{TokenStream, TokenTree};

/// What takes in other files while a program is compiled.
const WORDS: [&str; 3] = ["include", "include_bytes", "include_str"];

/// The word by which `text` takes in another file, if there is one.
pub(super) fn takes_in(text: &str) -> Option<&'static str> {
    // What is no Rust is told by the compiler.
    words(text.parse().ok()?, false)
}

/// The same of tokens, which may be those of an attribute.
fn words(tokens: TokenStream, in_attribute: bool) -> Option<&'static str> {
    let mut tokens = tokens.into_iter().peekable();
    let mut after_hash = false;
    while let Some(token) = tokens.next() {
        let found = match &token {
            TokenTree::Group(group) => words(group.stream(), in_attribute || after_hash),
            TokenTree::Ident(word) => {
                let word = word.to_string();
                let word = word.trim_start_matches("r#");
                let set = matches!(
                    tokens.peek(),
                    Some(TokenTree::Punct(mark)) if mark.as_char() == '='
                );
                if in_attribute && set && word == "path" {
                    Some("path =")
                } else {
                    WORDS.into_iter().find(|taking| *taking == word)
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => None,
        };
        if found.is_some() {
            return found;
        }
        after_hash = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '#');
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_takes_in_another_is_told_by_the_word() {
        for (text, word) in [
            ("include!(\"solution.rs\");", "include"),
            (
                "fn a() { let _ = core::include_str!(\"x\"); }",
                "include_str",
            ),
            ("use std::include as harmless; harmless!(\"x\");", "include"),
            ("#[path = \"solution.rs\"] mod mine;", "path ="),
            (
                "#[cfg_attr(all(), path = \"solution.rs\")] mod mine;",
                "path =",
            ),
        ] {
            assert_eq!(takes_in(text), Some(word), "{text}");
        }
    }

    #[test]
    fn a_file_that_only_speaks_of_it_stands_alone() {
        for text in [
            "//! include!(\"x\")\nfn a() { let path = 1; println!(\"include!\"); }",
            "fn b(path: u8) -> bool { path == 1 }",
            "this is no Rust )",
        ] {
            assert_eq!(takes_in(text), None, "{text}");
        }
    }
}
