//! How wide texts are on paper, to tell a line that ends because its column does from one that ends
//! because its text does.

/// The width of a text in characters of full width.
pub(in crate::parse) fn width(text: &str) -> f32 {
    text.chars().map(width_of).sum()
}

fn width_of(c: char) -> f32 {
    match c {
        // Many extractors write the narrow gap between Chinese and Latin as a space.
        ' ' => 0.25,
        _ if c.is_ascii() => 0.5,
        _ => 1.0,
    }
}

/// The width of what may not be broken at the beginning of a text: a word or a number, or a character
/// with the opening marks before it and the closing ones behind it.
pub(in crate::parse) fn first_width(text: &str) -> f32 {
    const OPENING: &str = "（(“‘《〈【〔「『[";
    const CLOSING: &str = "，。、；：！？）)”’》〉】〕」』]%％/·…,.;:!?-";
    let mut chars = text.chars().peekable();
    let mut width = 0.0;
    while let Some(c) = chars.next_if(|&c| OPENING.contains(c)) {
        width += width_of(c);
    }
    let Some(first) = chars.next() else { return width };
    width += width_of(first);
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ',');
    let begins_word = first.is_ascii_alphanumeric();
    let mut last = first;
    while let Some(c) = chars.next_if(|&c| begins_word && is_word(c) || CLOSING.contains(c) || last == '/') {
        width += width_of(c);
        last = c;
    }
    width
}

/// Whether a line can only be the beginning of a text, or the next one only the rest of one: a text does not
/// end with an opening mark or a hyphen, nor begin with a closing one.
pub(in crate::parse) fn hangs_together(line: &str, next: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    line.ends_with(['（', '(', '《', '〔', '“', '、', '，', '/', '·'])
        || line.ends_with('-') && next.starts_with(is_word)
        || next.starts_with(['）', ')', '》', '〕', '”', '、', '，', '。', '；', '/'])
}

/// The lines that the cells of a column were read in, to tell how wide the column is: wide enough for each
/// of them, and too narrow for what stands on the next line to stand on the same.
#[derive(Debug, Default)]
pub(in crate::parse) struct ColumnLines {
    /// The widths of all lines.
    lines: Vec<f32>,
    /// How wide each line that was broken would be with what follows.
    unbroken: Vec<f32>,
}

impl ColumnLines {
    /// Notes the lines of a cell.
    pub(in crate::parse) fn add_cell<'t>(&mut self, lines: impl Iterator<Item = (f32, &'t str)>) {
        let mut before = None;
        for (width, text) in lines {
            self.unbroken
                .extend(before.map(|before: f32| before + first_width(text)));
            self.lines.push(width);
            before = Some(width);
        }
    }

    /// The width that contradicts the fewest lines; `None` where too few are broken. Some lines are in the
    /// wrong column, so none of them decides alone: a wider one says as much as `weight` broken ones.
    pub(in crate::parse) fn width(mut self, weight: usize) -> Option<f32> {
        const ENOUGH: usize = 3;
        if self.unbroken.len() < ENOUGH {
            return None;
        }
        self.lines.sort_by(f32::total_cmp);
        self.unbroken.sort_by(f32::total_cmp);
        let contradictions = |width: f32| {
            let wider = self.lines.len() - self.lines.partition_point(|&line| line <= width);
            wider * weight + self.unbroken.partition_point(|&unbroken| unbroken <= width)
        };
        let mut best: Option<(usize, f32)> = None;
        let mut last = None;
        for &width in &self.lines {
            if last.replace(width) == Some(width) {
                continue;
            }
            let count = contradictions(width);
            if best.is_none_or(|(least, _)| count < least) {
                best = Some((count, width));
            }
        }
        best.map(|(_, width)| width)
    }

    /// The width of the widest line, to go by where too few are broken to tell more.
    pub(in crate::parse) fn widest(&self) -> Option<f32> {
        const ENOUGH: usize = 6;
        let widest = self.lines.iter().copied().reduce(f32::max);
        widest.filter(|_| self.lines.len() >= ENOUGH)
    }
}

/// The width of a column of running text that `lines` are broken to; `None` where they are not broken:
/// then each is a paragraph.
pub(in crate::parse) fn of_broken_lines<'t>(lines: impl Iterator<Item = &'t str>) -> Option<f32> {
    /// So many lines that end midway at the same width are no accident.
    const ENOUGH: usize = 3;
    /// The ends of broken lines differ by what could not be broken.
    const RAGGED: f32 = 1.6;
    /// The narrowest column, so that short lines of one length are none.
    const NARROWEST: f32 = 12.0;
    let mut midway = Vec::new();
    let mut wide: Vec<f32> = Vec::new();
    for line in lines {
        let width = width(line);
        if width >= NARROWEST {
            wide.push(width);
            if !ends_sentence(line) {
                midway.push(width);
            }
        }
    }
    midway.sort_by(|one, other| other.total_cmp(one));
    let column = (0..midway.len().saturating_sub(ENOUGH - 1))
        .take(ENOUGH * 2)
        .find(|&at| midway[at] - midway[at + ENOUGH - 1] <= RAGGED)
        .map(|at| midway[at])?;
    // Where lines are broken, none is wider.
    let wider = wide
        .iter()
        .filter(|&&width| width > column + RAGGED * 2.0)
        .count();
    (wider * 20 <= wide.len()).then_some(column)
}

/// Whether a line can go on in the next one: nothing more would have fitted.
pub(in crate::parse) fn is_full(line: &str, next: &str, column: f32) -> bool {
    let filled = width(line);
    filled + first_width(next) > column - 1.6 || (!ends_sentence(line) && filled > column * 0.8)
}

/// Whether a line ends where a sentence or a heading with a colon does.
pub(in crate::parse) fn ends_sentence(line: &str) -> bool {
    line.ends_with(['。', '；', '！', '？', '：', ';', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_wide_as_its_lines_and_too_narrow_for_more() {
        let mut column = ColumnLines::default();
        for cell in [
            &["渠道清淤长", "度"][..],
            &["支渠闸门更", "换数量"],
            &["泵站机组检", "修"],
            &["灌区面积"],
        ] {
            column.add_cell(cell.iter().map(|line| (width(line), *line)));
        }
        // A line of another column says less than three that are broken.
        column.add_cell(std::iter::once((9.0, "灌区管理所年度报告")));
        assert_eq!(column.width(1), Some(5.0));
        assert_eq!(ColumnLines::default().width(1), None);
    }

    #[test]
    fn marks_and_hyphens_hold_lines_together() {
        assert!(!hangs_together("长度（公", "里）"));
        assert!(hangs_together("里程（", "公里）"));
        assert!(hangs_together("DB 77-", "2020"));
        assert!(hangs_together("长度", "）"));
        assert!(!hangs_together("完成率", "≥95%"));
    }
}
