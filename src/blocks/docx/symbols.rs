//! Fonts whose characters are signs with codes of the font's own.

/// Such a font.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Font {
    /// A font with the characters that all fonts have.
    #[default]
    Plain,
    Symbol,
    Wingdings,
    Wingdings2,
}

/// Code of the font, and the character it shows.
type Signs = &'static [(u8, char)];

const SYMBOL: Signs = &[
    (0x61, 'α'),
    (0x62, 'β'),
    (0x67, 'γ'),
    (0x6d, 'μ'),
    (0x70, 'π'),
    (0xa2, '′'),
    (0xa3, '≤'),
    (0xa5, '∞'),
    (0xac, '←'),
    (0xad, '↑'),
    (0xae, '→'),
    (0xaf, '↓'),
    (0xb0, '°'),
    (0xb1, '±'),
    (0xb2, '″'),
    (0xb3, '≥'),
    (0xb4, '×'),
    (0xb7, '•'),
    (0xb8, '÷'),
    (0xb9, '≠'),
    (0xba, '≡'),
    (0xbb, '≈'),
    (0xbc, '…'),
    (0xd7, '⋅'),
    (0xe5, '∑'),
];

const WINGDINGS: Signs = &[
    (0x6c, '●'),
    (0x6e, '■'),
    (0x6f, '□'),
    (0x71, '❑'),
    (0x72, '❒'),
    (0x75, '◆'),
    (0xa1, '○'),
    (0xa7, '▪'),
    (0xa8, '□'),
    (0xab, '★'),
    (0xd8, '➢'),
    (0xe0, '→'),
    (0xfb, '✗'),
    (0xfc, '✓'),
    (0xfd, '☒'),
    (0xfe, '☑'),
];

const WINGDINGS2: Signs = &[
    (0x4f, '✗'),
    (0x50, '✓'),
    (0x51, '☒'),
    (0x52, '☑'),
    (0x53, '☒'),
    (0xa3, '□'),
];

impl Font {
    /// The font of this name.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "Symbol" => Self::Symbol,
            "Wingdings" => Self::Wingdings,
            "Wingdings 2" => Self::Wingdings2,
            _ => Self::Plain,
        }
    }

    /// The character that `c` shows in this font. Such fonts keep their signs at U+F000 and up; what
    /// they show at the place of a plain letter is meant to be that sign only in `w:sym`, which has such
    /// a code too.
    pub(super) fn meaning(self, c: char) -> char {
        let signs = match self {
            Self::Plain => return c,
            Self::Symbol => SYMBOL,
            Self::Wingdings => WINGDINGS,
            Self::Wingdings2 => WINGDINGS2,
        };
        let code = match c as u32 {
            code @ 0xf020..=0xf0ff => (code - 0xf000) as u8,
            code @ 0x80..=0xff => code as u8,
            _ => return c,
        };
        signs
            .iter()
            .find(|(sign, _)| *sign == code)
            .map_or(c, |&(_, shown)| shown)
    }
}
