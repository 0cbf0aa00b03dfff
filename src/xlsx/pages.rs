//! Where the pages of a printed worksheet end. The program that prints chooses that by itself; here is
//! foreseen what it will choose, and a page break is set only where that choice would cut a text or
//! part what belongs together.
//!
//! Architecture invariant: without a need there is no page break, so that a sheet with rows put in by
//! hand still prints well.

use std::ops::Range;

use crate::text::rows;

/// Margins of the printed page in millimetres: those of the official page (37, 26, 35, 28), drawn in a
/// little, as rows with room to spare are higher than the lines of the PDF, and so that columns as
/// wide as the type area fit without being shrunk.
pub(super) const MARGIN_TOP: f64 = 30.0;
/// Right margin in millimetres.
pub(super) const MARGIN_RIGHT: f64 = 23.5;
/// Bottom margin in millimetres.
pub(super) const MARGIN_BOTTOM: f64 = 26.0;
/// Left margin in millimetres, the side that is bound.
pub(super) const MARGIN_LEFT: f64 = 25.5;
/// Distance of the page number from the lower edge of the paper in millimetres.
pub(super) const FOOTER: f64 = 14.0;

/// Height that a page has for rows, in pixels of 1/96 inch: 241 mm.
pub(super) const HEIGHT: u32 = 910;

/// The part of a page's height by which a program may foresee more rows than fit, as it shrinks the
/// columns to the width of the paper.
const SHRINKING: u32 = 8;

/// The rows that a page has to begin with: `heights` of the rows, the rows that are shown again on top
/// of each page after them, and for each row whether a page must not begin with it.
pub(super) fn breaks(heights: &[u32], header: Option<&Range<u32>>, glued: &[bool]) -> Vec<u32> {
    let mut breaks = Vec::new();
    let mut first = 0;
    while first < heights.len() {
        let repeated: u32 = match header {
            Some(header) if header.end as usize <= first => {
                heights[header.start as usize..header.end as usize].iter().sum()
            }
            _ => 0,
        };
        let next = first + fitting(&heights[first..], HEIGHT.saturating_sub(repeated));
        if next >= heights.len() {
            break;
        }
        let may_begin = |row: usize| !glued.get(row).copied().unwrap_or(false);
        // Where a program shrinks the page to its width, more rows fit; should it then part what belongs
        // together, the break is set where it would be without shrinking.
        let shrunk = HEIGHT + HEIGHT / SHRINKING;
        let furthest = first + fitting(&heights[first..], shrunk.saturating_sub(repeated));
        let is_uncertain = (next + 1..=furthest.min(heights.len() - 1)).any(|row| !may_begin(row));
        first = match (first + 1..=next).rev().find(|&row| may_begin(row)) {
            Some(row) if row < next || is_uncertain => {
                breaks.push(row as u32);
                row
            }
            _ => next,
        };
    }
    breaks
}

/// How many of the rows fit into `room`, at least one.
fn fitting(heights: &[u32], room: u32) -> usize {
    let mut left = room;
    let fitting = heights.iter().take_while(|&&height| {
        let fits = height <= left;
        left = left.saturating_sub(height);
        fits
    });
    fitting.count().max(1)
}

/// The tallest of a row that a page takes below the repeated header is the page itself.
const _: () = assert!(rows::MAX_ROW < HEIGHT);

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    #[test]
    fn a_break_is_set_only_where_the_page_would_part_what_belongs_together() {
        let heights = [100; 20];
        assert!(breaks(&heights, None, &[false; 20]).is_empty());
        let mut glued = [false; 20];
        glued[9] = true;
        assert_eq!(breaks(&heights, None, &glued), [8]);
        // The first page ends before row 8, each further one takes the header and eight rows.
        glued[16] = true;
        assert_eq!(breaks(&heights, Some(&(1..2)), &glued), [8, 15]);
    }

    #[test]
    fn what_no_page_takes_is_left_to_the_program() {
        assert!(breaks(&[400; 9], None, &[true; 9]).is_empty());
    }

    proptest! {
        #[test]
        fn breaks_ascend_and_keep_glued_rows(heights in prop::collection::vec(1u32..546, 0..60), seed in any::<u64>()) {
            let glued: Vec<bool> = (0..heights.len()).map(|row| seed >> (row % 64) & 1 == 1).collect();
            let made = breaks(&heights, None, &glued);
            prop_assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(made.iter().all(|&row| row > 0 && !glued[row as usize]));
        }
    }
}
