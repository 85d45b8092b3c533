//! `exercise grade`: points, in every form, and what earns none.

use super::{Checkout, words};
use base64::Engine as _;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes the learner's file of any exercise.
fn write(checkout: &Checkout, exercise: &str, text: &str) {
    let folder = checkout.0.join("book/exercises").join(exercise);
    fs::write(folder.join("exercise.rs"), text).expect("the copy can be written");
}

/// Grades into a file, and returns what is in it, and all words.
fn grade(checkout: &Checkout, arguments: &[&str]) -> (String, String) {
    let out = checkout.0.join("graded");
    let _ = fs::remove_file(&out); // of the one before
    let path = out.to_str().expect("the path is UTF-8");
    let (code, words) = checkout.exercise(&[&["grade", "--out", path], arguments].concat());
    assert_eq!(code, 0, "{words}");
    assert!(!checkout.0.join("graded.part").exists(), "half a file");
    let graded = fs::read_to_string(out).expect("it was written");
    (graded, words)
}

/// Grades, and reads our own form.
fn graded(checkout: &Checkout, arguments: &[&str]) -> Value {
    let (text, _) = grade(checkout, &[&["--format", "json"], arguments].concat());
    serde_json::from_str(&text).expect("it is JSON")
}

/// A text in JSON.
fn said(value: &Value) -> &str {
    value.as_str().expect("it is a text")
}

/// The names of a JSON object's fields, in alphabetical order.
fn fields(value: &Value) -> Vec<&str> {
    let object = value.as_object().expect("it is an object");
    let mut fields: Vec<&str> = object.keys().map(String::as_str).collect();
    fields.sort_unstable();
    fields
}

/// The part of the test of all that compiles that is about points. Done before it:
/// round robin's solution stands in its file.
pub(super) fn points_are_given_by_part_and_taken_by_nobody(checkout: &Checkout, solution: &str) {
    every_form_tells_the_same(checkout);
    one_exercises_trouble_costs_its_own_points(checkout, solution);
    nobody_reaches_what_is_not_theirs(checkout, solution);
    write(checkout, "01_round_robin", solution);
}

/// One exercise is right, one is a skeleton, one does not compile.
fn every_form_tells_the_same(checkout: &Checkout) {
    let [skeleton, broken] = ["02_bounded_channel", "04_join"];
    let folder = checkout.0.join("book/exercises").join(skeleton);
    fs::copy(folder.join("skeleton.rs"), folder.join("exercise.rs")).expect("it is a copy");
    write(checkout, broken, "this is no Rust");
    let names = ["join", "1", "bounded_channel", "round_robin"];

    let (text, _) = grade(checkout, &names);
    assert!(text.starts_with("round_robin: 10 of 10\n"), "{text}");
    assert!(text.contains("\nbounded_channel: 0 of 15\n"), "{text}");
    assert!(
        text.contains("04_join/exercise.rs does not compile."),
        "{text}"
    );
    assert!(text.ends_with("\n10 of 35 points\n"), "{text}");

    let own = [&["--format", "json"], &names[..]].concat();
    let (first, _) = grade(checkout, &own);
    let (second, _) = grade(checkout, &own);
    assert_eq!(first, second, "the same files, the same bytes");
    let own: Value = serde_json::from_str(&first).expect("it is JSON");
    assert_eq!([&own["score"], &own["max_score"]], [10, 35]);
    let right = &own["exercises"][0];
    let parts = right["parts"].as_array().expect("it was run");
    let parts: Vec<Value> = parts
        .iter()
        .map(|it| json!([it["part"], it["score"]]))
        .collect();
    let all = json!([
        ["rules", 4],
        ["textbook", 2],
        ["invariants", 2],
        ["threads", 2]
    ]);
    assert_eq!(Value::from(parts), all);
    let broken = &own["exercises"][2];
    assert!(
        said(&broken["output"]).contains("error: expected"),
        "{broken}"
    );
    assert_eq!(broken["parts"], json!([]));

    gradescope_reads_its_fields(checkout, &names);
    the_classroom_reads_a_result(checkout, &names);
}

/// Gradescope's form: its fields, all of them and no other.
fn gradescope_reads_its_fields(checkout: &Checkout, names: &[&str]) {
    let (scope, words) = grade(checkout, &[&["--format", "gradescope"], names].concat());
    assert!(words.contains("10 of 35 points"), "{words}");
    let scope: Value = serde_json::from_str(&scope).expect("it is JSON");
    let top = ["execution_time", "output", "stdout_visibility", "tests"];
    assert_eq!(fields(&scope), top, "no score, so it is added up");
    assert!(scope["execution_time"].as_f64() > Some(0.0));
    assert_eq!(scope["stdout_visibility"], "hidden");
    let tests = scope["tests"].as_array().expect("there are tests");
    for test in tests {
        let expected = [
            "max_score",
            "name",
            "number",
            "output",
            "score",
            "status",
            "tags",
            "visibility",
        ];
        assert_eq!(fields(test), expected);
    }
    let sum = |field: &str| {
        tests
            .iter()
            .map(|it| it[field].as_u64().expect("it is a number"))
            .sum::<u64>()
    };
    assert_eq!((sum("score"), sum("max_score")), (10, 35));
    let mut second = tests[1].clone();
    assert!(said(&second["output"]).starts_with('✓'), "{second}");
    second["output"] = Value::Null;
    let expected = json!({
        "name": "Round robin: textbook", "number": "1.2", "score": 2, "max_score": 2,
        "status": "passed", "output": null, "tags": ["round_robin", "textbook"],
        "visibility": "visible",
    });
    assert_eq!(second, expected);
    let last = tests.last().expect("there are tests");
    assert_eq!(last["status"], "failed");
    assert!(said(&last["output"]).contains("does not compile"), "{last}");
    let hide = [
        "--format",
        "gradescope",
        "--visibility",
        "after_published",
        "1",
    ];
    let (scope, _) = grade(checkout, &hide);
    let scope: Value = serde_json::from_str(&scope).expect("it is JSON");
    assert_eq!(scope["tests"][0]["visibility"], "after_published");
    assert_eq!(scope["output"], "", "nothing is told of hidden tests");
}

/// GitHub Classroom's form, where GitHub wants it.
fn the_classroom_reads_a_result(checkout: &Checkout, names: &[&str]) {
    let output = checkout.0.join("github_output");
    fs::write(&output, "other=1\n").expect("the copy can be written");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exercise_target");
    let told = Command::new(env!("CARGO_BIN_EXE_sidestep"))
        .args(["exercise", "grade", "--format", "github"])
        .args(names)
        .current_dir(&checkout.0)
        .env("CARGO_TARGET_DIR", target)
        .env("GITHUB_OUTPUT", &output)
        .stdin(Stdio::null())
        .output()
        .expect("the program can be started");
    assert!(told.status.success(), "{}", words(&told));
    let printed = String::from_utf8_lossy(&told.stdout);
    let kept = fs::read_to_string(&output).expect("it was written");
    assert_eq!(kept, format!("other=1\nresult={}\n", printed.trim_end()));
    let bytes = base64::engine::general_purpose::STANDARD.decode(printed.trim_end());
    let result: Value = serde_json::from_slice(&bytes.expect("it is base64")).expect("JSON");
    assert_eq!(fields(&result), ["max_score", "status", "tests", "version"]);
    assert_eq!(result["version"], 1);
    assert_eq!(result["status"], "error", "one does not compile");
    assert_eq!(result["max_score"], 35);
    let tests = result["tests"].as_array().expect("there are tests");
    for test in tests {
        let expected = [
            "execution_time",
            "line_no",
            "message",
            "name",
            "score",
            "status",
        ];
        assert_eq!(fields(test), expected);
        assert!(test["score"].is_u64(), "{test}");
        assert_eq!(test["line_no"], 0);
        assert!(said(&test["execution_time"]).ends_with('s'), "{test}");
    }
    let mut states: Vec<&str> = tests
        .iter()
        .filter_map(|it| it["status"].as_str())
        .collect();
    states.dedup();
    assert_eq!(states, ["pass", "fail", "error"]);
}

/// An abort, a file that takes in the solution, one that is not there.
fn one_exercises_trouble_costs_its_own_points(checkout: &Checkout, solution: &str) {
    let progress = checkout.0.join(".sidestep-progress.toml");
    let before = fs::read_to_string(&progress).ok();
    // It does well until real threads come, and then takes the judge along.
    let picking = "let head = self.queue.pop_front()?;";
    let here = "if std::thread::current().name() != Some(\"main\") { std::process::abort(); }";
    write(
        checkout,
        "01_round_robin",
        &solution.replace(picking, &format!("{here}{picking}")),
    );
    let own = graded(checkout, &["round_robin"]);
    assert_eq!(own["score"], 8, "{own}");
    let exercise = &own["exercises"][0];
    let trouble = exercise["trouble"].as_str().expect("it came to a bad end");
    assert!(
        trouble.contains("signal 6 (abort). That was during the check threads_at"),
        "{trouble}"
    );
    let threads = &exercise["parts"][3];
    assert_eq!(threads["score"], 0);
    assert_eq!(threads["checks"][0]["status"], "failed");
    assert_eq!(threads["checks"][1]["status"], "not_run");

    write(checkout, "01_round_robin", "include!(\"solution.rs\");");
    let own = graded(checkout, &["round_robin"]);
    assert_eq!(own["score"], 0, "{own}");
    let trouble = own["exercises"][0]["trouble"].to_string();
    assert!(
        trouble.contains("takes in another file (include)"),
        "{trouble}"
    );

    fs::remove_file(checkout.file("exercise.rs")).expect("it was there");
    let own = graded(checkout, &["round_robin"]);
    assert_eq!(own["score"], 0, "{own}");
    assert!(
        own["exercises"][0]["trouble"]
            .to_string()
            .contains("cannot be read")
    );

    // Other random cases do not matter to what is right.
    write(checkout, "01_round_robin", solution);
    let own = graded(checkout, &["round_robin", "--seed", "7"]);
    assert_eq!([&own["score"], &own["seed"]], [10, 7]);
    // Grading is no progress, and loses none.
    assert_eq!(fs::read_to_string(&progress).ok(), before);
}

/// The learner's code tries to print a pass, to write, to start a program, to change
/// its own memory, and to answer in its judge's place.
fn nobody_reaches_what_is_not_theirs(checkout: &Checkout, solution: &str) {
    let tries = r#"
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
        println!("\"over\"");
        let denied = [
            std::fs::write("written_by_the_learner", "x").is_err(),
            std::process::Command::new("/bin/true").spawn().is_err(),
            std::fs::OpenOptions::new().write(true).open("/proc/self/mem").is_err(),
            // Whoever grades may have left pipes, and /dev/null, open: they lead nowhere.
            (3..20).map(|file| format!("/proc/self/fd/{file}")).all(|path| {
                let leads = std::fs::read_link(&path).unwrap_or_default();
                let leads = leads.to_string_lossy();
                leads == "/dev/null" || leads.starts_with("pipe:")
                    || std::fs::OpenOptions::new().write(true).open(path).is_err()
            }),
            std::io::read_to_string(std::io::stdin()).is_ok_and(|text| text.is_empty()),
        ];
        assert_eq!(denied, [true; 5]);
        });
    "#;
    let picking = "let head = self.queue.pop_front()?;";
    write(
        checkout,
        "01_round_robin",
        &solution.replace(picking, &format!("{tries}{picking}")),
    );
    let own = graded(checkout, &["round_robin"]);
    let exercise = &own["exercises"][0];
    if exercise["confined"] == false {
        let (_, words) = grade(checkout, &["round_robin"]);
        assert!(words.contains("has no Landlock"), "{words}");
        return; // a kernel that cannot confine
    }
    assert!(!checkout.0.join("written_by_the_learner").exists());
    // Nothing was allowed, and nothing that is right was lost.
    assert_eq!(own["score"], 10, "{exercise}");
    assert!(said(&exercise["output"]).contains("over"), "{exercise}");
}

#[test]
fn what_cannot_be_graded_or_written_is_said_before_any_work() {
    let checkout = Checkout::of_exercises("grade");
    for (arguments, code, says) in [
        (&["alchemy"][..], 66, "there is no exercise 'alchemy'"),
        (&["--format", "pdf"], 64, "possible values"),
        (&["--seed", "often"], 64, "invalid digit"),
        (
            &["--out", "/no/such/folder/results.json"],
            73,
            "no such folder",
        ),
        (&["--out", "/tmp"], 73, "is a folder"),
    ] {
        let (ended, words) = checkout.exercise(&[&["grade"], arguments].concat());
        assert_eq!(ended, code, "{words}");
        assert!(words.contains(says), "{words}");
    }
}

#[test]
fn what_lies_around_a_checkout_is_not_taken_for_it() {
    let checkout = Checkout::of_exercises("around/inner");
    let around = checkout.0.parent().expect("it lies in a folder");
    fs::create_dir_all(around.join("src")).expect("the folder can be written");
    fs::write(around.join("src/lib.rs"), "").expect("the folder can be written");
    let manifest = "[package]\nname = \"exercises\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(around.join("Cargo.toml"), manifest).expect("the folder can be written");

    // What all exercises share is not in the checkout: nobody loses points for that.
    let (code, words) = checkout.exercise(&["grade", "join"]);
    assert_eq!(code, 2, "{words}");
    assert!(words.contains("around/inner/Cargo.toml"), "{words}");
}

/// Runs the script that collects what was handed in.
fn collect(checkout: &Checkout, arguments: &[&str]) -> String {
    let script = checkout.0.join("book/exercises/grading/collect.sh");
    let output = Command::new("bash")
        .arg(script)
        .args(arguments)
        .current_dir(&checkout.0)
        .output()
        .expect("bash can be started");
    assert!(output.status.success(), "{}", words(&output));
    words(&output)
}

#[test]
fn what_was_handed_in_is_collected_and_a_link_is_not() {
    let checkout = Checkout::of_exercises("collect");
    let handed = checkout.0.join("handed in");
    let exercises = handed.join("mine/book/exercises");
    for folder in ["02_bounded_channel", "03_waker"] {
        fs::create_dir_all(exercises.join(folder)).unwrap();
    }
    fs::write(
        exercises.join("02_bounded_channel/exercise.rs"),
        "a repository",
    )
    .unwrap();
    fs::write(handed.join("join.rs"), "a file").unwrap();
    let solution = checkout.0.join("book/exercises/03_waker/solution.rs");
    std::os::unix::fs::symlink(solution, exercises.join("03_waker/exercise.rs")).unwrap();
    fs::create_dir_all(checkout.0.join("hidden/01_round_robin")).unwrap();
    fs::write(checkout.0.join("hidden/01_round_robin/checks.rs"), "hidden").unwrap();
    checkout.write("of the one before");

    collect(&checkout, &["handed in", "hidden"]);
    let file = |exercise: &str, name: &str| {
        let folder = checkout.0.join("book/exercises").join(exercise);
        fs::read_to_string(folder.join(name)).unwrap()
    };
    assert_eq!(file("02_bounded_channel", "exercise.rs"), "a repository");
    assert_eq!(file("04_join", "exercise.rs"), "a file");
    for skeleton in ["01_round_robin", "03_waker"] {
        let handed = file(skeleton, "exercise.rs");
        assert_eq!(handed, file(skeleton, "skeleton.rs"), "{skeleton}");
    }
    assert_eq!(checkout.read("checks.rs"), "hidden");
    collect(&checkout, &["handed in", "no such folder"]);
}
