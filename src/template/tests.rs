use super::*;
use crate::model::{Indicator, Milestone};

fn filled(overrides: &[(&str, &str)], department: &Department) -> Result<Filled, Finding> {
    let overrides: Vec<(String, String)> = overrides
        .iter()
        .map(|&(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    Templates::read(&overrides)?.fill(department, &FillOptions::default())
}

#[test]
fn the_built_in_templates_can_be_used() {
    Templates::built_in().check().expect("no mistake");
}
