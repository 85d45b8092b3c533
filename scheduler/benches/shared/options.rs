//! The command line.

use clap::Parser;

/// Measures the scheduler: one of its themes.
///
/// Every figure is the median of several rounds, in which it takes turns with
/// what stands beside it. The results are also written as JSON under the target
/// folder. Run it on a quiet machine: what else goes on is measured, too.
#[derive(Debug, Parser)]
#[command(name = "cargo bench -p scheduler --", version)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Options {
    /// Fewer rounds of less work: all themes in under 2 minutes, not quite as exact
    #[arg(long)]
    pub(crate) quick: bool,

    /// Measures only the rows whose name contains NAME; may be given again
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,

    /// Prints the names of all rows
    #[arg(long)]
    pub(crate) list: bool,

    /// Prints the last run's results for the book, as Markdown, and measures nothing
    #[arg(long)]
    pub(crate) page: bool,

    /// Measures one thing once, in a process of its own, for a run of this bench
    #[arg(long, hide = true, value_name = "TASK")]
    pub(crate) child: Option<String>,

    /// What `cargo bench` passes to every bench
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}

impl Options {
    /// Whether the rows of this name are to be measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part))
    }

    /// The command that says the same of one theme.
    pub(crate) fn command(&self, theme: &str) -> String {
        let mut arguments: Vec<String> = Vec::new();
        if self.quick {
            arguments.push("--quick".to_owned());
        }
        for name in &self.only {
            arguments.push(format!("--only {name:?}"));
        }
        let dashes = if arguments.is_empty() { "" } else { " -- " };
        let arguments = arguments.join(" ");
        format!("cargo bench -p scheduler --bench {theme}{dashes}{arguments}")
    }
}
