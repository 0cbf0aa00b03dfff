//! Lines → paragraphs, by their places: a line goes on in the next one if it is full.

use super::lines::{TextLine, continued, ends_sentence, is_heading, is_numbered};

/// Lines of one paragraph stand no further apart than this, in parts of their usual distance.
const TIGHT: f64 = 1.25;

/// The widest distance of lines in a paragraph, in parts of the font size: a little more than double spacing.
const WIDEST_PITCH: f64 = 2.6;

/// Where text may stand: between the margins of a page, or inside a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measure {
    pub(super) left: f64,
    pub(super) right: f64,
}

impl Measure {
    /// Whether a line stands in the middle and fills neither side.
    fn is_centred(self, line: &TextLine) -> bool {
        let (left, right) = (line.x0() - self.left, self.right - line.x1());
        left > 0.6 * line.size && (left - right).abs() < line.size
    }
}

/// Whether the beginning of `next` had no place any more on `line`.
pub(super) fn is_full(measure: Measure, line: &TextLine, next: &TextLine) -> bool {
    missing(measure, line, next) > -0.4 * line.size
}

/// How much room the beginning of `next` would have needed beyond what was left on `line`.
pub(super) fn missing(measure: Measure, line: &TextLine, next: &TextLine) -> f64 {
    let (left, right) = (line.x0() - measure.left, measure.right - line.x1());
    let room = if measure.is_centred(line) {
        left + right
    } else {
        right
    };
    next.lead - room
}

/// The text of a cell of its lines, `\n` between its paragraphs.
pub(super) fn cell_text(lines: &[TextLine], inner: Measure) -> String {
    let Some(first) = lines.first() else {
        return String::new();
    };
    let mut text = first.text();
    let is_single = |line: &TextLine| line.text().trim().chars().count() == 1;
    if lines.len() > 1 && lines.iter().all(is_single) {
        // Characters one below the other are a text that runs downward.
        lines[1..]
            .iter()
            .for_each(|line| continued(&mut text, &line.text()));
        return text;
    }
    let left = lines.iter().map(TextLine::x0).fold(f64::INFINITY, f64::min);
    let pitch = lines
        .windows(2)
        .map(|pair| pair[1].y - pair[0].y)
        .fold(f64::INFINITY, f64::min);
    for pair in lines.windows(2) {
        let [line, next] = pair else { continue };
        let has_ended = ends_sentence(&text);
        let is_indented = next.x0() > left + 1.2 * next.size;
        let begins = begins(has_ended, next)
            || (is_indented && (has_ended || !inner.is_centred(next)))
            || next.y - line.y > 1.5 * pitch;
        if is_full(inner, line, next) && !begins {
            continued(&mut text, &next.text());
        } else {
            text.push('\n');
            text.push_str(&next.text());
        }
    }
    text
}

/// How the running text of a document stands on its pages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Body {
    pub(super) measure: Measure,
    /// From baseline to baseline within a paragraph.
    pub(super) pitch: f64,
    /// Whether paragraphs stand further apart than their lines.
    pub(super) is_spaced: bool,
    /// Whether paragraphs begin with an indent.
    pub(super) is_indented: bool,
    /// The font size of most of it.
    pub(super) size: f64,
}

impl Body {
    /// Measures the lines of running text, each with whether it follows the one before on its page.
    pub(super) fn of<'l>(lines: impl Iterator<Item = (&'l TextLine, bool)>) -> Self {
        let (mut lefts, mut rights, mut sizes, mut pitches) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut above: Option<&TextLine> = None;
        for (line, follows) in lines {
            lefts.push(line.x0());
            rights.push(-line.x1());
            sizes.push(line.size);
            if let Some(above) =
                above.filter(|above| follows && (above.size - line.size).abs() < 0.15 * line.size)
            {
                pitches.push((line.y - above.y, above.x1()));
            }
            above = Some(line);
        }
        let size = middle(&mut sizes).unwrap_or(10.0);
        let measure = Measure {
            left: margin(&mut lefts, size),
            right: -margin(&mut rights, size),
        };
        // Within a paragraph the upper line is full.
        let full = pitches
            .iter()
            .filter(|(_, right)| measure.right - right < 1.5 * size);
        let pitch = full.map(|&(pitch, _)| pitch).filter(|&pitch| pitch > 0.9 * size);
        let pitch = pitch.fold(WIDEST_PITCH * size, f64::min);
        let wide = pitches
            .iter()
            .filter(|&&(other, _)| other > TIGHT * pitch && other < 2.5 * pitch);
        let indented = lefts
            .iter()
            .filter(|&&left| (1.5..3.0).contains(&((left - measure.left) / size)));
        Self {
            measure,
            pitch,
            is_spaced: wide.count() * 10 > pitches.len(),
            is_indented: indented.count() * 10 > lefts.len(),
            size,
        }
    }

    /// Whether `next`, on the same page or at the beginning of the next one, goes on with the paragraph
    /// that ends with `line`.
    pub(super) fn continues(&self, line: &TextLine, next: &TextLine, is_same_page: bool) -> bool {
        let is_plain = |line: &TextLine| line.is_one() && !has_leader(&line.text());
        let em = line.size;
        if !is_plain(line) || !is_plain(next) || (em - next.size).abs() > 0.15 * em {
            return false;
        }
        let is_tight = is_same_page && next.y - line.y <= TIGHT * self.pitch;
        if is_same_page && !is_tight {
            return false;
        }
        let has_ended = ends_sentence(&line.text());
        if begins(has_ended, next) {
            return false;
        }
        // Where paragraphs stand apart, lines that do not are of one, even if one is a little short.
        let room = (self.measure.right - line.x1()) / (self.measure.right - self.measure.left).max(1.0);
        let is_near = is_tight && self.is_spaced && room < 0.2 && !self.measure.is_centred(line);
        if !is_full(self.measure, line, next) && !is_near {
            return false;
        }
        let is_indented = next.x0() - self.measure.left > 1.2 * em;
        if !is_indented {
            // Nothing but the page break parts these paragraphs.
            return is_same_page || !has_ended || self.is_indented;
        }
        // The second line of a heading stands in the middle; a block is indented as a whole.
        let is_heading = em > 1.1 * self.size && self.measure.is_centred(next);
        let is_block = (next.x0() - line.x0()).abs() < 0.5 * em && !has_ended;
        is_heading || (is_block && line.x0() - self.measure.left > 1.2 * em)
    }
}

/// Whether the number that a line begins with shows it to begin a paragraph.
fn begins(has_ended: bool, next: &TextLine) -> bool {
    let text = next.text();
    is_heading(&text) || (has_ended && is_numbered(&text))
}

/// The least of the numbers that is not alone: where most lines begin. One line may stick out.
fn margin(edges: &mut [f64], size: f64) -> f64 {
    edges.sort_by(f64::total_cmp);
    let shared = edges.windows(2).find(|pair| pair[1] - pair[0] < 0.5 * size);
    shared.map_or_else(|| edges.first().copied().unwrap_or(0.0), |pair| pair[0])
}

fn middle(numbers: &mut [f64]) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

/// Whether a row of dots leads from a heading to its page number.
pub(super) fn has_leader(text: &str) -> bool {
    let mut length = 0;
    for c in text.chars() {
        length = match c {
            '…' | '⋯' => length + 3,
            '.' | '·' | '．' | '‥' | '•' => length + 1,
            ' ' => length,
            _ => 0,
        };
        // A row of two is a pause in a sentence.
        if length > 6 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::lines::{lines, tests::written};
    use super::*;

    const CELL: Measure = Measure {
        left: 10.0,
        right: 112.0,
    };

    fn cell(rows: &[(&str, f64)]) -> String {
        let glyphs = rows.iter().enumerate();
        let glyphs = glyphs.flat_map(|(at, (text, x))| written(text, *x, 20.0 + 14.0 * at as f64, 10.0));
        cell_text(&lines(glyphs.collect()), CELL)
    }

    #[test]
    fn full_lines_of_a_cell_go_on() {
        let text = cell(&[
            ("购置办公设备与维护机", 10.0),
            ("房网络", 10.0),
            ("另起一行", 10.0),
        ]);
        assert_eq!(text, "购置办公设备与维护机房网络\n另起一行");
    }

    #[test]
    fn a_number_after_a_sentence_begins_a_paragraph() {
        let text = cell(&[
            ("1.开展两次技能培训。", 10.0),
            ("2.完成全部采购合同和", 10.0),
            ("验收。", 10.0),
        ]);
        assert_eq!(text, "1.开展两次技能培训。\n2.完成全部采购合同和验收。");
    }

    #[test]
    fn a_word_that_had_no_place_leaves_room() {
        let text = cell(&[("编码是", 10.0), ("A0123456789012345", 10.0)]);
        assert_eq!(text, "编码是A0123456789012345");
    }

    #[test]
    fn centred_lines_go_on_where_they_are_full() {
        let narrow = Measure {
            left: 10.0,
            right: 52.0,
        };
        let glyphs = written("持续影响", 11.0, 20.0, 10.0)
            .into_iter()
            .chain(written("指标", 21.0, 34.0, 10.0));
        assert_eq!(cell_text(&lines(glyphs.collect()), narrow), "持续影响指标");
        assert_eq!(cell(&[("合计", 50.0), ("金额", 50.0)]), "合计\n金额");
    }

    #[test]
    fn characters_below_each_other_are_one_text() {
        assert_eq!(cell(&[("产", 55.0), ("出", 55.0), ("物", 55.0)]), "产出物");
    }

    const BODY: Body = Body {
        measure: Measure {
            left: 50.0,
            right: 150.0,
        },
        pitch: 15.0,
        is_spaced: false,
        is_indented: true,
        size: 10.0,
    };

    fn goes_on(first: (&str, f64), next: (&str, f64)) -> bool {
        let line = |(text, x): (&str, f64), y| lines(written(text, x, y, 10.0)).remove(0);
        BODY.continues(&line(first, 100.0), &line(next, 115.0), true)
    }

    #[test]
    fn paragraphs_begin_with_an_indent_or_after_a_short_line() {
        assert!(goes_on(("本年度重点抓好三件", 70.0), ("事情。", 50.0)));
        assert!(!goes_on(("本年度重点抓好。", 70.0), ("下一段从这里起", 70.0)));
        assert!(!goes_on(
            ("以上各项均须在年底前。", 50.0),
            ("下一段从这里起", 70.0)
        ));
        assert!(!goes_on(("短的一行", 50.0), ("不接上文", 50.0)));
        assert!(!goes_on(("第一章..........", 50.0), ("第二章..........", 50.0)));
    }
}
