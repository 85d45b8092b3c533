//! Tests of the screen: whole frames, at the sizes that matter.

use super::*;
use crate::model::tests::two_sides;

/// The frame of a model, as text.
fn frame(model: &Model, width: u16, height: u16) -> Vec<String> {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    draw(model, Look { colours: false }, &mut buffer);
    let row = |cells: &[ratatui::buffer::Cell]| -> String {
        cells.iter().map(ratatui::buffer::Cell::symbol).collect()
    };
    buffer.content.chunks(width.into()).map(row).collect()
}

#[test]
fn print_frames() {
    let mut model = two_sides();
    model.go(0, 16);
    model.go(1, 12);
    for (width, height) in [(80, 24), (160, 50), (60, 16), (59, 15), (39, 9)] {
        println!("{width}x{height}");
        for row in frame(&model, width, height) {
            println!("{row}");
        }
    }
}
