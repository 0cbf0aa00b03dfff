//! The table: each kind of edit, the program that makes it, and what is to come of it.

use jixiao::model::{Department, Indicator, Project};

use super::Program::{self, LibreOffice, Openpyxl};

/// An edit of a workbook.
pub struct Edit {
    /// The workbook that it is made in, with those before and after it of the same name.
    pub book: &'static str,
    /// The program.
    pub program: Program,
    /// The formats that the workbook is saved in, each for itself.
    pub formats: &'static [&'static str],
    /// The function in the script of the program.
    pub name: &'static str,
    /// What a person did.
    pub kind: &'static str,
    /// What `update` makes of it, in words.
    pub outcome: &'static str,
    /// What it changes in the model.
    pub change: fn(&mut Department),
    /// What is said about it: code, and cell (with the beginning of the name of its sheet).
    pub said: &'static [(&'static str, &'static str)],
}

const XLSX: &[&str] = &["xlsx"];
const ALL: &[&str] = &["xlsx", "ods", "xls"];

fn none(_: &mut Department) {}

#[allow(clippy::unnecessary_wraps)] // The fields of the model are options.
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The project of this number as it was built.
fn form(department: &mut Department, number: u32) -> &mut Project {
    let mut projects = department.projects.iter_mut();
    projects
        .find(|project| project.number == number)
        .expect("the project is there")
}

fn at(project: &Project, level3: &str) -> usize {
    let is_it = |row: &Indicator| row.level3.as_deref() == Some(level3);
    project
        .indicators
        .iter()
        .position(is_it)
        .expect("the row is there")
}

/// The row of a form by its third level.
fn indicator<'d>(department: &'d mut Department, number: u32, level3: &str) -> &'d mut Indicator {
    let project = form(department, number);
    let at = at(project, level3);
    &mut project.indicators[at]
}

/// A row; an empty text is a blank cell.
fn row(texts: [&str; 6]) -> Indicator {
    let [level1, level2, level3, description, target, basis] =
        texts.map(|text| (!text.is_empty()).then(|| text.to_owned()));
    Indicator {
        level1,
        level2,
        level3,
        description,
        target,
        basis,
        ..Indicator::default()
    }
}

fn remove(department: &mut Department, number: u32, level3: &str) -> Indicator {
    let project = form(department, number);
    let at = at(project, level3);
    project.indicators.remove(at)
}

fn insert(department: &mut Department, number: u32, before: &str, texts: [&str; 6]) {
    let project = form(department, number);
    let at = at(project, before);
    project.indicators.insert(at, row(texts));
}

fn looks_like_formula(department: &mut Department) {
    indicator(department, 2, "防治效果").target = some("-5%");
    indicator(department, 2, "防治效果").basis = some("=A1");
    indicator(department, 2, "种植户满意度").basis = some("@某某");
    indicator(department, 2, "统防面积").level3 = some("+86");
}

fn copied(department: &mut Department) {
    let mut project = form(department, 2).clone();
    project.number = 6;
    project.title = some("农作物病虫害统防二期补助绩效目标表");
    project.code = some("13029925P000731200099");
    project.name = some("农作物病虫害统防二期补助");
    let row = at(&project, "防治效果");
    project.indicators[row].target = some("≥86%");
    department.projects.push(project);
}

fn pasted(department: &mut Department) {
    let mut project = form(department, 2).clone();
    project.number = 6;
    project.title = some("农机报废更新补贴绩效目标表");
    project.code = some("13029925P000731600012");
    project.name = some("农机报废更新补贴");
    department.projects.push(project);
}

fn reordered(department: &mut Department) {
    let moved = department.projects.remove(4);
    department.projects.insert(1, moved);
}

fn blanks_around(department: &mut Department) {
    indicator(department, 1, "维修机井").target = some("≥38眼");
    form(department, 1).budget.fiscal = some("101.00");
}

const PURPOSE: &str = "一是维修机井。\n二是维修泵站；\n三是整修 田间道路。";

/// All edits, those of one workbook behind each other.
pub fn edits() -> Vec<Edit> {
    [fields(), rows(), texts(), sheets(), rarer(), rest(), openpyxl()].concat_all()
}

trait ConcatAll {
    fn concat_all(self) -> Vec<Edit>;
}

impl<const N: usize> ConcatAll for [Vec<Edit>; N] {
    fn concat_all(self) -> Vec<Edit> {
        self.into_iter().flatten().collect()
    }
}

/// Edits of one workbook: function, kind, outcome, change, findings.
type Line = (
    &'static str,
    &'static str,
    &'static str,
    fn(&mut Department),
    &'static [(&'static str, &'static str)],
);

fn book(
    program: Program,
    name: &'static str,
    formats: &'static [&'static str],
    lines: Vec<Line>,
) -> Vec<Edit> {
    let edit = |(function, kind, outcome, change, said): Line| Edit {
        book: name,
        program,
        formats,
        name: function,
        kind,
        outcome,
        change,
        said,
    };
    lines.into_iter().map(edit).collect()
}

#[rustfmt::skip]
fn fields() -> Vec<Edit> {
    let one = book(LibreOffice, "fields", ALL, vec![
        ("amount_number", "an amount typed as a number", "taken, with the decimals that the form shows",
            |d| form(d, 1).budget.total = some("130.50"), &[]),
        ("percent_text", "a percentage typed as text (`35%`)", "taken as typed",
            |d| form(d, 1).spending_plan[1].percent = some("35%"), &[]),
        ("percent_filled", "a percentage typed into a blank cell", "taken",
            |d| form(d, 3).spending_plan[0].percent = some("20%"), &[]),
        ("purpose_lines", "the purpose rewritten over several lines", "taken, line by line",
            |d| form(d, 1).purpose = some(PURPOSE), &[]),
        ("code_with_spaces", "a project code typed with spaces inside", "taken without them",
            |d| form(d, 1).code = some("13029925P000731100022"), &[]),
        ("indicator_cell", "a cell of an indicator edited", "that cell changes",
            |d| indicator(d, 1, "维修机井").description = some("维修后能正常出水的机井眼数"), &[]),
        ("target", "a target changed (`≥95%` to `≥98%`)", "taken, with its meaning",
            |d| indicator(d, 1, "维修合格率").target = some("≥98%"), &[]),
        ("project_name", "a project renamed in its form", "the name changes, the title does not",
            |d| form(d, 2).name = some("农作物病虫害绿色防控补助"), &[]),
        ("unit_line", "the unit above a form changed, code and name", "both taken",
            |d| { form(d, 2).unit_code = some("405003"); form(d, 2).unit_name = some("石桥县植物保护站"); }, &[]),
        ("amount_unit", "the unit of the amounts changed (`单位：元`)", "taken without its label",
            |d| form(d, 2).amount_unit = some("元"), &[]),
        ("amount_thousands", "a number typed where thousands are separated", "taken as the cell shows it",
            |d| form(d, 5).budget.total = some("2,345,678.90"), &[]),
        ("title", "a title changed, its number too", "number and title are taken",
            |d| { form(d, 5).title = some("畜禽养殖场粪污利用补贴绩效目标表"); form(d, 5).number = 6; }, &[]),
    ]);
    let two = book(LibreOffice, "fields again", XLSX, vec![
        ("amount_withheld", "an amount replaced by `涉密`", "taken as text",
            |d| form(d, 1).budget.total = some("涉密"), &[]),
        ("amount_cleared", "an amount cleared", "blank",
            |d| form(d, 1).budget.other = None, &[]),
        ("amount_digits", "an amount typed with more decimals than are shown", "all digits are kept",
            |d| form(d, 1).budget.fiscal = some("100.125"), &[]),
        ("percent_number", "a percentage typed as a number with a % format", "taken as a percentage",
            |d| form(d, 1).spending_plan[1].percent = some("35.5%"), &[]),
        ("indicator_cleared", "a cell of an indicator cleared", "blank, the row stays",
            |d| indicator(d, 1, "维修合格率").basis = None, &[]),
        ("number_as_target", "a number typed as a target", "taken as its digits",
            |d| indicator(d, 1, "维修泵站").target = some("7"), &[]),
        ("looks_like_formula", "texts that look like formulas (`=A1`, `+86`, `-5%`, `@某某`)",
            "texts, before and after", looks_like_formula, &[]),
        ("long_text", "the third part of a text that is longer than a page", "that part of the text changes",
            |d| {
                let purpose = form(d, 3).purpose.as_mut().expect("a purpose");
                *purpose = purpose.replace("第30批在第30周", "第30批提前到第28周");
            }, &[]),
        ("printed_row_filled", "a row filled that the form prints blank", "the row says it, level 1 and 2 stay",
            |d| {
                let rows = &mut form(d, 4).indicators;
                let at = rows.iter().position(|row| row.level2.as_deref() == Some("经济效益指标"));
                rows[at.expect("the row")] =
                    row(["效果指标", "经济效益指标", "带动消费", "游客当地消费额", "≥300万元", "抽样调查"]);
            }, &[]),
    ]);
    let three = book(LibreOffice, "formula", ALL, vec![
        ("amount_formula", "a formula as an amount (`=40+2.5`)", "its result",
            |d| form(d, 1).budget.total = some("42.50"), &[]),
    ]);
    [one, two, three].concat_all()
}

#[rustfmt::skip]
fn rows() -> Vec<Edit> {
    let added = book(LibreOffice, "rows added", ALL, vec![
        ("row_in_the_middle", "a row inserted inside a merged level 1", "added there, of that level 1",
            |d| insert(d, 1, "维修合格率", ["产出指标", "数量指标", "清淤渠道", "全年清淤的渠道长度", "≥12公里", "管护合同"]), &[]),
        ("two_rows_in_the_middle", "two rows inserted, some cells left blank", "both added",
            |d| {
                insert(d, 3, "检测准确率", ["产出指标", "数量指标", "抽检品种", "覆盖的品种数", "≥30个", ""]);
                insert(d, 3, "检测准确率", ["产出指标", "质量指标", "采样合格率", "", "100%", ""]);
            }, &[]),
        ("row_at_the_end", "a row inserted below the last, level 1 left blank", "added, of the level 1 above it",
            |d| form(d, 2).indicators.push(
                row(["满意度指标", "服务对象满意度指标", "投诉办结率", "办结的投诉占比", "100%", "投诉台账"])), &[]),
        ("row_below_the_form", "a row typed right below the form", "added",
            |d| form(d, 4).indicators.push(
                row(["满意度指标", "服务对象满意度指标", "商户满意度", "满意的商户占比", "≥85%", "问卷调查"])), &[]),
        ("row_at_the_top", "a row inserted above a block, with a new level 1", "added, the block keeps its level 1",
            |d| insert(d, 5, "综合利用率", ["成本指标", "经济成本指标", "吨均成本", "每吨粪污的处理费用", "≤30元", "部门预算"]), &[]),
    ]);
    let deleted = book(LibreOffice, "rows deleted", ALL, vec![
        ("row_deleted", "a row deleted inside a block", "it is gone", |d| { remove(d, 1, "报修响应"); }, &[]),
        ("first_row_deleted", "the first row of a merged level 1 deleted", "it is gone, the others keep their level 1",
            |d| { remove(d, 2, "统防面积"); }, &[]),
        ("last_row_deleted", "the last row deleted", "it is gone", |d| { remove(d, 5, "综合利用率"); }, &[]),
        ("block_deleted", "all rows of a level 1 deleted", "they are gone",
            |d| form(d, 4).indicators.retain(|row| row.level1.as_deref() != Some("效果指标")), &[]),
    ]);
    let moved = book(LibreOffice, "rows moved", XLSX, vec![
        ("row_moved", "a row cut and inserted elsewhere", "moved, and known as the same",
            |d| {
                let row = remove(d, 1, "维修泵站");
                let project = form(d, 1);
                let to = at(project, "管护总费用");
                project.indicators.insert(to, row);
            }, &[]),
        ("rows_swapped", "two rows swapped", "swapped",
            |d| form(d, 2).indicators.swap(1, 2), &[]),
        ("row_cleared", "a row cleared, not deleted", "it is gone",
            |d| { remove(d, 3, "检测准确率"); }, &[]),
        ("rows_sorted", "all rows of a form in another order, level 1 unmerged", "in that order",
            |d| form(d, 4).indicators.reverse(), &[]),
        ("row_replaced", "another row typed over one", "that row",
            |d| {
                let there = indicator(d, 5, "场均补贴");
                *there = row(["产出指标", "时效指标", "补贴到账", "补贴到账的时间", "6月底前", "银行回单"]);
            }, &[]),
    ]);
    let level1 = book(LibreOffice, "level 1", XLSX, vec![
        ("level1_in_each_row", "level 1 unmerged and typed in each row", "nothing changes", none, &[]),
        ("level1_split", "a row taken out of a merged level 1, another typed", "that row has another level 1",
            |d| indicator(d, 2, "亩均成本").level1 = some("成本指标"), &[]),
        ("level1", "the text of a level 1 changed", "all its rows have the new one",
            |d| for row in &mut form(d, 4).indicators {
                if row.level1.as_deref() == Some("效果指标") { row.level1 = some("效益指标"); }
            }, &[]),
    ]);
    [added, deleted, moved, level1].concat_all()
}

#[rustfmt::skip]
fn texts() -> Vec<Edit> {
    let edited = book(LibreOffice, "texts edited", ALL, vec![
        ("goal_edited", "a goal edited", "that goal changes, the others keep their printed texts",
            |d| "2.田间道路坑槽三日内修好，农户不绕行。".clone_into(&mut form(d, 1).goals[1]), &[]),
        ("paragraph_edited", "a paragraph of the narrative edited", "that paragraph changes",
            |d| "绩效目标：已建成的农田设施有人管、坏了当天有人修。".clone_into(&mut d.narrative.itemized_targets[1]), &[]),
        ("paragraph_added", "a paragraph inserted", "added to its section",
            |d| d.narrative.overall_target.push("三、减少面源污染。化肥用量下降 2%。".to_owned()), &[]),
        ("paragraph_added_at_the_end", "a paragraph typed below the last", "added to the last section",
            |d| d.narrative.safeguards.push("三、做好自评。次年2月底前完成。".to_owned()), &[]),
        ("compiled_by", "the compiler on the cover changed", "taken without the words around it",
            |d| d.compiled_by = some("石桥县农业农村局办公室"), &[]),
        ("cover_title", "the year in the title of the cover changed", "the year of the document follows",
            |d| { d.cover_title = some("2026年部门预算绩效文本"); d.year = Some(2026); }, &[]),
    ]);
    let added = book(LibreOffice, "texts added", XLSX, vec![
        ("goal_added", "a goal added", "added",
            |d| form(d, 1).goals.push("4.全年无安全事故。".to_owned()), &[]),
        ("paragraph_moved", "a paragraph moved to another section", "it is in that section",
            |d| {
                let moved = d.narrative.overall_target.remove(2);
                d.narrative.safeguards.insert(1, moved);
            }, &[]),
    ]);
    let deleted = book(LibreOffice, "texts deleted", XLSX, vec![
        ("goal_deleted", "a goal deleted", "it is gone", |d| { form(d, 1).goals.remove(1); }, &[]),
        ("paragraph_deleted", "a paragraph deleted", "it is gone",
            |d| { d.narrative.itemized_targets.remove(2); }, &[]),
    ]);
    [edited, added, deleted].concat_all()
}

#[rustfmt::skip]
fn sheets() -> Vec<Edit> {
    let sheets = book(LibreOffice, "sheets", ALL, vec![
        ("sheet_renamed", "a sheet renamed", "nothing changes", none, &[]),
        ("sheets_reordered", "a form's sheet moved", "the forms follow the order of the sheets", reordered, &[]),
        ("sheet_deleted", "a form's sheet deleted", "the form is gone",
            |d| d.projects.retain(|project| project.number != 4), &[]),
    ]);
    let added = book(LibreOffice, "sheets added", XLSX, vec![
        ("sheet_copied", "a sheet copied and edited into a new form", "a new form, the old one stays",
            |d| {
                copied(d);
                let project = d.projects.last_mut().expect("the copy");
                let row = at(project, "农药减量");
                project.indicators.remove(row);
            }, &[]),
    ]);
    let pasted = book(LibreOffice, "sheets pasted", XLSX, vec![
        ("sheet_pasted", "a form copied onto a new sheet", "a new form", pasted, &[]),
    ]);
    let names = book(LibreOffice, "names lost", XLSX, vec![
        ("names_lost", "the names of cells removed, as simple programs do", "nothing changes", none, &[]),
        ("rows_swapped", "… and two rows swapped", "swapped", |d| form(d, 2).indicators.swap(1, 2), &[]),
        ("sheet_renamed", "… and that sheet renamed", "known by its content", none, &[]),
    ]);
    let lost = book(LibreOffice, "metadata lost", ALL, vec![
        ("metadata_lost", "the hidden sheet and all names removed", "read by its labels", none, &[]),
        ("target", "… and a target changed", "taken",
            |d| indicator(d, 1, "维修合格率").target = some("≥98%"), &[]),
        ("row_in_the_middle", "… and a row inserted", "added",
            |d| insert(d, 1, "维修合格率", ["产出指标", "数量指标", "清淤渠道", "全年清淤的渠道长度", "≥12公里", "管护合同"]), &[]),
        ("paragraph_edited", "… and a paragraph edited", "taken",
            |d| "绩效目标：已建成的农田设施有人管、坏了当天有人修。".clone_into(&mut d.narrative.itemized_targets[1]), &[]),
    ]);
    [sheets, added, pasted, names, lost].concat_all()
}

#[rustfmt::skip]
fn rarer() -> Vec<Edit> {
    let forms = book(LibreOffice, "form changed", XLSX, vec![
        ("label_edited", "a label of a form changed", "named, its field stays", none, &[("text-unplaced", "1.A8")]),
        ("milestone_edited", "a milestone of the plan changed", "named, its percentage stays", none,
            &[("text-unplaced", "2.B6")]),
        ("goals_cleared", "the goals cleared", "there are none", |d| form(d, 2).goals.clear(), &[]),
        ("goals_rewritten", "the goals numbered in another way", "taken",
            |d| form(d, 3).goals = vec!["一、完成抽检任务。".to_owned(), "二、不合格产品处置到位。".to_owned()], &[]),
        ("column_inserted", "a column inserted in a form", "read by its labels, nothing changes", none, &[]),
        ("head_row_deleted", "the row of the amounts deleted", "the amounts are gone, which is said; the purpose stays",
            |d| { let budget = &mut form(d, 5).budget; budget.total = None; budget.fiscal = None; budget.other = None; },
            &[("field-missing", "5.A4")]),
    ]);
    let rows = book(LibreOffice, "rows changed", XLSX, vec![
        ("blank_row_in_the_head", "a blank row inserted in the head of a form", "nothing changes", none, &[]),
        ("level1_merged_over", "one more row taken into a merged level 1, its own text kept below", "it has that level 1; the text below is named",
            |d| indicator(d, 1, "农户满意度").level1 = some("效益指标"), &[("text-unplaced", "1.A18")]),
        ("row_inserted_and_level1_typed", "a new level 1 typed in the middle of one that was unmerged", "it holds for the rows from there on",
            |d| for level3 in ["报修响应", "管护总费用"] { indicator(d, 1, level3).level1 = some("过程指标"); }, &[]),
        ("row_of_another_form", "a row copied from another form", "added",
            |d| { let row = indicator(d, 2, "种植户满意度").clone(); form(d, 1).indicators.push(row); }, &[]),
        ("merged_over", "two cells of a row merged, the second text kept below", "blank, the text below is named",
            |d| indicator(d, 1, "维修泵站").level3 = None, &[("text-unplaced", "1.C12")]),
        ("date_as_target", "a date typed as a target", "taken as the cell shows it",
            |d| indicator(d, 2, "防治时间").target = some("06/30/25"), &[]),
    ]);
    let alike = book(LibreOffice, "rows alike", XLSX, vec![
        ("two_rows_alike", "a row copied right above itself", "there twice, for `check` to find",
            |d| {
                let row = indicator(d, 1, "维修泵站").clone();
                let project = form(d, 1);
                let to = at(project, "维修泵站");
                project.indicators.insert(to, row);
            }, &[]),
        ("amount_error", "a formula whose result is an error (`=1/0`)", "named, the old amount stays", none,
            &[("formula-uncalculated", "1.C4")]),
        ("percent_bare", "a bare number typed as a percentage", "taken with the sign that the form prints",
            |d| form(d, 1).spending_plan[1].percent = some("45%"), &[]),
    ]);
    let narrative = book(LibreOffice, "narrative changed", XLSX, vec![
        ("text_above_the_narrative", "a text above the first heading", "named, kept", none, &[("text-unplaced", "部A1")]),
        ("heading_edited", "a heading of the narrative changed", "named, its paragraphs stay", none,
            &[("text-unplaced", "部A13")]),
        ("paragraph_cut_in_two", "a paragraph cut in two in its cell", "two paragraphs",
            |d| {
                "绩效目标：已建成的农田设施有人管。".clone_into(&mut d.narrative.itemized_targets[1]);
                d.narrative.itemized_targets.insert(2, "坏了有人修。".to_owned());
            }, &[]),
        ("contents_edited", "an entry of the contents changed", "named: it follows from the forms", none,
            &[("text-unplaced", "目A10")]),
        ("cover_line_added", "a line added on the cover", "named, kept", none, &[("text-unplaced", "封A5")]),
        ("cover_line_deleted", "the row of the reviewer deleted on the cover", "it is gone",
            |d| d.reviewed_by = None, &[]),
    ]);
    let sections = book(LibreOffice, "sections", XLSX, vec![
        ("section_deleted", "a section of the narrative deleted with its heading", "it is gone",
            |d| d.narrative.safeguards.clear(), &[]),
        ("derived_deleted", "contents and summary deleted", "nothing changes: they are made again", none, &[]),
        ("names_of_sheets_swapped", "the names of two sheets swapped", "nothing changes", none, &[]),
    ]);
    let headings = book(LibreOffice, "headings", XLSX, vec![
        ("heading_deleted", "a heading of the narrative deleted", "its paragraphs are those of the section above",
            |d| {
                let moved = std::mem::take(&mut d.narrative.itemized_targets);
                d.narrative.overall_target.extend(moved);
            }, &[]),
    ]);
    [forms, rows, alike, narrative, sections, headings].concat_all()
}

#[rustfmt::skip]
fn rest() -> Vec<Edit> {
    let nothing = book(LibreOffice, "nothing", ALL, vec![
        ("nothing", "saved again without any edit", "nothing changes, the workbook stays as it was saved", none, &[]),
    ]);
    let looks = book(LibreOffice, "looks", XLSX, vec![
        ("looks_changed", "rows and columns hidden, widths, fonts and colours changed",
            "nothing changes, the workbook stays as it was saved", none, &[]),
        ("everything_pasted_as_text", "a whole form pasted over itself as text", "nothing changes", none, &[]),
    ]);
    let blanks = book(LibreOffice, "blanks", XLSX, vec![
        ("blanks_around", "texts pasted with blanks and line ends around them", "taken without them", blanks_around, &[]),
    ]);
    let remarks = book(LibreOffice, "remarks", ALL, vec![
        ("remark_beside", "a remark beside a form", "named, and the workbook is kept for good", none,
            &[("text-unplaced", "1.I13")]),
        ("remark_below", "a remark below a form, in the column of level 1", "named, kept", none,
            &[("text-unplaced", "2.A18")]),
        ("remark_right_below", "a remark right below a form", "named, kept", none, &[("text-unplaced", "3.A22")]),
        ("remark_in_the_table", "a remark further below, in a column of the form", "named, kept", none,
            &[("text-unplaced", "5.D16")]),
        ("remark_on_the_cover", "a remark on the cover", "named, kept", none, &[("text-unplaced", "封A13")]),
        ("remark_in_the_summary", "a remark on the summary sheet", "named, kept", none, &[("text-unplaced", "汇C21")]),
        ("summary_overwritten", "a number typed over a formula of the summary", "named, the form's amount stays", none,
            &[("text-unplaced", "汇H5")]),
    ]);
    let commented = book(LibreOffice, "commented", XLSX, vec![
        ("cell_commented", "a comment beside a cell, and another cell edited",
            "the edit is taken; the comment is named, and the workbook is kept for good",
            |d| indicator(d, 1, "维修机井").target = some("≥38眼"), &[("text-unplaced", "1.C11")]),
    ]);
    [nothing, looks, blanks, remarks, commented].concat_all()
}

#[rustfmt::skip]
fn openpyxl() -> Vec<Edit> {
    let fields = book(Openpyxl, "fields", XLSX, vec![
        ("amount_number", "an amount set to a number", "taken, with the decimals that the form shows",
            |d| form(d, 1).budget.total = some("130.50"), &[]),
        ("percent_number", "a percentage set to a number with a % format", "taken as a percentage",
            |d| form(d, 1).spending_plan[1].percent = some("35%"), &[]),
        ("purpose_lines", "the purpose set to several lines", "taken, line by line",
            |d| form(d, 1).purpose = some(PURPOSE), &[]),
        ("target", "a target changed", "taken",
            |d| indicator(d, 1, "维修合格率").target = some("≥98%"), &[]),
        ("goal_edited", "a goal edited", "that goal changes",
            |d| "2.田间道路坑槽三日内修好，农户不绕行。".clone_into(&mut form(d, 1).goals[1]), &[]),
        ("paragraph_edited", "a paragraph edited", "that paragraph changes",
            |d| "绩效目标：已建成的农田设施有人管、坏了当天有人修。".clone_into(&mut d.narrative.itemized_targets[1]), &[]),
        ("looks_like_formula", "texts that look like formulas", "texts, before and after", looks_like_formula, &[]),
        ("amount_as_text", "an amount set to a text with separators", "taken as typed",
            |d| form(d, 5).budget.total = some("1,300.00"), &[]),
    ]);
    let again = book(Openpyxl, "fields again", XLSX, vec![
        ("amount_withheld", "an amount replaced by `涉密`", "taken as text",
            |d| form(d, 1).budget.total = some("涉密"), &[]),
        ("percent_bare", "a percentage set to a bare number (35)", "taken with the sign that the form prints",
            |d| form(d, 1).spending_plan[1].percent = some("35%"), &[]),
        ("blanks_around", "texts with blanks and line ends around them", "taken without them", blanks_around, &[]),
        ("summary_overwritten", "a number over a formula of the summary", "named, the form's amount stays", none,
            &[("text-unplaced", "汇H5")]),
    ]);
    let formula = book(Openpyxl, "formula", XLSX, vec![
        ("amount_formula", "a formula as an amount, without a result in the file", "named, the old amount stays", none,
            &[("formula-uncalculated", "1.C4")]),
    ]);
    let rows = book(Openpyxl, "rows", XLSX, vec![
        ("row_inserted", "a row inserted, merged ranges and names left behind", "added, all rows keep their level 1",
            |d| insert(d, 1, "维修合格率", ["产出指标", "数量指标", "清淤渠道", "全年清淤的渠道长度", "≥12公里", "管护合同"]), &[]),
        ("row_appended", "a row written below the form", "added",
            |d| form(d, 2).indicators.push(
                row(["满意度指标", "服务对象满意度指标", "投诉办结率", "办结的投诉占比", "100%", "投诉台账"])), &[]),
        ("row_deleted", "a row deleted, merged ranges and names left behind", "it is gone, all rows keep their level 1",
            |d| { remove(d, 3, "检测准确率"); }, &[]),
        ("row_deleted_below", "… a blank one of a form that prints such rows", "it is gone",
            |d| form(d, 4).indicators.retain(|row| row.level2.as_deref() != Some("时效指标")), &[]),
        ("row_cleared", "a row cleared, not deleted", "it is gone", |d| { remove(d, 5, "场均补贴"); }, &[]),
        ("paragraph_inserted", "a paragraph inserted", "added to its section",
            |d| d.narrative.overall_target.push("三、减少面源污染。化肥用量下降 2%。".to_owned()), &[]),
    ]);
    let above = book(Openpyxl, "row above", XLSX, vec![
        ("row_above_the_form", "a row with a remark inserted above a form, merged ranges left behind",
            "nothing changes, the remark is named", none, &[("text-unplaced", "5.A1")]),
    ]);
    let sheets = book(Openpyxl, "sheets", XLSX, vec![
        ("sheet_copied", "a sheet copied and edited into a new form", "a new form, the old one stays", copied, &[]),
        ("sheet_deleted", "a form's sheet deleted", "the form is gone",
            |d| d.projects.retain(|project| project.number != 4), &[]),
        ("sheets_reordered", "a form's sheet moved", "the forms follow the order of the sheets",
            |d| { let moved = d.projects.remove(3); d.projects.insert(1, moved); }, &[]),
        ("sheet_renamed", "a sheet renamed", "nothing changes", none, &[]),
        ("notes_sheet", "a sheet with notes added", "named, and the workbook is kept for good", none,
            &[("text-unplaced", "备A1")]),
    ]);
    let copied = book(Openpyxl, "sheet copied", XLSX, vec![
        ("sheet_copied_untouched", "a sheet copied and not edited", "a form twice, for `check` to find",
            |d| { let copy = form(d, 2).clone(); d.projects.push(copy); }, &[]),
    ]);
    let foreign = book(Openpyxl, "sheet foreign", XLSX, vec![
        ("sheet_foreign", "a form pasted as values somewhere on a new sheet", "a new form, read by its labels",
            |d| {
                pasted(d);
                let project = d.projects.last_mut().expect("the form");
                // Plain values have no formats: what was 58.40 is a number now.
                project.budget.total = some("58.4");
                project.budget.fiscal = some("58.4");
            }, &[]),
    ]);
    let narrative = book(Openpyxl, "narrative", XLSX, vec![
        ("narrative_deleted", "the sheet of the narrative deleted", "the narrative is gone",
            |d| d.narrative = jixiao::model::Narrative::default(), &[]),
    ]);
    let cover = book(Openpyxl, "cover", XLSX, vec![
        ("cover_deleted", "the sheet of the cover deleted", "it is made again, which is said", none,
            &[("cover-missing", "")]),
    ]);
    let lost = book(Openpyxl, "metadata lost", XLSX, vec![
        ("metadata_lost", "the hidden sheet and all names removed", "read by its labels", none,
            &[("formula-uncalculated", "汇B4")]),
        ("target", "… and a target changed", "taken",
            |d| indicator(d, 1, "维修合格率").target = some("≥98%"), &[]),
    ]);
    let looks = book(Openpyxl, "looks", XLSX, vec![
        ("nothing", "saved again without any edit", "nothing changes, the workbook stays as it was saved", none, &[]),
        ("looks_changed", "rows and columns hidden, widths, fonts and colours changed",
            "nothing changes, the workbook stays as it was saved", none, &[]),
    ]);
    let remark = book(Openpyxl, "remark", XLSX, vec![
        ("remark_beside", "a remark beside a form", "named, and the workbook is kept for good", none,
            &[("text-unplaced", "1.I13")]),
    ]);
    let commented = book(Openpyxl, "commented", XLSX, vec![
        ("cell_commented", "a comment beside a cell, and another cell edited",
            "the edit is taken; the comment is named, and the workbook is kept for good",
            |d| indicator(d, 1, "维修机井").target = some("≥38眼"),
            &[("text-unplaced", "1.C11")]),
    ]);
    [fields, again, formula, rows, above, sheets, copied, foreign, narrative, cover, lost, looks, remark, commented].concat_all()
}
