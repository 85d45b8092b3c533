//! Jobs that fail, and nobody else with them.

use crate::support::{ended, moody, square, told};
use scheduler::process::{self, Failure, Pool, PoolError};
use std::time::Duration;

/// A map over moods of which one is bad: everybody else has a result.
fn only_one_fails(bad: u64, chunk: usize) -> String {
    process::init!(moody);
    let pool = Pool::builder()
        .workers(2)
        .chunk(chunk)
        .start(moody)
        .unwrap();
    let moods: Vec<u64> = (20..40).chain([bad]).chain(40..60).collect();
    let mut failure = None;
    for (mood, result) in moods.iter().zip(pool.map(moods.clone())) {
        if *mood == bad {
            failure = Some(told(result));
        } else {
            assert_eq!(result.unwrap(), mood * 2, "chunk {chunk}");
        }
    }
    // The pool is as good as new.
    assert_eq!(pool.submit(1).join().unwrap(), 2);
    failure.unwrap()
}

#[test]
fn a_panic_loses_its_job_only() {
    for chunk in [1, 8, 100] {
        assert_eq!(only_one_fails(13, chunk), "it panicked: 13 is unlucky");
    }
}

#[test]
fn an_exit_loses_its_job_only() {
    for chunk in [1, 8, 100] {
        assert_eq!(only_one_fails(14, chunk), "the worker ended (exit 3)");
    }
}

#[test]
fn a_kill_loses_its_job_only() {
    for chunk in [1, 8, 100] {
        assert_eq!(only_one_fails(16, chunk), "the worker ended (signal 9)");
    }
}

#[test]
fn a_job_that_takes_too_long_is_ended() {
    process::init!(moody);
    let limit = Duration::from_millis(200);
    let pool = Pool::builder()
        .workers(2)
        .time_limit(limit)
        .start(moody)
        .unwrap();
    let results: Vec<_> = pool.map([1, 15, 2, 3]).collect();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3);
    assert_eq!(
        told(results.into_iter().nth(1).unwrap()),
        "it was not done within 200ms"
    );
}

/// Fails as long as a file is there, and removes it.
fn fails_while(path: String) -> String {
    if std::fs::remove_file(&path).is_ok() {
        std::process::exit(1);
    }
    path
}

#[test]
fn a_retry_is_made_as_often_as_asked() {
    process::init!(fails_while, moody);
    let path = std::env::temp_dir().join(format!("sidestep-retry-{}", std::process::id()));
    let path = path.to_str().unwrap().to_owned();
    for (retries, succeeds) in [(0, false), (1, true)] {
        std::fs::write(&path, "").unwrap();
        let pool = Pool::builder()
            .workers(1)
            .retries(retries)
            .start(fails_while)
            .unwrap();
        let result = pool.submit(path.clone()).join();
        assert_eq!(result.is_ok(), succeeds, "{result:?}");
        let _ = std::fs::remove_file(&path);
    }
    let pool = Pool::builder().workers(1).retries(4).start(moody).unwrap();
    let first = pool.processes()[0].0;
    assert!(ended(&pool.submit(14).join()));
    assert_eq!(pool.submit(1).join().unwrap(), 2);
    assert_eq!(pool.processes()[0].0, first + 5, "five workers died of it");
}

/// Takes and returns bytes.
fn echo(bytes: Vec<u8>) -> Vec<u8> {
    bytes
}

/// As many bytes as asked for.
fn many(n: usize) -> Vec<u8> {
    vec![1; n]
}

#[test]
fn a_message_too_large_is_an_error_on_either_way() {
    process::init!(echo, many);
    let pool = Pool::builder()
        .workers(1)
        .message_limit(10_000)
        .start(echo)
        .unwrap();
    let before = pool.processes();
    let error = pool.submit(vec![0; 20_000]).join().unwrap_err();
    assert!(
        matches!(
            error.failure(),
            Failure::TooLarge {
                bytes: 20_003,
                limit: 10_000
            }
        ),
        "{error}"
    );
    let sizes: Vec<_> = pool
        .map([vec![0; 5], vec![0; 20_000], vec![0; 7]])
        .map(|result| result.ok().map(|bytes| bytes.len()))
        .collect();
    assert_eq!(sizes, [Some(5), None, Some(7)]);
    assert_eq!(pool.processes(), before, "no worker was harmed");
    let pool = Pool::builder()
        .workers(1)
        .chunk(3)
        .message_limit(10_000)
        .start(many)
        .unwrap();
    let before = pool.processes();
    let sizes: Vec<_> = pool
        .map([5, 20_000, 7])
        .map(|result| result.map(|bytes| bytes.len()))
        .collect();
    assert_eq!(
        (*sizes[0].as_ref().unwrap(), *sizes[2].as_ref().unwrap()),
        (5, 7)
    );
    let error = sizes[1].as_ref().unwrap_err().to_string();
    assert!(
        error.contains("a message of 20003 bytes is too large: the limit is 10000"),
        "{error}"
    );
    assert_eq!(pool.processes(), before, "no worker was harmed");
}

/// A pool whose workers are a shell with this script.
///
/// careful: it must `exec` what it ends in. To kill a shell spares its child, which
/// would hold our pipes open.
fn pool_of(script: &str) -> Pool<u64, u64> {
    process::init!(square);
    let builder = Pool::builder()
        .workers(1)
        .command("/bin/sh", ["-c", script]);
    builder.start(square).unwrap()
}

#[test]
fn workers_that_talk_nonsense_do_not_go_on_for_ever() {
    let pool = pool_of("echo hello >&0; exec sleep 1000");
    let error = told(pool.submit(1).join());
    assert!(
        error.contains("\"hello\\n\" came, which is no message"),
        "{error}"
    );
    assert!(
        error.starts_with("no worker is left: 3 in a row were over before"),
        "{error}"
    );
    // Later jobs are told the same, at once.
    assert_eq!(told(pool.submit(1).join()), error);
    assert!(pool.map([1, 2]).all(|result| result.is_err()));
}

#[test]
fn nonsense_of_a_worker_that_was_ready_costs_its_job_only() {
    // A frame `Ready`, then, when a job has come, something that is none.
    let pool = pool_of(
        r"printf '\377\136\003\000\000\000\000\000' >&0; head -c 60 <&0 >&2; printf garbage >&0; exec sleep 1000",
    );
    let error = told(pool.submit(1).join());
    assert_eq!(
        error,
        "the worker talks nonsense: \"garbage\" came, which is no message"
    );
}

#[test]
fn a_message_that_is_cut_off_is_told_as_such() {
    let pool = pool_of(
        r"printf '\377\136\003\000\000\000\000\000' >&0; head -c 60 <&0 >&2; printf '\377\136\005\000\100\000\000\000abc' >&0",
    );
    let error = told(pool.submit(1).join());
    assert_eq!(
        error,
        "the worker talks nonsense: its message was cut after 11 bytes (exit 0)"
    );
}

#[test]
fn results_of_jobs_that_nobody_gave_are_nonsense() {
    let pool = pool_of(
        r"printf '\377\136\003\000\000\000\000\000' >&0; head -c 60 <&0 >&2; printf '\377\136\005\000\014\000\000\000\011\000\000\000\000\000\000\000\001\000\000\000' >&0; exec sleep 1000",
    );
    let error = told(pool.submit(1).join());
    assert_eq!(
        error,
        "the worker talks nonsense: the results are not those of its jobs"
    );
}

#[test]
fn an_announcement_of_gigabytes_is_not_believed() {
    let pool = pool_of(
        r"printf '\377\136\003\000\000\000\000\000\377\136\005\000\377\377\377\377' >&0; exec sleep 1000",
    );
    let error = told(pool.submit(1).join());
    assert!(
        error.contains("4294967295 bytes was announced, and 67108864 is the limit"),
        "{error}"
    );
}

#[test]
fn settings_without_sense_are_refused_in_a_sentence() {
    process::init!(square);
    let told = |error: Result<Pool<u64, u64>, PoolError>| error.unwrap_err().to_string();
    assert_eq!(
        told(Pool::new(0, square)),
        "a pool needs a worker, at least one"
    );
    assert_eq!(
        told(Pool::new(1_001, square)),
        "a pool has at most 1,000 workers"
    );
    assert_eq!(
        told(Pool::builder().chunk(0).start(square)),
        "a chunk has one job, at least"
    );
}

/// What the process with the small limit says.
fn start_with_a_limit_of_processes() {
    let limit = rustix::process::Rlimit {
        current: Some(1),
        maximum: Some(1),
    };
    rustix::process::setrlimit(rustix::process::Resource::Nproc, limit).unwrap();
    let error = Pool::new(4, square).unwrap_err();
    println!("{error}");
}

#[test]
fn a_system_that_allows_no_more_processes_is_told_with_what_to_do() {
    process::init!(square);
    if crate::support::role().is_some() {
        return start_with_a_limit_of_processes();
    }
    let mut child = crate::support::again(
        "failures::a_system_that_allows_no_more_processes_is_told_with_what_to_do",
        "limited",
    );
    if rustix::process::geteuid().is_root() {
        // No such limit binds root. Nobody may not reach this program, however.
        use std::os::unix::process::CommandExt;
        child.uid(65_534);
    }
    let Ok(output) = child.output() else {
        return eprintln!("not tried: another user cannot run this program");
    };
    let said = String::from_utf8_lossy(&output.stdout);
    // The pool's own thread may already be one too many.
    assert!(
        said.contains(
            "worker 1 of 4 cannot be started: the system allows no more processes (`ulimit -u`"
        ),
        "{output:?}"
    );
}
