//! An invented document with everything that a workbook has to cope with.

use jixiao::sheet::{
    Align, Block, Cell, Column, Document, Face, Row, Sheet, SheetKind, Style, Table, TextBlock, Vertical,
};

/// A value in a cell.
pub const SONG: Style = Style {
    face: Face::Song,
    size: 10.5,
    least: 0.0,
    align: Align::Left,
    vertical: Vertical::Middle,
    indent: 0.0,
    pitch: 0.0,
    before: 0.0,
    after: 0.0,
    border: true,
    keep: false,
    shade: false,
};
/// A label in a cell.
pub const LABEL: Style = Style {
    align: Align::Center,
    ..SONG
};
const HEADER: Style = Style {
    face: Face::Hei,
    ..LABEL
};
const PLAIN: Style = Style {
    border: false,
    vertical: Vertical::Bottom,
    ..SONG
};
const BODY: Style = Style {
    face: Face::Fangsong,
    size: 16.0,
    align: Align::Justify,
    indent: 2.0,
    pitch: 28.99,
    border: false,
    ..SONG
};
const HEADING: Style = Style {
    face: Face::Hei,
    align: Align::Left,
    keep: true,
    ..BODY
};
const TITLE: Style = Style {
    face: Face::Title,
    align: Align::Center,
    indent: 0.0,
    keep: true,
    ..BODY
};

/// A cell over one row.
pub fn cell(column: usize, column_span: usize, text: &str, style: Style) -> Cell {
    Cell {
        column,
        column_span,
        row_span: 1,
        text: text.to_owned(),
        style,
        ..Cell::default()
    }
}

fn tall(cell: Cell, row_span: usize) -> Cell {
    Cell { row_span, ..cell }
}

fn amount(cell: Cell) -> Cell {
    let amount = cell.text.replace(',', "").parse().ok();
    Cell { amount, ..cell }
}

/// A row of a table.
pub fn row(height: f32, cells: Vec<Cell>) -> Row {
    Row {
        height,
        cells,
        ..Row::default()
    }
}

/// A paragraph of the narrative.
pub fn paragraph(text: &str) -> TextBlock {
    TextBlock {
        text: text.to_owned(),
        style: BODY,
        ..TextBlock::default()
    }
}

fn text(text: &str, style: Style) -> Block {
    Block::Text(TextBlock {
        text: text.to_owned(),
        style,
        ..TextBlock::default()
    })
}

fn heading(label: &str, id: &str) -> Block {
    Block::Text(TextBlock {
        text: label.to_owned(),
        style: HEADING,
        id: Some(id.to_owned()),
        outline: 2,
        ..TextBlock::default()
    })
}

fn line(label: &str, link: &str) -> Block {
    Block::Text(TextBlock {
        text: label.to_owned(),
        style: Style {
            size: 14.0,
            indent: 1.0,
            align: Align::Left,
            ..BODY
        },
        link: Some(link.to_owned()),
        ..TextBlock::default()
    })
}

/// A sheet.
pub fn sheet(kind: SheetKind, id: &str, name: &str, blocks: Vec<Block>) -> Sheet {
    Sheet {
        kind,
        id: id.to_owned(),
        name: name.to_owned(),
        blocks,
    }
}

/// A form of seven columns; `level1` are the rows of each level-1 indicator.
pub fn form(number: usize, project: &str, purpose: &str, goals: &str, level1: &[(&str, usize)]) -> Sheet {
    let heading = format!("{number}.{project}绩效目标表");
    let mut rows = vec![
        row(
            20.0,
            vec![
                cell(0, 1, "731001", PLAIN),
                cell(1, 4, "青禾县农技推广站本级", PLAIN),
                cell(
                    5,
                    2,
                    "单位：万元",
                    Style {
                        align: Align::Right,
                        ..PLAIN
                    },
                ),
            ],
        ),
        row(
            26.0,
            vec![
                cell(0, 1, "项目编码", LABEL),
                cell(1, 2, "13099925P00139110001W", LABEL),
                cell(3, 1, "项目名称", LABEL),
                cell(4, 3, project, SONG),
            ],
        ),
        row(
            26.0,
            vec![
                tall(cell(0, 1, "预算规模及资金用途", LABEL), 2),
                cell(1, 1, "预算数", LABEL),
                amount(cell(2, 1, "1,234.5", LABEL)),
                cell(3, 1, "其中：财政资金", LABEL),
                amount(cell(4, 1, "498.535", LABEL)),
                cell(5, 1, "其他资金", LABEL),
                amount(cell(6, 1, "30", LABEL)),
            ],
        ),
        row(40.0, vec![cell(1, 6, purpose, SONG)]),
        row(
            24.0,
            vec![
                tall(cell(0, 1, "资金支出计划（%）", LABEL), 2),
                cell(1, 2, "3月底", LABEL),
                cell(3, 1, "6月底", LABEL),
                cell(4, 2, "10月底", LABEL),
                cell(6, 1, "12月底", LABEL),
            ],
        ),
        row(
            24.0,
            vec![
                cell(1, 2, "25%", LABEL),
                cell(3, 1, "", LABEL),
                cell(4, 2, "75%", LABEL),
                cell(6, 1, "100%", LABEL),
            ],
        ),
        row(40.0, vec![cell(0, 1, "绩效目标", LABEL), cell(1, 6, goals, SONG)]),
        Row {
            header: true,
            ..row(
                26.0,
                vec![
                    cell(0, 1, "一级指标", HEADER),
                    cell(1, 1, "二级指标", HEADER),
                    cell(2, 1, "三级指标", HEADER),
                    cell(3, 2, "绩效指标描述", HEADER),
                    cell(5, 1, "指标值", HEADER),
                    cell(6, 1, "指标值确定依据", HEADER),
                ],
            )
        },
    ];
    for &(label, count) in level1 {
        for index in 0..count {
            let mut cells = Vec::new();
            if index == 0 {
                cells.push(tall(cell(0, 1, label, LABEL), count));
            }
            let level2 = ["数量指标", "质量指标", "时效指标", "服务对象满意度指标"][index % 4];
            cells.extend([
                cell(1, 1, level2, LABEL),
                cell(2, 1, &format!("示范田第{}批验收率", index + 1), SONG),
                cell(
                    3,
                    2,
                    [
                        "按合同约定的时间完成PM2.5监测仪等设备的采购、安装和调试",
                        "验收合格的面积",
                    ][index % 2],
                    SONG,
                ),
                cell(5, 1, ["≥95%", "=40册", "+3", "-1", "@甲"][index % 5], LABEL),
                cell(6, 1, "《青禾县高标准农田建设规划（2024—2027年）》", SONG),
            ]);
            rows.push(row(24.0, cells));
        }
    }
    let title = TextBlock {
        text: heading.clone(),
        style: Style { after: 8.0, ..TITLE },
        outline: 2,
        ..TextBlock::default()
    };
    let table = Table {
        columns: [60.0, 60.0, 68.0, 80.0, 50.0, 58.0, 66.2]
            .map(Column::fixed)
            .to_vec(),
        rows,
        ..Table::default()
    };
    let blocks = vec![Block::Text(title), Block::Table(table)];
    sheet(SheetKind::Form, &format!("form-{number}"), &heading, blocks)
}

fn sentences(length: usize) -> String {
    let sentence =
        "组织农技人员下乡开展测土配方施肥和病虫害绿色防控的现场培训，发放技术资料，跟踪示范户的产量；";
    sentence.chars().cycle().take(length).collect()
}

/// Goals of some 3,000 characters in numbered paragraphs.
pub fn long_goals() -> String {
    (1..=12)
        .map(|number| format!("{number}.{}。", sentences(246)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The document: cover, contents, part titles, a narrative and forms.
pub fn document() -> Document {
    let cover = vec![
        text(
            "青禾县农业农村局",
            Style {
                size: 30.0,
                before: 110.0,
                after: 14.0,
                ..TITLE
            },
        ),
        text("2025年部门预算绩效文本", Style { size: 26.0, ..TITLE }),
        text(
            "青禾县农业农村局编制",
            Style {
                face: Face::Fangsong,
                before: 280.0,
                ..TITLE
            },
        ),
        text(
            "青禾县财政局审核",
            Style {
                face: Face::Fangsong,
                ..TITLE
            },
        ),
    ];
    let contents = vec![
        text(
            "目　录",
            Style {
                size: 22.0,
                after: 18.0,
                ..TITLE
            },
        ),
        line("第一部分　部门整体绩效目标", "part-one"),
        line("一、总体绩效目标", "overall-target"),
        line("三、工作保障措施", "safeguards"),
        line("第二部分　预算项目绩效目标", "part-two"),
        line("1.测土配方施肥补助绩效目标表", "form-1"),
        line(
            "2.高标准农田建设及农田水利设施运行维护经费（第二批）绩效目标表",
            "form-2",
        ),
        line("3.农业技术推广服务体系建设绩效目标表", "form-3"),
    ];
    let mut narrative = vec![heading("一、总体绩效目标", "overall-target")];
    for length in [40, 230, 120, 480, 60] {
        narrative.push(Block::Text(paragraph(&(sentences(length - 1) + "。"))));
    }
    narrative.push(heading("三、工作保障措施", "safeguards"));
    for length in [1500, 90] {
        narrative.push(Block::Text(paragraph(&(sentences(length - 1) + "。"))));
    }
    let usual = [("产出指标", 8), ("效益指标", 4), ("满意度指标", 1)];
    let sheets = vec![
        sheet(SheetKind::Cover, "cover", "封面", cover),
        sheet(SheetKind::Contents, "contents", "目录", contents),
        sheet(
            SheetKind::PartTitle,
            "part-one",
            "第一部分",
            vec![text("第一部分\n部门整体绩效目标", TITLE)],
        ),
        sheet(SheetKind::Narrative, "narrative", "部门整体绩效目标", narrative),
        sheet(
            SheetKind::PartTitle,
            "part-two",
            "第二部分",
            vec![text("第二部分\n预算项目绩效目标", TITLE)],
        ),
        form(
            1,
            "测土配方施肥补助",
            "用于测土配方施肥的化验、配方发布和示范田建设。",
            "1.完成化验2000份。\n2.示范田增产5%以上。",
            &usual,
        ),
        form(
            2,
            "高标准农田建设及农田水利设施运行维护经费（第二批）",
            &sentences(400),
            &long_goals(),
            &[("产出指标", 40), ("效益指标", 4), ("满意度指标", 1)],
        ),
        form(
            3,
            "农业技术推广服务体系建设",
            &sentences(1300),
            &sentences(500),
            &usual,
        ),
    ];
    Document {
        title: "青禾县农业农村局2025年部门预算绩效文本".to_owned(),
        author: "青禾县农业农村局".to_owned(),
        year: Some(2025),
        sheets,
        ..Document::default()
    }
}

/// Every text of a document that its workbook shows, a sheet at a time.
pub fn texts(document: &Document) -> Vec<Vec<&str>> {
    let sheets = document
        .sheets
        .iter()
        .filter(|sheet| sheet.kind != SheetKind::PartTitle);
    sheets
        .map(|sheet| {
            let mut texts = Vec::new();
            for block in &sheet.blocks {
                match block {
                    Block::Text(block) => texts.push(block.text.as_str()),
                    Block::Table(table) => {
                        texts.extend(
                            table
                                .rows
                                .iter()
                                .flat_map(|row| &row.cells)
                                .map(|cell| cell.text.as_str()),
                        );
                    }
                }
            }
            texts
        })
        .collect()
}
