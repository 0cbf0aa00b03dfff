//! Fingerprints: numbers of 128 bits by which contents are told apart.
//!
//! They are XXH3 (<https://xxhash.com>, 128 bits, no seed): many times as fast as a cryptographic hash on a
//! processor without instructions for one, and a batch takes them of all that it writes. Two contents that
//! nobody chose for it have the same with a chance of 1 in 2¹²⁸; they prove nothing about who wrote what.
//!
//! Architecture invariant: the same bytes have the same fingerprint on every machine, for ever.

use std::fmt::Write;

use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

/// The fingerprint of what is given piece by piece; where the pieces end does not count.
#[derive(Clone, Default)]
pub struct Fingerprint(Xxh3Default);

impl Fingerprint {
    /// The fingerprint of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a piece.
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes.as_ref());
    }

    /// The fingerprint of all pieces.
    #[must_use]
    pub fn finish(&self) -> [u8; 16] {
        self.0.digest128().to_be_bytes()
    }
}

/// The fingerprint of a content.
#[must_use]
pub fn of(bytes: &[u8]) -> [u8; 16] {
    xxh3_128(bytes).to_be_bytes()
}

/// The fingerprint of a content in 32 hexadecimal digits.
#[must_use]
pub fn hex_of(bytes: &[u8]) -> String {
    hex(&of(bytes))
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_those_of_the_published_function() {
        // As `xxhsum -H2` prints them.
        assert_eq!(hex_of(b""), "99aa06d3014798d86001c324468d497f");
        let mut pieces = Fingerprint::new();
        let text: Vec<u8> = (0..5000_u32).map(|number| (number % 251) as u8).collect();
        for piece in text.chunks(7) {
            pieces.update(piece);
        }
        assert_eq!(pieces.finish(), of(&text));
        assert_ne!(of(&text), of(&text[1..]));
    }
}
