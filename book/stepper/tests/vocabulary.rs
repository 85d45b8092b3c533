//! The stepper knows every word that the halves may say, and no other.

mod common;

use std::collections::BTreeSet;

use stepper::{
    sentence,
    trace::{EventKind, Key, Target},
    transcript::{Column, transcript},
};

/// An event of a table: its name, its keys and its optional keys.
type Row = (&'static str, &'static str, &'static str);

/// The tables, by target.
fn tables() -> [(Target, Vec<Row>); 3] {
    let runtime = runtime::trace::VOCABULARY.iter();
    let scheduler = scheduler::trace::VOCABULARY.iter();
    let process = scheduler::process::trace::VOCABULARY.iter();
    [
        (
            Target::Runtime,
            runtime
                .map(|event| (event.name, event.keys, event.optional))
                .collect(),
        ),
        (
            Target::Scheduler,
            scheduler
                .map(|event| (event.name, event.keys, event.optional))
                .collect(),
        ),
        (
            Target::Process,
            process
                .map(|event| (event.name, event.keys, event.optional))
                .collect(),
        ),
    ]
}

/// The words of a list of keys.
fn words(keys: &'static str) -> impl Iterator<Item = &'static str> {
    keys.split(' ').filter(|key| !key.is_empty())
}

/// A record of an event, with some value under each key.
fn record(target: Target, name: &str, keys: impl Iterator<Item = &'static str>) -> String {
    let mut record = format!("{name} t=0 {}=0", target.driver_key());
    for key in keys {
        let value = match key {
            "name" | "message" | "value" | "why" | "rule" | "work" => "\"text\"".to_owned(),
            "by" | "on" => format!("{}:1", target.unit().word()),
            "how" => "read".to_owned(),
            "class" | "what" | "from" | "clock" | "mode" | "policy" | "calls" | "kind"
            | "interest" | "op" | "local" | "peer" | "call" | "function" | "then" => {
                "word".to_owned()
            }
            "cycle" => "1>mutex:2>2>mutex:1>1".to_owned(),
            "status" => "signal:9".to_owned(),
            "pc" => "0x55d0".to_owned(),
            "readable" | "writable" | "closed" | "already" => "true".to_owned(),
            _ => "1".to_owned(),
        };
        record.extend([" ", key, "=", &value]);
    }
    record + " at=a.rs:1 src=b.rs:2"
}

#[test]
fn every_event_of_the_vocabulary_has_its_arm_and_its_sentence() {
    for (target, rows) in tables() {
        for (name, keys, optional) in rows {
            let kind = EventKind::of(name);
            assert!(kind.is_some(), "`{name}` has no arm in the fold");
            let with_all = record(target, name, words(keys).chain(words(optional)));
            let without = record(target, name, words(keys));
            for record in [with_all, without] {
                let side = common::side(target.word(), &record);
                assert_eq!(side.notes, &[], "{record}");
                let said = sentence(&side, 1);
                assert!(!said.contains('?'), "{record}: {said}");
                assert!(!said.contains("does not know"), "{record}: {said}");
                assert!(
                    said.contains(". ") || said.ends_with('.'),
                    "{record}: {said}"
                );
            }
        }
    }
}

#[test]
fn a_record_without_its_keys_is_still_told() {
    for (target, rows) in tables() {
        for (name, _, _) in rows {
            let side = common::side(target.word(), name);
            assert!(!sentence(&side, 1).is_empty(), "{name}");
            let column = Column {
                side: &side,
                outcome: "exit status 0",
                ours: false,
            };
            assert!(transcript(&[column], 80).contains("exit status 0"));
        }
    }
}

#[test]
fn every_key_of_the_vocabulary_is_known() {
    for (_, rows) in tables() {
        for (name, keys, optional) in rows {
            for key in words(keys).chain(words(optional)) {
                assert!(Key::of(key).is_some(), "`{key}` of `{name}` is unknown");
            }
        }
    }
}

#[test]
fn the_stepper_knows_no_word_that_nobody_says() {
    let tables = tables();
    let rows = || tables.iter().flat_map(|(_, rows)| rows);
    let names: BTreeSet<&str> = rows().map(|row| row.0).collect();
    for kind in EventKind::ALL {
        assert!(names.contains(kind.word()), "nobody says `{}`", kind.word());
    }
    let keys: BTreeSet<&str> = rows()
        .flat_map(|row| words(row.1).chain(words(row.2)))
        .collect();
    for key in Key::ALL {
        assert!(keys.contains(key.word()), "nobody says `{}=`", key.word());
    }
}
