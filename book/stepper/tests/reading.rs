//! From bytes to events and output: what is a record, and what is not.

mod common;

use common::{log, read, side};
use stepper::{
    Reader,
    trace::{EventKind, Key, Target, Value},
};

#[test]
fn a_record_becomes_an_event_with_its_keys_and_places() {
    let side = side(
        "runtime",
        r#"spawned t=1200300 loop=0 task=3 name="ping" class=normal by=task:0 at=examples/02.rs:14 src=runtime/src/event_loop.rs:88"#,
    );
    let event = side.event(0).expect("one record, one event");
    assert_eq!(event.kind(), Some(EventKind::Spawned));
    assert_eq!(event.time(), 1_200_300);
    assert_eq!(event.number(Key::Task), Some(3));
    assert_eq!(event.get(Key::Name), Some(Value::Text("ping")));
    assert_eq!(event.get(Key::Class), Some(Value::Word("normal")));
    let by = event.reference(Key::By).map(|by| by.to_string());
    assert_eq!(by.as_deref(), Some("task:0"));
    let at = event.at().expect("it has a place");
    assert_eq!((&*at.file, at.line), ("examples/02.rs", 14));
    let src = event.src().expect("it has our place");
    assert_eq!((src.file_name(), src.line), ("event_loop.rs", 88));
}

#[test]
fn what_is_no_record_is_output() {
    let trace = read(
        b"hello\n\
          [2026-11-24T05:04:22Z WARN  runtime] task 1 kept the loop for 340 ms\n\
          [2026-11-24T05:04:22Z TRACE mio::poll] registering\n\
          [TRACE runtime] turn t=0 loop=0 turn=1 ready=0\n\
          [2026] TRACE runtime] not a record\n\
          TRACE runtime] nor this\n\
          bye",
    );
    let side = trace.side(Target::Runtime).expect("one record is there");
    assert_eq!(side.len(), 1);
    let pieces: Vec<(usize, &str)> = side
        .output
        .iter()
        .map(|piece| (piece.step, piece.text))
        .collect();
    assert_eq!(
        pieces,
        [
            (0, "hello"),
            (
                0,
                "[2026-11-24T05:04:22Z WARN  runtime] task 1 kept the loop for 340 ms"
            ),
            (0, "[2026-11-24T05:04:22Z TRACE mio::poll] registering"),
            (1, "[2026] TRACE runtime] not a record"),
            (1, "TRACE runtime] nor this"),
            (1, "bye"),
        ]
    );
}

#[test]
fn a_program_without_records_leaves_its_output_to_nobody() {
    let trace = read(b"only\noutput\n");
    assert!(trace.sides.is_empty());
    assert_eq!(trace.orphan.len(), 2);
}

#[test]
fn text_before_a_record_on_its_line_is_output_without_a_break() {
    let trace =
        read(b"ping [2026-11-24T05:04:22Z TRACE runtime] turn t=0 loop=0 turn=1 ready=0\n1\n");
    let side = &trace.sides[0];
    assert_eq!(side.len(), 1);
    let pieces: Vec<_> = side.output.iter().collect();
    assert_eq!((pieces[0].text, pieces[0].ends), ("ping ", false));
    assert_eq!((pieces[1].text, pieces[1].ends), ("1", true));
    assert_eq!(side.output.last_lines(0, 5), ["ping "]);
    assert_eq!(side.output.last_lines(1, 5), ["ping 1"]);
}

#[test]
fn a_path_may_hold_spaces_and_even_what_looks_like_a_key() {
    let side = side(
        "runtime",
        "polled t=0 loop=0 task=1 at=/my at=home/a b.rs:3 src=/our src=code/c d.rs:4",
    );
    let event = side.event(0).expect("one record, one event");
    assert_eq!(
        event.at().expect("a place").to_string(),
        "/my at=home/a b.rs:3 src=/our"
    );
    // `src` is found from the right: of two, the last one is ours.
    assert_eq!(event.src().expect("ours").to_string(), "code/c d.rs:4");
    assert_eq!(event.number(Key::Task), Some(1));
}

#[test]
fn quoted_values_are_read_and_their_control_codes_are_spelled_out() {
    let side = side(
        "scheduler",
        r#"stored t=0 sched=0 shared=1 name="a \"b\" \\ at=x src=y" value="\n\t\u{1F600}\u{1b}[2J" thread=1 src=s.rs:1"#,
    );
    let event = side.event(0).expect("one record, one event");
    let name = event.text(Key::Name);
    assert_eq!(name.as_deref(), Some("a \"b\" \\ at=x src=y"));
    let value = event.text(Key::Value);
    assert_eq!(value.as_deref(), Some("\\n\\t\u{1F600}\\x1b[2J"));
    assert_eq!(event.number(Key::Thread), Some(1));
    assert_eq!(event.src().expect("ours").line, 1);
}

#[test]
fn a_value_with_spaces_and_without_quotes_is_whole() {
    let side = side(
        "scheduler",
        "loaded t=0 sched=0 shared=1 name=\"pair\" value=(1, 2) thread=1 src=s.rs:1",
    );
    let event = side.event(0).expect("one record, one event");
    assert_eq!(event.text(Key::Value).as_deref(), Some("(1, 2)"));
    assert_eq!(event.number(Key::Thread), Some(1));
}

#[test]
fn control_codes_and_bytes_that_are_no_text_are_spelled_out() {
    let trace = read(b"\x1b[31mred\x07 \xff\xfe \xe2\x80\xae tab\there\r\n");
    let piece = trace.orphan.get(0).expect("a line");
    assert_eq!(
        piece.text,
        "\\x1b[31mred\\x07 \\xff\\xfe \\u{202e} tab\there"
    );
}

#[test]
fn a_line_over_64_kib_is_cut_with_a_note() {
    let mut bytes = log("runtime", "turn t=0 loop=0 turn=1 ready=0").into_bytes();
    bytes.extend(vec![b'x'; 70_000]);
    bytes.extend(b"\nnext\n");
    let trace = read(&bytes);
    let side = &trace.sides[0];
    assert_eq!(
        side.output.get(0).expect("the long line").text.len(),
        65_536
    );
    assert_eq!(side.output.get(1).expect("the next").text, "next");
    assert_eq!(
        side.notes[0].text,
        "A line of output was longer than 64 KiB; 4464 bytes of it were cut off."
    );
}

#[test]
fn unknown_events_and_keys_are_kept_and_warned_of_once() {
    let side = side(
        "runtime",
        "danced t=5 loop=0 task=1 steps=3 src=a.rs:1
         danced t=6 loop=0 task=1 steps=4 src=a.rs:1
         turn t=7 loop=0 turn=1 ready=0 mood=good src=a.rs:1
         turn t=8 loop=0 turn=2 ready=0 mood=bad src=a.rs:1",
    );
    let event = side.event(1).expect("kept");
    assert_eq!((event.kind(), event.name()), (None, "danced"));
    assert_eq!(event.summary(), "danced task=1 steps=4");
    let notes: Vec<&str> = side.notes.iter().map(|note| &*note.text).collect();
    assert_eq!(
        notes,
        [
            "`danced` is no event that this stepper knows: it is kept, and changes nothing.",
            "`mood` is no key of `turn` that this stepper knows: it is kept.",
        ]
    );
}

#[test]
fn a_trace_that_was_cut_in_the_middle_of_a_line_says_so() {
    let whole = log(
        "runtime",
        "turn t=0 loop=0 turn=1 ready=0 src=runtime/src/a.rs:1",
    );
    let trace = read(&whole.as_bytes()[..whole.len() - 10]);
    let side = &trace.sides[0];
    assert_eq!(side.len(), 1);
    assert_eq!(
        side.notes[0].text,
        "The trace ends in the middle of this line."
    );
}

#[test]
fn a_program_counter_gets_its_place_whenever_it_is_resolved() {
    let side = side(
        "scheduler",
        "preempted t=1 sched=0 thread=1 cpu=0 ran=1 pc=0x55d0 src=p.rs:1
           preempted t=2 sched=0 thread=2 cpu=0 ran=1 pc=0x66e0 src=p.rs:1
           resolved t=3 sched=0 pc=0x55d0 function=count at=examples/01.rs:14 src=p.rs:9
           preempted t=4 sched=0 thread=1 cpu=0 ran=1 pc=0x55d0 src=p.rs:1",
    );
    let line = |index| {
        let event = side.event(index).expect("four events");
        event.at().map(|at| at.line)
    };
    assert_eq!([line(0), line(1), line(3)], [Some(14), None, Some(14)]);
    let at = side.event(0).and_then(|event| event.at());
    let function = at.and_then(|at| at.function.as_deref());
    assert_eq!(function, Some("count"));
    // The state before `resolved` knows it as well: the place is one and the same.
    let state = side.state_at(1);
    let unit = state.driver().and_then(|driver| driver.units.get(1));
    let at = unit.and_then(|unit| side.place(unit.at?));
    assert_eq!(at.map(|at| at.line), Some(14));
}

#[test]
fn a_half_s_own_account_is_no_event() {
    let text = log("runtime", "turn t=0 loop=0 turn=1 ready=0")
        + &log(
            "account",
            "state t=0 loop=0 running=- ready=2,1 waiting=- timers=- sources=- src=a.rs:1",
        )
        + &log("account", "who says this?");
    let trace = read(text.as_bytes());
    let side = &trace.sides[0];
    assert_eq!(side.len(), 1);
    assert_eq!(side.accounts.len(), 1);
    assert_eq!((side.accounts[0].step, side.accounts[0].driver), (1, 0));
    assert_eq!(
        side.accounts[0].text,
        "running=- ready=2,1 waiting=- timers=- sources=-"
    );
    assert_eq!(side.output.len(), 1, "what names no half is output");
}

#[test]
fn a_program_that_mixes_both_halves_has_two_sides() {
    let text = log("runtime", "turn t=0 loop=0 turn=1 ready=0\n│of the loop")
        + &log("scheduler", "idle t=0 sched=0 cpu=0\n│of the scheduler")
        + &log(
            "runtime",
            "turn t=0 loop=0 turn=2 ready=0\n│of the loop again",
        );
    let trace = read(text.as_bytes());
    let tasks = trace.side(Target::Runtime).expect("the loop's side");
    let threads = trace.side(Target::Scheduler).expect("the scheduler's side");
    assert_eq!((tasks.len(), threads.len()), (2, 1));
    assert_eq!(
        tasks.output.last_lines(2, 9),
        ["of the loop", "of the loop again"]
    );
    assert_eq!(threads.output.last_lines(1, 9), ["of the scheduler"]);
}

#[test]
fn events_are_there_as_soon_as_their_line_is_whole() {
    let text = log("runtime", "turn t=0 loop=0 turn=1 ready=0");
    let mut reader = Reader::new();
    reader.push(&text.as_bytes()[..20]);
    assert!(reader.trace().sides.is_empty());
    assert_eq!(reader.partial(), &text[..20]);
    reader.push(&text.as_bytes()[20..]);
    assert_eq!(reader.trace().sides[0].len(), 1);
    assert_eq!(reader.partial(), "");
}
