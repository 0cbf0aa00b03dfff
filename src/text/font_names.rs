//! Which of the five faces a font is, told by what it is called.
//!
//! Architecture invariant: a function of names alone; what the glyphs look like does not matter.

use encoding_rs::GBK;
use ttf_parser::{PlatformId, name_id};

use crate::sheet::Face;

/// What the names of fonts hold, in small letters without blanks and hyphens, and which face that is;
/// the longer names first, because 仿宋 holds 宋.
const NAMES: &[(&str, Face)] = &[
    ("仿宋", Face::Fangsong),
    ("fangsong", Face::Fangsong),
    ("simfang", Face::Fangsong),
    ("fzfs", Face::Fangsong),
    ("小标宋", Face::Title),
    ("大标宋", Face::Title),
    // 华文中宋 is what many offices set titles in for want of a 小标宋.
    ("中宋", Face::Title),
    ("xiaobiaosong", Face::Title),
    ("dabiaosong", Face::Title),
    ("zhongsong", Face::Title),
    ("fzxbs", Face::Title),
    ("fzdbs", Face::Title),
    ("黑", Face::Hei),
    ("simhei", Face::Hei),
    ("heiti", Face::Hei),
    ("fzht", Face::Hei),
    ("楷", Face::Kai),
    ("kaiti", Face::Kai),
    ("simkai", Face::Kai),
    ("fzkt", Face::Kai),
    ("宋", Face::Song),
    ("simsun", Face::Song),
    ("stsong", Face::Song),
    ("songti", Face::Song),
    ("fzss", Face::Song),
];

/// What words in the names of fonts and files end with: `Hei` in `Budget Hei`, not in `Sheikah`.
const ENDINGS: &[(&str, Face)] = &[
    ("title", Face::Title),
    ("hei", Face::Hei),
    ("kai", Face::Kai),
    ("song", Face::Song),
];

/// From this weight on a 宋体 is taken for titles, where there is no 小标宋 (600 is semi-bold).
const BOLD: u16 = 600;

/// The face that a name says.
#[must_use]
pub fn face_of_name(name: &str) -> Option<Face> {
    let name = name.to_lowercase();
    let joined: String = name
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
        .collect();
    let held = NAMES.iter().find(|(part, _)| joined.contains(part));
    let ending = || {
        let words = name.split(|c: char| !c.is_alphanumeric());
        let mut found = words.flat_map(|word| ENDINGS.iter().filter(|(end, _)| word.ends_with(end)));
        found.next()
    };
    held.or_else(ending).map(|(_, face)| *face)
}

/// The face that a font is by its own names: family, full and `PostScript` name, in whatever language.
/// A bold 宋体 is the one for titles.
#[must_use]
pub fn face_of_font(font: &ttf_parser::Face<'_>) -> Option<Face> {
    let names: Vec<String> = [
        name_id::TYPOGRAPHIC_FAMILY,
        name_id::FAMILY,
        name_id::FULL_NAME,
        name_id::POST_SCRIPT_NAME,
    ]
    .into_iter()
    .flat_map(|id| font.names().into_iter().filter(move |name| name.name_id == id))
    .map(|name| decoded(&name))
    .collect();
    let face = names.iter().find_map(|name| face_of_name(name))?;
    if face == Face::Song && font.weight().to_number() >= BOLD {
        return Some(Face::Title);
    }
    Some(face)
}

/// The text of a name. Windows names are UTF-16 whatever their encoding is called; those of the
/// Macintosh are ASCII or, in Chinese fonts, GB2312.
fn decoded(name: &ttf_parser::name::Name<'_>) -> String {
    if name.platform_id == PlatformId::Macintosh {
        return GBK.decode_without_bom_handling(name.name).0.into_owned();
    }
    let units: Vec<u16> = name
        .name
        .chunks_exact(2)
        .map(|unit| u16::from_be_bytes([unit[0], unit[1]]))
        .collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_offices_have_are_known() {
        for (face, names) in [
            (
                Some(Face::Fangsong),
                [
                    "仿宋",
                    "仿宋_GB2312",
                    "FangSong",
                    "STFangsong",
                    "simfang",
                    "FZFSJW--GB1-0",
                ]
                .as_slice(),
            ),
            (
                Some(Face::Title),
                &[
                    "小标宋",
                    "方正小标宋简体",
                    "FZXiaoBiaoSong-B05S",
                    "FZXBSJW--GB1-0",
                    "华文中宋",
                    "STZhongsong",
                    "title",
                ],
            ),
            (
                Some(Face::Hei),
                &[
                    "黑体",
                    "SimHei",
                    "STHeiti",
                    "Heiti SC",
                    "Microsoft YaHei",
                    "Budget Hei Medium",
                ],
            ),
            (
                Some(Face::Kai),
                &[
                    "楷体",
                    "楷体_GB2312",
                    "KaiTi",
                    "STKaiti",
                    "simkai",
                    "Kai_GB2312",
                    "標楷體",
                ],
            ),
            (
                Some(Face::Song),
                &[
                    "宋体",
                    "SimSun",
                    "NSimSun",
                    "新宋体",
                    "STSong",
                    "Songti SC",
                    "Adobe Song Std L",
                ],
            ),
            (
                None,
                &["Arial", "Sheikah", "Songbird", "Times New Roman", "等线", ""],
            ),
        ] {
            for name in names {
                assert_eq!(face_of_name(name), face, "{name}");
            }
        }
    }

    #[test]
    fn names_in_chinese_are_read() {
        let name = ttf_parser::name::Name {
            platform_id: PlatformId::Macintosh,
            encoding_id: 25,
            language_id: 33,
            name_id: name_id::FAMILY,
            name: &[0xBF, 0xAC, 0xCC, 0xE5],
        };
        assert_eq!(decoded(&name), "楷体");
    }
}
