//! A pool of worker processes: where its jobs are, and what is said of it.

mod common;

use common::{POOL, sound_side};
use stepper::{
    fold::JobState,
    sentence,
    transcript::{Column, transcript},
};

#[test]
fn the_fold_knows_where_each_job_is() {
    use JobState::{Begun, Over, Queued, Sent};
    let side = sound_side("process", POOL);
    let jobs = |step: usize| {
        let state = side.state_at(step);
        let jobs = state.driver().unwrap().jobs.values();
        jobs.map(|job| job.state).collect::<Vec<_>>()
    };
    assert_eq!(jobs(8), [Sent { worker: 1 }, Sent { worker: 2 }, Queued]);
    assert_eq!(
        jobs(13),
        [Begun { worker: 1 }, Begun { worker: 2 }, Sent { worker: 2 }]
    );
    assert_eq!(jobs(17), [Over, Over, Queued]);
    assert_eq!(jobs(25), [Over, Over, Over]);
}

#[test]
fn a_worker_runs_while_it_has_begun_a_job() {
    let side = sound_side("process", POOL);
    let running = |step: usize| {
        let state = side.state_at(step);
        let running = &state.driver().unwrap().running;
        running.iter().map(|&(_, unit)| unit).collect::<Vec<_>>()
    };
    assert_eq!(running(9), [0; 0]);
    assert_eq!(running(12), [1, 2]);
    assert_eq!(running(14), [2]);
    assert_eq!(running(15), [0; 0]);
}

#[test]
fn sentences_say_what_happened_and_why() {
    let side = sound_side("process", POOL);
    let said = |step| sentence(&side, step);
    assert_eq!(
        said(1),
        "A pool starts: 2 workers, each a process, for `square`."
    );
    assert_eq!(
        said(13),
        "Job 3 goes to worker 2 as a message of 1 byte, and waits there behind 1 other."
    );
    assert_eq!(
        said(15),
        "Worker 2 was ended by signal 9. The other workers go on: they share nothing with it."
    );
    assert_eq!(
        said(24),
        "Worker 3 was ended by signal 9. It had no job, so none is lost."
    );
    assert_eq!(
        said(16),
        "Job 3 had not begun at worker 2, which is over: it waits again, before the others."
    );
    assert_eq!(
        said(17),
        "Job 2 at worker 2 has no result: the worker ended (signal 9). The other jobs go on."
    );
    assert_eq!(said(19), "Worker 3 takes the place of worker 2.");
    assert_eq!(
        said(25),
        "The pool is over. Done: 2 jobs; without a result: 1."
    );
}

#[test]
fn the_transcript_names_the_pool_where_there_are_several() {
    let told = |text: &str| {
        let side = sound_side("process", text);
        let (side, outcome, ours) = (&side, "", false);
        transcript(
            &[Column {
                side,
                outcome,
                ours,
            }],
            80,
        )
    };
    let one = told(POOL);
    assert!(one.contains("\njob 1 → worker 1, 1 byte\n"), "{one}");
    let other = POOL.replace("pool=0", "pool=1");
    let two = told(&format!("{POOL}{other}"));
    assert!(
        two.contains("\npool 0: job 1 ← worker 1, 2 bytes\n"),
        "{two}"
    );
    assert!(two.contains("\npool 1: worker 3 is started\n"), "{two}");
}
