//! The colour profile that says what the greys of a page mean.
//!
//! All that is painted is black or grey, for which a profile of one channel would do. It is that of
//! sRGB nevertheless: a grey without a profile of its own may stand under either, and office documents
//! get a red seal. A seal in the colours of a screen keeps the file a PDF/A under sRGB and would end it
//! under a profile of greys. The difference is 150 bytes.
//!
//! Written after ICC.1:2004-10 (profile version 4.2.0.0), which ISO 19005-2 names; the numbers are those
//! of IEC 61966-2-1:1999, adapted to the D50 of the profile connection space as the ICC's own sRGB
//! profiles have them.
//!
//! Architecture invariant: a function of nothing.

/// What the profile is called.
pub(super) const NAME: &str = "sRGB IEC61966-2.1";

/// Size of the header and of one entry of the tag table (7.2, 7.3).
const HEADER: usize = 128;
const ENTRY: usize = 12;

/// The illuminant of the profile connection space, D50, as s15Fixed16 numbers (7.2.16).
const D50: [u32; 3] = [0x0000_F6D6, 0x0001_0000, 0x0000_D32D];
/// The primaries of IEC 61966-2-1 under D50, as s15Fixed16 numbers.
const RED: [u32; 3] = [0x0000_6FA2, 0x0000_38F5, 0x0000_0390];
const GREEN: [u32; 3] = [0x0000_6299, 0x0000_B785, 0x0000_18DA];
const BLUE: [u32; 3] = [0x0000_24A0, 0x0000_0F84, 0x0000_B6CF];
/// The matrix by which they were adapted from D65: that of Bradford (annex E).
const ADAPTATION: [f64; 9] = [
    1.047_886, 0.022_919, -0.050_216, 0.029_582, 0.990_484, -0.017_079, -0.009_252, 0.015_073, 0.751_678,
];
/// The curve of IEC 61966-2-1 as the parameters g, a, b, c, d of function type 3 (10.15):
/// (aX + b)^g from d on, cX below.
const CURVE: [f64; 5] = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45];

/// The bytes of the profile.
pub(super) fn srgb() -> Vec<u8> {
    let curve = parametric(&CURVE);
    // Tags that say the same share their bytes.
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", localized(NAME)),
        (b"cprt", localized("No copyright")),
        (b"wtpt", xyz(D50)),
        (b"chad", fixed_array(&ADAPTATION)),
        (b"rXYZ", xyz(RED)),
        (b"gXYZ", xyz(GREEN)),
        (b"bXYZ", xyz(BLUE)),
        (b"rTRC", curve),
        (b"gTRC", Vec::new()),
    ];
    let count = tags.len() + 1;
    let mut table = (count as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let mut last = (0, 0);
    let shared: (&[u8; 4], Vec<u8>) = (b"bTRC", Vec::new());
    for (name, bytes) in tags.iter().chain([&shared]) {
        if !bytes.is_empty() {
            last = (HEADER + 4 + count * ENTRY + data.len(), bytes.len());
            data.extend(bytes);
            data.resize(data.len().next_multiple_of(4), 0);
        }
        table.extend_from_slice(*name);
        table.extend((last.0 as u32).to_be_bytes());
        table.extend((last.1 as u32).to_be_bytes());
    }
    let mut profile = header((HEADER + table.len() + data.len()) as u32);
    profile.extend(table);
    profile.extend(data);
    profile
}

/// The header (7.2): a display profile from RGB to XYZ.
fn header(size: u32) -> Vec<u8> {
    let mut header = vec![0; HEADER];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &size.to_be_bytes());
    put(8, &[4, 0x20, 0, 0]);
    put(12, b"mntrRGB XYZ ");
    // The date of the standard whose numbers these are: October 1999.
    put(24, &[0x07, 0xCF, 0, 10, 0, 1]);
    put(36, b"acsp");
    for (at, number) in D50.iter().enumerate() {
        put(68 + 4 * at, &number.to_be_bytes());
    }
    header
}

/// A number as s15Fixed16 (4.6).
fn fixed(number: f64) -> [u8; 4] {
    ((number * 65_536.0).round() as i32).to_be_bytes()
}

/// `XYZType` (10.26).
fn xyz(numbers: [u32; 3]) -> Vec<u8> {
    let mut bytes = b"XYZ \0\0\0\0".to_vec();
    bytes.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
    bytes
}

/// `s15Fixed16ArrayType` (10.18).
fn fixed_array(numbers: &[f64]) -> Vec<u8> {
    let mut bytes = b"sf32\0\0\0\0".to_vec();
    bytes.extend(numbers.iter().flat_map(|number| fixed(*number)));
    bytes
}

/// `parametricCurveType` (10.15), function type 3.
fn parametric(numbers: &[f64; 5]) -> Vec<u8> {
    let mut bytes = b"para\0\0\0\0\0\x03\0\0".to_vec();
    bytes.extend(numbers.iter().flat_map(|number| fixed(*number)));
    bytes
}

/// `multiLocalizedUnicodeType` (10.13) with one text, in English.
fn localized(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut bytes = b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0CenUS".to_vec();
    bytes.extend((units.len() as u32).to_be_bytes());
    bytes.extend(28u32.to_be_bytes());
    bytes.extend(units);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(bytes: &[u8], at: usize) -> usize {
        bytes[at..at + 4]
            .iter()
            .fold(0, |word, byte| word << 8 | usize::from(*byte))
    }

    #[test]
    fn the_profile_says_its_own_size_and_where_its_tags_are() {
        let profile = srgb();
        assert_eq!(word(&profile, 0), profile.len());
        assert_eq!(&profile[36..40], b"acsp");
        let count = word(&profile, 128);
        assert_eq!(count, 10);
        for at in (0..count).map(|tag| 132 + 12 * tag) {
            let (from, size) = (word(&profile, at + 4), word(&profile, at + 8));
            assert!(from >= 132 + 12 * count && from % 4 == 0 && from + size <= profile.len());
        }
    }

    #[test]
    fn the_three_primaries_make_the_white_of_the_profile_connection_space() {
        for at in 0..3 {
            let sum = RED[at] + GREEN[at] + BLUE[at];
            assert!(sum.abs_diff(D50[at]) < 66, "{at}: {sum:X}");
        }
    }

    #[test]
    fn the_curve_is_one_line() {
        let [gamma, a, b, c, d] = CURVE;
        assert!(((a * d + b).powf(gamma) - c * d).abs() < 1e-4);
        assert!(((a + b).powf(gamma) - 1.0).abs() < 1e-9);
    }
}
