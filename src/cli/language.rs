//! The language that the program speaks: `--lang`, else the locale.
//!
//! Architecture invariant: it is known before the arguments are read, so that their mistakes are
//! told in it too.

use std::borrow::Cow;
use std::ffi::OsString;

use crate::finding::Language;

/// The variables that name the locale, the strongest first.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// Chooses the language from the raw arguments and the environment.
pub(super) fn choose(arguments: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Language {
    let mut asked = None;
    let mut arguments = arguments.iter().map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            break;
        } else if argument == "--lang" {
            asked = arguments.next().map(Cow::into_owned);
        } else if let Some(value) = argument.strip_prefix("--lang=") {
            asked = Some(value.to_owned());
        }
    }
    match asked.as_deref() {
        Some("zh") => Language::Zh,
        Some("en") => Language::En,
        _ => of_locale(
            VARIABLES
                .iter()
                .find_map(|name| variable(name).filter(|value| !value.is_empty())),
        ),
    }
}

fn of_locale(locale: Option<String>) -> Language {
    match locale {
        Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => Language::Zh,
        _ => Language::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(arguments: &[&str], variables: &[(&str, &str)]) -> Language {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        choose(&arguments, |name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_argument_is_stronger_than_the_locale() {
        assert_eq!(
            chosen(&["jixiao", "build", "--lang", "zh"], &[("LANG", "en_US.UTF-8")]),
            Language::Zh
        );
        assert_eq!(
            chosen(&["jixiao", "--lang=en"], &[("LANG", "zh_CN.UTF-8")]),
            Language::En
        );
        assert_eq!(chosen(&["jixiao", "--", "--lang", "zh"], &[]), Language::En);
    }

    #[test]
    fn the_first_variable_that_says_something_counts() {
        assert_eq!(
            chosen(&[], &[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")]),
            Language::Zh
        );
        assert_eq!(
            chosen(&[], &[("LC_ALL", "C.UTF-8"), ("LANG", "zh_CN.UTF-8")]),
            Language::En
        );
        assert_eq!(
            chosen(&[], &[("LC_MESSAGES", "ZH_TW"), ("LANG", "en")]),
            Language::Zh
        );
        assert_eq!(chosen(&[], &[]), Language::En);
    }
}
