//! Project codes (项目编码): division, year, serial numbers, and a check character over them.

/// The 31 characters of a code (no I, O, S, V, Z), each worth its place in the list.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The check character of the first characters of a project code; `None` where one of them is not of the
/// alphabet of codes.
///
/// ```
/// assert_eq!(jixiao::model::check_character("91010125P00120110001"), Some('L'));
/// assert_eq!(jixiao::model::check_character("O"), None);
/// ```
#[must_use]
pub fn check_character(code: &str) -> Option<char> {
    let mut weight = 1;
    let mut sum = 0;
    for byte in code.bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == byte)?;
        sum = (sum + value * weight) % ALPHABET.len();
        weight = weight * 3 % ALPHABET.len();
    }
    ALPHABET
        .get(ALPHABET.len() - 1 - sum)
        .map(|letter| char::from(*letter))
}

/// What a project code of the new shape says: `division (6) year (2) P serial (6) 1 item (4) check (1)`.
///
/// No published rule describes it; it was computed from published documents, so a mismatch is likely a mistyped
/// character and no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProjectCode<'c> {
    /// The division (行政区划代码, GB/T 2260), six digits.
    pub division: &'c str,
    /// The year.
    pub year: i32,
    /// The twenty characters before the check character.
    pub body: &'c str,
    /// The check character as printed.
    pub check: char,
}

impl<'c> ProjectCode<'c> {
    /// Reads a code of the new shape; `None` for one of any other, which cannot be checked. Letters outside of the
    /// alphabet may stand in it.
    #[must_use]
    pub fn read(code: &'c str) -> Option<Self> {
        let bytes = code.as_bytes();
        let is_shaped = code.is_ascii() && bytes.len() == 21 && bytes[8] == b'P';
        let is_digit = |at: usize| bytes[at].is_ascii_digit();
        (is_shaped && (0..8).all(is_digit) && bytes.iter().all(u8::is_ascii_alphanumeric)).then(|| Self {
            division: &code[..6],
            year: 2000 + i32::from(bytes[6] - b'0') * 10 + i32::from(bytes[7] - b'0'),
            body: &code[..20],
            check: char::from(bytes[20]),
        })
    }

    /// Whether the check character is the one that the others ask for.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        check_character(self.body) == Some(self.check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_by_its_shape() {
        let code = ProjectCode::read("91010125P00120110001L").expect("a code");
        assert_eq!((code.division, code.year, code.check), ("910101", 2025, 'L'));
        assert!(code.is_sound());
        assert!(
            !ProjectCode::read("91010125PO0120110001L")
                .expect("a code")
                .is_sound()
        );
        for other in [
            "",
            "405002B19DX0002",
            "130322213RGZQG5D0ORKX",
            "91010125P00120110001",
        ] {
            assert_eq!(ProjectCode::read(other), None, "{other}");
        }
    }
}
