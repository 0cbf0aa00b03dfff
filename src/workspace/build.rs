//! The batch: from input files to a folder per department.
//!
//! What a department's files are made from is noted beside them, so that a department that stands as it
//! would be made costs next to nothing, and a batch that was stopped goes on where it was.
//!
//! Architecture invariant: one bad input spoils only its own department, and what is made and said
//! does not depend on the number of threads, nor on how often the batch was stopped.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::answers::{Answers, is_of_review, review};
use super::base::{self, Base, Figures, Settings, Taken};
use super::before::{Before, Standing, standing_files};
use super::guard::{Guard, Limits};
use super::input::{Input, Inputs};
use super::lines::Lines;
use super::lock::{Hold, Lock};
use super::make::{self, MadeFiles, make_files};
use super::name::{Folders, Given, Wanted};
use super::pool::{self, Plan};
use super::press::{Maker, Target};
use super::reading::{Held, Reader, Reading, Source, in_source, is_usable};
use super::seen::Seen;
use super::store::{FileState, Permit, claim, edited, prepare, prepare_out, sweep};
use super::summary;
use crate::finding::{Code, Finding, Message, Severity};
use crate::limit::caught;
use crate::model::Department;

/// A part of a list of inputs: every so many-th one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 0.
    pub index: usize,
    /// How many parts there are, at least 1.
    pub count: usize,
}

impl Shard {
    /// Whether the input at this place in the list, from 0, belongs to the part.
    #[must_use]
    pub fn has(self, place: usize) -> bool {
        place % self.count.max(1) == self.index
    }

    /// The inputs of the part. The parts of a list differ by one input at most, and are the same each time.
    #[must_use]
    pub fn of<T>(self, all: Vec<T>) -> Vec<T> {
        let all = all.into_iter().enumerate();
        all.filter(|(place, _)| self.has(*place))
            .map(|(_, one)| one)
            .collect()
    }
}

/// What is to be made, and where.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The output folder.
    pub out: PathBuf,
    /// How the files are made. Where only some forms are wanted, the folder is named after them too, so
    /// that a part never takes the place of the whole.
    pub settings: Settings,
    /// What the inputs are.
    pub reading: Reading,
    /// The number of threads; 0 is 1.
    pub jobs: usize,
    /// The part of the inputs that is to be made; all without one.
    pub shard: Option<Shard>,
    /// Whether other runs write to the same folder. Then each department's folder is claimed before it is
    /// made, and there is no summary until [`super::merge_manifests()`] makes it.
    pub is_shared: bool,
    /// What a department may take.
    pub limits: Limits,
    /// The folder where it is kept which files were seen, if anywhere.
    pub cache: Option<PathBuf>,
    /// Set from outside when no more departments are to be begun.
    pub halt: Arc<AtomicBool>,
}

/// What was made for one department.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The input it came from, as it is shown.
    pub source: String,
    /// The department's name.
    pub department: Option<String>,
    /// Its year.
    pub year: Option<i32>,
    /// The name of its folder; `None` where there was nothing to make.
    pub folder: Option<String>,
    /// The number of its forms.
    pub forms: usize,
    /// The number of its indicators.
    pub indicators: usize,
    /// The files asked for, with what became of them.
    pub files: Vec<(Target, FileState)>,
    /// The number of findings of each severity, indexed by [`severity_index`], those of the review not among them.
    pub counts: [usize; 4],
    /// The number of findings of the review of each severity, those that somebody accepted not among them.
    pub review: [usize; 4],
    /// The number of findings that somebody accepted.
    pub accepted: usize,
    /// Whether it is the last one of its source.
    pub is_last: bool,
}

impl Made {
    /// Whether anything of it could not be made.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        let failed =
            |(_, state): &(Target, FileState)| matches!(state, FileState::Failed | FileState::LeftAlone);
        self.folder.is_none() || self.files.iter().any(failed)
    }

    /// Counts what was found.
    fn counting(mut self, findings: &[Finding]) -> Self {
        let (of_review, others): (Vec<&Finding>, Vec<&Finding>) =
            findings.iter().partition(|finding| is_of_review(finding));
        self.counts = count(others);
        self.review = count(of_review);
        self.accepted = findings
            .iter()
            .filter(|finding| finding.accepted.is_some())
            .count();
        self
    }
}

/// How a batch ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// What was found about the batch as a whole.
    pub findings: Vec<Finding>,
    /// Whether it was stopped before its end; then there is no summary yet.
    pub is_halted: bool,
}

/// The place of a severity in [`Made::counts`], the gravest last.
#[must_use]
pub fn severity_index(severity: Severity) -> usize {
    match severity {
        Severity::Note => 0,
        Severity::SourceIncomplete => 1,
        Severity::Warning => 2,
        Severity::Error => 3,
    }
}

/// Counts findings by severity, indexed by [`severity_index`]. What somebody accepted counts for nothing.
#[must_use]
pub fn count<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> [usize; 4] {
    let mut counts = [0; 4];
    for finding in findings.into_iter().filter(|finding| finding.accepted.is_none()) {
        counts[severity_index(finding.severity)] += 1;
    }
    counts
}

/// A department on its way: to be made, or standing already.
enum Work {
    Fresh(Box<Held<Department>>),
    /// It stands in its folder as it would be made.
    Standing {
        source: Input,
        standing: Box<Standing>,
        is_last: bool,
    },
}

/// A department with its folder.
enum Placed {
    Fresh {
        held: Box<Held<Department>>,
        given: Option<Given>,
    },
    Standing {
        source: Input,
        standing: Box<Standing>,
        is_last: bool,
        given: Given,
    },
}

/// Makes the files of all departments in `inputs` that are not there as they should be.
///
/// `receive` is told what was made and what was found, in the order of the inputs, on the calling thread;
/// where it breaks off, no more departments are begun.
///
/// # Errors
///
/// The output folder cannot be written, or another run writes to it; then nothing was made.
pub fn build(
    inputs: Inputs,
    order: &Order,
    maker: &impl Maker,
    mut receive: impl FnMut(Made, Vec<Finding>) -> ControlFlow<()>,
) -> Result<Ended, Box<Finding>> {
    if inputs.files.is_empty() {
        return Ok(Ended::default());
    }
    prepare_out(&order.out)?;
    let hold = if order.is_shared {
        Hold::Shared
    } else {
        Hold::Alone
    };
    let _lock = Lock::take(&order.out, hold)?;
    sweep(&order.out, !order.is_shared);
    let guard = Guard::new(order.limits);
    let is_halted = || order.halt.load(Ordering::Relaxed);
    let tick = || guard.look();
    let plan = Plan {
        jobs: order.jobs,
        most_weight: order.limits.memory,
        is_halted: &is_halted,
        tick: &tick,
    };
    let batch = Batch {
        order,
        maker,
        guard: &guard,
        seen: Seen::read(&order.out, order.cache.as_deref()),
        before: Before::look(&order.out),
        part: order.settings.part(),
    };
    let mut folders = Folders::default();
    let mut common = Vec::new();
    let mut is_broken_off = false;
    let shard = order.shard.unwrap_or(Shard { index: 0, count: 1 });
    let sources: Box<dyn Iterator<Item = Source> + Send> = match order.reading {
        Reading::Lines => Box::new(Lines::of(inputs.files)),
        Reading::Texts | Reading::Models | Reading::Either => {
            Box::new(inputs.files.into_iter().map(Source::File))
        }
    };
    let sources = sources.enumerate().filter(|(place, _)| shard.has(*place));
    pool::run(
        &plan,
        sources.map(|(_, source)| source),
        Source::weight,
        |source| batch.read(source),
        |work| batch.place(work, &mut folders),
        |placed| batch.make(placed),
        |(made, mut findings)| {
            // A broken template or font says the same for each department; once is enough.
            findings.retain(|finding| {
                let is_common = matches!(finding.code, Code::TemplateBroken | Code::FontBroken);
                let is_new = !is_common || !common.contains(finding);
                if is_common && is_new {
                    common.push(finding.clone());
                }
                is_new
            });
            let flow = receive(made, findings);
            is_broken_off |= flow.is_break();
            flow
        },
    );
    batch.seen.write();
    let is_halted = is_broken_off || is_halted();
    let findings = if is_halted || order.is_shared {
        Vec::new()
    } else {
        summary::refresh(&order.out, maker)
    };
    Ok(Ended { findings, is_halted })
}

/// What the steps of a batch share.
struct Batch<'a, M> {
    order: &'a Order,
    maker: &'a M,
    guard: &'a Guard,
    seen: Seen,
    before: Before,
    /// The numbers of the forms that are made, for the names of folders; empty for all.
    part: String,
}

impl<M: Maker> Batch<'_, M> {
    fn read(&self, source: Source) -> Vec<Work> {
        if let Source::File(input) = &source
            && let Some(standing) =
                self.before
                    .standing(input, self.order, self.maker.fingerprint(), &self.seen)
        {
            let count = standing.len();
            let standing = standing.into_iter().enumerate();
            return standing
                .map(|(index, standing)| Work::Standing {
                    source: input.clone(),
                    standing: Box::new(standing),
                    is_last: index + 1 == count,
                })
                .collect();
        }
        self.read_anew(source)
            .into_iter()
            .map(|held| Work::Fresh(Box::new(held)))
            .collect()
    }

    fn read_anew(&self, source: Source) -> Vec<Held<Department>> {
        let reader = Reader {
            maker: self.maker,
            reading: self.order.reading,
            guard: self.guard,
        };
        reader.read(source)
    }

    /// Gives a department its folder; in the order of the sources.
    fn place(&self, work: Work, folders: &mut Folders) -> Placed {
        match work {
            Work::Fresh(mut held) => {
                let given = self.given(&mut held, folders);
                Placed::Fresh { held, given }
            }
            Work::Standing {
                source,
                standing,
                is_last,
            } => {
                let figures = &standing.header.figures;
                let given = folders.give(Wanted {
                    department: figures.department.as_deref(),
                    year: figures.year,
                    kind: self.maker.kind(),
                    part: &self.part,
                    source: &source.shown(),
                });
                Placed::Standing {
                    source,
                    standing,
                    is_last,
                    given,
                }
            }
        }
    }

    /// The folder of a department, if it has anything to be made.
    fn given(&self, held: &mut Held<Department>, folders: &mut Folders) -> Option<Given> {
        let only = &self.order.settings.only;
        let department = held.department.as_ref()?;
        if !is_usable(department) {
            let is_said = held
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error);
            if !is_said {
                let message = Message::new("没有可生成的内容。", "there is nothing to make a document of");
                let finding = Finding::new(Code::NoForm, message);
                held.findings.push(in_source(finding, &held.source));
            }
            return None;
        }
        let numbers = || department.projects.iter().map(|project| project.number);
        if !only.is_empty() && !numbers().any(|number| only.contains(&number)) {
            let numbers = only.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            let message = Message::new(
                format!("没有编号为 {numbers} 的绩效目标表。"),
                format!("there is no form with the number {numbers}"),
            );
            let advice = Message::new("请核对表号。", "Check the numbers of the forms.");
            let finding = Finding::new(Code::NoForm, message).with_help(advice);
            held.findings.push(in_source(finding, &held.source));
            return None;
        }
        Some(folders.give(self.wanted(department, &held.source)))
    }

    fn wanted<'a>(&'a self, department: &'a Department, source: &'a str) -> Wanted<'a> {
        Wanted {
            department: department.department.as_deref(),
            year: department.year,
            kind: self.maker.kind(),
            part: &self.part,
            source,
        }
    }

    fn make(&self, placed: Placed) -> (Made, Vec<Finding>) {
        match placed {
            Placed::Fresh { held, given } => self.make_fresh(&held, given),
            Placed::Standing {
                source,
                standing,
                is_last,
                given,
            } => {
                let shown = source.shown();
                let figures = &standing.header.figures;
                let twice = twice(&given, figures.department.as_deref(), figures.year, &shown);
                let mut said = standing.findings.iter();
                let said = said.find(|finding| finding.code == Code::DepartmentTwice);
                // In a shared folder it was claimed under the name that was free.
                if self.order.is_shared || (given.name == standing.folder && twice.as_ref() == said) {
                    return self.standing(*standing, shown, is_last);
                }
                // Another source has come before it, or is gone: its name changes.
                let index = standing.header.source.as_ref().map_or(0, |source| source.index);
                let mut read = self.read_anew(Source::File(source));
                let mut held = read.swap_remove(index.min(read.len() - 1));
                held.is_last = is_last;
                let given = held.department.as_ref().map(|_| given);
                self.make_fresh(&held, given)
            }
        }
    }

    /// What is told of a department that stands as it would be made: what was told when it was.
    fn standing(&self, standing: Standing, source: String, is_last: bool) -> (Made, Vec<Finding>) {
        let mut findings = standing.findings;
        let found = standing.found.into_iter();
        findings.extend(found.map(|finding| in_source(finding, &source)));
        let figures = standing.header.figures;
        let wanted = |target: &Target| self.order.settings.wants(*target, figures.forms);
        let targets = Target::ALL.into_iter().filter(wanted);
        let made = Made {
            source,
            department: figures.department,
            year: figures.year,
            folder: Some(standing.folder),
            forms: figures.forms,
            indicators: figures.indicators,
            files: targets.map(|target| (target, FileState::Unchanged)).collect(),
            is_last,
            ..Made::default()
        };
        (made.counting(&findings), findings)
    }

    fn make_fresh(&self, held: &Held<Department>, given: Option<Given>) -> (Made, Vec<Finding>) {
        let only = &self.order.settings.only;
        let mut made = Made {
            source: held.source.clone(),
            is_last: held.is_last,
            ..Made::default()
        };
        let mut findings = held.findings.clone();
        if let Some(department) = &held.department {
            made.department.clone_from(&department.department);
            made.year = department.year;
            let wanted = |number| only.is_empty() || only.contains(&number);
            for project in department
                .projects
                .iter()
                .filter(|project| wanted(project.number))
            {
                made.forms += 1;
                made.indicators += project.indicators.len();
            }
            if let Some(given) = given {
                let weight = held.origin.as_ref().map_or(0, |origin| {
                    let path = origin.path.clone();
                    let input = Input {
                        path,
                        is_standard: false,
                    };
                    input.weight()
                });
                let work = || self.make_department(department, held, given);
                match caught(|| self.guard.within(weight, work)) {
                    Ok((folder, found, files)) => {
                        findings = found;
                        made.folder = Some(folder);
                        made.files = files.files;
                        let limit = files.limit.map(|reached| self.guard.finding(reached));
                        let said = files.found.into_iter().chain(files.said).chain(limit);
                        findings.extend(said.map(|finding| in_source(finding, &held.source)));
                    }
                    Err(broken) => findings.push(in_source(self.guard.broken_off(&broken), &held.source)),
                }
            }
        }
        (made.counting(&findings), findings)
    }

    /// What the review finds in a department, of the forms that are made.
    fn review(&self, department: &Department, source: &str) -> Vec<Finding> {
        let found = review(department, &self.order.settings, self.maker)
            .unwrap_or_else(|broken| vec![self.guard.broken_off(&broken)]);
        found
            .into_iter()
            .map(|finding| in_source(finding, source))
            .collect()
    }

    /// Reviews a department, writes its base and makes its files: the name of its folder, what was found in its
    /// source, with the finding about one that has that name too, and the files.
    fn make_department(
        &self,
        department: &Department,
        held: &Held<Department>,
        mut given: Given,
    ) -> (String, Vec<Finding>, MadeFiles) {
        let order = self.order;
        let review = self.review(department, &held.source);
        let mut names = given_names(&given, self.wanted(department, &held.source));
        loop {
            let twice = twice(
                &given,
                department.department.as_deref(),
                department.year,
                &held.source,
            );
            let folder = order.out.join(&given.name);
            let known = base::Header::read(&folder).ok();
            let answers = Answers::read(&folder, &given.name, self.maker);
            let own = held.findings.iter().chain(&review).chain(&twice);
            let mut findings: Vec<Finding> = own.cloned().collect();
            answers.accept(&mut findings, department);
            let base = self.base(
                department,
                held,
                (&findings, &answers),
                &given.name,
                known.as_ref(),
            );
            let is_own = |known: &base::Header| is_same_place(known, &base.header);
            let is_claimed = order.is_shared && !known.as_ref().is_some_and(is_own);
            if is_claimed {
                match claim(&folder, |folder| base.write(folder)) {
                    Ok(true) => {}
                    Ok(false) => {
                        // Another run was here first, with a department of the same name; or with this
                        // very one, where a task is tried again while it still runs.
                        let first = base::Header::read(&folder).ok();
                        if !first.as_ref().is_some_and(is_own) {
                            let first = first.and_then(|first| first.source);
                            given = Given {
                                name: names.next().unwrap_or_default(),
                                first: Some(first.map(|source| source.shown).unwrap_or_default()),
                            };
                        }
                        continue;
                    }
                    Err(finding) => return (given.name, findings, self.unmade(department, *finding)),
                }
            }
            let files = self.make_files(department, held, (&findings, &answers), &given.name, base, known);
            let is_nothing = files.files.iter().all(|(_, state)| *state == FileState::Failed);
            if is_claimed && is_nothing {
                // The claim is given up, so that nothing is left of what could not be made.
                let _ = std::fs::remove_file(folder.join(base::BASE));
                let _ = std::fs::remove_dir(&folder);
            }
            return (given.name, findings, files);
        }
    }

    /// The base of a department in a folder of this name.
    fn base(
        &self,
        department: &Department,
        held: &Held<Department>,
        (findings, answers): (&[Finding], &Answers),
        name: &str,
        known: Option<&base::Header>,
    ) -> Base {
        let order = self.order;
        let mut base = Base {
            model: department.clone(),
            findings: findings.to_vec(),
            ..Base::default()
        };
        name.clone_into(&mut base.header.name);
        base.header.settings = order.settings.clone();
        self.maker.fingerprint().clone_into(&mut base.header.press);
        base.header.figures = Figures::of(department, &order.settings.only, findings);
        let is_model = order.reading == Reading::Models;
        base.header.source = held.origin.as_ref().map(|origin| base::Source {
            shown: held.source.clone(),
            content_hash: origin.content_hash.clone(),
            index: origin.index,
            count: origin.count,
            ..base::Source::at(&origin.path, &order.out, is_model)
        });
        base.header.taken = Taken::default();
        base.header.answers = answers.fingerprint();
        base.settle();
        if let Some(known) = known.filter(|known| is_same(known, &base.header)) {
            // What was made of the same document before is kept up to date too.
            let targets = &mut base.header.settings.targets;
            targets.extend(&known.settings.targets);
            targets.sort();
            targets.dedup();
            base.header.taken = known.taken.clone();
        }
        base
    }

    /// What is said of a department whose folder cannot be made.
    fn unmade(&self, department: &Department, finding: Finding) -> MadeFiles {
        let targets = self.order.settings.targets.iter().copied();
        let targets = targets.filter(|target| self.order.settings.wants(*target, department.projects.len()));
        MadeFiles {
            files: targets.map(|target| (target, FileState::Failed)).collect(),
            said: vec![finding],
            ..MadeFiles::default()
        }
    }

    fn make_files(
        &self,
        department: &Department,
        held: &Held<Department>,
        (findings, answers): (&[Finding], &Answers),
        name: &str,
        mut base: Base,
        known: Option<base::Header>,
    ) -> MadeFiles {
        let order = self.order;
        let folder = order.out.join(name);
        let targets = || {
            let forms = department.projects.len();
            let targets = order.settings.targets.iter().copied();
            targets.filter(move |target| order.settings.wants(*target, forms))
        };
        if known.as_ref().is_some_and(|header| header.has_edits) {
            let advice = Message::new(
                "该部门已并入人工修改；请用 `jixiao update` 更新，或另选输出文件夹。",
                "Edits were merged into this department: use `jixiao update`, or choose another output folder.",
            );
            return MadeFiles {
                files: targets().map(|target| (target, FileState::LeftAlone)).collect(),
                said: vec![edited(&folder).with_help(advice)],
                ..MadeFiles::default()
            };
        }
        let same = known.as_ref().filter(|known| is_same(known, &base.header));
        let is_known = same.is_some_and(|known| known.settings.targets == base.header.settings.targets);
        if is_known && let Some(found) = standing_files(&folder, &base.header, targets(), &self.seen) {
            return MadeFiles {
                files: targets().map(|target| (target, FileState::Unchanged)).collect(),
                found,
                ..MadeFiles::default()
            };
        }
        let making = make::Order {
            department,
            findings,
            answers: &answers.all,
            settings: &order.settings,
            out: &order.out,
            folder: name,
            name,
        };
        let spare = held
            .origin
            .as_ref()
            .and_then(|origin| origin.path.canonicalize().ok());
        let stamp = base.header.stamp.clone();
        let permit = Permit {
            spare: spare.as_deref(),
            stamp: &stamp,
            taken: answers.sheet.iter().cloned().collect(),
            seen: Some(&self.seen),
            is_alone: !order.is_shared,
            ..Permit::default()
        };
        make_files(&making, self.maker, permit, || {
            if is_known {
                return Ok(());
            }
            let is_other = |known: &base::Header| known.stamp != base.header.stamp;
            if known.is_some_and(|known| is_other(&known) && is_same_place(&known, &base.header))
                && let Ok(before) = Base::read(&folder)
            {
                base.previous = Some((before.header.stamp, before.model));
            }
            if claim(&folder, |folder| base.write(folder))? {
                return Ok(());
            }
            prepare(&folder, !order.is_shared).and_then(|()| base.write(&folder))
        })
    }
}

/// Whether two headers say that the same is made of the same source.
fn is_same(known: &base::Header, header: &base::Header) -> bool {
    known.stamp == header.stamp && known.source == header.source
}

/// Whether two departments were read in the same place. Where that is not known, a name stands for it.
fn is_same_place(known: &base::Header, header: &base::Header) -> bool {
    match (&known.source, &header.source) {
        (Some(known), Some(own)) => known.path == own.path && known.index == own.index,
        (known, own) => known.is_none() && own.is_none(),
    }
}

/// The further names for a department whose folder is taken by another run.
fn given_names<'a>(given: &Given, wanted: Wanted<'a>) -> impl Iterator<Item = String> + use<'a> {
    let own = given.name.clone();
    Folders::names(wanted).filter(move |name| *name != own)
}

/// The finding about a department that an earlier source holds too.
pub(super) fn twice(
    given: &Given,
    department: Option<&str>,
    year: Option<i32>,
    source: &str,
) -> Option<Finding> {
    let first = given.first.as_deref()?;
    let name = department.unwrap_or_default();
    let year = year.map(|year| year.to_string()).unwrap_or_default();
    let folder = &given.name;
    let message = Message::new(
        format!("“{name}”{year}年度在 {first} 和 {source} 中都有；后者生成到“{folder}”。"),
        format!("{name} {year} is in {first} and in {source}; the latter goes to {folder}"),
    );
    Some(in_source(Finding::new(Code::DepartmentTwice, message), source))
}
