//! `laboratory`: the table of a statement's instructions, and what is refused.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::process::{Command, Output};

/// Runs the command.
fn laboratory(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sidestep"))
        .arg("laboratory")
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// What it prints.
fn printed(arguments: &[&str]) -> String {
    let output = laboratory(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("what it writes is UTF-8")
}

/// The rows: instruction, and what came of a stop before it.
fn rows(table: &str) -> Vec<(String, String)> {
    let row = |line: &str| {
        line.get(..5)?.trim().parse::<usize>().ok()?;
        let (text, came) = line.get(7..)?.rsplit_once("  ")?;
        let is_row = came == "kept" || came.starts_with("LOST");
        is_row.then(|| (text.trim().to_owned(), came.to_owned()))
    };
    table.lines().filter_map(row).collect()
}

#[test]
fn an_update_is_lost_from_behind_the_load_until_the_store_and_it_is_the_same_each_time() {
    let table = printed(&["--times", "5"]);
    assert_eq!(printed(&["--times", "5"]), table);
    assert!(table.contains("unsafe { COUNTER += 1 };"), "{table}");
    let rows = rows(&table);
    let lost: Vec<usize> = (0..rows.len())
        .filter(|&k| rows[k].1 == "LOST 5 of 5")
        .collect();
    let (begin, end) = (lost[0], lost[lost.len() - 1]);
    assert_eq!(lost, (begin..=end).collect::<Vec<_>>(), "{table}");
    let (load, store) = (&rows[begin - 1].0, &rows[end].0);
    assert!(
        load.starts_with("mov r") && load.ends_with(",[COUNTER]"),
        "{load}"
    );
    assert!(store.starts_with("mov [COUNTER],r"), "{store}");
    assert!(table.ends_with(&format!(
        "An update is lost after {begin} to {end} instructions:\n  \
         behind `{load}`, and before `{store}`.\n"
    )));
}

#[test]
fn one_step_of_an_atomic_loses_nothing() {
    let table = printed(&["at_once", "--times", "2"]);
    assert!(rows(&table).iter().all(|row| row.1 == "kept"), "{table}");
    assert!(table.contains("lock "), "{table}");
    assert!(table.ends_with("Nothing is lost, wherever it was stopped.\n"));
}

#[test]
fn one_stop_is_drawn_where_it_was() {
    let rows = rows(&printed(&["--times", "1"]));
    let k = rows
        .iter()
        .position(|row| row.1.starts_with("LOST"))
        .unwrap_or(0);
    let table = printed(&["--times", "3", "--after", &k.to_string()]);
    let cut = table.lines().position(|line| line.contains("stopped here"));
    let lines: Vec<&str> = table.lines().collect();
    let cut = cut.expect("it is drawn");
    assert!(
        lines[cut].ends_with("an update is LOST, 3 of 3 times"),
        "{table}"
    );
    assert!(lines[cut - 1].ends_with(",[COUNTER]"), "{table}");
    assert!(
        lines[cut + 1].trim_start().starts_with(&format!("{k}  ")),
        "{table}"
    );
}

#[test]
fn nonsense_is_refused_in_a_sentence() {
    for (arguments, code, words) in [
        (["--after", "9999"], 64, "choose --after 0 to "),
        (["--times", "0"], 64, "'0'"),
        (["--program", "x"], 64, "--program"),
    ] {
        let output = laboratory(&arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{errors}");
        assert!(errors.contains(words), "{errors}");
    }
}
