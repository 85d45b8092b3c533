//! The program behind `cargo run`.
fn main() {}
