//! What holds across the two halves: the lessons, their traces, and the book.

#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod book;
mod budget;
mod determinism;
mod echo;
mod fold_agrees;
mod lessons;
mod litmus;
mod preempted_lines;
mod races;
mod support;
