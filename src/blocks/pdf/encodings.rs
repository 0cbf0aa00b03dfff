//! Tables that fonts of a PDF refer to by name: characters by glyph name, the encodings of simple fonts,
//! the widths of the standard fonts, and the radicals that stand for characters.

/// Names of glyphs with their characters, for those that are not named after their character.
const NAMES: &str = "space\u{20} exclam! quotedbl\" numbersign# dollar$ percent% ampersand& quotesingle' \
    parenleft( parenright) asterisk* plus+ comma, hyphen- period. slash/ zero0 one1 two2 three3 four4 five5 \
    six6 seven7 eight8 nine9 colon: semicolon; less< equal= greater> question? at@ bracketleft[ backslash\\ \
    bracketright] asciicircum^ underscore_ grave` braceleft{ bar| braceright} asciitilde~ \
    exclamdown¡ cent¢ sterling£ currency¤ yen¥ brokenbar¦ section§ dieresis¨ copyright© ordfeminine\u{aa} \
    guillemotleft« logicalnot¬ registered® macron¯ degree° plusminus± twosuperior² threesuperior³ acute´ mu\u{b5} \
    paragraph¶ periodcentered· cedilla¸ onesuperior¹ ordmasculine\u{ba} guillemotright» onequarter¼ onehalf½ \
    threequarters¾ questiondown¿ multiply× divide÷ quoteleft‘ quoteright’ quotedblleft“ quotedblright” \
    endash– emdash— bullet• ellipsis… perthousand‰ minus− lessequal≤ greaterequal≥ notequal≠ approxequal≈ \
    infinity∞ Euro€ trademark™ guilsinglleft‹ guilsinglright› quotesinglbase‚ quotedblbase„ fi\u{fb01} fl\u{fb02}";

/// The character of a glyph's name, if the name says it.
pub(super) fn named(name: &str) -> Option<char> {
    let mut letters = name.chars();
    if let (Some(only), None) = (letters.next(), letters.next()) {
        return Some(only);
    }
    let base = name.split('.').next().unwrap_or_default();
    if let Some(digits) = base.strip_prefix("uni").or_else(|| base.strip_prefix('u'))
        && let Some(digits) = digits.get(..digits.len().min(6))
        && digits.len() >= 4
        && let Ok(code) = u32::from_str_radix(digits, 16)
    {
        return char::from_u32(code);
    }
    if base == "space" || base == "nbspace" {
        return Some(' ');
    }
    NAMES.split(' ').find_map(|entry| {
        let character = entry.chars().last()?;
        (&entry[..entry.len() - character.len_utf8()] == base).then_some(character)
    })
}

/// The character of a code in an encoding of simple fonts, by the name of the encoding.
pub(super) fn encoded(encoding: &[u8], code: u8) -> Option<char> {
    let table = match encoding {
        b"MacRomanEncoding" => encoding_rs::MACINTOSH,
        b"WinAnsiEncoding" => encoding_rs::WINDOWS_1252,
        // The standard encoding and unknown ones agree with ASCII where it counts.
        _ if code < 0x80 => encoding_rs::WINDOWS_1252,
        _ => return None,
    };
    let bytes = [code];
    let (text, _) = table.decode_without_bom_handling(&bytes);
    text.chars().next().filter(|c| !c.is_control())
}

/// Widths of Helvetica for the codes from 32 to 126, in thousandths.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Widths of Times for the codes from 32 to 126, in thousandths.
const TIMES: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500,
    500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333,
    389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469,
    500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389,
    278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
];

/// The width of a code in a font that has no widths of its own, in thousandths: the standard fonts need
/// none.
pub(super) fn standard_width(font: &str, code: u8) -> f64 {
    let table = if font.contains("Courier") {
        return 600.0;
    } else if font.contains("Times") {
        &TIMES
    } else {
        &HELVETICA
    };
    let width = usize::from(code).checked_sub(32).and_then(|at| table.get(at));
    f64::from(width.copied().unwrap_or(500))
}

/// The characters of the radicals from U+2F00.
const RADICALS: &str = "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢\
    尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈户手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火\
    爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿\
    肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹\
    雨青非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黄黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";

/// Radicals from U+2E80 that look like a character, with that character.
const SHORT_RADICALS: &str = "⺁厂⺒巳⺝月⺟母⺠民⺫目⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟";

/// The character that a radical stands for. Where a font has one glyph for both, browsers and print
/// drivers note the radical down as the text of that glyph; nobody writes it.
pub(super) fn without_radical(c: char) -> char {
    match c {
        '\u{2f00}'..='\u{2fd5}' => RADICALS.chars().nth((c as u32 - 0x2f00) as usize).unwrap_or(c),
        '\u{2e80}'..='\u{2eff}' => {
            let mut pairs = SHORT_RADICALS.chars();
            while let (Some(radical), Some(character)) = (pairs.next(), pairs.next()) {
                if radical == c {
                    return character;
                }
            }
            c
        }
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyph_names_give_their_characters() {
        assert_eq!(named("A"), Some('A'));
        assert_eq!(named("seven"), Some('7'));
        assert_eq!(named("percent"), Some('%'));
        assert_eq!(named("uni6708"), Some('月'));
        assert_eq!(named("u20000"), Some('\u{20000}'));
        assert_eq!(named("greaterequal"), Some('≥'));
        assert_eq!(named("space"), Some(' '));
        assert_eq!(named("g37"), None);
        assert_eq!(named("union"), None);
    }

    #[test]
    fn radicals_become_characters() {
        let text: String = "⽤⼾⽉⻓⻚一".chars().map(without_radical).collect();
        assert_eq!(text, "用户月长页一");
        assert_eq!(RADICALS.chars().filter(|c| !c.is_whitespace()).count(), 214);
    }

    #[test]
    fn codes_follow_their_encoding() {
        assert_eq!(encoded(b"WinAnsiEncoding", 0x97), Some('—'));
        assert_eq!(encoded(b"MacRomanEncoding", 0xd1), Some('—'));
        assert_eq!(encoded(b"StandardEncoding", b'7'), Some('7'));
        assert_eq!(encoded(b"StandardEncoding", 0x97), None);
    }
}
