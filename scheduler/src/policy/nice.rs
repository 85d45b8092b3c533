//! How much a thread weighs that is nice to others: the kernel's table.
//!
//! A step of one changes a thread's share of the CPU by about a tenth, when two
//! compete: each weight is about 1.25 times the next.
//!
//! Source: Linux, `kernel/sched/core.c`, `sched_prio_to_weight`.
//!
//! Book: chapter 15.

/// The weight of a thread of ordinary niceness, 0.
pub const WEIGHT_OF_NICE_0: u32 = 1024;

/// Weights from nice -20, who takes most, to nice 19.
const WEIGHTS: [u32; 40] = [
    88761, 71755, 56483, 46273, 36291, // -20 to -16
    29154, 23254, 18705, 14949, 11916, // -15 to -11
    9548, 7620, 6100, 4904, 3906, // -10 to -6
    3121, 2501, 1991, 1586, 1277, // -5 to -1
    1024, 820, 655, 526, 423, // 0 to 4
    335, 272, 215, 172, 137, // 5 to 9
    110, 87, 70, 56, 45, // 10 to 14
    36, 29, 23, 18, 15, // 15 to 19
];

/// The weight of a thread with this niceness: from -20, the greediest, to 19.
/// What lies beyond counts as the end.
///
/// ```
/// use scheduler::policy::weight_of_nice;
///
/// assert_eq!(weight_of_nice(0), 1024);
/// assert_eq!(weight_of_nice(-20), 88761);
/// assert_eq!(weight_of_nice(100), weight_of_nice(19));
/// ```
pub fn weight_of_nice(nice: i32) -> u32 {
    let index = nice.clamp(-20, 19).abs_diff(-20);
    WEIGHTS[index as usize]
}
