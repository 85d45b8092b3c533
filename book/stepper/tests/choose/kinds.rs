//! Twelve small programs in one: four that compute, four that wait for the
//! outside, two whose threads wait for each other, two that do both. And one that
//! computes in threads that each are over before anybody looks.
//!
//! Compiled by the test beside it. They compute for so long on their own thread's
//! clock, and wait for as long: a busy or a slow machine makes them last longer,
//! and changes nothing about what they are.

use std::{
    env, fs,
    hint::black_box,
    io::{Read, Write},
    net::{TcpListener, TcpStream, UdpSocket},
    process::{Command, Stdio},
    sync::{Mutex, RwLock},
    thread::{scope, sleep},
    time::Duration,
};

/// One wait, and one piece of computing.
const WAIT: Duration = Duration::from_millis(10);

/// ns that this thread was on a CPU.
fn on_cpu() -> u128 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

/// Computes for as long as one wait takes, or a tick of the kernel more.
fn compute() {
    let enough = on_cpu() + WAIT.as_nanos();
    while on_cpu() < enough {
        black_box((0..20_000).fold(0_u64, |sum, n| sum.wrapping_add(black_box(n) * n)));
    }
}

/// Computes so many times.
fn computes(times: usize) {
    (0..times).for_each(|_| compute());
}

/// A server whose answers take a wait each, for as many clients as may come.
fn server(clients: usize) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for _ in 0..clients {
            let (mut client, _) = listener.accept().unwrap();
            std::thread::spawn(move || {
                let mut byte = [0];
                while client.read_exact(&mut byte).is_ok() {
                    sleep(WAIT);
                    if client.write_all(&byte).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

/// Asks so many times, and waits for each answer.
fn client(server: std::net::SocketAddr, times: usize) {
    let mut server = TcpStream::connect(server).unwrap();
    for _ in 0..times {
        server.write_all(b"?").unwrap();
        server.read_exact(&mut [0]).unwrap();
    }
}

/// Four threads that do this.
fn four(work: impl Fn() + Sync) {
    scope(|threads| {
        for _ in 0..4 {
            threads.spawn(&work);
        }
    });
}

fn main() {
    let kind = env::args().nth(1).unwrap();
    match &*kind {
        "cpu_alone" => computes(40),
        "cpu_threads" => four(|| computes(12)),
        "cpu_sort" => {
            for seed in 0..8_u64 {
                let mut next = seed;
                let mut numbers: Vec<u64> = (0..100_000)
                    .map(|_| {
                        next = next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        next
                    })
                    .collect();
                numbers.sort();
                black_box(numbers);
            }
        }
        "cpu_child" => {
            let program = env::current_exe().unwrap();
            let mut child = Command::new(program).arg("cpu_alone").spawn().unwrap();
            child.wait().unwrap();
        }
        "io_download" => client(server(1), 40),
        "io_many" => {
            let server = server(4);
            four(|| client(server, 30));
        }
        "io_datagrams" => {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.set_read_timeout(Some(WAIT)).unwrap();
            for _ in 0..40 {
                socket.recv(&mut [0]).unwrap_err();
            }
        }
        "io_pipe" => {
            let mut child = Command::new("/bin/sh")
                .args(["-c", "sleep 0.4; echo done"])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut said = String::new();
            child
                .stdout
                .take()
                .unwrap()
                .read_to_string(&mut said)
                .unwrap();
            child.wait().unwrap();
        }
        // ANCHOR: lock
        "lock_mutex" => {
            let lock = Mutex::new(());
            four(|| {
                for _ in 0..8 {
                    let held = lock.lock().unwrap();
                    compute();
                    drop(held);
                    std::thread::yield_now();
                }
            });
        }
        // ANCHOR_END: lock
        "lock_table" => {
            let table = RwLock::new(vec![0_u64; 8]);
            four(|| {
                for place in 0..8 {
                    let mut table = table.write().unwrap();
                    compute();
                    table[place] += 1;
                }
            });
        }
        "mixed_in_turn" => {
            for _ in 0..24 {
                compute();
                sleep(WAIT);
            }
        }
        "mixed_at_once" => scope(|threads| {
            threads.spawn(|| computes(20));
            threads.spawn(|| (0..20).for_each(|_| sleep(WAIT)));
        }),
        "cpu_brief" => {
            for _ in 0..3000 {
                std::thread::spawn(|| {
                    black_box((0..20_000).fold(0_u64, |sum, n| sum.wrapping_add(black_box(n) * n)))
                })
                .join()
                .unwrap();
            }
        }
        other => panic!("there is no kind {other}"),
    }
}
