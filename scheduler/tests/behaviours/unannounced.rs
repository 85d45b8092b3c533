//! Calls that block without a word give the CPU up, in each way to notice them.
#![cfg(target_os = "linux")]

use crate::support::{Trace, alone, in_time, join_all, ms, round_robin};
use scheduler::policy::RoundRobin;
use scheduler::{Builder, Preemption, Scheduler, Unannounced, blocking, spawn, yield_now};
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::{Duration, Instant};

/// The ways that this system has.
fn ways() -> Vec<Unannounced> {
    let all = [
        Unannounced::SystemCallDispatch,
        Unannounced::Polling,
        Unannounced::Off,
    ];
    let has = |way: &Unannounced| signal(*way).probe().is_ok();
    all.into_iter().filter(has).collect()
}

/// A scheduler in Signal mode that notices calls in this way, with a quantum of
/// 2 ms.
fn signal(way: Unannounced) -> Scheduler {
    Scheduler::new(Preemption::Signal, round_robin(2)).unannounced(way)
}

/// Runs `body` in each way and on 1 and 2 CPUs.
fn in_every_way(body: fn(Unannounced)) {
    let _turn = alone();
    for way in ways() {
        for cpus in [1, 2] {
            in_time(move || signal(way).cpus(cpus).run(|| body(way)).unwrap());
        }
    }
}

#[test]
fn each_way_is_told_with_its_reason() {
    let automatic = signal(Unannounced::Automatic).probe().unwrap();
    assert!(ways().contains(&automatic.unannounced));
    assert!(automatic.to_string().contains(&automatic.why));
    let trace = Trace::begin();
    for (way, word) in [
        (Unannounced::SystemCallDispatch, "sud"),
        (Unannounced::Polling, "polling"),
        (Unannounced::Off, "announced"),
    ] {
        if ways().contains(&way) {
            signal(way).run(|| ()).unwrap();
            let begin = trace.events("started");
            assert_eq!(begin.last().unwrap().get("calls"), Some(word));
        }
    }
}

#[test]
fn a_thread_that_reads_for_ever_does_not_keep_the_others() {
    in_every_way(|_| {
        let (mut reader, mut writer) = io::pipe().unwrap();
        let reads = spawn(move || reader.read(&mut [0]).unwrap());
        let others = [(); 3].map(|()| {
            spawn(|| {
                let end = Instant::now() + ms(10);
                while Instant::now() < end {}
            })
        });
        join_all(others);
        assert!(!reads.is_finished(), "nobody has written");
        writer.write_all(&[1]).unwrap();
        assert_eq!(reads.join().unwrap(), 1);
    });
}

#[test]
fn a_call_gives_its_cpu_up_long_before_its_quantum_is_over() {
    let _turn = alone();
    for way in ways().into_iter().filter(|way| *way != Unannounced::Off) {
        in_time(move || {
            // Nobody waits for the end of such a quantum: who is woken here was
            // let run by whoever went to wait.
            let policy = RoundRobin::new(Duration::from_hours(1));
            let scheduler = Scheduler::new(Preemption::Signal, policy).unannounced(way);
            let turns = scheduler.run(|| {
                let (mut one, mut other) = UnixStream::pair().unwrap();
                let echoes = spawn(move || {
                    let mut byte = [0];
                    while other.read_exact(&mut byte).is_ok() {
                        other.write_all(&byte).unwrap();
                    }
                });
                for turn in 0..20 {
                    one.write_all(&[turn]).unwrap();
                    let mut byte = [0];
                    one.read_exact(&mut byte).unwrap();
                    assert_eq!(byte, [turn]);
                }
                drop(one);
                echoes.join().unwrap();
                20
            });
            assert_eq!(turns.unwrap(), 20);
        });
    }
}

#[test]
fn no_tick_interrupts_a_call_where_calls_are_dispatched() {
    let _turn = alone();
    if !ways().contains(&Unannounced::SystemCallDispatch) {
        return;
    }
    in_time(|| {
        signal(Unannounced::SystemCallDispatch)
            .run(|| {
                let over = Arc::new(AtomicBool::new(false));
                let spins = spawn({
                    let over = Arc::clone(&over);
                    move || while !over.load(Ordering::Relaxed) {}
                });
                let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                socket.set_read_timeout(Some(ms(15))).unwrap();
                for _ in 0..3 {
                    let error = socket.recv(&mut [0]).unwrap_err();
                    assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "not EINTR");
                }
                over.store(true, Ordering::Relaxed);
                spins.join().unwrap();
            })
            .unwrap();
    });
}

#[test]
fn a_sleep_of_stds_is_never_short_and_leaves_the_cpu_to_others() {
    in_every_way(|way| {
        let (done, over) = (
            Arc::new(AtomicU64::new(0)),
            Arc::new(AtomicBool::new(false)),
        );
        let counts = spawn({
            let (done, over) = (Arc::clone(&done), Arc::clone(&over));
            move || {
                while !over.load(Ordering::Relaxed) {
                    done.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        yield_now();
        let (begin, before) = (Instant::now(), done.load(Ordering::Relaxed));
        std::thread::sleep(ms(5));
        assert!(begin.elapsed() >= ms(5));
        // The kernel may have had no time for anybody in so short a sleep; not in many.
        while done.load(Ordering::Relaxed) == before {
            std::thread::sleep(ms(5));
        }
        assert!(done.load(Ordering::Relaxed) > before, "{way:?}");
        over.store(true, Ordering::Relaxed);
        counts.join().unwrap();
    });
}

#[test]
fn stds_locks_and_channels_work_between_scheduled_threads() {
    in_every_way(|_| {
        let (sender, receiver) = mpsc::sync_channel(1);
        let total = Arc::new((Mutex::new(0_u64), Condvar::new()));
        let takes = spawn({
            let total = Arc::clone(&total);
            move || {
                for number in receiver {
                    *total.0.lock().unwrap() += number;
                    total.1.notify_all();
                }
            }
        });
        let sends: Vec<_> = (0..4)
            .map(|_| {
                let sender = sender.clone();
                spawn(move || (1..=10).for_each(|number| sender.send(number).unwrap()))
            })
            .collect();
        drop(sender);
        let sum = total.0.lock().unwrap();
        let sum = total.1.wait_while(sum, |sum| *sum < 4 * 55).unwrap();
        assert_eq!(*sum, 4 * 55);
        drop(sum);
        join_all(sends);
        takes.join().unwrap();
    });
}

#[test]
fn processes_and_threads_of_the_systems_own_are_started_and_waited_for() {
    in_every_way(|_| {
        let children = [(); 3].map(|()| {
            spawn(|| {
                let mut command = Command::new("/bin/sh");
                let output = command.args(["-c", "echo $((6*7))"]).output().unwrap();
                assert_eq!(String::from_utf8_lossy(&output.stdout), "42\n");
                assert!(output.status.success());
                let thread = std::thread::spawn(|| {
                    std::thread::sleep(ms(1));
                    "unscheduled".repeat(2)
                });
                assert_eq!(thread.join().unwrap().len(), 22);
            })
        });
        join_all(children);
    });
}

#[test]
fn sockets_connect_accept_and_speak() {
    in_every_way(|_| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serves = spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).unwrap();
            bytes.len()
        });
        let speaks = spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            // More than any buffer takes: the write waits for the reader.
            stream.write_all(&vec![7; 8 << 20]).unwrap();
        });
        speaks.join().unwrap();
        assert_eq!(serves.join().unwrap(), 8 << 20);
    });
}

#[test]
fn two_threads_that_race_for_one_byte_keep_no_cpu() {
    in_every_way(|_| {
        let (one, mut other) = UnixStream::pair().unwrap();
        let one = Arc::new(one);
        let readers = [(); 2].map(|()| {
            let one = Arc::clone(&one);
            spawn(move || (&*one).read(&mut [0]).unwrap())
        });
        for _ in 0..2 {
            let end = Instant::now() + ms(3);
            while Instant::now() < end {}
            other.write_all(&[1]).unwrap();
        }
        assert_eq!(join_all(readers), [1, 1]);
    });
}

#[test]
fn on_one_cpu_threads_never_overlap_outside_calls_where_calls_are_dispatched() {
    let _turn = alone();
    if !ways().contains(&Unannounced::SystemCallDispatch) {
        return;
    }
    in_time(|| {
        signal(Unannounced::SystemCallDispatch)
            .run(|| {
                // A thread writes its number and finds it unchanged over many
                // instructions, unless another one was let run in between; a
                // thread that runs beside it would be caught in the middle.
                let inside = Arc::new(AtomicI64::new(0));
                let threads: Vec<_> = (1..=6)
                    .map(|number| {
                        let inside = Arc::clone(&inside);
                        spawn(move || call_and_look(number, &inside))
                    })
                    .collect();
                let overlaps: u64 = join_all(threads).iter().sum();
                assert_eq!(overlaps, 0);
            })
            .unwrap();
    });
}

/// Makes calls that block, and between them counts how often another thread was
/// seen running at the same time: it changed `inside` within less than the time
/// that a hand-over takes, twice in a row.
fn call_and_look(number: i64, inside: &AtomicI64) -> u64 {
    let mut overlaps = 0;
    for turn in 0..60 {
        if turn % 3 == 0 {
            let mut byte = [0];
            let (mut reader, mut writer) = io::pipe().unwrap();
            let other = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_micros(100));
                writer.write_all(&[1]).unwrap();
            });
            reader.read_exact(&mut byte).unwrap();
            other.join().unwrap();
        } else {
            std::thread::sleep(Duration::from_micros(50));
        }
        let mut changes = 0;
        for _ in 0..2_000 {
            inside.store(number, Ordering::SeqCst);
            (0..20).for_each(|turn| assert!(black_box(turn) < 20));
            changes += u64::from(inside.load(Ordering::SeqCst) != number);
        }
        // Each hand-over in the middle may change it once, and there are few.
        overlaps += u64::from(changes > 20);
    }
    overlaps
}

#[test]
fn a_call_is_told_with_its_name_and_the_line_that_made_it() {
    let trace = Trace::begin();
    if !ways().contains(&Unannounced::SystemCallDispatch) {
        return;
    }
    let line = line!() + 5;
    signal(Unannounced::SystemCallDispatch)
        .run(|| {
            let (mut reader, mut writer) = io::pipe().unwrap();
            let reads = Builder::new().name("reads").spawn(move || {
                reader.read_exact(&mut [0]).unwrap();
            });
            yield_now();
            writer.write_all(&[1]).unwrap();
            reads.join().unwrap();
        })
        .unwrap();
    let calls = trace.events("call_entered");
    let read = calls.iter().find(|line| line.get("call") == Some("read"));
    let read = read.unwrap_or_else(|| panic!("{calls:?}"));
    let at = read.get("at").unwrap();
    assert!(
        at.ends_with(&format!("behaviours/unannounced.rs:{line}")),
        "{at}"
    );
    assert!(!trace.events("call_left").is_empty());
}

#[test]
fn time_in_a_call_is_nobodys_cpu_time() {
    // Without a trace: then the thread keeps its CPU in the call, as nobody wants it.
    let _turn = alone();
    in_time(|| {
        let (told, tells) = mpsc::channel();
        let policy = Charging(round_robin(2), told);
        Scheduler::new(Preemption::Signal, policy)
            .run(|| {
                blocking(|| std::thread::sleep(ms(200)));
                std::thread::sleep(ms(200));
            })
            .unwrap();
        let charged: Duration = tells.iter().sum();
        assert!(charged < ms(200), "{charged:?}");
    });
}

/// Round robin that tells what it is told to charge.
struct Charging(scheduler::policy::RoundRobin, mpsc::Sender<Duration>);

impl scheduler::policy::Policy for Charging {
    fn ready(
        &mut self,
        thread: &scheduler::policy::Attributes,
        why: scheduler::policy::Ready,
        now: scheduler::time::Time,
    ) {
        self.0.ready(thread, why, now);
    }
    fn pick(
        &mut self,
        cpu: scheduler::policy::CpuId,
        now: scheduler::time::Time,
    ) -> Option<scheduler::policy::Pick> {
        self.0.pick(cpu, now)
    }
    fn stopped(
        &mut self,
        thread: &scheduler::policy::Attributes,
        ran: Duration,
        why: scheduler::policy::StopReason,
        now: scheduler::time::Time,
    ) {
        self.1.send(ran).unwrap();
        self.0.stopped(thread, ran, why, now);
    }
}
