//! `--scale`: the same work with more and more units, until each model breaks.
//!
//! From 10 units up, each time about three times as many, all models in turns at each
//! number. A model is over when it fails, when it would take too long or too much
//! memory, or when there are no more numbers to try; and why is kept.
//!
//! Invariants: (1) nothing is tried that would take more than half of the free memory,
//! judged by the number before: a machine that swaps measures nothing; (2) after a
//! signal nothing is begun, and what there is stays.
//!
//! Book: chapter 25.

use super::{
    bench::Bench, explain::float, plan::Plan, results::Machine, show, statistics::Summary,
    table::ms,
};
use crate::{failure::Failure, signals::Note, words::wrapped};
use contenders::{Order, Sample, Workload};
use serde_json::{Value, json};
use std::{
    fs,
    io::{self, Write},
};

/// The numbers of units that are tried.
const SIZES: [u32; 9] = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
/// A model that would take longer at the next number is over, in seconds.
const SLOW: f64 = 30.0;

/// What came of one workload.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    /// The work.
    workload: Workload,
    /// How often each is measured at each number.
    runs: u32,
    /// A curve for each model.
    curves: Vec<Curve>,
}

/// What came of one model.
#[derive(Clone, Debug)]
struct Curve {
    /// What it is to do, at whatever number.
    order: Order,
    /// What was measured at each number so far.
    points: Vec<(u32, Vec<Sample>)>,
    /// At which number it broke, and why.
    broke: Option<(u32, String)>,
}

impl Curve {
    /// The median of a figure at the place of one of the points.
    fn figure(&self, place: usize, figure: impl Fn(&Sample) -> f64) -> Option<f64> {
        let (_, samples) = self.points.get(place)?;
        Some(Summary::of(samples.iter().map(figure))?.median)
    }

    /// Why it is not tried with so many units, judged by the number before.
    fn hopeless(&self, units: u32, free: u64) -> Option<String> {
        let last = self.points.len().checked_sub(1)?;
        let more = f64::from(units) / f64::from(self.points[last].0);
        let memory = self.figure(last, |it| float(it.memory))? * more;
        let before = self.figure(last, |it| float(it.before))?;
        let wall = self.figure(last, |it| it.wall)?;
        if memory - before > float(free) / 2.0 {
            return Some(format!(
                "it would take about {:.0} MB, and {:.0} are free",
                memory / 1e6,
                float(free) / 1e6
            ));
        }
        let seconds = wall * more;
        (seconds > SLOW && wall > 2.0).then(|| {
            format!("it would take up to {seconds:.0} s: it took {wall:.1} the time before")
        })
    }
}

impl Scale {
    /// Nothing so far, of the workloads of a plan.
    fn new(orders: &[Order], runs: u32) -> Option<Scale> {
        let curve = |order: &Order| Curve {
            order: order.clone(),
            points: Vec::new(),
            broke: None,
        };
        let orders = || orders.iter().filter(|order| !order.model.is_alone());
        Some(Scale {
            workload: orders().next()?.workload,
            runs,
            curves: orders().map(curve).collect(),
        })
    }
}

/// Measures every workload of the plan with more and more units. The signal that ended
/// it early, if one did.
pub(super) fn make(
    plan: &Plan,
    runs: u32,
    bench: &Bench,
    note: &Note,
    mut tell: impl FnMut(&str),
) -> (Vec<Scale>, Option<Failure>) {
    let of = |orders: &Vec<Order>| Scale::new(orders, runs);
    let mut scales: Vec<Scale> = plan.sections.iter().filter_map(of).collect();
    for scale in &mut scales {
        for units in SIZES {
            for curve in &mut scale.curves {
                if curve.broke.is_some() {
                    continue;
                }
                if let Some(why) = curve.hopeless(units, free_memory()) {
                    curve.broke = Some((units, why)); // (1)
                    continue;
                }
                let title = curve.order.model.title();
                let work = scale.workload.word();
                tell(&format!(
                    "{work}, {units} units, {title}. Ctrl-C keeps what is done"
                ));
                let order = sized(&curve.order, units);
                let came: Result<Vec<Sample>, String> =
                    (0..runs).map(|_| bench.measure(&order)).collect();
                if let Some(failure) = note.failure() {
                    return (scales, Some(failure)); // (2)
                }
                match came {
                    Ok(samples) => curve.points.push((units, samples)),
                    Err(why) => curve.broke = Some((units, why)),
                }
            }
        }
    }
    (scales, None)
}

/// The order with so many units, and work for each of them.
fn sized(order: &Order, units: u32) -> Order {
    let jobs = match order.workload {
        Workload::Idle => units.into(), // each is there at the same time
        _ => order.jobs.max(units.into()),
    };
    Order {
        units,
        jobs,
        ..order.clone()
    }
}

/// How many bytes of memory are free; more than any machine has, where nobody tells.
fn free_memory() -> u64 {
    let told = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = told
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"));
    let number = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    number
        .and_then(|it| it.parse::<u64>().ok())
        .map_or(u64::MAX, |kilobytes| kilobytes * 1024)
}

/// Writes the curves as tables: time, memory for each unit, and where each broke.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(
    scales: &[Scale],
    machine: &Machine,
    width: usize,
    output: &mut impl Write,
) -> io::Result<()> {
    let runs = scales.first().map_or(1, |scale| scale.runs);
    for line in show::conditions(machine, runs).lines().take(1) {
        writeln!(output, "{}", wrapped(line, width))?;
    }
    for scale in scales {
        let word = scale.workload.word();
        writeln!(output, "\n{word} with more and more units: time in ms")?;
        table(scale, output, |curve, place| {
            Some(ms(curve.figure(place, |it| it.wall)?))
        })?;
        writeln!(
            output,
            "\nmemory for each unit in kB, the program itself not counted"
        )?;
        table(scale, output, |curve, place| {
            let units = f64::from(curve.points.get(place)?.0);
            let more = curve.figure(place, |it| float(it.memory.saturating_sub(it.before)))?;
            Some(format!("{:.1}", more / 1e3 / units))
        })?;
        writeln!(output)?;
        for curve in &scale.curves {
            let title = curve.order.model.title();
            let told = match (&curve.broke, curve.points.last()) {
                (Some((units, why)), _) => format!("{title} breaks at {units} units: {why}."),
                (None, Some((units, _))) => format!("{title} bears {units} units."),
                (None, None) => continue,
            };
            writeln!(output, "{}", wrapped(&told, width))?;
        }
    }
    Ok(())
}

/// One table: a row for each model, a column for each number that somebody reached.
fn table(
    scale: &Scale,
    output: &mut impl Write,
    cell: impl Fn(&Curve, usize) -> Option<String>,
) -> io::Result<()> {
    let reached = scale.curves.iter().map(|curve| curve.points.len()).max();
    let sizes = &SIZES[..reached.unwrap_or(0)];
    write!(output, "{:22}", "units")?;
    for units in sizes {
        write!(output, "{units:>8}")?;
    }
    writeln!(output)?;
    for curve in scale.curves.iter().filter(|curve| !curve.points.is_empty()) {
        write!(output, "{:22}", curve.order.model.title())?;
        for place in 0..curve.points.len() {
            write!(output, "{:>8}", cell(curve, place).unwrap_or_default())?;
        }
        writeln!(output)?;
    }
    Ok(())
}

/// Writes the curves as JSON, every sample.
///
/// # Errors
/// The output takes no more.
pub(super) fn write_json(
    scales: &[Scale],
    machine: &Machine,
    output: &mut impl Write,
) -> io::Result<()> {
    let curve = |curve: &Curve| {
        json!({
            "name": curve.order.model,
            "points": curve.points.iter().map(|(units, samples)| {
                json!({ "units": units, "samples": samples })
            }).collect::<Vec<Value>>(),
            "breaks_at": curve.broke.as_ref().map(|(units, _)| units),
            "why": curve.broke.as_ref().map(|(_, why)| why),
        })
    };
    let scale = |scale: &Scale| {
        json!({
            "name": scale.workload,
            "models": scale.curves.iter().map(curve).collect::<Vec<Value>>(),
        })
    };
    let value = json!({
        "sidestep": 1,
        "machine": machine,
        "scale": scales.iter().map(scale).collect::<Vec<Value>>(),
    });
    serde_json::to_writer_pretty(&mut *output, &value)?;
    writeln!(output)
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::section;
    use super::*;
    use contenders::Model;

    /// A curve with one point: 10 units took so many seconds and bytes.
    fn curve(wall: f64, memory: u64) -> Curve {
        let section = section(Workload::Idle, &[(Model::Tasks, &[])]);
        let sample = Sample {
            wall,
            memory,
            ..Sample::default()
        };
        Curve {
            order: section.rows[0].order.clone(),
            points: vec![(10, vec![sample])],
            broke: None,
        }
    }

    #[test]
    fn what_would_starve_the_machine_or_take_for_ever_is_not_tried() {
        assert_eq!(curve(1.0, 1_000).hopeless(30, 10_000), None);
        let why = curve(1.0, 5_000_000).hopeless(30, 20_000_000).unwrap();
        assert_eq!(why, "it would take about 15 MB, and 20 are free");
        let why = curve(12.0, 1_000).hopeless(30, 10_000).unwrap();
        assert_eq!(
            why,
            "it would take up to 36 s: it took 12.0 the time before"
        );
    }

    #[test]
    fn the_tables_say_where_each_breaks() {
        let mut tasks = curve(1.0, 1_000_000);
        tasks.broke = Some((30, "no more files".to_owned()));
        let scale = Scale {
            workload: Workload::Idle,
            runs: 1,
            curves: vec![tasks],
        };
        let mut text = Vec::new();
        write(&[scale], &Machine::default(), 80, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        for part in [
            "units                       10\ntasks                     1000\n",
            "tasks                    100.0\n",
            "tasks breaks at 30 units: no more files.\n",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn each_unit_has_a_job() {
        let order = curve(1.0, 1).order;
        assert_eq!(sized(&order, 300).jobs, 300);
    }
}
