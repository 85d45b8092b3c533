//! The chapter on memory has the litmus tests that the search is held against.

use crate::support::read;
use serde_json::Value;

/// The strings of a list.
fn strings(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|it| it.as_str().unwrap()).collect()
}

/// The row of a test as the page has it.
fn row(test: &Value) -> String {
    let missed = strings(&test["missed"]);
    let allowed: Vec<String> = strings(&test["allowed"])
        .into_iter()
        .map(|how| {
            let word = match how {
                "release and acquire" => "release",
                "acq_rel fences" => "fence",
                "relaxed" => "relaxed",
                other => panic!("the page says that `{other}` allows nothing"),
            };
            let star = if missed.contains(&how) { "*" } else { "" };
            format!("{word}{star}")
        })
        .collect();
    let [name, asks] = ["name", "asks"].map(|key| test[key].as_str().unwrap());
    let threads = strings(&test["threads"]).join(" ‖ ").replace("; ", ";");
    let when = match allowed.join(", ") {
        none if none.is_empty() => "never".to_owned(),
        when => when,
    };
    format!("| {name} | `{threads}` | `{asks}` | {when} |\n")
}

#[test]
fn the_page_on_memory_has_every_litmus_test_with_its_verdict_and_no_other() {
    let text = read("scheduler/tests/explore/litmus/table.json");
    let file: Value = serde_json::from_str(&text).unwrap();
    let tests = file["tests"].as_array().unwrap();
    let rows: String = tests.iter().map(row).collect();
    let page = read("book/src/what_memory_may_do.md");
    let (_, table) = page.split_once("|---|---|---|---|\n").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    assert_eq!(table.to_owned() + "\n", rows);
}
