//! Every model gives the same answer to the same order, and it is the right one.

use contenders::{Model, Order, Workload, models, server, work};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::Command;
use std::thread;

/// The local server, on a thread of this process: where it is.
fn server() -> SocketAddr {
    let (input, output) = std::io::pipe().expect("there are files left");
    thread::spawn(move || server::serve(output).expect("there are ports left"));
    let mut line = String::new();
    let read = BufReader::new(input).read_line(&mut line);
    read.expect("the server says where it is");
    line.trim().parse().expect("it is an address")
}

/// A little of each workload, and the answer to it.
fn little(workload: Workload) -> (Order, u64) {
    let jobs = if workload == Workload::Idle { 3 } else { 7 }; // of idle ones each has one
    let order = Order {
        workload,
        model: Model::OneByOne,
        units: 3,
        cpus: 2,
        jobs,
        numbers: 1_000,
        bytes: 101,
        wait: 1,
        server: Some(server()),
    };
    let sums: u64 = (1_000..1_007)
        .map(|below: u64| (0..below).map(|i| i * i).sum::<u64>())
        .sum();
    let mut common = work::Common::default();
    (0..7).for_each(|number| common.change(number));
    let answer = match workload {
        Workload::Downloads => 7 * 101,
        Workload::Idle => 3 * 101,
        Workload::Squares => sums,
        Workload::Mixed => sums + 7 * 101,
        Workload::Chatty => 7,
        Workload::Shared => common.answer(),
    };
    (order, answer)
}

/// Asserts that each of our models gives the answer, and used what it says.
fn all_agree(workload: Workload) {
    models::enter(); // a worker process gets no further
    let (order, answer) = little(workload);
    for model in Model::ALL {
        if model.script().is_some() {
            continue;
        }
        let order = Order {
            model,
            ..order.clone()
        };
        let sample = models::run(&order).expect("every model can do it");
        assert_eq!(sample.answer, answer, "{model:?}");
        assert!(sample.wall > 0.0 && sample.memory > 0, "{sample:?}");
    }
}

#[test]
fn downloads_have_every_byte() {
    all_agree(Workload::Downloads);
}

#[test]
fn sums_are_the_sums() {
    all_agree(Workload::Squares);
}

#[test]
fn mixed_work_has_both() {
    all_agree(Workload::Mixed);
}

#[test]
fn idle_connections_are_answered_in_the_end() {
    all_agree(Workload::Idle);
}

#[test]
fn the_number_goes_all_the_way_round() {
    all_agree(Workload::Chatty);
}

#[test]
fn no_change_is_lost() {
    all_agree(Workload::Shared);
}

#[test]
fn python_gives_the_same_answers() {
    let is_there = Command::new("python3").arg("--version").output();
    if !is_there.is_ok_and(|output| output.status.success()) {
        println!("there is no python3 here: nothing to compare");
        return;
    }
    for workload in Workload::ALL {
        let (order, answer) = little(workload);
        for model in Model::ALL {
            let Some(script) = model.script().filter(|_| model != Model::PyFree) else {
                continue;
            };
            let order = Order {
                model,
                ..order.clone()
            };
            let output = Command::new("python3")
                .arg("-B")
                .arg(format!("{}/python/{script}", env!("CARGO_MANIFEST_DIR")))
                .arg(serde_json::to_string(&order).unwrap())
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            let sample: contenders::Sample =
                serde_json::from_str(&text).unwrap_or_else(|_| panic!("{model:?}: {output:?}"));
            assert_eq!(sample.answer, answer, "{workload:?} {model:?}");
        }
    }
}

#[test]
fn idle_connections_that_will_never_be_enough_are_sent_away() {
    models::enter();
    let (order, _) = little(Workload::Idle);
    for model in [Model::Tasks, Model::OsThreads] {
        let lonely = Order {
            model,
            jobs: 2,
            ..order.clone()
        };
        let error = models::run(&lonely).unwrap_err();
        let error = error.downcast::<std::io::Error>().unwrap();
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    }
}

#[test]
fn an_order_without_its_server_is_an_error_and_no_hang() {
    models::enter();
    let (order, _) = little(Workload::Downloads);
    for model in [Model::Tasks, Model::OsThreads, Model::Processes] {
        let order = Order {
            model,
            server: None,
            ..order.clone()
        };
        let error = models::run(&order).unwrap_err();
        assert!(error.to_string().contains("names no server"), "{error}");
    }
}
