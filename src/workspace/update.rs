//! The update of an output folder: what was edited since the files were made is found by content, merged
//! with the base, and whatever depends on it is made anew.
//!
//! The order of the work makes it safe to be stopped anywhere: the edits go into the base first, which
//! notes the hash of each edited file that it took in; then the files are made. A file with such a hash is
//! no edit any more, a file with any other is one.
//!
//! Architecture invariant: nothing of a department is written while its sides disagree, and a department
//! that nobody touched is not read beyond its header and the hashes of its files.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::answers::{Answers, is_of_review, review};
use super::base::{self, Base, Figures, Header, Settings};
use super::kept;
use super::lock::{Hold, Lock};
use super::make::{self, broken_off, make_files};
use super::open::opened_elsewhere;
use super::pool::{self, Plan};
use super::press::{Maker, Press, Target};
use super::reading::in_source;
use super::review::Mending;
use super::seen::Seen;
use super::sides;
use super::store::{FileState, Known, Permit, shown, unwritable};
use super::summary::{self, department_folders};
use crate::finding::{Code, Finding, Language, Message};
use crate::limit::caught;
use crate::merge::{Choices, Conflict, ConflictKind, Side, Taken};
use crate::model::Department;
use crate::vocab::Vocabulary;

mod sides_read;
mod standing;

use sides_read::{ReadSides, read_sides};
pub(super) use standing::standing;

/// What an update is to do.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// The output folder.
    pub out: PathBuf,
    /// The names of the departments' folders; all if empty.
    pub folders: Vec<String>,
    /// The side that is taken where sides disagree, for all departments.
    pub prefer: Option<Side>,
    /// Choices for single conflicts: by the name of the folder, by the path of the field.
    pub choices: BTreeMap<String, BTreeMap<String, Side>>,
    /// Whether it is only said what would be done.
    pub is_dry: bool,
    /// The folder of templates to be used from now on.
    pub templates: Option<PathBuf>,
    /// The folder of fonts to be used from now on.
    pub fonts: Option<PathBuf>,
    /// The number of threads, at least 1.
    pub jobs: usize,
    /// The folder where it is kept which files were seen, if anywhere.
    pub cache: Option<PathBuf>,
    /// The fixes of the review that are to be made, if any.
    pub mending: Option<Mending>,
}

/// Why a department's files are made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The text that it was read from changed.
    Source,
    /// Its workbook was edited.
    Workbook,
    /// Its `model.json` was edited.
    Model,
    /// Somebody wrote answers in its review sheet.
    Answers,
    /// A file is missing, or was not made when the program was stopped.
    Missing,
    /// The templates, the fonts or the program changed.
    Press,
    /// The review put something right.
    Review,
}

/// What became of a department.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateState {
    /// All is as it was made.
    Current,
    /// It was brought up to date, or would be.
    Updated,
    /// Its sides disagree; nothing was written.
    Conflicting,
    /// It could not be brought up to date; nothing was written.
    Failed,
}

/// What came of the update of a department.
#[derive(Clone, Debug)]
pub struct Updated {
    /// The name of its folder.
    pub folder: String,
    /// What became of it.
    pub state: UpdateState,
    /// Why there was anything to do.
    pub reasons: Vec<Reason>,
    /// What was changed, and by whom.
    pub taken: Vec<Taken>,
    /// What the sides disagree about.
    pub conflicts: Vec<Conflict>,
    /// The files that were to be made.
    pub files: Vec<(Target, FileState)>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Whether the summary may say something else of it from now on.
    is_made: bool,
}

impl Updated {
    fn new(folder: &str, state: UpdateState) -> Self {
        Self {
            folder: folder.to_owned(),
            state,
            reasons: Vec::new(),
            taken: Vec::new(),
            conflicts: Vec::new(),
            files: Vec::new(),
            findings: Vec::new(),
            is_made: false,
        }
    }

    fn failed(folder: &str, finding: Finding) -> Self {
        Self {
            findings: vec![finding],
            ..Self::new(folder, UpdateState::Failed)
        }
    }
}

/// Brings an output folder up to date. `progress` is told the number of departments that are done, on the
/// calling thread.
///
/// Returns what came of each department, in the order of their folders, and what is to be said of the
/// whole.
///
/// # Errors
///
/// A finding where the folder cannot be read, or holds nothing that the program made.
pub fn update(
    order: &Update,
    mut progress: impl FnMut(usize, usize),
) -> Result<(Vec<Updated>, Vec<Finding>), Box<Finding>> {
    let folders = department_folders(&order.out).map_err(|error| {
        let message = Message::new(format!("无法读取：{error}"), format!("cannot be read: {error}"));
        Box::new(Finding::new(Code::InputUnreadable, message).in_file(shown(&order.out)))
    })?;
    let wanted = |folder: &String| order.folders.is_empty() || order.folders.contains(folder);
    let folders: Vec<String> = folders.into_iter().filter(wanted).collect();
    if folders.is_empty() {
        let message = Message::new(
            "此文件夹中没有由 `jixiao build` 生成的部门。",
            "the folder holds no department that `jixiao build` made",
        );
        return Err(Box::new(
            Finding::new(Code::BaseMissing, message).in_file(shown(&order.out)),
        ));
    }
    let _lock = if order.is_dry {
        None
    } else {
        Some(Lock::take(&order.out, Hold::Alone)?)
    };
    let presses = Presses::default();
    let seen = Seen::read(&order.out, order.cache.as_deref());
    let mut updated = Vec::with_capacity(folders.len());
    let count = folders.len();
    pool::run(
        &Plan::of(order.jobs),
        folders.into_iter(),
        |_| 0,
        |folder| vec![folder],
        |folder| folder,
        |folder| {
            caught(|| update_one(&folder, order, &presses, &seen))
                .unwrap_or_else(|broken| Updated::failed(&folder, broken_off(broken)))
        },
        |one| {
            updated.push(one);
            progress(updated.len(), count);
            ControlFlow::Continue(())
        },
    );
    if !order.is_dry {
        seen.write();
    }
    let is_made = updated.iter().any(|one| one.is_made);
    let mut findings = Vec::new();
    if !order.is_dry && (is_made || summary::is_missing(&order.out)) {
        match presses.get(order, &Settings::default()) {
            Ok(press) => findings.extend(summary::refresh(&order.out, &*press)),
            Err(finding) => findings.push(*finding),
        }
    }
    Ok((updated, findings))
}

/// The templates and fonts in use, each opened once.
#[derive(Default)]
pub(super) struct Presses(Mutex<BTreeMap<Folders, Opened>>);

/// The folders of templates and of fonts.
type Folders = (Option<PathBuf>, Option<PathBuf>);

type Opened = Result<std::sync::Arc<Press>, Box<Finding>>;

impl Presses {
    fn get(&self, order: &Update, settings: &Settings) -> Opened {
        let templates = order.templates.clone().or_else(|| settings.templates.clone());
        let fonts = order.fonts.clone().or_else(|| settings.fonts.clone());
        let mut known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known
            .entry((templates, fonts))
            .or_insert_with_key(|(templates, fonts)| {
                Press::open(templates.as_deref(), fonts.as_deref()).map(std::sync::Arc::new)
            })
            .clone()
    }
}

/// A file of a department as it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    /// There is none.
    Missing,
    /// It is as it was made, of what is to be made now or of something else.
    Made { is_current: bool },
    /// Somebody edited it.
    Edited { bytes: Vec<u8>, content_hash: String },
}

/// What a look at a department's folder shows.
struct Look {
    /// The folder.
    folder: PathBuf,
    header: Header,
    /// The source, if it changed: where it is.
    source: Option<PathBuf>,
    /// Whether the source is nowhere to be found.
    is_source_gone: bool,
    /// The files, by their kinds.
    files: Vec<(Target, Found)>,
    /// Workbooks that somebody saved beside ours, in another format: name, bytes, hash.
    others: Vec<(String, Vec<u8>, String)>,
}

/// Extensions of workbooks that people save ours as.
pub(super) const OTHER_WORKBOOKS: [&str; 4] = ["ods", "xls", "xlsm", "et"];

fn look(name: &str, order: &Update, seen: &Seen) -> Result<Look, Box<Finding>> {
    let folder = order.out.join(name);
    let mut header = Header::read(&folder)?;
    header.name = header.name_in(&folder);
    let known = Known::read(&folder)?;
    let name = &header.name;
    let path = header.source.as_ref().map(|source| source.find(&order.out));
    let is_source_gone = matches!(path, Some(None));
    // A model that is in the folder itself is a side of its own.
    let path = path.flatten().filter(|path| {
        let inside = path.parent().and_then(|parent| parent.canonicalize().ok());
        inside.is_none() || inside != folder.canonicalize().ok()
    });
    let source = path.filter(|path| {
        let hash = seen.hash_of(path).ok();
        hash != header.source.as_ref().map(|source| source.content_hash.clone())
    });
    let mut files = Vec::new();
    let is_wanted = |target: &&Target| header.settings.wants(**target, header.figures.forms);
    for &target in header.settings.targets.iter().filter(is_wanted) {
        let file = target.file_name(name);
        let path = folder.join(&file);
        let is_current = known.stamp(&file) == Some(header.stamp.as_str());
        let found = if matches!(
            target,
            Target::Pdf | Target::Overview | Target::Review | Target::Html
        ) {
            // Nothing is read out of it.
            if path.is_file() {
                Found::Made { is_current }
            } else {
                Found::Missing
            }
        } else {
            match seen.hash_of(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Found::Missing,
                Err(error) => return Err(Box::new(unreadable(&path, &error))),
                Ok(content_hash) => {
                    let taken = match target {
                        Target::Xlsx => &header.taken.workbook,
                        Target::ReviewXlsx => &None,
                        _ => &header.taken.model,
                    };
                    let is_restored =
                        target == Target::Xlsx && header.taken.restored.as_ref() == Some(&content_hash);
                    if !is_restored
                        && (known.is_own(&file, &content_hash) || taken.as_ref() == Some(&content_hash))
                    {
                        Found::Made { is_current }
                    } else {
                        edited(&path)?
                    }
                }
            }
        };
        files.push((target, found));
    }
    let mut others = Vec::new();
    for extension in OTHER_WORKBOOKS {
        let file = format!("{name}.{extension}");
        if let Ok(bytes) = std::fs::read(folder.join(&file)) {
            // There are few of these, and they are small beside what they say.
            let content_hash = base::hash_of(&bytes);
            if header.taken.others.get(&file) != Some(&content_hash) {
                others.push((file, bytes, content_hash));
            }
        }
    }
    Ok(Look {
        folder,
        header,
        source,
        is_source_gone,
        files,
        others,
    })
}

/// A file that somebody edited, with all that is in it.
fn edited(path: &Path) -> Result<Found, Box<Finding>> {
    let bytes = std::fs::read(path).map_err(|error| Box::new(unreadable(path, &error)))?;
    let content_hash = base::hash_of(&bytes);
    Ok(Found::Edited { bytes, content_hash })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Finding {
    let message = Message::new(
        format!("无法读取：{error}。文件可能正被其他程序打开。"),
        format!("cannot be read: {error}; it may be open in another program"),
    );
    Finding::new(Code::InputUnreadable, message).in_file(shown(path))
}

impl Look {
    fn reasons(&self, fingerprint: &str) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if self.source.is_some() {
            reasons.push(Reason::Source);
        }
        for (target, found) in &self.files {
            reasons.push(match (target, found) {
                (Target::Xlsx, Found::Edited { .. }) => Reason::Workbook,
                (Target::ReviewXlsx, Found::Edited { .. }) => Reason::Answers,
                (_, Found::Edited { .. }) => Reason::Model,
                (_, Found::Missing | Found::Made { is_current: false }) => Reason::Missing,
                (_, Found::Made { is_current: true }) => continue,
            });
        }
        if !self.others.is_empty() {
            reasons.push(Reason::Workbook);
        }
        if self.header.press != fingerprint {
            reasons.push(Reason::Press);
        }
        reasons.sort();
        reasons.dedup();
        reasons
    }
}

fn update_one(name: &str, order: &Update, presses: &Presses, seen: &Seen) -> Updated {
    let look = match look(name, order, seen) {
        Ok(look) => look,
        Err(finding) => return Updated::failed(name, *finding),
    };
    let press = match presses.get(order, &look.header.settings) {
        Ok(press) => press,
        Err(finding) => return Updated::failed(name, *finding),
    };
    let reasons = look.reasons(press.fingerprint());
    if reasons.is_empty() && order.mending.is_none() {
        return Updated::new(name, UpdateState::Current);
    }
    let mut updated = Updated::new(name, UpdateState::Updated);
    updated.reasons = reasons;
    let vocabulary = press.templates.vocabulary();
    let outcome = bring_up_to_date(name, &look, order, &*press, vocabulary, &mut updated);
    if let Err(finding) = outcome {
        updated.findings.push(*finding);
        updated.state = UpdateState::Failed;
        updated.files.clear();
    }
    updated
}

fn bring_up_to_date(
    name: &str,
    look: &Look,
    order: &Update,
    maker: &impl Maker,
    vocabulary: &Vocabulary,
    updated: &mut Updated,
) -> Result<(), Box<Finding>> {
    let is_open = || {
        let file = |target: Target| look.folder.join(target.file_name(&look.header.name));
        opened_elsewhere(&file(Target::Xlsx))
            .or_else(|| opened_elsewhere(&file(Target::ReviewXlsx)))
            .map_or(Ok(()), |finding| Err(Box::new(finding)))
    };
    if !updated.reasons.is_empty() {
        is_open()?;
    }
    let mut base = Base::read(&look.folder)?;
    base.header.name.clone_from(&look.header.name);
    let mut read = read_sides(look, &base, maker, &mut updated.findings)?;
    let choices = Choices {
        everything: order.prefer,
        fields: order.choices.get(name).cloned().unwrap_or_default(),
    };
    let merged = sides::merge_all(&base.model, std::mem::take(&mut read.edits), &choices);
    updated.taken = merged.taken;
    updated.conflicts = merged.conflicts;
    if !updated.conflicts.is_empty() {
        updated.state = UpdateState::Conflicting;
        let said = updated
            .conflicts
            .iter()
            .map(|conflict| disagreement(name, conflict));
        updated.findings.extend(said);
        return Ok(());
    }
    let mut department = merged.department;
    if let Some(mending) = &order.mending
        && let answers = Answers::read(&look.folder, &look.header.name, maker)
        && let Some(mended) = mending.mend_but(&department, vocabulary, &answers)
    {
        is_open()?;
        // The fixes are of what all sides together say, so that they cannot disagree with any of them.
        let reviewed = sides::merge_review(&department, &mended);
        updated.taken.extend(reviewed.taken);
        department = reviewed.department;
        updated.reasons.push(Reason::Review);
    }
    if updated.reasons.is_empty() {
        updated.state = UpdateState::Current;
        return Ok(());
    }
    let is_changed = department.without_origins() != base.model.without_origins();
    take(&mut base, department, &read, look, is_changed, &updated.taken);
    if let Some(templates) = &order.templates {
        base.header.settings.templates = Some(templates.clone());
    }
    if let Some(fonts) = &order.fonts {
        base.header.settings.fonts = Some(fonts.clone());
    }
    maker.fingerprint().clone_into(&mut base.header.press);
    let answers = review_anew(&mut base, &look.folder, maker);
    base.header.figures = Figures::of(&base.model, &base.header.settings.only, &base.findings);
    base.settle();
    let is_same = base.header.stamp == look.header.stamp;
    let targets: Vec<Target> = look
        .files
        .iter()
        .filter(|(target, found)| {
            let is_sheet = *target == Target::ReviewXlsx && matches!(found, Found::Edited { .. });
            !is_same || is_sheet || matches!(found, Found::Missing | Found::Made { is_current: false })
        })
        .map(|(target, _)| *target)
        .collect();
    if order.is_dry {
        updated.files = targets
            .iter()
            .map(|target| (*target, FileState::Written))
            .collect();
        return Ok(());
    }
    if read.has_unplaced {
        let workbook = look.folder.join(Target::Xlsx.file_name(&look.header.name));
        let kept = kept::keep(&look.folder, &workbook, true)
            .map_err(|error| Box::new(unwritable(&look.folder.join(kept::KEPT), &error)))?;
        for finding in &mut updated.findings {
            if finding.code == Code::TextUnplaced {
                finding.help = Message::new(
                    format!("请移到所属的栏目；保存时的工作簿留存在 {}。", shown(&kept)),
                    format!(
                        "Move it where it belongs; the workbook as it was saved stays in {}.",
                        shown(&kept)
                    ),
                );
            }
        }
    }
    if targets.is_empty() {
        return base.write(&look.folder);
    }
    let settings = Settings {
        targets,
        ..base.header.settings.clone()
    };
    let making = make::Order {
        department: &base.model,
        findings: &base.findings,
        answers: &answers.all,
        settings: &settings,
        out: &order.out,
        folder: name,
        name: &look.header.name,
    };
    let taken = &base.header.taken;
    let names = [(Target::Xlsx, &taken.workbook), (Target::Json, &taken.model)];
    let own_workbook = Target::Xlsx.file_name(&look.header.name);
    let permit = Permit {
        stamp: &base.header.stamp,
        taken: names
            .into_iter()
            .filter_map(|(target, content_hash)| {
                Some((target.file_name(&look.header.name), content_hash.clone()?))
            })
            .chain(answers.sheet)
            .collect(),
        keeps: Some(&own_workbook),
        is_alone: true,
        ..Permit::default()
    };
    let made = make_files(&making, maker, permit, || base.write(&look.folder));
    updated.files = made.files;
    updated.findings.extend(made.found);
    updated.findings.extend(made.said);
    updated.is_made = true;
    Ok(())
}

/// Reviews the model of a base, in place of what the review found in it before, and reads what was answered.
fn review_anew(base: &mut Base, folder: &Path, maker: &impl Maker) -> Answers {
    base.findings.retain(|finding| !is_of_review(finding));
    let found = review(&base.model, &base.header.settings, maker);
    let found = found.unwrap_or_else(|broken| vec![broken_off(broken)]);
    let shown = base.header.source.as_ref().map(|source| source.shown.as_str());
    base.findings.extend(found.into_iter().map(|finding| match shown {
        Some(shown) => in_source(finding, shown),
        None => finding,
    }));
    let answers = Answers::read(folder, &base.header.name, maker);
    answers.accept(&mut base.findings, &base.model);
    base.header.answers = answers.fingerprint();
    answers
}

/// A conflict as it is told: what each side says and where, and what the base says.
fn disagreement(name: &str, conflict: &Conflict) -> Finding {
    let text = |text: &Option<String>, language| match (text, language) {
        (Some(text), Language::Zh) => format!("“{text}”"),
        (Some(text), Language::En) => format!("{text:?}"),
        (None, Language::Zh) => "空白".to_owned(),
        (None, Language::En) => "nothing".to_owned(),
    };
    let said = |language| {
        let stakes = conflict.stakes.iter().map(|stake| {
            let place = stake.place.as_ref().map(|place| place.in_language(language));
            let who = side_words(stake.side, language);
            match (language, place) {
                (Language::Zh, Some(place)) => format!("{who}（{place}）为{}", text(&stake.value, language)),
                (Language::Zh, None) => format!("{who}为{}", text(&stake.value, language)),
                (Language::En, Some(place)) => {
                    format!("{who} ({place}) says {}", text(&stake.value, language))
                }
                (Language::En, None) => format!("{who} says {}", text(&stake.value, language)),
            }
        });
        stakes.collect::<Vec<_>>()
    };
    let base = |language| text(&conflict.base, language);
    let message = match conflict.kind {
        ConflictKind::Order => Message::new(
            format!(
                "同一组内容的次序改得不同：{}；原为{}。",
                said(Language::Zh).join("，"),
                base(Language::Zh)
            ),
            format!(
                "put in different orders: {}; it was {}",
                said(Language::En).join(", "),
                base(Language::En)
            ),
        ),
        ConflictKind::Deleted => Message::new(
            format!(
                "一方删除而另一方修改：{}；原为{}。",
                said(Language::Zh).join("，"),
                base(Language::Zh)
            ),
            format!(
                "deleted on one side, edited on another: {}; it was {}",
                said(Language::En).join(", "),
                base(Language::En)
            ),
        ),
        ConflictKind::Value => Message::new(
            format!(
                "改动不一致：{}；原为{}。",
                said(Language::Zh).join("，"),
                base(Language::Zh)
            ),
            format!(
                "changed differently: {}; it was {}",
                said(Language::En).join(", "),
                base(Language::En)
            ),
        ),
    };
    let mut finding = Finding::new(Code::EditConflict, message)
        .in_file(name)
        .on_field(conflict.path.clone());
    finding.form = conflict.form.as_ref().map(|form| form.number);
    finding
}

/// What a side is called.
#[must_use]
pub fn side_words(side: Side, language: Language) -> &'static str {
    match (side, language) {
        (Side::Source, Language::Zh) => "文稿",
        (Side::Source, Language::En) => "the source text",
        (Side::Workbook, Language::Zh) => "工作簿",
        (Side::Workbook, Language::En) => "the workbook",
        (Side::Model, _) => "model.json",
        (Side::Earlier, Language::Zh) => "此前并入的修改",
        (Side::Earlier, Language::En) => "an earlier edit",
        (Side::Review, Language::Zh) => "自动改正",
        (Side::Review, Language::En) => "the review",
    }
}

/// Takes what was merged into the base.
fn take(
    base: &mut Base,
    merged: Department,
    read: &ReadSides,
    look: &Look,
    is_changed: bool,
    taken: &[Taken],
) {
    let before = std::mem::replace(&mut base.model, merged);
    if let Some((department, findings, source)) = &read.source {
        base.source = Some(department.clone());
        base.findings.clone_from(findings);
        base.header.source = Some(source.clone());
    } else if base.source.is_none() && is_changed {
        base.source = Some(before.clone());
    }
    if base
        .source
        .as_ref()
        .is_some_and(|source| source.without_origins() == base.model.without_origins())
    {
        base.source = None;
    }
    base.header.has_edits = base.source.is_some();
    if is_changed {
        // What was found about a text that somebody put right is no longer true.
        let is_edited = |finding: &Finding| {
            finding.field.as_deref().is_some_and(|field| {
                let form = finding.form;
                taken.iter().any(|taken| {
                    let same_form = taken.change.form.as_ref().map(|form| form.number) == form;
                    same_form && taken.change.path.ends_with(field)
                })
            })
        };
        if read.source.is_none() {
            base.findings.retain(|finding| !is_edited(finding));
        }
        base.previous = Some((look.header.stamp.clone(), before));
    }
    for (target, found) in &look.files {
        if *target == Target::ReviewXlsx {
            continue;
        }
        if let Found::Edited { content_hash, .. } = found {
            let slot = match target {
                Target::Xlsx => &mut base.header.taken.workbook,
                _ => &mut base.header.taken.model,
            };
            *slot = Some(content_hash.clone());
        }
    }
    base.header.taken.restored = None;
    for (file, _, content_hash) in &look.others {
        base.header
            .taken
            .others
            .insert(file.clone(), content_hash.clone());
    }
}
