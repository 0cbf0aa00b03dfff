//! Characters → lines of text, and which lines belong together.

use super::glyphs::Glyph;

/// A gap that parts two texts on one line, in parts of the font size.
const WIDE_GAP: f64 = 2.5;
/// A gap that stands for a space: more than the quarter that programs put between Chinese and Latin.
const SPACE: f64 = 0.3;
/// The longest end of a text that is looked at for its last word, in characters.
const MOST_OF_WORD: usize = 40;
/// The digits that headings are counted with.
const COUNTING: &str = "一二三四五六七八九十";
/// Characters whose baselines differ by less, in parts of the font size, stand on one line.
const SAME_LINE: f64 = 0.45;

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextLine {
    /// Its texts, those apart that a wide gap parts.
    pub(super) parts: Vec<Part>,
    /// Its baseline.
    pub(super) y: f64,
    /// The largest font size on it.
    pub(super) size: f64,
    /// How wide its beginning is that cannot be broken.
    pub(super) lead: f64,
    /// Whether the gaps between its texts were typed as spaces.
    pub(super) is_typed: bool,
    /// Whether all of it belongs to the page, as the document itself says.
    pub(super) is_artifact: bool,
}

/// A text on a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// The text; a space at its end was in the document.
    pub(super) text: String,
    pub(super) x0: f64,
    pub(super) x1: f64,
}

impl TextLine {
    /// Where it begins.
    pub(super) fn x0(&self) -> f64 {
        self.parts[0].x0
    }

    /// Where it ends.
    pub(super) fn x1(&self) -> f64 {
        self.parts[self.parts.len() - 1].x1
    }

    /// Whether it may be one text: nothing parts it but spaces.
    pub(super) fn is_one(&self) -> bool {
        self.parts.len() == 1 || self.is_typed
    }

    /// All its text.
    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.parts.iter().map(|part| part.text.as_str()).collect();
        texts.join(" ")
    }
}

/// The lines that characters stand on, from top to bottom.
pub(super) fn lines(mut glyphs: Vec<Glyph>) -> Vec<TextLine> {
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut lines = Vec::new();
    let mut rest = glyphs.as_mut_slice();
    while !rest.is_empty() {
        // The line is where its largest character stands: raised and lowered ones belong to it.
        let mut end = 1;
        let (mut y, mut size) = (rest[0].y, rest[0].size);
        while let Some(next) = rest.get(end)
            && next.y - y <= SAME_LINE * size.max(next.size)
        {
            if next.size > size * 1.2 {
                (y, size) = (next.y, next.size);
            }
            end += 1;
        }
        let (bunch, after) = rest.split_at_mut(end);
        rest = after;
        lines.extend(line(bunch));
    }
    lines
}

/// One line of the characters that stand on it; `None` if nothing is seen of them.
fn line(glyphs: &mut [Glyph]) -> Option<TextLine> {
    glyphs.sort_by(|a, b| a.x0.total_cmp(&b.x0).then(a.c.cmp(&b.c)));
    let glyphs = in_order(once(glyphs));
    let first = glyphs.iter().position(|glyph| !is_space(glyph.c))?;
    let last = glyphs.iter().rposition(|glyph| !is_space(glyph.c))?;
    let seen = &glyphs[first..=last];
    let size = seen.iter().map(|glyph| glyph.size).fold(0.0, f64::max);
    let usual = usual_gap(seen);
    let mut parts: Vec<Part> = Vec::new();
    let mut before: Option<&Glyph> = None;
    let mut has_space = false;
    let mut spaces = 0.0;
    let mut is_typed = true;
    for glyph in seen {
        if is_space(glyph.c) {
            has_space = true;
            spaces += glyph.x1 - glyph.x0;
            continue;
        }
        let em = before.map_or(glyph.size, |before| before.size.max(glyph.size));
        let gap = before.map_or(f64::INFINITY, |before| glyph.x0 - before.x1);
        match parts.last_mut() {
            Some(part) if gap <= WIDE_GAP * em + usual => {
                let is_mixed = before.is_some_and(|before| is_wide(before.c) != is_wide(glyph.c));
                let space = if is_mixed { SPACE + 0.2 } else { SPACE };
                // A space that is drawn narrower than one sees sets nothing apart.
                if (has_space && gap > 0.1 * em) || gap > space * em + usual {
                    part.text.push(' ');
                }
                part.text.push(glyph.c);
                part.x1 = part.x1.max(glyph.x1);
            }
            _ => {
                is_typed &= parts.is_empty() || spaces > 0.8 * gap;
                parts.push(Part {
                    text: glyph.c.to_string(),
                    x0: glyph.x0,
                    x1: glyph.x1,
                });
            }
        }
        before = Some(glyph);
        has_space = false;
        spaces = 0.0;
    }
    if glyphs.len() > last + 1
        && let Some(part) = parts.last_mut()
    {
        part.text.push(' ');
    }
    Some(TextLine {
        parts,
        y: seen
            .iter()
            .filter(|glyph| glyph.size >= size * 0.9)
            .map(|glyph| glyph.y)
            .fold(0.0, f64::max),
        size,
        lead: lead(seen),
        is_typed,
        is_artifact: seen.iter().all(|glyph| glyph.is_artifact),
    })
}

/// The characters, from the left, in the order they are read: a string that begins a little before the end
/// of another, as where a font is wider than the program thought, comes behind it as a whole.
fn in_order(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let mut runs: Vec<(u32, f64, f64)> = Vec::new();
    let mut sorted: Vec<&Glyph> = glyphs.iter().collect();
    sorted.sort_by_key(|glyph| glyph.run);
    for glyph in sorted {
        match runs.last_mut() {
            Some(run) if run.0 == glyph.run => {
                run.1 = run.1.min(glyph.x0);
                run.2 = run.2.max(glyph.x1);
            }
            _ => runs.push((glyph.run, glyph.x0, glyph.x1)),
        }
    }
    let size = glyphs.iter().map(|glyph| glyph.size).fold(0.0, f64::max);
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by(|&a, &b| runs[a].1.total_cmp(&runs[b].1));
    let mut reach = f64::NEG_INFINITY;
    for run in order {
        let (_, from, to) = runs[run];
        if from < reach && reach - from < 1.2 * size && to > reach {
            runs[run].1 = reach;
        }
        reach = reach.max(to);
    }
    let mut keyed: Vec<(f64, Glyph)> = glyphs
        .into_iter()
        .map(|glyph| {
            let run = runs.partition_point(|run| run.0 < glyph.run);
            (glyph.x0.max(runs[run].1), glyph)
        })
        .collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    keyed.into_iter().map(|(_, glyph)| glyph).collect()
}

/// The characters without those that are drawn twice in one place, which is how some programs make bold.
fn once(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut kept: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        let near = kept.iter().rev().take(4);
        let is_again = |other: &Glyph| {
            other.c == glyph.c
                && other.run != glyph.run
                && glyph.x0 - other.x0 < 0.3 * (glyph.x1 - glyph.x0).min(other.x1 - other.x0)
                && (glyph.y - other.y).abs() < 0.2 * glyph.size
        };
        if !near.into_iter().any(is_again) {
            kept.push(*glyph);
        }
    }
    kept
}

/// The gap that the characters of a line have anyway, where they are spread over its width.
fn usual_gap(glyphs: &[Glyph]) -> f64 {
    let mut gaps: Vec<f64> = glyphs
        .windows(2)
        .filter(|pair| !is_space(pair[0].c) && !is_space(pair[1].c))
        .map(|pair| pair[1].x0 - pair[0].x1)
        .collect();
    if gaps.len() < 3 {
        return 0.0;
    }
    gaps.sort_by(f64::total_cmp);
    gaps[gaps.len() / 2].max(0.0)
}

/// How wide the beginning is that no program breaks: a word or a character with its punctuation.
fn lead(glyphs: &[Glyph]) -> f64 {
    let mut end = 0;
    while glyphs.get(end).is_some_and(|glyph| is_opening(glyph.c)) {
        end += 1;
    }
    if glyphs.get(end).is_some_and(|glyph| is_wide(glyph.c)) {
        end += 1;
    } else {
        while glyphs
            .get(end)
            .is_some_and(|glyph| !is_wide(glyph.c) && !is_space(glyph.c))
        {
            end += 1;
        }
    }
    while glyphs.get(end).is_some_and(|glyph| is_closing(glyph.c)) {
        end += 1;
    }
    glyphs[..end].last().map_or(0.0, |last| last.x1 - glyphs[0].x0)
}

/// Whether a character is a blank.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// Whether a line may be broken on both sides of a character, as on those of Chinese.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
        || matches!(c, '\u{2014}' | '\u{2018}'..='\u{201d}' | '\u{2026}' | '\u{fffd}')
}

fn is_opening(c: char) -> bool {
    "（《〈「『【〔“‘([{".contains(c)
}

fn is_closing(c: char) -> bool {
    "，。、；：？！）》〉」』】〕”’％…—,.;:?!)]}%".contains(c)
}

/// The text of lines that belong to one paragraph: no blank between them but the one that was there, and
/// between Latin words, where programs leave the space out at the end of a line.
pub(super) fn continued(text: &mut String, next: &str) {
    let word = |c: char| c.is_ascii_alphabetic();
    let ends_with_space = text.ends_with(is_space);
    let head = text.trim_end_matches(is_space).len();
    text.truncate(head);
    let tail = text
        .char_indices()
        .rev()
        .nth(MOST_OF_WORD)
        .map_or(0, |(at, _)| at);
    let last = text[tail..]
        .rsplit(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    let first = next
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    let are_words =
        !last.is_empty() && !first.is_empty() && last.chars().all(word) && first.chars().all(word);
    let are_wide = text.chars().next_back().is_some_and(is_wide) || next.chars().next().is_some_and(is_wide);
    if are_words || (ends_with_space && !are_wide) {
        text.push(' ');
    }
    text.push_str(next.trim_start_matches(is_space));
}

/// Whether a line begins with a number that counts paragraphs: `1.`, `2、`, `（3）`, `①`, `四、`.
pub(super) fn is_numbered(text: &str) -> bool {
    let text = text.trim_start_matches(is_space);
    if text.starts_with(|c: char| matches!(c, '①'..='⑳' | '⑴'..='⒛')) {
        return true;
    }
    let inner = text.trim_start_matches(['（', '(']);
    let is_bracketed = inner.len() < text.len();
    let digits = inner.trim_start_matches(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c));
    let count = inner[..inner.len() - digits.len()].chars().count();
    let rest = if count > 0 && count < 4 {
        digits
    } else if count == 0 {
        let rest = inner.trim_start_matches(|c: char| COUNTING.contains(c));
        if rest.len() == inner.len() {
            return false;
        }
        rest
    } else {
        return false;
    };
    let mut rest = rest.chars();
    match rest.next() {
        Some('）' | ')') => true,
        Some('、' | '．') => !is_bracketed,
        // Not a number with decimals; but a year may follow.
        Some('.') => {
            let rest = rest.as_str();
            let word = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = rest.len() - word.len();
            !is_bracketed && (digits == 0 || (digits == 4 && word.starts_with('年')))
        }
        _ => false,
    }
}

/// Whether a line begins with a number in Chinese digits that counts headings, as `四、` and `（二）`: one
/// hardly stands within a sentence.
pub(super) fn is_heading(text: &str) -> bool {
    let first = text
        .trim_start_matches(is_space)
        .trim_start_matches(['（', '('])
        .chars()
        .next();
    first.is_some_and(|c| COUNTING.contains(c)) && is_numbered(text)
}

/// Whether a text ends as a sentence does.
pub(super) fn ends_sentence(text: &str) -> bool {
    let text = text
        .trim_end_matches(is_space)
        .trim_end_matches(['”', '’', '）', ')', '"']);
    text.ends_with(['。', '；', '：', '！', '？', ';', ':', '!', '?', '.', '．'])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A text as glyphs from `x` on the baseline `y`: wide characters an em, the others half.
    pub(in crate::blocks::pdf) fn written(text: &str, x: f64, y: f64, size: f64) -> Vec<Glyph> {
        let mut at = x;
        let mut glyphs = Vec::new();
        for c in text.chars() {
            let width = if is_wide(c) { size } else { size / 2.0 };
            glyphs.push(Glyph {
                c,
                x0: at,
                x1: at + width,
                y,
                size,
                run: (x * 31.0 + y) as u32,
                is_artifact: false,
            });
            at += width;
        }
        glyphs
    }

    fn texts(glyphs: Vec<Glyph>) -> Vec<String> {
        lines(glyphs).iter().map(TextLine::text).collect()
    }

    #[test]
    fn lines_are_put_together_from_top_to_bottom() {
        let mut glyphs = written("下行", 10.0, 40.0, 10.0);
        glyphs.extend(written("上行 line", 10.0, 20.0, 10.0));
        assert_eq!(texts(glyphs), ["上行 line", "下行"]);
    }

    #[test]
    fn raised_characters_stay_on_their_line() {
        let mut glyphs = written("面积20m", 10.0, 40.0, 10.0);
        glyphs.extend(written("2", 45.0, 36.0, 6.0));
        glyphs.extend(written("以上", 48.0, 40.0, 10.0));
        assert_eq!(texts(glyphs), ["面积20m2以上"]);
    }

    #[test]
    fn a_quarter_em_is_no_space_and_half_an_em_is() {
        let mut glyphs = written("培训", 10.0, 40.0, 10.0);
        glyphs.extend(written("3", 32.5, 40.0, 10.0));
        glyphs.extend(written("期", 40.0, 40.0, 10.0));
        glyphs.extend(written("每", 54.5, 40.0, 10.0));
        glyphs.extend(written("期五天", 64.5, 40.0, 10.0));
        assert_eq!(texts(glyphs), ["培训3期 每期五天"]);
    }

    #[test]
    fn spread_characters_have_no_spaces_between_them() {
        let glyphs = "经办人员".chars().enumerate();
        let glyphs = glyphs.flat_map(|(at, c)| written(&c.to_string(), at as f64 * 16.0, 40.0, 10.0));
        assert_eq!(texts(glyphs.collect()), ["经办人员"]);
    }

    #[test]
    fn wide_gaps_part_the_texts_of_a_line() {
        let mut glyphs = written("左边", 10.0, 40.0, 10.0);
        glyphs.extend(written("右边", 300.0, 40.0, 10.0));
        let lines = lines(glyphs);
        assert_eq!(lines[0].parts.len(), 2);
        assert_eq!(lines[0].parts[1].text, "右边");
    }

    #[test]
    fn characters_drawn_twice_count_once() {
        let mut glyphs = written("加粗11", 10.0, 40.0, 10.0);
        glyphs.extend(
            written("加粗11", 10.3, 40.0, 10.0)
                .into_iter()
                .map(|glyph| Glyph { run: 9, ..glyph }),
        );
        assert_eq!(texts(glyphs), ["加粗11"]);
    }

    #[test]
    fn latin_words_keep_their_space_over_lines() {
        let joined = |first: &str, next: &str| {
            let mut text = first.to_owned();
            continued(&mut text, next);
            text
        };
        assert_eq!(joined("open", "budget"), "open budget");
        assert_eq!(joined("13020925P0013", "9A"), "13020925P00139A");
        assert_eq!(joined("预算", "绩效"), "预算绩效");
        assert_eq!(joined("预算 ", "绩效"), "预算绩效");
        assert_eq!(joined("A4 ", "80g"), "A4 80g");
    }

    #[test]
    fn numbers_that_count_paragraphs_are_known() {
        for text in [
            "1.购置",
            "2、购置",
            "（3）购置",
            "(4)购置",
            "①购置",
            "五、购置",
            "（六）购置",
            "7．购置",
        ] {
            assert!(is_numbered(text), "{text}");
        }
        for text in ["1.5万元", "2024年", "（元）", "一批", "12", "3个", "十分"] {
            assert!(!is_numbered(text), "{text}");
        }
    }
}
