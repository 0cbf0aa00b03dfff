//! The spending plan: milestones above cumulative percentages. Positions count here, because the
//! text has nothing else; where a row lost a milestone or a milestone strayed, the evidence of the
//! other rows puts it right.

use std::ops::Range;

use super::lexicon::Lexicon;
use super::{Account, Piece};
use crate::finding::{Code, Finding, Message};
use crate::model::{Milestone, Origin, Origins, State, percent};
use crate::vocab::{Form, is_same, key};

/// A row of the plan without its label, and how many columns it has.
pub(super) struct PlanRow<'a> {
    pub(super) cells: Vec<Piece<'a>>,
    pub(super) width: usize,
}

/// A milestone that a row of the plan names.
struct Head<'a> {
    /// The columns that it stands above, copies of the cell included.
    columns: Range<u16>,
    milestone: String,
    /// The form in which milestones are compared.
    key: String,
    start: u32,
    value: Option<(Piece<'a>, State)>,
    moved: bool,
}

fn columns(cell: &Piece) -> Range<u16> {
    cell.column_range()
}

/// Reads the rows of a plan, without their label. `form` says which milestones are to be there.
pub(super) fn read<'a>(
    account: &mut Account,
    lexicon: &Lexicon,
    form: Option<&Form>,
    rows: &[PlanRow<'a>],
    number: u32,
) -> Vec<Milestone> {
    let found_before = account.findings.len();
    let mut heads: Vec<Head<'a>> = Vec::new();
    let mut strays: Vec<Piece<'a>> = Vec::new();
    let milestones = form.map_or(&[][..], |form| &form.milestones);
    let expected: Vec<(&str, String)> = milestones.iter().map(|name| (name.as_str(), key(name))).collect();
    let mut head_width = 0;
    for row in rows {
        if heads.is_empty() {
            head_width = row.width;
        }
        let cells = in_columns_of(&heads, head_width, row);
        read_row(lexicon, &cells, expected.len(), &mut heads, &mut strays);
    }
    let place = rows
        .iter()
        .flat_map(|row| &row.cells)
        .next()
        .map(|cell| account.place(cell.start));
    let about = |code, message: Message, name: &str, piece: Option<&Piece>, account: &Account| {
        let finding = Finding::new(code, message)
            .in_form(number)
            .on_field("spending_plan")
            .quoting(match piece {
                Some(piece) => format!("{name} {}", piece.text),
                None => name.to_owned(),
            });
        finding.at_some(
            piece
                .map(|piece| account.place(piece.start))
                .or_else(|| place.clone()),
        )
    };

    // A value behind the last milestone of its row belongs to the first milestone that the row lost.
    for stray in strays {
        let next = expected
            .iter()
            .find(|(_, key)| heads.iter().all(|head| head.key != *key));
        let behind = heads.iter().all(|head| head.columns.start < stray.column);
        if let Some((name, key)) = next.filter(|_| behind && !heads.is_empty()) {
            account.findings.push(about(
                Code::MilestoneRestored,
                Message::new(
                    format!("该值上方没有时点，按顺序归入“{name}”。"),
                    format!("No milestone stands above this value; in order it is {name}."),
                ),
                name,
                Some(&stray),
                account,
            ));
            heads.push(Head {
                columns: columns(&stray),
                milestone: (*name).to_owned(),
                key: key.clone(),
                start: stray.start,
                value: Some((stray, State::Repaired)),
                moved: false,
            });
        } else {
            account.strays.insert(stray.start);
            account.findings.push(about(
                Code::TextUnplaced,
                Message::new(
                    "该值上方没有时点，未写入表中。",
                    "No milestone stands above this value; it is in no form.",
                ),
                "",
                Some(&stray),
                account,
            ));
        }
    }
    for head in heads.iter().filter(|head| head.moved) {
        account.findings.push(about(
            Code::MilestoneMoved,
            Message::new(
                format!("“{}”不在时点行，已归位。", head.milestone),
                format!(
                    "{} stood outside the row of milestones and was put back.",
                    head.milestone
                ),
            ),
            &head.milestone,
            head.value.as_ref().map(|(piece, _)| piece),
            account,
        ));
    }

    let lost: Vec<&str> = expected
        .iter()
        .filter(|(_, key)| heads.iter().all(|head| head.key != *key))
        .map(|(name, _)| *name)
        .collect();
    let mut plan: Vec<Milestone> = heads
        .into_iter()
        .map(|head| milestone(account, head, number))
        .collect();
    for name in lost {
        if !rows.is_empty() {
            account.findings.push(about(
                Code::MilestoneLost,
                Message::new(
                    format!("文本中没有“{name}”及其百分比。"),
                    format!("{name} and its percentage are not in the text."),
                ),
                name,
                None,
                account,
            ));
        }
        let mut origins = Origins::default();
        if let Some(place) = place.clone() {
            origins.set(
                "percent",
                Origin {
                    place,
                    state: State::Lost,
                },
            );
        }
        plan.push(Milestone {
            milestone: name.to_owned(),
            origins,
            ..Milestone::default()
        });
    }
    plan.sort_by_cached_key(|milestone| {
        let key = key(&milestone.milestone);
        expected
            .iter()
            .position(|(_, expected)| *expected == key)
            .unwrap_or(usize::MAX)
    });
    // Where each milestone stands among the others is known only now.
    for finding in &mut account.findings[found_before..] {
        let quote = finding.quote.as_deref().unwrap_or_default();
        let is_about = |milestone: &Milestone| {
            let rest = quote.strip_prefix(milestone.milestone.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        if finding.field.as_deref() == Some("spending_plan")
            && let Some(index) = plan.iter().position(is_about)
        {
            finding.field = Some(format!("spending_plan[{index}].percent"));
        }
    }
    plan
}

/// The cells of a row in the columns of the milestones: a page that begins below these has columns of
/// its own, one for the label and one for each of them.
fn in_columns_of<'a>(heads: &[Head], head_width: usize, row: &PlanRow<'a>) -> Vec<Piece<'a>> {
    let mut cells = row.cells.clone();
    if row.width != head_width && row.width == heads.len() + 1 {
        for cell in &mut cells {
            if let Some(head) = (cell.column as usize).checked_sub(1).and_then(|at| heads.get(at)) {
                cell.column = head.columns.start;
            }
        }
    }
    cells
}

fn read_row<'a>(
    lexicon: &Lexicon,
    row: &[Piece<'a>],
    expected: usize,
    heads: &mut Vec<Head<'a>>,
    strays: &mut Vec<Piece<'a>>,
) {
    let is_milestone: Vec<bool> = row
        .iter()
        .map(|cell| lexicon.milestone(&cell.text).is_some())
        .collect();
    let named = is_milestone.iter().filter(|&&is| is).count();
    let later_row = !heads.is_empty();
    if named == 0 {
        assign(row.to_vec(), expected, heads, strays);
        return;
    }
    // A row with as many values as milestones, in turn, pairs them; else its values belong to the
    // milestones of an earlier row.
    let pairs = named * 2 == row.len() && is_milestone.chunks(2).all(|pair| pair == [true, false]);
    let mut values = Vec::new();
    for (at, cell) in row.iter().enumerate() {
        if !is_milestone[at] {
            if !pairs {
                values.push(cell.clone());
            }
            continue;
        }
        let milestone: String = cell.text.chars().filter(|c| !c.is_whitespace()).collect();
        let key_of_milestone = key(&milestone);
        let value = pairs.then(|| row[at + 1].clone());
        // A copy of a merged cell repeats the milestone; a repeated header row does too.
        if let Some(known) = heads.iter_mut().find(|head| head.key == key_of_milestone) {
            match (&known.value, value) {
                (None, Some(value)) => known.value = Some((value, State::Printed)),
                (Some((first, _)), Some(value)) if !is_same(&first.text, &value.text) => {
                    strays.push(value);
                }
                _ => {}
            }
            if known.columns.end == cell.column {
                known.columns.end = known.columns.end.saturating_add(cell.columns);
            }
            continue;
        }
        let state = if later_row {
            State::Repaired
        } else {
            State::Printed
        };
        heads.push(Head {
            columns: columns(cell),
            milestone,
            key: key_of_milestone,
            start: cell.start,
            value: value.map(|value| (value, state)),
            moved: later_row,
        });
    }
    assign(values, expected, heads, strays);
}

/// Gives values to the milestones above them; where the columns do not fit, in order if the numbers
/// agree. A value behind the last milestone says that the row above lost one, not that all values
/// moved, as long as fewer than the `expected` milestones are there and the other values fit.
fn assign<'a>(values: Vec<Piece<'a>>, expected: usize, heads: &mut [Head<'a>], strays: &mut Vec<Piece<'a>>) {
    // The last milestone named in a column is the nearest above.
    let above = |cell: &Piece, heads: &[Head]| {
        heads.iter().rposition(|head| {
            head.value.is_none()
                && head.columns.start < cell.column_range().end
                && cell.column < head.columns.end
        })
    };
    let values = without_copies(values, heads);
    let fits = values.iter().filter(|cell| above(cell, heads).is_some()).count();
    let open = heads.iter().filter(|head| head.value.is_none()).count();
    let last = heads.iter().map(|head| head.columns.start).max();
    let lost_one = heads.len() < expected
        && fits > 0
        && values
            .iter()
            .all(|cell| above(cell, heads).is_some() || Some(cell.column) > last);
    let state = |head: &Head| {
        if head.moved {
            State::Repaired
        } else {
            State::Printed
        }
    };
    if fits < values.len() && values.len() == open && !lost_one {
        let open = heads.iter_mut().filter(|head| head.value.is_none());
        for (head, cell) in open.zip(values) {
            head.value = Some((cell, state(head)));
        }
        return;
    }
    for cell in values {
        match above(&cell, heads) {
            Some(at) => heads[at].value = Some((cell, state(&heads[at]))),
            None => strays.push(cell),
        }
    }
}

/// The values without the copies of a merged cell: equal ones below one and the same milestone.
fn without_copies<'a>(values: Vec<Piece<'a>>, heads: &[Head]) -> Vec<Piece<'a>> {
    let mut kept: Vec<Piece<'a>> = Vec::with_capacity(values.len());
    for value in values {
        let is_copy = kept.last().is_some_and(|last| {
            is_same(&last.text, &value.text)
                && heads
                    .iter()
                    .any(|head| head.columns.contains(&last.column) && head.columns.contains(&value.column))
        });
        if !is_copy {
            kept.push(value);
        }
    }
    kept
}

fn milestone(account: &mut Account, head: Head<'_>, number: u32) -> Milestone {
    let mut origins = Origins::default();
    let state = if head.moved {
        State::Repaired
    } else {
        State::Printed
    };
    origins.set("milestone", account.origin(head.start, state));
    let percent_text = head.value.map(|(piece, state)| {
        origins.set("percent", account.origin(piece.start, state));
        if percent(&piece.text).is_none() {
            account.findings.push(
                Finding::new(
                    Code::PercentUnreadable,
                    Message::new("该百分比不是数字。", "This percentage is not a number."),
                )
                .at(account.place(piece.start))
                .in_form(number)
                .on_field("spending_plan")
                .quoting(&*piece.text),
            );
        }
        piece.text.into_owned()
    });
    Milestone {
        milestone: head.milestone,
        percent: percent_text,
        origins,
        ..Milestone::default()
    }
}
