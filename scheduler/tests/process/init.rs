//! How a process comes to be a worker, and what happens if it does not.

use crate::support::{again, role, square};
use scheduler::process::{self, Pool, PoolError};

/// Another function, which no test names.
fn cube(n: u64) -> u64 {
    n * n * n
}

#[test]
fn without_init_no_process_is_started() {
    if role().is_some() {
        let error = Pool::new(2, cube).unwrap_err();
        return println!("{error}");
    }
    let output = again("init::without_init_no_process_is_started", "forgets")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("call `scheduler::process::init!(..)`"),
        "{said}"
    );
}

#[test]
fn a_function_that_init_was_not_given_is_told_by_its_name() {
    process::init!(square);
    let error = Pool::new(2, cube).unwrap_err();
    assert!(matches!(error, PoolError::NotNamed(_)));
    assert_eq!(
        error.to_string(),
        "a worker would not know `process::init::cube`: name the function in `process::init!(..)`"
    );
}

#[test]
fn a_worker_that_gets_past_its_main_without_init_is_no_fork_bomb() {
    const THIS: &str = "init::a_worker_that_gets_past_its_main_without_init_is_no_fork_bomb";
    if role().is_some() {
        // The worker: the program run again, which never calls `init!`.
        assert!(matches!(Pool::new(2, square), Err(PoolError::NoInit)));
        return;
    }
    process::init!(square);
    let this = std::env::current_exe().unwrap();
    let script = format!(
        "SIDESTEP_TEST_ROLE=forgets exec '{}' --exact {THIS}",
        this.display()
    );
    let pool = Pool::builder()
        .workers(1)
        .command("/bin/sh", ["-c", &script]);
    let error = pool
        .start(square)
        .unwrap()
        .submit(1)
        .join()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("over before they were ready")
            && error.contains("(exit 0). Is `process::init!` the first thing"),
        "{error}"
    );
}

#[test]
fn two_closures_of_one_function_are_refused() {
    let refused = std::panic::catch_unwind(|| process::init!(|n: u64| n, |n: u32| n));
    // Closures may be told apart by the compiler's name, or not: if not, refused.
    let same = std::any::type_name_of_val(&|n: u64| n) == std::any::type_name_of_val(&|n: u32| n);
    assert_eq!(refused.is_err(), same);
}

/// Makes a pool of itself, until that is refused: how deep it got.
fn nest(depth: u32) -> u32 {
    match Pool::new(1, nest) {
        Ok(pool) => pool.submit(depth + 1).join().unwrap(),
        Err(PoolError::TooDeep(_)) => depth,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_job_that_makes_a_pool_of_itself_comes_to_an_end() {
    process::init!(nest);
    assert_eq!(nest(0), 3);
}

/// Runs this test program as a plain child of a worker.
fn run_a_program(test: String) -> bool {
    let output = again(&test, "plain").output().unwrap();
    String::from_utf8_lossy(&output.stdout).contains("I am no worker")
}

#[test]
fn a_program_that_a_worker_starts_is_no_worker() {
    process::init!(run_a_program);
    if role().is_some() {
        return println!("I am no worker");
    }
    let pool = Pool::new(1, run_a_program).unwrap();
    let test = "init::a_program_that_a_worker_starts_is_no_worker".to_owned();
    assert!(pool.submit(test).join().unwrap());
}
