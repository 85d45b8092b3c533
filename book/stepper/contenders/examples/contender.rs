//! One measurement: does what is ordered, and prints what it cost, as JSON.
//!
//! `cargo run -- compare` runs it, and it is no lesson: `contender ORDER` with an
//! order as JSON, or `contender --serve`, which is the local server.
//!
//! Book: chapter 25.

use contenders::{Order, measure, models, server};
use std::error::Error;
use std::{env, io, process::ExitCode};

/// Does what the arguments say.
fn run() -> Result<(), Box<dyn Error + Send + Sync>> {
    let asked = env::args().nth(1).unwrap_or_default();
    measure::open_as_many_files_as_allowed()?;
    if asked == "--serve" {
        return Ok(server::serve(io::stdout())?);
    }
    let order: Order = serde_json::from_str(&asked)
        .map_err(|error| format!("this is for `cargo run -- compare`: no order ({error})"))?;
    let sample = models::run(&order)?;
    println!("{}", serde_json::to_string(&sample)?);
    Ok(())
}

fn main() -> ExitCode {
    models::enter(); // a worker process gets no further
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
