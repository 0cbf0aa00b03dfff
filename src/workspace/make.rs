//! The files of one department: filled, written, and stored, whatever of them can be.
//!
//! Architecture invariant: what goes wrong with one file costs no other.

use std::path::Path;

use super::base::Settings;
use super::press::{Maker, Target};
use super::store::{FileState, FoundIn, NewFile, Permit, store};
use crate::finding::{Code, Finding, Message};
use crate::limit::{self, Broken};
use crate::model::Department;
use crate::template::Answer;

/// A department whose files are to be made.
pub(super) struct Order<'a> {
    /// The department.
    pub(super) department: &'a Department,
    /// What was found in it so far.
    pub(super) findings: &'a [Finding],
    /// The answers in the review sheet that is there.
    pub(super) answers: &'a [Answer],
    /// How its files are made.
    pub(super) settings: &'a Settings,
    /// The output folder.
    pub(super) out: &'a Path,
    /// The name of the department's folder in it.
    pub(super) folder: &'a str,
    /// What the files are called: as the folder, unless somebody renamed that.
    pub(super) name: &'a str,
}

/// What came of the files of a department.
#[derive(Debug, Default)]
pub(super) struct MadeFiles {
    /// The state of each.
    pub(super) files: Vec<(Target, FileState)>,
    /// What was found in the making, with form and place: the same whenever these files are made.
    pub(super) found: Vec<Finding>,
    /// What is to be said of this time: of files that could not be written, or were not to be.
    pub(super) said: Vec<Finding>,
    /// Whether the work reached a limit.
    pub(super) limit: Option<limit::Reached>,
}

/// Makes the files of a department. `commit` is called when there is something to be written, before it is.
pub(super) fn make_files(
    order: &Order<'_>,
    maker: &impl Maker,
    mut permit: Permit<'_>,
    commit: impl FnOnce() -> Result<(), Box<Finding>>,
) -> MadeFiles {
    let department = order.department;
    let options = order.settings.fill_options();
    let mut made = MadeFiles::default();
    let mut found_in = FoundIn::new();
    let mut document = None;
    let mut was_filled = false;
    let mut review_sheet = None;
    let mut was_reviewed = false;
    let mut new_files = Vec::new();
    for target in Target::ALL
        .into_iter()
        .filter(|target| order.settings.wants(*target, department.projects.len()))
    {
        made.files.push((target, FileState::Failed));
        if made.limit.is_some() {
            continue;
        }
        let mut kept = |target: Option<Target>, step: &mut dyn FnMut() -> Step| {
            let name = target
                .map(|target| target.file_name(order.name))
                .unwrap_or_default();
            let (value, found) = kept(target, step, &mut made.limit);
            let found = found.into_iter().map(|finding| located(finding, department));
            let found: Vec<_> = found.collect();
            made.found.extend(found.iter().cloned());
            found_in.insert(name, found);
            value
        };
        let is_of_review = matches!(target, Target::Review | Target::ReviewXlsx);
        if is_of_review && !was_reviewed {
            was_reviewed = true;
            kept(Some(target), &mut || {
                review_sheet = Some(maker.fill_review(department, order.findings, order.answers)?);
                Ok((Vec::new(), Vec::new()))
            });
        } else if !is_of_review && target != Target::Json && !was_filled {
            was_filled = true;
            let fill = &mut || {
                let (filled, found) = maker.fill(department, &options, order.findings)?;
                document = Some(filled);
                Ok((Vec::new(), found))
            };
            kept(None, fill);
        }
        let shown = if is_of_review { &review_sheet } else { &document };
        let bytes = match (target, shown) {
            (Target::Json, _) => kept(Some(target), &mut || {
                model_json(department).map(|bytes| (bytes, Vec::new()))
            }),
            (_, Some(document)) => kept(Some(target), &mut || maker.write(department, document, target)),
            (_, None) => None,
        };
        if let Some(bytes) = bytes {
            let name = target.file_name(order.name);
            new_files.push((made.files.len() - 1, NewFile { name, bytes }));
        }
    }
    if new_files.is_empty() {
        // There is nothing that the base would be the base of.
    } else if let Err(finding) = commit() {
        made.said.push(*finding);
    } else {
        let (places, new_files): (Vec<_>, Vec<_>) = new_files.into_iter().unzip();
        permit.found = found_in;
        let (states, said) = store(order.out, order.folder, &new_files, &permit);
        made.said.extend(said);
        for (place, state) in places.into_iter().zip(states) {
            made.files[place].1 = state;
        }
    }
    made
}

/// The bytes that a step made, with what it found.
type Step = Result<(Vec<u8>, Vec<Finding>), Box<Finding>>;

/// Adds to a finding about a model field which form it stands in and where it came from.
fn located(mut finding: Finding, department: &Department) -> Finding {
    let Some(field) = finding.field.as_deref() else {
        return finding;
    };
    finding.form = finding
        .form
        .or(department.project_at(field).map(|project| project.number));
    if finding.places.is_empty() {
        finding
            .places
            .extend(department.origin_at(field).map(|origin| origin.place));
    }
    finding
}

/// Runs one step: what it made, and what it found; a failure or a panic is a finding too.
fn kept(
    target: Option<Target>,
    step: &mut dyn FnMut() -> Step,
    limit: &mut Option<limit::Reached>,
) -> (Option<Vec<u8>>, Vec<Finding>) {
    match limit::caught(step) {
        Ok(Ok((bytes, found))) => (Some(bytes), found),
        Ok(Err(finding)) => (None, vec![*finding]),
        Err(Broken::Limit(reached)) => {
            *limit = Some(reached);
            (None, Vec::new())
        }
        Err(Broken::Panic(panic)) => {
            let mut finding = panicked(&panic);
            if let Some(target) = target {
                let name = target.name();
                finding.message = Message::new(
                    format!("{name}：{}", finding.message.zh),
                    format!("{name}: {}", finding.message.en),
                );
            }
            (None, vec![finding])
        }
    }
}

/// A model as it stands in `model.json`.
///
/// # Errors
///
/// A finding where it cannot be written as JSON.
pub fn model_json(department: &Department) -> Result<Vec<u8>, Box<Finding>> {
    let mut bytes = serde_json::to_vec_pretty(department).map_err(|error| {
        Box::new(Finding::new(
            Code::OutputFailed,
            Message::new(
                format!("模型无法写成 JSON：{error}"),
                format!("no JSON of the model: {error}"),
            ),
        ))
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What broke off a piece of work that nothing limits, as a finding.
pub(super) fn broken_off(broken: Broken) -> Finding {
    match broken {
        Broken::Panic(panic) => panicked(&panic),
        Broken::Limit(_) => Finding::new(Code::LimitReached, Message::default()),
    }
}

/// What a panic said, as a finding.
pub(super) fn panicked(panic: &str) -> Finding {
    Finding::new(
        Code::OutputFailed,
        Message::new(
            format!("程序内部错误：{panic}"),
            format!("internal error of the program: {panic}"),
        ),
    )
    .with_help(Message::new(
        "请将输入文件和本条信息反馈给程序的维护者。",
        "Please send the input and this message to the program's maintainers.",
    ))
}
