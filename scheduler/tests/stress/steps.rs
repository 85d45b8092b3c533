//! What the workers do: a little of everything that programs do.
//!
//! Each step takes some ten microseconds to some milliseconds, can be frozen at
//! any instruction, and checks its own result.

use super::calls::{self, CHILDREN};
use super::ours::Ours;
use super::seats::look;
use super::watch;
use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, ErrorKind, Read, Write};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, RwLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// A small generator of random numbers (xorshift).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The generator that begins at `seed`.
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % limit
    }

    /// The same as a size.
    fn size(&mut self, limit: u64) -> usize {
        usize::try_from(self.below(limit)).unwrap()
    }
}

/// What the workers share.
#[derive(Debug)]
pub(crate) struct Scene {
    /// Two numbers that are equal whenever nobody holds the lock.
    pair: Mutex<(u64, u64)>,
    /// The same behind a lock for many readers.
    read_mostly: RwLock<(u64, u64)>,
    /// The scheduler's own.
    ours: Ours,
    /// Tokens that are put down and picked up, and the wait for one.
    tokens: (Mutex<u64>, Condvar),
    /// What floating-point arithmetic gives when nobody interrupts it.
    sines: Vec<f64>,
    /// How many thread-local destructors have run, and how many should have.
    destroyed: (Arc<AtomicU64>, AtomicU64),
    /// Whether slices end by themselves.
    is_preempted: bool,
}

thread_local! {
    /// Something with a destructor that allocates and counts.
    static LOCAL: RefCell<Option<Destructor>> = const { RefCell::new(None) };
}

/// Counts its destruction, and does some work meanwhile.
#[derive(Debug)]
struct Destructor {
    /// What it counts in.
    destroyed: Arc<AtomicU64>,
    /// What it owns.
    words: Vec<String>,
}

impl Drop for Destructor {
    fn drop(&mut self) {
        let sum: usize = self
            .words
            .iter()
            .map(|word| word.parse::<usize>().unwrap())
            .sum();
        assert_eq!(sum, 4_950);
        self.destroyed.fetch_add(1, Ordering::Relaxed);
    }
}

impl Scene {
    /// The scene before the first step.
    pub(crate) fn new(is_preempted: bool) -> Scene {
        quiet_expected_panics();
        Scene {
            pair: Mutex::new((0, 0)),
            read_mostly: RwLock::new((0, 0)),
            ours: Ours::new(),
            tokens: (Mutex::new(1), Condvar::new()),
            sines: sines(),
            destroyed: (Arc::default(), AtomicU64::new(0)),
            is_preempted,
        }
    }

    /// One step of `worker`, chosen by `random`.
    pub(crate) fn step(&self, worker: usize, random: &mut Random) {
        look();
        match random.below(82) {
            0..12 => allocate(random),
            12..18 => write_text(random),
            18..24 => fill_a_map(random),
            24..27 => println!("{}", watch::line(worker as u64, random.below(1 << 40))),
            27..32 => panic_and_catch(random),
            32..35 => self.end_a_thread(),
            35..40 => self.lock(random),
            40..43 => self.wait_for_a_token(),
            43..46 => pass_messages(random),
            46..50 => copy_memory(random),
            50..54 => assert_eq!(sines(), self.sines, "registers survive"),
            54..57 => fail_system_calls(),
            57..60 => sleep(random),
            60..64 => use_a_pipe(random),
            64..66 => walk_the_stack(),
            66..68 => start_an_unscheduled_thread(random),
            68 => start_a_process(random),
            69..77 => self.ours.step(random),
            77..81 => calls::step(random, self.is_preempted),
            _ => scheduler::yield_now(),
        }
        look();
    }

    /// What must hold at the end.
    pub(crate) fn check(&self) {
        let (destroyed, expected) = &self.destroyed;
        let numbers = [
            destroyed.load(Ordering::Relaxed),
            expected.load(Ordering::Relaxed),
        ];
        assert_eq!(numbers[0], numbers[1], "every destructor has run");
        self.ours.check();
    }

    /// A scheduled thread whose thread-local has a destructor.
    fn end_a_thread(&self) {
        let destroyed = Arc::clone(&self.destroyed.0);
        self.destroyed.1.fetch_add(1, Ordering::Relaxed);
        let answer = scheduler::spawn(move || {
            LOCAL.set(Some(Destructor {
                destroyed,
                words: (0..100).map(|number| number.to_string()).collect(),
            }));
            42
        });
        assert_eq!(answer.join().unwrap(), 42);
    }

    /// Locks of std's, whose holders are frozen as everybody else is.
    fn lock(&self, random: &mut Random) {
        let change = |pair: &mut (u64, u64)| {
            assert_eq!(pair.0, pair.1, "one at a time");
            pair.0 += 1;
            spin(2_000);
            pair.1 += 1;
        };
        match random.below(3) {
            0 => change(&mut self.pair.lock().unwrap()),
            1 => change(&mut self.read_mostly.write().unwrap()),
            _ => {
                let pair = self.read_mostly.read().unwrap();
                assert_eq!(pair.0, pair.1);
            }
        }
    }

    /// Picks a token up, if need be waits for one, and puts it down again.
    fn wait_for_a_token(&self) {
        let (tokens, put_down) = &self.tokens;
        let mut there = tokens.lock().unwrap();
        while *there == 0 {
            there = put_down.wait(there).unwrap();
        }
        *there -= 1;
        drop(there);
        spin(1_000);
        *tokens.lock().unwrap() += 1;
        put_down.notify_one();
    }
}

/// Panics that a step expects print nothing; all others do.
fn quiet_expected_panics() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let expected = info
            .payload_as_str()
            .is_some_and(|text| text.starts_with("expected"));
        if expected {
            black_box(format!("{info}"));
        } else {
            previous(info);
        }
    }));
}

/// Keeps the processor busy.
pub(crate) fn spin(turns: u64) {
    for turn in 0..turns {
        black_box(turn);
        if turn % 256 == 0 {
            look();
        }
    }
}

/// Blocks of all sizes, filled, grown, checked, freed out of order.
fn allocate(random: &mut Random) {
    let mut blocks: Vec<(u8, Vec<u8>)> = Vec::new();
    for _ in 0..40 {
        let byte = random.below(256) as u8;
        let limit = 1 << random.below(16);
        let mut block = vec![byte; random.size(limit) + 1];
        block.resize(block.len() + random.size(500), byte);
        blocks.push((byte, block));
        if blocks.len() > 10 {
            let (byte, block) = blocks.swap_remove(random.size(10));
            assert!(block.iter().all(|&other| other == byte));
        }
    }
    assert!(
        blocks
            .iter()
            .all(|(byte, block)| block.iter().all(|other| other == byte))
    );
}

/// Text, formatted and parsed.
fn write_text(random: &mut Random) {
    let numbers: Vec<u64> = (0..50).map(|_| random.below(1 << 40)).collect();
    let mut text = String::new();
    for number in &numbers {
        write!(text, "{number:>20} ").unwrap();
    }
    let read: Vec<u64> = text
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect();
    assert_eq!(read, numbers);
}

/// A map that grows and shrinks.
fn fill_a_map(random: &mut Random) {
    let mut map = HashMap::new();
    for key in 0..200_u64 {
        map.insert(key, key.to_string());
    }
    for _ in 0..100 {
        map.remove(&random.below(200));
    }
    assert!(map.iter().all(|(key, value)| *value == key.to_string()));
}

/// Unwinding, with and without a message.
fn panic_and_catch(random: &mut Random) {
    let number = random.below(1_000);
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let _kept = vec![number; 100];
        assert!(number > 1_000, "expected {number}");
    }));
    let payload = caught.unwrap_err();
    assert_eq!(
        *payload.downcast::<String>().unwrap(),
        format!("expected {number}")
    );
    let caught = catch_unwind(|| panic::resume_unwind(Box::new(number)));
    assert_eq!(*caught.unwrap_err().downcast::<u64>().unwrap(), number);
}

/// A channel of std's, with an unscheduled thread at its other end.
fn pass_messages(random: &mut Random) {
    let (sender, receiver) = mpsc::sync_channel(2);
    let count = random.below(20) + 1;
    let other = thread::spawn(move || (0..count).try_for_each(|number| sender.send(number)));
    assert!(receiver.iter().eq(0..count));
    other.join().unwrap().unwrap();
}

/// `memcpy` and `memset`, which hold much in registers.
fn copy_memory(random: &mut Random) {
    let byte = random.below(256) as u8;
    let from = vec![byte; 300_000];
    let mut to = vec![!byte; 300_000];
    for _ in 0..4 {
        to.copy_from_slice(black_box(&from));
    }
    assert_eq!(from, to);
}

/// A few results of the mathematical library.
fn sines() -> Vec<f64> {
    (1..200)
        .map(f64::from)
        .map(|x| black_box(x).sin() * (x / 100.0).exp() + x.sqrt().ln() * x.powf(0.3))
        .collect()
}

/// System calls that fail: each must find its own `errno`.
fn fail_system_calls() {
    for _ in 0..20 {
        let missing = File::open("/no/such/file").unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        let below_a_file = File::open("/proc/self/stat/below").unwrap_err();
        assert_eq!(below_a_file.kind(), ErrorKind::NotADirectory);
    }
}

/// Sleeps of std's and ours: never too short.
fn sleep(random: &mut Random) {
    let duration = Duration::from_micros(random.below(300));
    if random.below(2) == 0 {
        let begin = Instant::now();
        thread::sleep(duration);
        look();
        assert!(begin.elapsed() >= duration);
    } else {
        let begin = scheduler::now(); // which may be virtual
        scheduler::sleep(duration);
        assert!(scheduler::now() >= begin + duration);
    }
}

/// A pipe with an unscheduled writer at its other end.
fn use_a_pipe(random: &mut Random) {
    let (mut reader, mut writer) = io::pipe().unwrap();
    let bytes: Vec<u8> = (0..random.below(9_000))
        .map(|index| (index % 251) as u8)
        .collect();
    let sent = bytes.clone();
    let other = thread::spawn(move || writer.write_all(&sent));
    let mut received = Vec::new();
    if random.below(2) == 0 {
        reader.read_to_end(&mut received).unwrap();
        look();
    } else {
        scheduler::blocking(|| reader.read_to_end(&mut received)).unwrap();
        look();
    }
    assert_eq!(received, bytes);
    other.join().unwrap().unwrap();
}

/// The unwinder without unwinding.
fn walk_the_stack() {
    let _ = black_box(Backtrace::force_capture());
}

/// A thread that the scheduler does not know, waited for without a word.
fn start_an_unscheduled_thread(random: &mut Random) {
    let number = random.below(1_000);
    let other = thread::spawn(move || number.to_string());
    assert_eq!(other.join().unwrap(), number.to_string());
}

/// A process, waited for without a word.
fn start_a_process(random: &mut Random) {
    let code = random.below(100).to_string();
    CHILDREN.fetch_add(1, Ordering::SeqCst);
    let status = Command::new("/bin/sh")
        .args(["-c", &format!("exit {code}")])
        .status();
    look();
    assert_eq!(status.unwrap().code(), Some(code.parse().unwrap()));
}
