//! Textbook cases that are no list of jobs: tables of passes, weights, shares,
//! bounds. Each has its own form; `topic` and the keys say which.

use scheduler::policy::{
    Attributes, CpuId, EarliestEligibleVirtualDeadlineFirst, Fair, Lottery, Policy, Ready,
    StopReason, Stride, ThreadId, rate_monotonic, weight_of_nice,
};
use scheduler::time::Time;
use serde_json::{Value, json};
use std::time::Duration;

/// All quanta here.
const QUANTUM: Duration = Duration::from_millis(1);

/// What does not agree; None if no policy of ours is meant.
pub(crate) fn disagreements(case: &Value) -> Option<Vec<String>> {
    let (input, expect) = (&case["input"], &case["expect"]);
    let found = match case["topic"].as_str()? {
        "stride" => stride(input, expect),
        "eevdf" if input.get("clients").is_some() => virtual_deadlines(input, expect),
        "lottery" => return Some(lottery(input, expect)),
        "cfs" if input.get("sched_latency_ms").is_some() => shares(input),
        "cfs" if expect.get("weight").is_some() => weights(input, expect),
        "cfs" => slices(input),
        "rm" => {
            let bound = rate_monotonic::bound(number(&input["n"]));
            let expected = expect["bound"].as_f64().expect("a bound is a number");
            let agrees = (bound - expected).abs() < 1e-8;
            return Some(if agrees {
                Vec::new()
            } else {
                vec![format!("bound: {bound}")]
            });
        }
        _ => return None,
    };
    let differ = |(key, found): &(&str, Value)| expect[*key] != *found;
    let line = |(key, found): (&str, Value)| {
        let expected = &expect[key];
        format!("{key}: expected {expected}, found {found}")
    };
    Some(found.into_iter().filter(differ).map(line).collect())
}

/// A whole number.
fn number(value: &Value) -> u32 {
    let number = value.as_u64().expect("a whole number");
    u32::try_from(number).expect("a small one")
}

/// The whole numbers of an array.
fn numbers(value: &Value) -> Vec<u32> {
    let numbers = value.as_array().expect("an array of numbers");
    numbers.iter().map(number).collect()
}

/// Runnable threads 1, 2, ... with these weights.
fn threads(policy: &mut dyn Policy, weights: impl IntoIterator<Item = u32>) -> Vec<Attributes> {
    let thread = |(id, weight)| {
        let mut thread = Attributes::new(ThreadId(id), Time::ZERO);
        thread.weight = weight;
        policy.ready(&thread, Ready::New, Time::ZERO);
        thread
    };
    (1..).zip(weights).map(thread).collect()
}

/// Lets the next thread run for a whole quantum: its index.
fn quantum(policy: &mut dyn Policy, threads: &[Attributes]) -> usize {
    let pick = policy.pick(CpuId(0), Time::ZERO).expect("all are runnable");
    let index = pick.thread.0 as usize - 1;
    policy.stopped(
        &threads[index],
        QUANTUM,
        StopReason::QuantumExpired,
        Time::ZERO,
    );
    index
}

/// Who runs, with all passes before; threads are called A, B, ...
fn stride(input: &Value, expect: &Value) -> Vec<(&'static str, Value)> {
    let ahead = input["initial_pass"] == json!("stride");
    let new = Stride::new(QUANTUM);
    let mut policy = if ahead { new.first_stride_ahead() } else { new };
    let threads = threads(&mut policy, numbers(&input["tickets"]));
    let passes = |policy: &Stride| -> Value {
        let stride_1 = number(&input["stride1"]);
        let pass = |thread: &Attributes| policy.pass(thread.id, stride_1).to_string();
        let pass = |thread| pass(thread).parse::<u64>().expect("a small number");
        threads.iter().map(pass).collect()
    };
    let (mut runs, mut before) = (Vec::new(), Vec::new());
    let mut counts = vec![0; threads.len()];
    let mut counts_per_6 = json!(null);
    for run in 1..=expect["runs"].as_array().expect("a list of runs").len() {
        before.push(passes(&policy));
        let index = quantum(&mut policy, &threads);
        counts[index] += 1;
        runs.push(["A", "B", "C", "D"][index]);
        if run == 6 {
            counts_per_6 = json!(counts);
        }
    }
    let mut found = vec![("runs", json!(runs))];
    let others = [
        ("pass_before_each", json!(before)),
        ("pass_after_8", passes(&policy)),
        ("counts_per_6", counts_per_6),
    ];
    found.extend(
        others
            .into_iter()
            .filter(|(key, _)| expect.get(key).is_some()),
    );
    found
}

/// Who runs, quantum by quantum; with the virtual time before, and the deadline
/// that let it run. Clients are called 1, 2, ...
fn virtual_deadlines(input: &Value, expect: &Value) -> Vec<(&'static str, Value)> {
    let mut policy = EarliestEligibleVirtualDeadlineFirst::new(QUANTUM);
    let clients = input["clients"].as_array().expect("a list of clients");
    let client = |(id, client): (u32, &Value)| {
        let mut thread =
            Attributes::new(ThreadId(id), Time::ZERO + QUANTUM * number(&client["join"]));
        thread.weight = number(&client["w"]);
        thread.burst = Some(QUANTUM * number(&client["r"]));
        thread
    };
    let threads: Vec<Attributes> = (1..).zip(clients).map(client).collect();
    let (mut runs, mut log) = (Vec::new(), Vec::new());
    for expected in expect["log"].as_array().expect("a list") {
        let now = Time::ZERO + QUANTUM * number(&expected["t"]);
        for thread in threads.iter().filter(|thread| thread.arrival == now) {
            policy.ready(thread, Ready::New, now);
        }
        // A fraction agrees if it is the same number of whole nanoseconds.
        let fraction = |found: Duration, expected: &Value| {
            let parts = numbers(expected);
            if QUANTUM * parts[0] / parts[1] == found {
                expected.clone()
            } else {
                json!(found.as_nanos())
            }
        };
        let virtual_time = fraction(policy.virtual_time(), &expected["V"]);
        let deadlines: Vec<_> = threads
            .iter()
            .map(|thread| policy.deadline(thread.id))
            .collect();
        let index = quantum(&mut policy, &threads);
        let deadline = deadlines[index].expect("who runs has a deadline");
        let deadline = fraction(deadline, &expected["vd"]);
        log.push(json!({
            "t": expected["t"], "V": virtual_time, "run": index + 1, "vd": deadline
        }));
        runs.push(index + 1);
    }
    vec![("runs", json!(runs)), ("log", json!(log))]
}

/// How often a share wins lies within five standard deviations, for some seeds.
fn lottery(input: &Value, expect: &Value) -> Vec<String> {
    let (share, accepted) = (
        numbers(&input["share"]),
        numbers(&expect["accept_interval_5sigma"]),
    );
    let mut lines = Vec::new();
    for seed in 1..=5 {
        let mut policy = Lottery::new(QUANTUM, seed);
        let threads = threads(&mut policy, [share[0], share[1] - share[0]]);
        let wins = (0..number(&input["quanta"])).filter(|_| quantum(&mut policy, &threads) == 0);
        let wins = u32::try_from(wins.count()).expect("a small number");
        if !(accepted[0]..=accepted[1]).contains(&wins) {
            lines.push(format!(
                "seed {seed}: {wins} wins are not within {accepted:?}"
            ));
        }
    }
    lines
}

/// The table of weights, and the kernel's table of their inverses.
fn weights(input: &Value, expect: &Value) -> Vec<(&'static str, Value)> {
    let nice = input["nice"].as_array().expect("a list of nice values");
    let weight = |nice: &Value| {
        let nice = nice.as_i64().expect("a whole number");
        weight_of_nice(i32::try_from(nice).expect("a small one"))
    };
    let weights: Vec<u32> = nice.iter().map(weight).collect();
    // The kernel rounds some to the nearest, cuts others off: within one.
    let inverse = expect["inverse_weight_2_32"].as_array().expect("a list");
    let inverse = weights.iter().zip(inverse).map(|(weight, expected)| {
        let exact = (1u64 << 32) / u64::from(*weight);
        let near = expected.as_u64().is_some_and(|e| e.abs_diff(exact) <= 1);
        if near { expected.clone() } else { json!(exact) }
    });
    vec![
        ("inverse_weight_2_32", inverse.collect()),
        ("weight", json!(weights)),
    ]
}

/// Slices without a granularity that would be felt, and how fast clocks run.
fn shares(input: &Value) -> Vec<(&'static str, Value)> {
    let nice = input["nice"].as_array().expect("a list of nice values");
    let nice = nice
        .iter()
        .map(|nice| nice.as_i64().expect("a whole number"));
    let weights: Vec<u32> = nice
        .map(|nice| weight_of_nice(i32::try_from(nice).expect("a small one")))
        .collect();
    let latency = Duration::from_millis(number(&input["sched_latency_ms"]).into());
    let mut policy = Fair::new(latency, Duration::from_nanos(1));
    let threads = threads(&mut policy, weights.iter().copied());
    let second = |mut thread: Attributes| {
        thread.cpu_time = Duration::from_secs(1);
        format!("{:.2}", policy.virtual_runtime(&thread).as_secs_f64())
    };
    let rates: Vec<_> = threads.iter().cloned().map(second).collect();
    let mut slices = Vec::new();
    while let Some(pick) = policy.pick(CpuId(0), Time::ZERO) {
        let quantum = pick.quantum.expect("a fair slice ends");
        slices.push(format!("{:.2}", quantum.as_secs_f64() * 1e3));
    }
    vec![
        ("share_num", json!(weights)),
        ("share_den", json!(weights.iter().sum::<u32>())),
        ("slice_ms_2dp", json!(slices)),
        ("vruntime_rate_2dp", json!(rates)),
    ]
}

/// The slice of one of n equal threads, with OSTEP's numbers.
fn slices(input: &Value) -> Vec<(&'static str, Value)> {
    let slice = |n: &u32| {
        let mut policy = Fair::new(Duration::from_millis(48), Duration::from_millis(6));
        threads(&mut policy, (0..*n).map(|_| 1024));
        let pick = policy.pick(CpuId(0), Time::ZERO).expect("all are runnable");
        let quantum = pick.quantum.expect("a fair slice ends");
        u64::try_from(quantum.as_millis()).expect("a small number")
    };
    let slices: Vec<u64> = numbers(&input["n"]).iter().map(slice).collect();
    vec![("slice_ms", json!(slices))]
}
