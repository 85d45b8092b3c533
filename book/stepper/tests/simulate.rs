//! `simulate` from outside: what it prints, what it refuses, and how it says so.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};
use unicode_width::UnicodeWidthStr;

/// Runs `sidestep simulate ..`, without a terminal.
fn simulate(arguments: &[&str], columns: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sidestep"));
    command
        .arg("simulate")
        .args(arguments)
        .env_remove("COLUMNS");
    if let Some(columns) = columns {
        command.env("COLUMNS", columns);
    }
    command
        .stdin(Stdio::null())
        .output()
        .expect("the program can be started")
}

/// What it prints when all goes well.
fn printed(arguments: &[&str]) -> String {
    let output = simulate(arguments, None);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("it prints text")
}

/// The exit code, and what it says on stderr.
fn refused(arguments: &[&str]) -> (i32, String) {
    let output = simulate(arguments, None);
    assert!(output.stdout.is_empty(), "a refusal prints nothing else");
    let errors = String::from_utf8(output.stderr).expect("it speaks text");
    (output.status.code().expect("no signal ends it"), errors)
}

/// The refusal of a file with this text.
fn refused_file(text: &[u8]) -> (i32, String) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let path = folder.path().join("jobs.toml");
    fs::write(&path, text).expect("the folder can be written");
    refused(&[path.to_str().expect("it is of ASCII")])
}

#[test]
fn textbook_is_printed_whole() {
    let expected = "\
silberschatz-rr: Silberschatz, 5.3.3: a long burst and two short ones
3 jobs, 1 CPU, quanta of 4 ms

  job  arrives    CPU
A P1      0 ms  24 ms
B P2      0 ms   3 ms
C P3      0 ms   3 ms

fcfs      AAAAAAAAAAAAAAAAAAAAAAAABBBCCC
rr        AAAABBBCCCAAAAAAAAAAAAAAAAAAAA
          0 ms      10 ms     20 ms     30 ms
A column is 1 ms, and shows who had most of it; · idle

         turnaround ms   response ms    waiting ms
policy      mean   max    mean   max    mean   max done/s Jain late switch moved
fcfs       27.00 30.00   17.00 27.00   17.00 27.00  100.0 0.67    0      2     0
rr         15.67 30.00    3.67  7.00    5.67  7.00  100.0 0.98    0      3     0
";
    let arguments = ["silberschatz-rr", "--policy", "fcfs", "--policy", "rr"];
    assert_eq!(printed(&arguments), expected);
}

#[test]
fn no_line_is_wider_than_the_page() {
    for workload in ["convoy", "interactive", "shares", "periodic", "random"] {
        for (columns, width) in [(None, 80), (Some("20"), 80), (Some("132"), 132)] {
            let arguments = [
                workload,
                "--policy",
                "all",
                "--cpus",
                "2",
                "--switch-cost",
                "0.3",
            ];
            let output = simulate(&arguments, columns);
            for line in String::from_utf8(output.stdout).unwrap().lines() {
                assert!(line.width() <= width, "{workload}, {columns:?}: {line}");
                let is_heading = line.starts_with(&format!("{workload}: "));
                assert!(!(is_heading && line.ends_with('…')), "cut: {line}");
            }
        }
    }
}

#[test]
fn policies_that_have_nothing_to_decide_by_are_left_out_unless_asked_for() {
    let rows =
        |text: &str, policy: &str| text.lines().filter(|line| line.starts_with(policy)).count();
    let convoy = printed(&["convoy"]);
    assert_eq!(
        (
            rows(&convoy, "rr "),
            rows(&convoy, "edf "),
            rows(&convoy, "lottery ")
        ),
        (2, 0, 0)
    );
    assert_eq!(rows(&printed(&["shares"]), "lottery "), 2);
    assert_eq!(rows(&printed(&["periodic"]), "rm "), 2);
    assert_eq!(rows(&printed(&["convoy", "--policy", "all"]), "edf "), 2);
}

#[test]
fn same_seed_gives_the_same_jobs_and_another_seed_others() {
    let first = printed(&["random", "--seed", "7"]);
    assert_eq!(first, printed(&["random", "--seed", "7"]));
    assert_ne!(first, printed(&["random", "--seed", "8"]));
}

#[test]
fn file_of_jobs_is_simulated_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.toml");
    let text = "title = 'a < b'\ncpus = 2\nquantum = '500us'\nswitch-cost = 0.1\n\
        ties = 'arrival-first'\n[[job]]\nname = 'editor & co'\narrival = 5\nbursts = [1, 19, 1]\n\
        priority = 2\ntickets = 3\n[[job]]\nbursts = [25]\nperiod = 50\ntimes = 3\ndeadline = 40\n";
    fs::write(&path, text).unwrap();
    let json = printed(&[path.to_str().unwrap(), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["cpus"], 2);
    assert_eq!(
        (&json["quantum"], &json["switch_cost"]),
        (&500_000.into(), &100_000.into())
    );
    let jobs = &json["jobs"];
    assert_eq!(
        (&jobs[0]["name"], &jobs[0]["weight"]),
        (&"editor & co".into(), &3.into())
    );
    assert_eq!(
        (&jobs[1]["times"], &jobs[1]["deadline"]),
        (&3.into(), &40_000_000.into())
    );
    let policies = json["policies"].as_array().unwrap();
    assert_eq!(
        policies.len(),
        12,
        "these jobs have something for everybody"
    );
    for policy in policies {
        let stays = policy["stays"].as_array().unwrap();
        let ran = |stay: &serde_json::Value| {
            stay["end"].as_u64().unwrap() - stay["start"].as_u64().unwrap()
        };
        assert_eq!(stays.iter().map(ran).sum::<u64>(), 77_000_000);
        assert_eq!(policy["deadlines"], 3);
    }
    let svg = printed(&[path.to_str().unwrap(), "--format", "svg"]);
    assert!(svg.contains("a &lt; b") && svg.contains("editor &amp; co"));
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
}

#[test]
fn file_that_the_book_shows_is_simulated() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/policies.md");
    let page = fs::read_to_string(page).expect("the book has the page");
    let (_, after) = page.split_once("```toml\n").expect("it shows a file");
    let (text, _) = after.split_once("```").expect("the file ends");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    fs::write(&path, text).unwrap();
    let says = printed(&[path.to_str().unwrap(), "--policy", "rr"]);
    assert!(says.contains("An editor and a backup\n2 jobs, 1 CPU, quanta of 5 ms"));
    assert!(says.contains("B backup    10 ms  30 ms"), "{says}");
}

#[test]
fn queues_are_shared_or_for_each_cpu_and_what_they_cost_is_told() {
    let both = |queues: &str| {
        let arguments = [
            "shares", "--policy", "rr", "--cpus", "2", "--queues", queues, "--format", "json",
        ];
        let json: serde_json::Value = serde_json::from_str(&printed(&arguments)).unwrap();
        assert_eq!(json["queues"], queues);
        json["policies"][0].clone()
    };
    let (shared, own) = (both("shared"), both("per-cpu"));
    let moves = |policy: &serde_json::Value| policy["migrations"].as_u64().unwrap();
    assert!(moves(&shared) > moves(&own) && moves(&own) > 0);
    for policy in [&shared, &own] {
        assert!(policy["speed_up"].as_f64().unwrap() > 1.7);
        let busy: u64 = policy["busy"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(serde_json::Value::as_u64)
            .sum();
        assert_eq!(busy, 360_000_000);
    }
    let text = printed(&[
        "shares", "--policy", "rr", "--cpus", "2", "--queues", "per-cpu",
    ]);
    assert!(
        text.contains("3 jobs, 2 CPUs, quanta of 10 ms, a run queue for each CPU\n"),
        "{text}"
    );
    assert!(
        text.contains("\npolicy  speed-up  busy CPUs\nrr "),
        "{text}"
    );
    assert!(!printed(&["shares", "--policy", "rr"]).contains("speed-up"));
}

#[test]
fn jobs_of_a_file_run_on_the_cpu_that_they_are_bound_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.toml");
    let text = "cpus = 2\nqueues = 'per-cpu'\n[[job]]\nbursts = [9]\ncpu = 1\n\
                [[job]]\nbursts = [9]\ncpu = 1\n[[job]]\nbursts = [3]\n";
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    for queues in [&[][..], &["--queues", "shared"]] {
        let arguments = [&[path, "--policy", "all", "--format", "json"], queues].concat();
        let json: serde_json::Value = serde_json::from_str(&printed(&arguments)).unwrap();
        assert_eq!(json["jobs"][0]["cpu"], 1);
        for policy in json["policies"].as_array().unwrap() {
            for stay in policy["stays"].as_array().unwrap() {
                let is_bound = stay["thread"].as_u64().unwrap() < 3;
                assert!(!is_bound || stay["cpu"] == 1, "{stay}");
            }
        }
    }
    let (code, says) = refused(&[path, "--cpus", "1"]);
    assert!(
        code == 64 && says.contains("there must be 2 CPUs"),
        "{code}: {says}"
    );
}

#[test]
fn out_is_written_in_the_format_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, begins) in [("a.svg", "<svg "), ("a.json", "{"), ("a.txt", "ostep: ")] {
        assert_eq!(printed(&["ostep", "--out", &file(name)]), "");
        assert!(fs::read_to_string(file(name)).unwrap().starts_with(begins));
    }
    let (code, says) = refused(&["ostep", "--out", &file("no/such/folder.svg")]);
    assert!(
        code == 73 && says.contains("cannot be written"),
        "{code}: {says}"
    );
}

#[test]
fn what_makes_no_sense_is_refused_in_a_sentence() {
    let cases: [(&[&str], i32, &str); 17] = [
        (&["--queues", "many"], 64, "shared, per-cpu"),
        (
            &["--queues", "per-cpu", "--policy", "exercise:round_robin"],
            64,
            "one queue for all CPUs",
        ),
        (&["--policy", "mlqf"], 64, "'mlfq'"),
        (&["--policy", "exercise:"], 64, "exercise:NAME"),
        (&["nothing"], 66, "convoy, interactive"),
        (&["convoi"], 66, "did you mean `convoy`?"),
        (&["no_such.toml"], 66, "cannot be read"),
        (&["--quantum", "0"], 64, "no thread gets anywhere"),
        (&["--quantum=-1"], 64, "write 0 or more"),
        (&["--quantum", "-3ms"], 64, "write 0 or more"),
        (&["--seed", "-1"], 64, "write a whole number from 0"),
        (&["--out", "a.png"], 64, "end the name in .svg"),
        (
            &["--quantum", "1us", "--switch-cost", "1s"],
            65,
            "100000 times",
        ),
        (&["--quantum", "long"], 64, "write it like 3ms"),
        (&["--cpus", "0"], 64, "there are 1 to 64"),
        (&["--cpus", "many"], 64, "a number from 1 to 64"),
        (&["--cpus", "-1"], 64, "a number from 1 to 64"),
    ];
    for (arguments, code, words) in cases {
        let (found, says) = refused(arguments);
        assert!(
            found == code && says.contains(words),
            "{arguments:?}: {found}: {says}"
        );
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).to_str().unwrap();
    let (code, says) = refused(&[folder]);
    assert!(code == 66 && says.contains("is a folder"), "{says}");
}

#[test]
fn mistakes_in_a_file_are_told_with_their_line() {
    let cases: [(&[u8], &str); 24] = [
        (
            b"queues = 'two'\n[[job]]\nbursts = [1]\n",
            "line 1: unknown variant",
        ),
        (
            b"cpus = 2\n[[job]]\nbursts = [1]\ncpu = 2\n",
            "line 4: there is no CPU 2: they are numbered from 0 to 1",
        ),
        (
            b"[[job]]\ncpu = '3ms'\n",
            "how long it computes stands in `bursts`",
        ),
        (
            b"[[job]]\nbursts = 3\n",
            "line 2: invalid type: integer `3`, expected a list, like [3, 20, 3]",
        ),
        (
            b"[job]\nbursts = [3]\n",
            "line 1: a job begins with [[job]], in two pairs of brackets",
        ),
        (
            b"[[job]]\nbursts = [1]\nweight = 'two'\n",
            "line 3: invalid type: string \"two\", expected a whole number, 0 or more",
        ),
        (b"", "there are no jobs"),
        (b"[[job]]\nbursts = [1, -3]\n", "line 2: -3 is no length"),
        (b"[[job]]\nname = 'x'\n", "line 1: missing field `bursts`"),
        (b"[[job]]\n\nbursts = []\n", "line 1: job 1 has no bursts"),
        (
            b"[[job]]\nbursts = [1e300]\n",
            "line 2: that is longer than a day",
        ),
        (b"[[job]]\nbursts = [nan]\n", "line 2: NaN is no length"),
        (
            b"[[job]]\n\nbursts = ['many']\n",
            "line 3: `many` is no length",
        ),
        (
            b"[[job]]\nbursts = [1]\narrival = true\n",
            "line 3: invalid type: boolean",
        ),
        (
            b"[[job]]\nbursts = [1]\nperiod = 2\n",
            "line 3: job 1 would never end",
        ),
        (
            b"[[job]]\nbursts = [1]\nperiod = 0\ntimes = 2\n",
            "line 3: a period is longer",
        ),
        (
            b"[[job]]\nbursts = [1]\nperiod = 2\ntimes = 4000000000\n",
            "100000 times",
        ),
        (
            b"[[job]]\nbursts = [1]\nperiod = '80000s'\ntimes = 4000000000\n",
            "line 1: the jobs up to here",
        ),
        (
            b"[[job]]\nbursts = [1]\npriority = 99999999999\n",
            "line 3: invalid value",
        ),
        (b"[[job]]\nbursts = [1]\ntickets = 0\n", "line 3: a weight"),
        (
            b"quantum = 0\n[[job]]\nbursts = [1]\n",
            "line 1: in a quantum of 0",
        ),
        (
            b"[[job]]\nbursts = [1]\nburts = [2]\n",
            "line 3: unknown field `burts`",
        ),
        (
            b"[[job]]\nname = \"a\\u001b[31m\"\nbursts = [1]\n",
            "line 2: a name or title",
        ),
        (
            b"[[job]]\nname = '\xff'\nbursts = [1]\n",
            "line 2: this is no text",
        ),
    ];
    for (text, words) in cases {
        let (code, says) = refused_file(text);
        assert!(
            code == 65 && says.contains(words),
            "{}: {code}: {says}",
            String::from_utf8_lossy(text)
        );
    }
    let (code, says) = refused_file(&vec![b'#'; (1 << 20) + 1]);
    assert!(code == 65 && says.contains("larger than 1 MiB"), "{says}");
    let (code, says) = refused_file("[[job]]\nbursts = [1]\n".repeat(1001).as_bytes());
    assert!(
        code == 65 && says.contains("line 2001: there are 1001 jobs"),
        "{says}"
    );
}
