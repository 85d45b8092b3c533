//! The comparison as a page of its own: HTML that needs nothing else, no script, no
//! server, no font.
//!
//! The picture of each workload, the table under it, and where each contender's time
//! went, to be unfolded. Colours are the reader's: light or dark.
//!
//! Invariants: (1) all text is escaped; (2) nothing is loaded from anywhere.
//!
//! Book: chapter 25.

use super::{
    explain,
    results::{Results, Section},
    show, svg, table,
};
use crate::words::escaped;
use std::io::{self, Write};

/// What stands before the first workload.
const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The same work under every model of concurrency</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.1rem 0.7rem; border-bottom: 1px solid #8886; }
th:first-child, td:first-child { text-align: left; }
</style>
</head>
<body>
<h1>The same work under every model of concurrency</h1>"#;

/// Writes the page.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(results: &Results, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "{HEAD}")?;
    for line in show::conditions(&results.machine, results.runs).lines() {
        writeln!(output, "<p>{}</p>", escaped(line))?;
    }
    for section in &results.sections {
        write_section(section, output)?;
    }
    let command = "Made by <code>cargo run -- compare</code>; yours will differ.";
    writeln!(output, "<p>{command}</p>\n</body>\n</html>")
}

/// One workload.
fn write_section(section: &Section, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "<h2>{}</h2>", section.workload.word())?;
    writeln!(output, "<p>{}</p>", escaped(&explain::work(section)))?;
    writeln!(
        output,
        "{}\n<table>\n<tr><th>model</th>",
        svg::of_section(section)
    )?;
    for head in table::heads() {
        writeln!(output, "<th>{}</th>", escaped(&head))?;
    }
    writeln!(output, "</tr>")?;
    let measured = section.rows.iter().filter(|row| !row.samples.is_empty());
    for row in measured.clone() {
        let title = escaped(row.order.model.title());
        writeln!(output, "<tr><td>{title}</td>")?;
        for cell in table::cells(section, row) {
            writeln!(output, "<td>{}</td>", escaped(&cell))?;
        }
        writeln!(output, "</tr>")?;
    }
    writeln!(output, "</table>")?;
    for line in show::troubles(section)
        .into_iter()
        .chain(explain::section(section))
    {
        writeln!(output, "<p>{}</p>", escaped(&line))?;
    }
    writeln!(output, "<details><summary>Where the time went</summary>")?;
    for row in measured {
        writeln!(output, "<p>{}</p>", escaped(&explain::row(section, row)))?;
    }
    writeln!(output, "</details>")
}

#[cfg(test)]
mod tests {
    use super::super::results::{Machine, tests::section};
    use super::*;
    use contenders::{Model, Workload};

    #[test]
    fn the_page_has_every_figure_in_words_and_loads_nothing() {
        let models: [(Model, &[f64]); 2] = [(Model::OneByOne, &[1.0]), (Model::Tasks, &[0.25])];
        let results = Results {
            machine: Machine::default(),
            runs: 1,
            sections: vec![section(Workload::Downloads, &models)],
        };
        let mut page = Vec::new();
        write(&results, &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("<td>250.0</td>"), "{page}");
        assert!(page.contains("tasks: 250.0 ms, between"), "{page}");
        assert_eq!(page.matches("<tr>").count(), page.matches("</tr>").count());
        let loads = ["src=", "href=", "<script", "url(", "@import"];
        assert!(loads.iter().all(|it| !page.contains(it)), "{page}");
    }
}
