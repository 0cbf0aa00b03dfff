//! The rules, one file each.

use super::Rule;

/// Names the files of the rules and lists their rules.
macro_rules! rules {
    ($($file:ident)+) => {
        $(mod $file;)+

        /// All rules, in the order of their numbers.
        pub static ALL: &[&Rule] = &[$(&$file::RULE),+];
    };
}

rules! {
    budget_sum
    plan_scale
    percent_word
}
