"""Edits of workbooks as a script with openpyxl makes them, one function for each kind of edit.

Reads a JSON list of {"edits", "from", "to"} from standard input: loads each file, calls the functions of
these names and saves under the other names. openpyxl moves neither merged ranges nor names of cells, and
calculates nothing: workbooks of its making are those of the simplest programs.
"""

import json
import sys

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill


def sheet(book, start):
    """The sheet whose name begins so."""
    return next(one for one in book.worksheets if one.title.startswith(start))


def cell(where, content):
    """The first cell that holds this, or has it in its text."""
    cells = [one for row in where.iter_rows() for one in row if one.value is not None]
    equal = [one for one in cells if one.value == content]
    within = [one for one in cells if isinstance(content, str) and content in str(one.value)]
    return (equal or within)[0]


def type_row(where, row, *texts):
    """Types the cells of an indicator, from level 1 on; None leaves a cell alone."""
    for column, text in zip("ABCDFG", texts):
        if text is not None:
            where[f"{column}{row}"].value = text


def nothing(book):
    pass


def amount_number(book):
    cell(sheet(book, "1."), 126).value = 130.5


def amount_withheld(book):
    cell(sheet(book, "1."), 126).value = "涉密"


def amount_as_text(book):
    cell(sheet(book, "5."), 1250).value = "1,300.00"


def amount_formula(book):
    cell(sheet(book, "1."), 126).value = "=40+2.5"


def percent_number(book):
    found = cell(sheet(book, "1."), "50%")
    found.value, found.number_format = 0.35, "0%"


def percent_bare(book):
    found = cell(sheet(book, "1."), "50%")
    found.value, found.number_format = 35, "General"


def purpose_lines(book):
    found = cell(sheet(book, "1."), "田间道路维修")
    found.value = "一是维修机井。\n二是维修泵站；\n三是整修 田间道路。"


def target(book):
    cell(sheet(book, "1."), "≥95%").value = "≥98%"


def looks_like_formula(book):
    form = sheet(book, "2.")
    cell(form, "≥85%").value = "-5%"
    for text, now in (("植保站测报", "=A1"), ("统防面积", "+86"), ("电话回访", "@某某")):
        found = cell(form, text)
        found.value = now
        found.data_type = "s"


def goal_edited(book):
    found = cell(sheet(book, "1."), "随坏随修")
    found.value = found.value.replace("随坏随修", "三日内修好")


def paragraph_edited(book):
    found = cell(sheet(book, "部门整体"), "已建成的农田设施")
    found.value = found.value.replace("坏了有人修", "坏了当天有人修")


def paragraph_inserted(book):
    text = sheet(book, "部门整体")
    row = cell(text, "提高农产品质量").row + 1
    text.insert_rows(row)
    text.cell(row, 1).value = "三、减少面源污染。化肥用量下降 2%。"


def row_inserted(book):
    form = sheet(book, "1.")
    row = cell(form, "维修合格率").row
    form.insert_rows(row)
    type_row(form, row, None, "数量指标", "清淤渠道", "全年清淤的渠道长度", "≥12公里", "管护合同")


def row_deleted(book):
    form = sheet(book, "3.")
    form.delete_rows(cell(form, "检测准确率").row)


def row_deleted_below(book):
    form = sheet(book, "4.")
    form.delete_rows(cell(form, "时效指标").row)


def row_appended(book):
    form = sheet(book, "2.")
    row = cell(form, "种植户满意度").row + 1
    type_row(form, row, "满意度指标", "服务对象满意度指标", "投诉办结率", "办结的投诉占比", "100%", "投诉台账")


def row_above_the_form(book):
    form = sheet(book, "5.")
    form.insert_rows(1)
    form["A1"].value = "（修改稿）"


def row_cleared(book):
    form = sheet(book, "5.")
    row = cell(form, "场均补贴").row
    for column in "BCDFG":
        form[f"{column}{row}"].value = None


def sheet_renamed(book):
    sheet(book, "2.").title = "病虫害"


def sheets_reordered(book):
    book.move_sheet(sheet(book, "5."), -2)


def sheet_copied(book):
    form = book.copy_worksheet(sheet(book, "2."))
    form.title = "病虫害二期"
    cell(form, "2.农作物").value = "6.农作物病虫害统防二期补助绩效目标表"
    cell(form, "13029925P000731200034").value = "13029925P000731200099"
    cell(form, "农作物病虫害统防统治补助").value = "农作物病虫害统防二期补助"
    cell(form, "≥85%").value = "≥86%"


def sheet_copied_untouched(book):
    book.copy_worksheet(sheet(book, "2."))


def sheet_deleted(book):
    book.remove(sheet(book, "4."))


def narrative_deleted(book):
    book.remove(sheet(book, "部门整体"))


def cover_deleted(book):
    book.remove(sheet(book, "封面"))


def sheet_foreign(book):
    """A form of another file, as plain values somewhere on a new sheet."""
    form, new = sheet(book, "2."), book.create_sheet("新项目")
    told = {
        "2.农作物病虫害统防统治补助绩效目标表": "6.农机报废更新补贴绩效目标表",
        "13029925P000731200034": "13029925P000731600012",
        "农作物病虫害统防统治补助": "农机报废更新补贴",
    }
    for row in form.iter_rows(max_col=7):
        for one in row:
            if one.value is not None:
                new.cell(one.row + 2, one.column + 1).value = told.get(one.value, one.value)
    for span in form.merged_cells.ranges:
        new.merge_cells(
            start_row=span.min_row + 2,
            end_row=span.max_row + 2,
            start_column=span.min_col + 1,
            end_column=span.max_col + 1,
        )


def notes_sheet(book):
    new = book.create_sheet("备忘")
    new["A1"].value = "下周一交财政局"
    new["B2"].value = 12


def metadata_lost(book):
    book.remove(book["_jixiao"])
    for owner in [book, *book.worksheets]:
        owner.defined_names.clear()


def remark_beside(book):
    form = sheet(book, "1.")
    form.cell(cell(form, "报修响应").row, 9).value = "此处待与站里核对"


def looks_changed(book):
    form = sheet(book, "1.")
    form.row_dimensions[cell(form, "报修响应").row].hidden = True
    form.column_dimensions["G"].hidden = True
    form.column_dimensions["C"].width = 30
    found = cell(form, "维修泵站")
    found.font = Font(name="Courier New", size=14, color="FFFF0000")
    found.fill = PatternFill("solid", "FFFFFF00")


def cell_commented(book):
    form = sheet(book, "1.")
    cell(form, "维修泵站").comment = Comment("请核对", "某某")
    cell(form, "≥36眼").value = "≥38眼"


def blanks_around(book):
    form = sheet(book, "1.")
    cell(form, "≥36眼").value = "  ≥38眼 "
    cell(form, "维修泵站").value = "\u3000维修泵站\n"
    cell(form, 100).value = " 101.00 "


def summary_overwritten(book):
    sheet(book, "汇总")["H5"].value = 60


def main():
    for job in json.load(sys.stdin):
        book = openpyxl.load_workbook(job["from"])
        for edit in job["edits"]:
            globals()[edit](book)
        for path in job["to"]:
            book.save(path)


if __name__ == "__main__":
    main()
