//! The trace of a pool: complete, in its order of causes, of known words.

use crate::support::{again, moody, role};
use scheduler::process::trace::VOCABULARY;
use scheduler::process::{self, Pool};
use std::collections::BTreeSet;

/// One record as it was printed: the event, and its keys with values.
#[derive(Debug)]
struct Line {
    /// The event.
    event: String,
    /// Its keys and their values.
    pairs: Vec<(String, String)>,
}

impl Line {
    /// Reads a line of `env_logger`'s; none if it is another's.
    fn read(line: &str) -> Option<Line> {
        let (_, record) = line.split_once(" TRACE process] ")?;
        let (event, mut rest) = record.split_once(' ')?;
        let mut pairs = Vec::new();
        while let Some((key, after)) = rest.split_once('=') {
            let end = match after.strip_prefix('"') {
                Some(text) => text.find('"')? + 2,
                None => after.find(' ').unwrap_or(after.len()),
            };
            pairs.push((key.trim().to_owned(), after[..end].to_owned()));
            rest = &after[end..];
        }
        Some(Line {
            event: event.to_owned(),
            pairs,
        })
    }

    /// The value of a key that is there.
    fn get(&self, key: &str) -> &str {
        let pair = self.pairs.iter().find(|(name, _)| name == key);
        &pair.unwrap_or_else(|| panic!("no {key}: {self:?}")).1
    }
}

/// A run in which everything happens: its records in the order in which they
/// were printed.
fn records() -> Vec<Line> {
    let test = "trace::every_event_happens_with_its_keys_and_after_its_cause";
    let output = again(test, "parent")
        .env("RUST_LOG", "process=trace")
        .env("RUST_LOG_STYLE", "never")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stderr).unwrap();
    printed.lines().filter_map(Line::read).collect()
}

#[test]
fn every_event_happens_with_its_keys_and_after_its_cause() {
    if role().is_some() {
        env_logger::init();
        process::init!(moody);
        let pool = Pool::builder()
            .workers(2)
            .chunk(2)
            .retries(1)
            .start(moody)
            .unwrap();
        let results: Vec<_> = pool.map([1, 13, 2, 3, 14, 4, 5, 6]).collect();
        assert_eq!(results.iter().filter(|result| result.is_err()).count(), 2);
        drop(pool);
        return;
    }
    let lines = records();
    let seen: BTreeSet<&str> = lines.iter().map(|line| &*line.event).collect();
    let known: BTreeSet<&str> = VOCABULARY.iter().map(|event| event.name).collect();
    assert_eq!(seen, known);
    for line in &lines {
        let row = VOCABULARY
            .iter()
            .find(|row| row.name == line.event)
            .unwrap();
        let keys: Vec<&str> = line.pairs.iter().map(|(key, _)| &**key).collect();
        assert_eq!(keys[..2], ["t", "pool"], "{line:?}");
        assert_eq!(keys.last(), Some(&"src"), "{line:?}");
        let must: Vec<&str> = row.keys.split(' ').collect();
        assert_eq!(keys[2..2 + must.len()], must, "{line:?}");
    }
    for job in 1..=8 {
        let job = job.to_string();
        let of_it: Vec<&str> = lines
            .iter()
            .filter(|line| {
                line.pairs
                    .iter()
                    .any(|pair| pair.0 == "job" && pair.1 == job)
            })
            .map(|line| &*line.event)
            .collect();
        assert_eq!(of_it[0], "job_queued", "{of_it:?}");
        let ends = of_it
            .iter()
            .filter(|event| ["job_done", "job_failed"].contains(event));
        assert_eq!(ends.count(), 1, "{of_it:?}");
        assert!(
            ["job_done", "job_failed"].contains(of_it.last().unwrap()),
            "{of_it:?}"
        );
        let mut is_sent = false;
        for event in of_it {
            match event {
                "job_sent" => is_sent = true,
                "job_returned" => is_sent = false,
                "job_queued" => {}
                event => assert!(is_sent, "{event} of job {job}, which was not sent"),
            }
        }
    }
    let times = |event: &str| lines.iter().filter(|line| line.event == event).count();
    assert_eq!(
        times("spawned"),
        times("exited"),
        "everybody who was started ended"
    );
    assert_eq!(times("spawned") - 2, times("replaced"));
    let retries = lines
        .iter()
        .filter(|line| line.event == "job_returned" && line.get("why") == "\"retry\"");
    assert_eq!(retries.count(), 2, "two jobs, tried twice each");
    // A line is printed by the process that took the step, and time is one for all.
    let time = |line: &Line| line.get("t").parse::<u64>().unwrap();
    for (sent, begun) in lines
        .iter()
        .filter(|line| line.event == "job_sent")
        .filter_map(|sent| {
            let begun = lines.iter().find(|line| {
                line.event == "job_begun"
                    && line.get("job") == sent.get("job")
                    && line.get("worker") == sent.get("worker")
            })?;
            Some((sent, begun))
        })
    {
        assert!(time(sent) <= time(begun), "{sent:?} {begun:?}");
    }
}
