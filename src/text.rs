//! Stand-in until the fonts are merged.

/// The fonts.
#[derive(Debug)]
pub struct Fonts;

impl Fonts {
    /// The built-in ones.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &Self
    }
}
