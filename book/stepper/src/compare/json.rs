//! The comparison as JSON: every sample, times in seconds, memory in bytes.

use super::{
    explain,
    results::{Results, Row, Section},
};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes everything, and a last newline.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(results: &Results, output: &mut impl Write) -> io::Result<()> {
    let value = json!({
        "sidestep": 1,
        "machine": results.machine,
        "runs": results.runs,
        "workloads": results.sections.iter().map(workload).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *output, &value)?;
    writeln!(output)
}

/// One workload.
fn workload(section: &Section) -> Value {
    json!({
        "name": section.workload,
        "title": explain::work(section),
        "models": section.rows.iter().map(|row| model(section, row)).collect::<Vec<_>>(),
    })
}

/// One contender.
fn model(section: &Section, row: &Row) -> Value {
    let wall = row.wall();
    json!({
        "name": row.order.model,
        "title": row.order.model.title(),
        "order": row.order,
        "median": wall.map(|it| it.median),
        "spread": wall.map(|it| it.spread),
        "best": section.ideal(row),
        "times_faster": section.gain(row),
        "samples": row.samples,
        "trouble": row.trouble,
    })
}

#[cfg(test)]
mod tests {
    use super::super::results::{Machine, tests::section};
    use super::*;
    use contenders::{Model, Workload};

    #[test]
    fn every_sample_is_there() {
        let models: [(Model, &[f64]); 1] = [(Model::Tasks, &[0.5, 0.6, 0.4])];
        let results = Results {
            machine: Machine::default(),
            runs: 3,
            sections: vec![section(Workload::Downloads, &models)],
        };
        let mut text = Vec::new();
        write(&results, &mut text).unwrap();
        let value: Value = serde_json::from_slice(&text).unwrap();
        let model = &value["workloads"][0]["models"][0];
        assert_eq!(model["name"], "tasks");
        assert_eq!(model["median"], 0.5);
        assert_eq!(model["samples"][1]["wall"], 0.6);
    }
}
