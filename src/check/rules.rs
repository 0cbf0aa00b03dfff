//! The rules, one file each.

use super::Rule;

mod budget_sum;
mod contents_mismatch;
mod copied_row;
mod cost_direction;
mod cost_total;
mod deadline_year;
mod document_number_style;
mod doubled_value;
mod duplicate_indicator;
mod duplicate_project;
mod filler_indicator;
mod missing_level1;
mod missing_level2;
mod missing_unit;
mod name_repeats_description;
mod name_repeats_level2;
mod narrative_budget;
mod narrative_project;
mod narrative_target;
mod over_100_rate;
mod percent_word;
mod plan_end;
mod plan_falling;
mod plan_over_100;
mod plan_scale;
mod project_code;
mod project_code_division;
mod project_code_year;
mod purpose_amount;
mod quantity_direction;
mod repeated_phrase;
mod satisfaction_direction;
mod stale_plan;
mod target_not_measurable;
mod target_repeats_name;
mod template_residue;
mod unit_cost;
mod withheld_published;
mod wrong_level2;

/// All rules, in the order of their numbers: amounts (B), plans (P), targets (T), indicators (I), codes (C),
/// narrative and contents (N), wording (W).
pub static ALL: &[&Rule] = &[
    &budget_sum::RULE,
    &purpose_amount::RULE,
    &cost_total::RULE,
    &unit_cost::RULE,
    &plan_over_100::RULE,
    &plan_scale::RULE,
    &plan_falling::RULE,
    &plan_end::RULE,
    &doubled_value::RULE,
    &missing_unit::RULE,
    &percent_word::RULE,
    &target_not_measurable::RULE,
    &target_repeats_name::RULE,
    &satisfaction_direction::RULE,
    &cost_direction::RULE,
    &quantity_direction::RULE,
    &over_100_rate::RULE,
    &deadline_year::RULE,
    &wrong_level2::RULE,
    &missing_level1::RULE,
    &missing_level2::RULE,
    &filler_indicator::RULE,
    &duplicate_indicator::RULE,
    &name_repeats_description::RULE,
    &name_repeats_level2::RULE,
    &copied_row::RULE,
    &project_code::RULE,
    &project_code_division::RULE,
    &project_code_year::RULE,
    &duplicate_project::RULE,
    &narrative_budget::RULE,
    &narrative_target::RULE,
    &narrative_project::RULE,
    &contents_mismatch::RULE,
    &stale_plan::RULE,
    &withheld_published::RULE,
    &template_residue::RULE,
    &repeated_phrase::RULE,
    &document_number_style::RULE,
];
