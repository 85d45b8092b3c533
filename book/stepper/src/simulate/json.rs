//! The contest as JSON: every figure exact, times in nanoseconds.
//!
//! Book: chapter 15.

use super::{
    contest::{Contest, Run},
    measures::{Spread, index, need},
    text,
    workload::Workload,
};
use scheduler::time::Time;
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    time::Duration,
};

/// Writes the contest, and a last newline.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(contest: &Contest, output: &mut impl Write) -> io::Result<()> {
    let workload = &contest.workload;
    let value = json!({
        "sidestep": 1,
        "workload": workload.name,
        "title": workload.title,
        "cpus": workload.cpus,
        "queues": text::queues(workload.queues),
        "quantum": nanos(workload.quantum),
        "switch_cost": nanos(workload.switch_cost),
        "jobs": jobs(workload),
        "policies": contest.runs.iter().map(|run| policy(run, workload)).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *output, &value)?;
    writeln!(output)
}

/// In nanoseconds.
fn nanos(length: Duration) -> u64 {
    (Time::ZERO + length).as_nanos()
}

/// The jobs.
fn jobs(workload: &Workload) -> Vec<Value> {
    let job = |(name, job): (&String, &scheduler::simulation::Job)| {
        json!({
            "name": name,
            "arrival": job.arrival.as_nanos(),
            "cpu_time": nanos(job.cpu_time()),
            "need": nanos(need(job)),
            "priority": job.priority,
            "weight": job.weight.unwrap_or(1),
            "period": job.period.map(nanos),
            "times": u64::from(job.repeats) + 1,
            "deadline": job.deadline.map(nanos),
            "cpu": job.affinity.map(|cpu| cpu.0),
        })
    };
    workload.names.iter().zip(&workload.jobs).map(job).collect()
}

/// What one policy made of them.
fn policy(run: &Run, workload: &Workload) -> Value {
    let measures = &run.measures;
    let spread = |spread: Spread| json!({ "mean_ms": spread.mean, "max_ms": spread.max });
    let job = |times: &scheduler::simulation::JobTimes| {
        json!({
            "name": workload.names[index(times.thread)],
            "response": nanos(times.response),
            "turnaround": nanos(times.turnaround),
            "waiting": nanos(times.waiting),
            "finish": times.finish.as_nanos(),
        })
    };
    let stay = |stay: &scheduler::simulation::Segment| {
        json!({
            "job": workload.names[index(stay.thread)],
            "thread": stay.thread.0,
            "cpu": stay.cpu.0,
            "runnable_since": stay.runnable_since.as_nanos(),
            "start": stay.start.as_nanos(),
            "end": stay.end.as_nanos(),
            "stop": format!("{:?}", stay.stop),
        })
    };
    json!({
        "policy": run.policy,
        "end": run.outcome.end().as_nanos(),
        "turnaround": spread(measures.turnaround),
        "response": spread(measures.response),
        "waiting": spread(measures.waiting),
        "throughput_per_s": measures.throughput,
        "jain": measures.fairness,
        "deadlines": measures.deadlines,
        "missed": measures.missed,
        "switches": measures.switches,
        "migrations": measures.migrations,
        "busy": run.outcome.busy.iter().map(|busy| nanos(*busy)).collect::<Vec<_>>(),
        "speed_up": measures.speed_up,
        "jobs": run.outcome.jobs.iter().map(job).collect::<Vec<_>>(),
        "stays": run.outcome.chart.segments.iter().map(stay).collect::<Vec<_>>(),
    })
}
