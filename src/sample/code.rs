//! Project codes of samples.

use crate::model::check_character;

/// The code of a project: the division, the two last digits of the year, the number of the project and the
/// number of its item.
pub(super) fn project_code(division: u64, year: i32, project: u64, item: u64) -> String {
    let mut code = format!(
        "{:06}{:02}P{:06}1{:04}",
        division % 1_000_000,
        year.rem_euclid(100),
        project % 1_000_000,
        item % 10_000
    );
    code.extend(check_character(&code));
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

    #[test]
    fn a_wrong_or_a_swapped_character_is_seen() {
        let code = project_code(910_203, 2025, 1_391, 1);
        assert_eq!(code.len(), 21);
        assert!(code.starts_with("91020325P00139110001"), "{code}");
        let check = code.chars().last();
        let body = &code[..20];
        for at in 0..20 {
            for letter in ALPHABET {
                let mut other = body.as_bytes().to_vec();
                other[at] = *letter;
                let other = String::from_utf8(other).expect("ASCII");
                assert_eq!(check_character(&other) == check, other == body, "{other}");
            }
        }
        for at in 0..19 {
            let mut other = body.as_bytes().to_vec();
            other.swap(at, at + 1);
            let other = String::from_utf8(other).expect("ASCII");
            assert_eq!(check_character(&other) == check, other == body, "{other}");
        }
    }
}
