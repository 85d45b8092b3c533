//! What a worker prints is printed, and disturbs nobody.

use crate::support::{again, role};
use scheduler::process::{self, Pool};
use std::io::{Read, Write};

/// Prints, and reads its stdin, as a careless function does.
fn chatty(n: u64) -> u64 {
    println!("job {n} prints");
    std::io::stdout()
        .write_all(&[0xFF, 0x5E, 5, 0, 1, 0, 0, 0, 9, b'\n'])
        .unwrap();
    std::io::stdout().flush().unwrap();
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).unwrap();
    assert_eq!(input, "");
    n + 1
}

#[test]
fn a_worker_that_prints_and_reads_does_not_break_the_messages() {
    println!("once only");
    process::init!(chatty);
    if role().is_some() {
        let pool = Pool::builder().workers(2).chunk(2).start(chatty).unwrap();
        let results: Result<Vec<u64>, _> = pool.map(0..10).collect();
        assert_eq!(results.unwrap(), (1..11).collect::<Vec<u64>>());
        return;
    }
    let test = "stdout::a_worker_that_prints_and_reads_does_not_break_the_messages";
    let output = again(test, "parent").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8_lossy(&output.stdout);
    for n in 0..10 {
        assert_eq!(
            printed.matches(&format!("job {n} prints\n")).count(),
            1,
            "{printed}"
        );
    }
    assert_eq!(
        printed.matches("once only").count(),
        1,
        "what stands before `init!` is not said again"
    );
}
