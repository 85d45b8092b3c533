//! Whatever the bytes: nothing panics, nothing is lost, every state is the same
//! from whichever snapshot.

mod common;

use common::read;
use proptest::prelude::*;
use stepper::{
    Reader, Side, State, fold, sentence,
    trace::{Direction, Target},
    transcript::{Column, transcript},
    why,
};

/// A line of output that holds no control code, which would be spelled out.
fn output() -> impl Strategy<Value = String> {
    "[ -Z^-~äλ時]{0,40}"
}

/// A record: mostly of the vocabulary and about few units, sometimes odd.
fn record() -> impl Strategy<Value = (Target, String)> {
    let runtime: Vec<&str> = runtime::trace::VOCABULARY
        .iter()
        .map(|event| event.name)
        .collect();
    let scheduler: Vec<&str> = scheduler::trace::VOCABULARY
        .iter()
        .map(|event| event.name)
        .collect();
    let names = prop_oneof![
        8 => prop::sample::select(runtime).prop_map(|name| (Target::Runtime, name.to_owned())),
        8 => prop::sample::select(scheduler).prop_map(|name| (Target::Scheduler, name.to_owned())),
        1 => "[a-z_]{1,8}".prop_map(|name| (Target::Runtime, name)),
    ];
    let key = prop::sample::select(vec![
        "task", "thread", "by", "on", "until", "class", "already", "ran", "timer", "deadline",
        "source", "channel", "len", "cap", "mutex", "shared", "name", "value", "cpu", "quantum",
        "why", "turn", "ready", "to", "pc", "function", "cycle", "kind", "odd",
    ]);
    let value = prop_oneof![
        8 => (0_u64..5).prop_map(|number| number.to_string()),
        2 => any::<u64>().prop_map(|number| number.to_string()),
        2 => "(task|thread|timer|mutex|channel|source|odd):[0-4]",
        1 => "[a-z]{0,5}",
        1 => any::<String>().prop_map(|text| format!("{text:?}")),
    ];
    let keys = prop::collection::vec((key, value), 0..6);
    (names, 0_u64..100, 0_u32..2, keys).prop_map(|((target, name), time, driver, keys)| {
        let mut record = format!("{name} t={time} {}={driver}", target.driver_key());
        for (key, value) in keys {
            record.extend([" ", key, "=", &value]);
        }
        (target, record + " at=m n.rs:1 src=a.rs:2")
    })
}

/// What a reader may show of a side must neither panic at any step nor hold a
/// control code.
fn look_at(side: &Side) {
    let is_safe = |text: &str| !text.contains(char::is_control);
    for step in 0..=side.len() {
        assert!(is_safe(&sentence(side, step)));
        let state = side.state_at(step);
        for driver in &state.drivers {
            let _ = driver.account(side.target);
            for unit in driver.units.values() {
                let _ = why(side, step, unit.id);
            }
        }
    }
    let _ = fold::lanes(side, 0..side.len() + 1);
    let _ = side.search("a", 0, Direction::Forwards);
    let column = Column {
        side,
        outcome: "",
        ours: false,
    };
    assert!(transcript(&[column, column], 80).lines().all(is_safe));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let trace = read(&bytes);
        prop_assert!(trace.sides.is_empty());
        // Every line of what is no record is output.
        let lines = bytes.split(|&byte| byte == b'\n').count();
        let whole = lines - usize::from(bytes.is_empty() || bytes.ends_with(b"\n"));
        prop_assert_eq!(trace.orphan.len(), whole);
    }

    #[test]
    fn no_end_of_a_record_makes_the_reader_panic(
        name in "(polled|stored|spawned|resolved|[a-z]{0,3})",
        tail in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut bytes = format!("[2026 TRACE scheduler] {name} ").into_bytes();
        bytes.extend(tail.iter().filter(|&&byte| byte != b'\n'));
        let trace = read(&bytes);
        prop_assert_eq!(trace.sides.len(), 1);
        look_at(&trace.sides[0]);
    }

    #[test]
    fn no_order_of_records_makes_the_fold_or_the_sentences_panic(
        records in prop::collection::vec(record(), 1..30)
    ) {
        let mut text = String::new();
        for (target, record) in &records {
            text.push_str(&common::log(target.word(), record));
        }
        let trace = read(text.as_bytes());
        let events: usize = trace.sides.iter().map(Side::len).sum();
        prop_assert_eq!(events, records.len());
        trace.sides.iter().for_each(look_at);
    }

    #[test]
    fn output_and_records_account_for_every_byte_in_portions_of_any_size(
        lines in prop::collection::vec((output(), prop::option::of(record())), 1..20),
        portion in 1_usize..50,
    ) {
        let (mut bytes, mut printed, mut records) = (String::new(), String::new(), 0);
        for (text, record) in &lines {
            bytes.push_str(text);
            printed.push_str(text);
            match record {
                None => {
                    bytes.push('\n');
                    printed.push('\n');
                }
                Some((_, record)) => {
                    bytes.push_str(&common::log("runtime", record));
                    records += 1;
                }
            }
        }
        let mut reader = Reader::new();
        for bytes in bytes.as_bytes().chunks(portion) {
            reader.push(bytes);
        }
        let trace = reader.into_trace();
        let side = trace.side(Target::Runtime);
        prop_assert_eq!(side.map_or(0, Side::len), records);
        let output = side.map_or(&trace.orphan, |side| &side.output);
        let mut read = String::new();
        for piece in output.iter() {
            read.push_str(piece.text);
            if piece.ends {
                read.push('\n');
            }
        }
        prop_assert_eq!(read, printed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_state_from_a_snapshot_equals_a_fold_from_the_start(
        records in prop::collection::vec(record(), 40..60),
        steps in prop::collection::vec(0_usize..9_000, 12),
    ) {
        let mut text = String::new();
        for (_, record) in records.iter().cycle().take(9_000) {
            text.push_str(&common::log("scheduler", record));
        }
        let trace = read(text.as_bytes());
        let side = &trace.sides[0];
        // Snapshots are 2048 events apart: the steps around them as well.
        for step in steps.into_iter().chain(2047..2050).chain(4095..4098) {
            let mut folded = State::new(Target::Scheduler);
            folded.advance(side, step);
            prop_assert_eq!(&side.state_at(step), &folded, "step {}", step);
        }
    }
}
