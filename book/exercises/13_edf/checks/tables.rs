//! What others say of the order of deadlines, case by case.
//!
//! All charts are also those of `SimSo` 0.8.5, a simulator of real-time
//! schedulers by LAAS-CNRS: `scheduler/tests/data/rt_edf_rm_fp.json` has them and
//! more. "1 of 2" is 1 ms of work in every 2.

use super::{every, scenario};
use exercises::scenario::ms;
use exercises::table::Table;
use scheduler::simulation::Job;

/// The cases.
pub(super) fn tables() -> Vec<Table> {
    let within = |job: Job, millis: u64| Job {
        deadline: Some(ms(millis)),
        ..job
    };
    vec![
        Table::new(
            "Liu and Layland (1973), section 4: 1 of 2 and 1 of 5 (case rt-edf-002)",
            scenario([every(0, 2, 1, 5), every(0, 5, 1, 2)]),
        )
        .runs([
            (1, 1),
            (2, 2),
            (1, 3),
            (0, 4),
            (1, 5),
            (2, 6),
            (1, 7),
            (0, 8),
            (1, 9),
        ]),
        Table::new(
            "Liu and Layland, theorem 7: 2 of 4 and 3 of 6 are all of the CPU, and fit; \
             by the shorter period one would be late (case rt-edf-010)",
            scenario([every(0, 4, 2, 3), every(0, 6, 3, 2)]),
        )
        .runs([(1, 2), (2, 5), (1, 7), (2, 10), (1, 12)]),
        Table::new(
            "SimSo, case rt-edf-005: 1 of 2, 1 of 4 and 2 of 8",
            scenario([every(0, 2, 1, 4), every(0, 4, 1, 2), every(0, 8, 2, 1)]),
        )
        .runs([
            (1, 1),
            (2, 2),
            (1, 3),
            (3, 4),
            (1, 5),
            (2, 6),
            (1, 7),
            (3, 8),
        ]),
        Table::new(
            "SimSo, case rt-edf-041: deadlines before the ends of the periods",
            scenario([within(every(0, 12, 2, 1), 4), within(every(0, 4, 2, 3), 3)]),
        )
        .runs([(2, 2), (1, 4), (2, 6), (0, 8), (2, 10)]),
        Table::new(
            "SimSo, case rt-edf-048, its begin: 6 of 20, from 14 ms on, and 2 of 4, from 3 ms on",
            scenario([every(14, 20, 6, 1), every(3, 4, 2, 6)]),
        )
        .runs([
            (0, 3),
            (2, 5),
            (0, 7),
            (2, 9),
            (0, 11),
            (2, 13),
            (0, 14),
            (1, 15),
            (2, 17),
            (1, 19),
            (2, 21),
            (1, 23),
            (2, 25),
            (1, 26),
        ]),
    ]
}
