"""Edits of workbooks as LibreOffice makes them, one function for each kind of edit.

Reads a JSON list of {"edits", "from", "to"} from standard input: opens each file, calls the functions of
these names and saves under the other names, in the formats of their extensions. One office serves them all.
Run it with a Python that knows `uno` (Debian: python3-uno).
"""

import json
import os
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.table.CellContentType import EMPTY

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8", ".xls": "MS Excel 97"}
CONTENTS = 1 + 2 + 4 + 16  # numbers, dates, texts, formulas

LEVEL1, LEVEL2, LEVEL3, DESCRIPTION, TARGET, BASIS = 0, 1, 2, 3, 5, 6


# What a person does with the mouse and the keys.


def sheet(doc, start):
    """The sheet whose name begins so."""
    name = next(name for name in doc.Sheets.ElementNames if name.startswith(start))
    found = doc.Sheets.getByName(name)
    if found.isProtected():
        # No password: "Tools, Protect Sheet" takes it off.
        found.unprotect("")
    return found


def cell(where, content):
    """The first cell that holds this number or text, or has it in its text."""
    cursor = where.createCursor()
    cursor.gotoEndOfUsedArea(False)
    last = cursor.RangeAddress
    rows = where.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow).DataArray
    cells = [(held, column, row) for row, cells in enumerate(rows) for column, held in enumerate(cells)]
    equal = [(column, row) for held, column, row in cells if held == content]
    within = [
        (column, row)
        for held, column, row in cells
        if isinstance(held, str) and isinstance(content, str) and content in held
    ]
    return where.getCellByPosition(*(equal or within)[0])


def row_of(where, text):
    return cell(where, text).CellAddress.Row


def insert_row(where, row):
    where.Rows.insertByIndex(row, 1)


def delete_row(where, row):
    where.Rows.removeByIndex(row, 1)


def type_row(where, row, *texts):
    """Types the cells of an indicator, from level 1 on; None leaves a cell alone."""
    for column, text in zip((LEVEL1, LEVEL2, LEVEL3, DESCRIPTION, TARGET, BASIS), texts):
        if text is not None:
            where.getCellByPosition(column, row).String = text


def texts_of_row(where, row, columns):
    return [where.getCellByPosition(column, row).String for column in columns]


# The fields of a form.


def amount_number(doc):
    cell(sheet(doc, "1."), 126).Value = 130.5


def amount_withheld(doc):
    cell(sheet(doc, "1."), 126).String = "涉密"


def amount_cleared(doc):
    cell(sheet(doc, "1."), 26).clearContents(CONTENTS)


def amount_digits(doc):
    cell(sheet(doc, "1."), 100).Value = 100.125


def amount_formula(doc):
    cell(sheet(doc, "1."), 126).Formula = "=40+2.5"


def amount_thousands(doc):
    cell(sheet(doc, "5."), 1250).Value = 2345678.9


def percent_text(doc):
    cell(sheet(doc, "1."), "50%").String = "35%"


def percent_number(doc):
    found = cell(sheet(doc, "1."), "50%")
    locale = uno.createUnoStruct("com.sun.star.lang.Locale")
    formats = doc.NumberFormats
    known = formats.queryKey("0.0%", locale, False)
    found.NumberFormat = known if known >= 0 else formats.addNew("0.0%", locale)
    found.Value = 0.355


def percent_filled(doc):
    form = sheet(doc, "3.")
    form.getCellByPosition(1, row_of(form, "50%")).String = "20%"


def purpose_lines(doc):
    cell(sheet(doc, "1."), "田间道路维修").String = "一是维修机井。\n二是维修泵站；\n三是整修 田间道路。"


def project_name(doc):
    cell(sheet(doc, "2."), "农作物病虫害统防统治补助").String = "农作物病虫害绿色防控补助"


def code_with_spaces(doc):
    cell(sheet(doc, "1."), "13029925P000731100011").String = "13029925 P 0007311 00022"


def title(doc):
    cell(sheet(doc, "5."), "5.畜禽").String = "6. 畜禽养殖场粪污利用补贴绩效目标表"


def unit_line(doc):
    form = sheet(doc, "2.")
    cell(form, "405001").String = "405003"
    cell(form, "石桥县农业农村局本级").String = "石桥县植物保护站"


def amount_unit(doc):
    cell(sheet(doc, "2."), "单位：万元").String = "单位：元"


def indicator_cell(doc):
    cell(sheet(doc, "1."), "全年完成维修的机井眼数").String = "维修后能正常出水的机井眼数"


def indicator_cleared(doc):
    cell(sheet(doc, "1."), "验收记录").clearContents(CONTENTS)


def target(doc):
    cell(sheet(doc, "1."), "≥95%").String = "≥98%"


def looks_like_formula(doc):
    form = sheet(doc, "2.")
    cell(form, "≥85%").String = "-5%"
    for text, now in (("植保站测报", "=A1"), ("统防面积", "+86"), ("电话回访", "@某某")):
        cell(form, text).String = now


def number_as_target(doc):
    cell(sheet(doc, "1."), "5座").Value = 7


# Rows of indicators.


def row_in_the_middle(doc):
    form = sheet(doc, "1.")
    row = row_of(form, "维修合格率")
    insert_row(form, row)
    type_row(form, row, None, "数量指标", "清淤渠道", "全年清淤的渠道长度", "≥12公里", "管护合同")


def two_rows_in_the_middle(doc):
    form = sheet(doc, "3.")
    row = row_of(form, "检测准确率")
    form.Rows.insertByIndex(row, 2)
    type_row(form, row, None, "数量指标", "抽检品种", "覆盖的品种数", "≥30个")
    type_row(form, row + 1, None, "质量指标", "采样合格率", None, "100%")


def row_at_the_end(doc):
    form = sheet(doc, "2.")
    row = row_of(form, "种植户满意度") + 1
    insert_row(form, row)
    type_row(form, row, None, "服务对象满意度指标", "投诉办结率", "办结的投诉占比", "100%", "投诉台账")


def row_below_the_form(doc):
    form = sheet(doc, "4.")
    row = row_of(form, "游客满意度") + 1
    type_row(form, row, "满意度指标", "服务对象满意度指标", "商户满意度", "满意的商户占比", "≥85%", "问卷调查")


def row_at_the_top(doc):
    form = sheet(doc, "5.")
    row = row_of(form, "综合利用率")
    insert_row(form, row)
    type_row(form, row, "成本指标", "经济成本指标", "吨均成本", "每吨粪污的处理费用", "≤30元", "部门预算")


def row_deleted(doc):
    form = sheet(doc, "1.")
    delete_row(form, row_of(form, "报修响应"))


def first_row_deleted(doc):
    form = sheet(doc, "2.")
    delete_row(form, row_of(form, "统防面积"))


def last_row_deleted(doc):
    form = sheet(doc, "5.")
    delete_row(form, row_of(form, "直联直报系统"))


def block_deleted(doc):
    form = sheet(doc, "4.")
    form.Rows.removeByIndex(row_of(form, "经济效益指标"), 2)


def row_moved(doc):
    form = sheet(doc, "1.")
    here, there = row_of(form, "维修泵站"), row_of(form, "管护总费用")
    insert_row(form, there)
    for column in (LEVEL2, LEVEL3, DESCRIPTION, TARGET, BASIS):
        source = form.getCellRangeByPosition(column, here, column, here)
        form.moveRange(form.getCellByPosition(column, there).CellAddress, source.RangeAddress)
    delete_row(form, here)


def rows_swapped(doc):
    form = sheet(doc, "2.")
    one, other = row_of(form, "防治效果"), row_of(form, "防治时间")
    columns = (LEVEL2, LEVEL3, DESCRIPTION, TARGET, BASIS)
    texts, others = texts_of_row(form, one, columns), texts_of_row(form, other, columns)
    type_row(form, one, None, *others)
    type_row(form, other, None, *texts)


def row_cleared(doc):
    form = sheet(doc, "3.")
    row = row_of(form, "检测准确率")
    form.getCellRangeByPosition(LEVEL2, row, BASIS, row).clearContents(CONTENTS)


def row_replaced(doc):
    form = sheet(doc, "5.")
    type_row(form, row_of(form, "场均补贴"), None, "时效指标", "补贴到账", "补贴到账的时间", "6月底前", "银行回单")


def rows_sorted(doc):
    """Sorts the rows of indicators in a form the other way round, level 1 unmerged and filled down before."""
    form = sheet(doc, "4.")
    first, last = row_of(form, "举办采摘节"), row_of(form, "游客满意度")
    texts = [texts_of_row(form, row, range(7)) for row in range(first, last + 1)]
    form.getCellRangeByPosition(LEVEL1, first, LEVEL1, last).merge(False)
    current = ""
    for one in texts:
        current = one[0] = one[0] or current
    for row, one in zip(range(first, last + 1), reversed(texts)):
        type_row(form, row, *(one[column] for column in (0, 1, 2, 3, 5, 6)))


def level1_in_each_row(doc):
    form = sheet(doc, "1.")
    first, last = row_of(form, "维修机井"), row_of(form, "管护总费用")
    form.getCellRangeByPosition(LEVEL1, first, LEVEL1, last).merge(False)
    for row in range(first, last + 1):
        form.getCellByPosition(LEVEL1, row).String = "产出指标"


def level1(doc):
    cell(sheet(doc, "4."), "效果指标").String = "效益指标"


def level1_split(doc):
    form = sheet(doc, "2.")
    first, last = row_of(form, "统防面积"), row_of(form, "亩均成本")
    form.getCellRangeByPosition(LEVEL1, first, LEVEL1, last).merge(False)
    form.getCellRangeByPosition(LEVEL1, first, LEVEL1, last - 1).merge(True)
    form.getCellByPosition(LEVEL1, last).String = "成本指标"


def printed_row_filled(doc):
    """A row that the form prints although nothing is in it."""
    form = sheet(doc, "4.")
    type_row(form, row_of(form, "经济效益指标"), None, None, "带动消费", "游客当地消费额", "≥300万元", "抽样调查")


# Goals and narrative.


def goal_edited(doc):
    found = cell(sheet(doc, "1."), "随坏随修")
    found.String = found.String.replace("随坏随修", "三日内修好")


def goal_added(doc):
    found = cell(sheet(doc, "1."), "随坏随修")
    found.String = found.String + "\n4.全年无安全事故。"


def goal_deleted(doc):
    found = cell(sheet(doc, "1."), "随坏随修")
    found.String = "\n".join(line for line in found.String.split("\n") if not line.startswith("2."))


def paragraph_edited(doc):
    found = cell(sheet(doc, "部门整体"), "已建成的农田设施")
    found.String = found.String.replace("坏了有人修", "坏了当天有人修")


def paragraph_added(doc):
    text = sheet(doc, "部门整体")
    row = row_of(text, "提高农产品质量") + 1
    insert_row(text, row)
    text.getCellByPosition(0, row).String = "三、减少面源污染。化肥用量下降 2%。"


def paragraph_added_at_the_end(doc):
    text = sheet(doc, "部门整体")
    text.getCellByPosition(0, row_of(text, "盯紧支出") + 1).String = "三、做好自评。次年2月底前完成。"


def paragraph_deleted(doc):
    text = sheet(doc, "部门整体")
    delete_row(text, row_of(text, "（二）病虫害统防统治"))


def paragraph_moved(doc):
    text = sheet(doc, "部门整体")
    here = row_of(text, "二、提高农产品质量")
    moved = text.getCellByPosition(0, here).String
    delete_row(text, here)
    there = row_of(text, "盯紧支出")
    insert_row(text, there)
    text.getCellByPosition(0, there).String = moved


def long_text(doc):
    found = cell(sheet(doc, "3."), "第30批在第30周")
    found.String = found.String.replace("第30批在第30周", "第30批提前到第28周")


# Sheets.


def sheet_renamed(doc):
    sheet(doc, "2.").Name = "病虫害"


def sheets_reordered(doc):
    name = sheet(doc, "5.").Name
    doc.Sheets.moveByName(name, 5)


def sheet_copied(doc):
    name = sheet(doc, "2.").Name
    doc.Sheets.copyByName(name, "病虫害二期", len(doc.Sheets.ElementNames))
    form = sheet(doc, "病虫害二期")
    cell(form, "2.农作物").String = "6.农作物病虫害统防二期补助绩效目标表"
    cell(form, "13029925P000731200034").String = "13029925P000731200099"
    cell(form, "农作物病虫害统防统治补助").String = "农作物病虫害统防二期补助"
    cell(form, "≥85%").String = "≥86%"
    delete_row(form, row_of(form, "农药减量"))


def sheet_deleted(doc):
    doc.Sheets.removeByName(sheet(doc, "4.").Name)


def sheet_pasted(doc):
    form = sheet(doc, "2.")
    doc.Sheets.insertNewByName("新项目", len(doc.Sheets.ElementNames))
    new = doc.Sheets.getByName("新项目")
    source = form.getCellRangeByPosition(0, 0, 6, row_of(form, "种植户满意度")).RangeAddress
    new.copyRange(new.getCellByPosition(0, 0).CellAddress, source)
    cell(new, "2.农作物").String = "6.农机报废更新补贴绩效目标表"
    cell(new, "13029925P000731200034").String = "13029925P000731600012"
    cell(new, "农作物病虫害统防统治补助").String = "农机报废更新补贴"


def names_lost(doc):
    """As after a program that knows no names of cells."""
    owners = [doc] + [doc.Sheets.getByName(name) for name in doc.Sheets.ElementNames]
    for owner in owners:
        names = owner.NamedRanges
        for name in names.ElementNames:
            names.removeByName(name)


def metadata_lost(doc):
    names_lost(doc)
    doc.Sheets.removeByName("_jixiao")


# The rest.


def nothing(doc):
    pass


def compiled_by(doc):
    cell(sheet(doc, "封面"), "石桥县农业农村局编制").String = "石桥县农业农村局办公室编制"


def cover_title(doc):
    cell(sheet(doc, "封面"), "2025年部门预算绩效文本").String = "2026年部门预算绩效文本"


def remark_beside(doc):
    form = sheet(doc, "1.")
    form.getCellByPosition(8, row_of(form, "报修响应")).String = "此处待与站里核对"


def remark_below(doc):
    form = sheet(doc, "2.")
    form.getCellByPosition(LEVEL1, row_of(form, "种植户满意度") + 3).String = "填报人：某某"


def remark_right_below(doc):
    form = sheet(doc, "3.")
    form.getCellByPosition(LEVEL1, row_of(form, "公示及时") + 1).String = "以上数据待核"


def remark_in_the_table(doc):
    """Below the form, but in a column of the table."""
    form = sheet(doc, "5.")
    form.getCellByPosition(DESCRIPTION, row_of(form, "综合利用率") + 4).String = "2025年2月10日"


def remark_on_the_cover(doc):
    sheet(doc, "封面").getCellByPosition(0, 12).String = "第二稿"


def remark_in_the_summary(doc):
    sheet(doc, "汇总").getCellByPosition(2, 20).String = "合计已核对"


def summary_overwritten(doc):
    cell(sheet(doc, "汇总"), 58.4).Value = 60


def text_box(doc):
    form = sheet(doc, "4.")
    box = doc.createInstance("com.sun.star.drawing.TextShape")
    form.DrawPage.add(box)
    size = uno.createUnoStruct("com.sun.star.awt.Size")
    size.Width, size.Height = 6000, 1000
    box.Size = size
    box.String = "请财务科补充"


def looks_changed(doc):
    form = sheet(doc, "1.")
    form.Rows.getByIndex(row_of(form, "报修响应")).IsVisible = False
    form.Columns.getByIndex(BASIS).IsVisible = False
    form.Columns.getByIndex(LEVEL3).Width = 5000
    found = cell(form, "维修泵站")
    found.CharColor, found.CellBackColor, found.CharHeight = 0xFF0000, 0xFFFF00, 14


def cell_commented(doc):
    form = sheet(doc, "1.")
    form.Annotations.insertNew(cell(form, "维修泵站").CellAddress, "请核对")
    cell(form, "≥36眼").String = "≥38眼"


def blanks_around(doc):
    form = sheet(doc, "1.")
    cell(form, "≥36眼").String = "  ≥38眼 "
    cell(form, "维修泵站").String = " 维修泵站\n"
    cell(form, 100).String = " 101.00 "


def everything_pasted_as_text(doc):
    """Selects all of a form and pastes it over itself as text: numbers become texts."""
    form = sheet(doc, "5.")
    for row in range(0, row_of(form, "综合利用率") + 1):
        for column in range(7):
            found = form.getCellByPosition(column, row)
            if found.Type != EMPTY:
                found.String = found.String


# What is rarer.


def column_inserted(doc):
    sheet(doc, "4.").Columns.insertByIndex(3, 1)


def blank_row_in_the_head(doc):
    form = sheet(doc, "1.")
    insert_row(form, row_of(form, "预算规模及资金用途"))


def label_edited(doc):
    form = sheet(doc, "1.")
    cell(form, "绩效目标").String = "年度绩效目标"


def milestone_edited(doc):
    form = sheet(doc, "2.")
    cell(form, "3月底").String = "4月底"


def head_row_deleted(doc):
    form = sheet(doc, "5.")
    delete_row(form, row_of(form, "预算数"))


def goals_cleared(doc):
    cell(sheet(doc, "2."), "统防统治覆盖率").clearContents(CONTENTS)


def goals_rewritten(doc):
    cell(sheet(doc, "3."), "1.完成抽检任务").String = "一、完成抽检任务。\n二、不合格产品处置到位。"


def text_above_the_narrative(doc):
    text = sheet(doc, "部门整体")
    insert_row(text, 0)
    text.getCellByPosition(0, 0).String = "（讨论稿）"


def heading_edited(doc):
    cell(sheet(doc, "部门整体"), "工作保障措施").String = "三、保障措施"


def heading_deleted(doc):
    text = sheet(doc, "部门整体")
    delete_row(text, row_of(text, "二、分项绩效目标"))


def section_deleted(doc):
    text = sheet(doc, "部门整体")
    row = row_of(text, "三、工作保障措施")
    text.Rows.removeByIndex(row, 6)


def paragraph_cut_in_two(doc):
    found = cell(sheet(doc, "部门整体"), "已建成的农田设施")
    found.String = found.String.replace("、坏了", "。\n坏了")


def contents_edited(doc):
    cell(sheet(doc, "目录"), "3.农产品").String = "3.农产品抽检……9"


def derived_deleted(doc):
    doc.Sheets.removeByName("汇总")
    doc.Sheets.removeByName("目录")


def names_of_sheets_swapped(doc):
    one, other = sheet(doc, "2."), sheet(doc, "5.")
    names = one.Name, other.Name
    one.Name = "x"
    other.Name, one.Name = names


def amount_error(doc):
    cell(sheet(doc, "1."), 126).Formula = "=1/0"


def date_as_target(doc):
    found = cell(sheet(doc, "2."), "5月底前")
    locale = uno.createUnoStruct("com.sun.star.lang.Locale")
    found.NumberFormat = doc.NumberFormats.getStandardFormat(2, locale)
    found.Formula = "2025-06-30"


def merged_over(doc):
    """Two cells of a row merged, the second text is kept under the first."""
    form = sheet(doc, "1.")
    row = row_of(form, "维修泵站")
    form.getCellRangeByPosition(LEVEL2, row, LEVEL3, row).merge(True)


def level1_merged_over(doc):
    form = sheet(doc, "1.")
    first, last = row_of(form, "节省排灌费"), row_of(form, "农户满意度")
    block = form.getCellRangeByPosition(LEVEL1, first, LEVEL1, last)
    block.merge(False)
    block.merge(True)


def row_inserted_and_level1_typed(doc):
    """A new level 1 typed in the middle of a merged one, which is unmerged for it."""
    form = sheet(doc, "1.")
    first, last = row_of(form, "维修机井"), row_of(form, "管护总费用")
    form.getCellRangeByPosition(LEVEL1, first, LEVEL1, last).merge(False)
    form.getCellByPosition(LEVEL1, row_of(form, "报修响应")).String = "过程指标"


def row_of_another_form(doc):
    one, other = sheet(doc, "1."), sheet(doc, "2.")
    row = row_of(one, "农户满意度") + 1
    here = row_of(other, "种植户满意度")
    source = other.getCellRangeByPosition(0, here, 6, here).RangeAddress
    one.copyRange(one.getCellByPosition(0, row).CellAddress, source)


def two_rows_alike(doc):
    form = sheet(doc, "1.")
    row = row_of(form, "维修泵站")
    insert_row(form, row)
    type_row(form, row, None, *texts_of_row(form, row + 1, (LEVEL2, LEVEL3, DESCRIPTION, TARGET, BASIS)))


def cover_line_deleted(doc):
    cover = sheet(doc, "封面")
    delete_row(cover, row_of(cover, "石桥县财政局审核"))


def cover_line_added(doc):
    sheet(doc, "封面").getCellByPosition(0, 4).String = "二〇二五年一月"


def percent_bare(doc):
    cell(sheet(doc, "1."), "50%").String = "45"


# The office.


def value(name, content):
    one = PropertyValue()
    one.Name, one.Value = name, content
    return one


def start(profile):
    pipe = f"jixiao-{os.getpid()}"
    office = subprocess.Popen(
        [
            "soffice",
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--norestore",
            "--nologo",
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(600):
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            break
        except Exception:
            if office.poll() not in (None, 0):
                raise
            time.sleep(0.1)
    else:
        office.kill()
        sys.exit("the office does not answer")
    return office, remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)


def main():
    jobs = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as profile:
        office, desktop = start(profile)
        try:
            for job in jobs:
                doc = desktop.loadComponentFromURL(
                    uno.systemPathToFileUrl(job["from"]), "_blank", 0, (value("Hidden", True),)
                )
                for edit in job["edits"]:
                    globals()[edit](doc)
                for path in job["to"]:
                    filter_name = FILTERS[os.path.splitext(path)[1]]
                    doc.storeToURL(uno.systemPathToFileUrl(path), (value("FilterName", filter_name),))
                doc.close(True)
        finally:
            try:
                desktop.terminate()
            except Exception:
                pass
            try:
                office.wait(30)
            except subprocess.TimeoutExpired:
                office.kill()


if __name__ == "__main__":
    main()
