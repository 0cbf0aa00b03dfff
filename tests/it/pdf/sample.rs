//! An invented document of the shape that the templates give.

use jixiao::sheet::{
    Align, Block, Cell, Column, Document, Face, Row, Sheet, SheetKind, Style, TYPE_AREA_WIDTH, Table,
    TextBlock, Vertical,
};

fn text(text: &str, style: Style) -> TextBlock {
    TextBlock {
        text: text.to_owned(),
        style,
        ..TextBlock::default()
    }
}

fn body() -> Style {
    Style {
        face: Face::Fangsong,
        size: 16.0,
        align: Align::Justify,
        indent: 2.0,
        pitch: 28.99,
        ..Style::default()
    }
}

fn title(size: f32, before: f32) -> Style {
    Style {
        face: Face::Title,
        size,
        align: Align::Center,
        pitch: size * 1.6,
        before,
        keep: true,
        ..Style::default()
    }
}

fn sheet(kind: SheetKind, id: &str, blocks: Vec<Block>) -> Sheet {
    Sheet {
        kind,
        id: id.to_owned(),
        name: id.to_owned(),
        blocks,
    }
}

/// A document with that many forms.
pub fn document(forms: usize) -> Document {
    let mut sheets = vec![
        cover(),
        contents(forms),
        part("part-1", "第一部分", "部门整体绩效目标"),
        narrative(),
    ];
    sheets.push(part("part-2", "第二部分", "预算项目绩效目标"));
    for number in 1..=forms {
        sheets.push(form(number));
    }
    Document {
        title: "临河县图书馆2025年部门预算绩效文本".to_owned(),
        author: "临河县图书馆".to_owned(),
        year: Some(2025),
        sheets,
        ..Document::default()
    }
}

fn cover() -> Sheet {
    sheet(
        SheetKind::Cover,
        "cover",
        vec![
            Block::Text(text("临河县图书馆", title(26.0, 140.0))),
            Block::Text(text("2025年部门预算绩效文本", title(26.0, 20.0))),
            Block::Text(text(
                "临河县图书馆编制",
                Style {
                    face: Face::Kai,
                    ..title(16.0, 260.0)
                },
            )),
            Block::Text(text(
                "临河县财政局审核",
                Style {
                    face: Face::Kai,
                    keep: false,
                    ..title(16.0, 8.0)
                },
            )),
        ],
    )
}

fn contents(forms: usize) -> Sheet {
    let mut blocks = vec![Block::Text(text(
        "目  录",
        Style {
            after: 16.0,
            ..title(22.0, 0.0)
        },
    ))];
    let mut entry = |label: &str, to: &str, indent: f32| {
        blocks.push(Block::Text(TextBlock {
            link: Some(to.to_owned()),
            ..text(
                label,
                Style {
                    align: Align::Left,
                    indent,
                    size: 14.0,
                    pitch: 26.0,
                    ..body()
                },
            )
        }));
    };
    entry("第一部分 部门整体绩效目标", "part-1", 0.0);
    entry("一、总体绩效目标", "overall", 2.0);
    entry("二、分项绩效目标", "itemized", 2.0);
    entry("第二部分 预算项目绩效目标", "part-2", 0.0);
    for number in 1..=forms {
        entry(&form_title(number), &format!("form-{number}"), 2.0);
    }
    sheet(SheetKind::Contents, "contents", blocks)
}

fn part(id: &str, first: &str, second: &str) -> Sheet {
    sheet(
        SheetKind::PartTitle,
        id,
        vec![Block::Text(TextBlock {
            outline: 1,
            ..text(&format!("{first}\n{second}"), title(26.0, 220.0))
        })],
    )
}

fn narrative() -> Sheet {
    let heading = |label: &str, id: &str| {
        Block::Text(TextBlock {
            id: Some(id.to_owned()),
            outline: 2,
            ..text(
                label,
                Style {
                    face: Face::Hei,
                    keep: true,
                    align: Align::Left,
                    ..body()
                },
            )
        })
    };
    let paragraph = |words: &str| Block::Text(text(words, body()));
    let mut blocks = vec![Block::Text(text(
        "部门整体绩效目标",
        Style {
            after: 14.0,
            ..title(22.0, 0.0)
        },
    ))];
    blocks.push(heading("一、总体绩效目标", "overall"));
    blocks.push(paragraph(
        "2025年，我馆坚持“读者第一、服务至上”的办馆宗旨，全年计划购置图书1.2万册，举办各类阅读推广活动不少于60场（其中少儿活动≥24场），\
         服务读者35万人次；数字资源访问量增长15%以上，读者满意度达到≥95%。围绕《临河县公共文化服务提升三年行动方案（2024—2026年）》的要求，\
         逐步形成“县馆——乡镇分馆——村级服务点”三级服务网络……",
    ));
    blocks.push(heading("二、分项绩效目标", "itemized"));
    for (at, name) in ["（一）文献资源建设", "（二）阅读推广", "（三）数字图书馆"]
        .iter()
        .enumerate()
    {
        blocks.push(Block::Text(text(
            name,
            Style {
                face: Face::Kai,
                keep: true,
                align: Align::Left,
                ..body()
            },
        )));
        blocks.push(paragraph(&format!(
            "绩效目标：按照年度采访计划完成中文图书、期刊及地方文献的采购、编目和上架，采购资金{}.50万元，验收合格率达到100%，\
             采购周期控制在45天以内；对破损图书及时修补，保证文献完好；开展“书香临河”全民阅读月、读书分享会、亲子阅读课堂等活动，\
             扩大RFID自助借还设备的覆盖面，提高服务效率。",
            17 + at
        )));
        blocks.push(paragraph(
            "绩效指标：新增藏量不少于1.2万册，活动场次不少于60场，系统可用率≥99.5%，平均响应时间＜2秒，群众知晓率持续提高。\
             所有项目资金实行专款专用，按季度公开执行进度，接受审计和社会监督。",
        ));
    }
    sheet(SheetKind::Narrative, "narrative", blocks)
}

fn form_title(number: usize) -> String {
    match number % 3 {
        0 => format!(
            "{number}.公共图书馆免费开放及乡镇分馆服务能力提升补助资金（中央直达资金及省级配套资金）项目绩效目标表"
        ),
        1 => format!("{number}.文献购置经费绩效目标表"),
        _ => format!("{number}.全民阅读推广活动经费绩效目标表"),
    }
}

fn label() -> Style {
    Style {
        align: Align::Center,
        border: true,
        ..Style::default()
    }
}

fn value() -> Style {
    Style {
        align: Align::Left,
        ..label()
    }
}

/// Cells of one row from (column, columns, rows, text, is label).
fn row(height: f32, header: bool, cells: &[(usize, usize, usize, &str, bool)], field: &str) -> Row {
    Row {
        header,
        height,
        cells: cells
            .iter()
            .map(|&(column, column_span, row_span, words, is_label)| Cell {
                column,
                column_span,
                row_span,
                text: words.to_owned(),
                amount: None,
                style: if is_label { label() } else { value() },
                field: (!is_label).then(|| format!("{field}.{column}")),
                ..Cell::default()
            })
            .collect(),
        ..Row::default()
    }
}

fn form(number: usize) -> Sheet {
    let goals = match number % 3 {
        0 => "1.免费开放场馆全年不少于300天，周开放时间不低于56小时，读者服务35万人次。\n".repeat(12),
        _ => "1.购置图书、期刊和地方文献，丰富馆藏。\n2.开展“书香临河”系列活动，提高群众阅读率。".to_owned(),
    };
    let f = "projects[0]";
    let mut rows = vec![
        row(
            24.0,
            false,
            &[
                (0, 1, 1, "项目编码", true),
                (1, 2, 1, "13020925P00139110001W", false),
                (3, 1, 1, "项目名称", true),
                (4, 2, 1, &form_title(number), false),
            ],
            f,
        ),
        row(
            24.0,
            false,
            &[
                (0, 1, 2, "预算规模及资金用途", true),
                (1, 1, 1, "预算数", true),
                (2, 1, 1, "17.50", false),
                (3, 1, 1, "其中：财政资金", true),
                (4, 1, 1, "17.50", false),
                (5, 1, 1, "其他资金", true),
            ],
            f,
        ),
        row(
            24.0,
            false,
            &[(
                1,
                5,
                1,
                "用于购置图书1.2万册，按每册不超过45元测算；开展60场阅读推广活动。",
                false,
            )],
            f,
        ),
        row(
            24.0,
            false,
            &[
                (0, 1, 2, "资金支出计划（%）", true),
                (1, 1, 1, "3月底", true),
                (2, 1, 1, "6月底", true),
                (3, 1, 1, "10月底", true),
                (4, 2, 1, "12月底", true),
            ],
            f,
        ),
        row(
            24.0,
            false,
            &[
                (1, 1, 1, "25%", false),
                (2, 1, 1, "50%", false),
                (3, 1, 1, "80%", false),
                (4, 2, 1, "100%", false),
            ],
            f,
        ),
        row(
            48.0,
            false,
            &[(0, 1, 1, "绩效目标", true), (1, 5, 1, &goals, false)],
            f,
        ),
        row(
            24.0,
            true,
            &[
                (0, 1, 1, "一级指标", true),
                (1, 1, 1, "二级指标", true),
                (2, 1, 1, "三级指标", true),
                (3, 1, 1, "绩效指标描述", true),
                (4, 1, 1, "指标值", true),
                (5, 1, 1, "指标值确定依据", true),
            ],
            f,
        ),
    ];
    let level2 = [
        "数量指标",
        "质量指标",
        "时效指标",
        "成本指标",
        "社会效益指标",
        "可持续影响指标",
        "服务对象满意度指标",
    ];
    let repeats = 1 + number % 3;
    for (at, name) in level2.iter().enumerate() {
        for again in 0..repeats {
            let mut cells = Vec::new();
            if again == 0 && at == 0 {
                cells.push((0, 1, 4 * repeats, "产出指标", true));
            } else if again == 0 && at == 4 {
                cells.push((0, 1, 2 * repeats, "效益指标", true));
            } else if again == 0 && at == 6 {
                cells.push((0, 1, repeats, "满意度指标", true));
            }
            if again == 0 {
                cells.push((1, 1, repeats, name, true));
            }
            let third = format!("指标{number}-{at}-{again}");
            cells.extend([
                (2, 1, 1, third.as_str(), false),
                (
                    3,
                    1,
                    1,
                    "反映年度内新增图书、期刊和地方文献的数量（含电子文献）",
                    false,
                ),
                (4, 1, 1, "≥17.5万元", false),
                (5, 1, 1, "《临河县图书馆2025年工作要点》", false),
            ]);
            rows.push(row(24.0, false, &cells, &format!("projects[0].indicators[{at}]")));
        }
    }
    let columns = [58.0, 66.0, 78.0, 104.0, 66.0, 70.2];
    assert!((columns.iter().sum::<f32>() - TYPE_AREA_WIDTH).abs() < 0.01);
    sheet(
        SheetKind::Form,
        &format!("form-{number}"),
        vec![
            Block::Text(TextBlock {
                outline: 2,
                ..text(
                    &form_title(number),
                    Style {
                        after: 6.0,
                        ..title(16.0, 0.0)
                    },
                )
            }),
            Block::Table(Table {
                columns: [300.0, 142.2].map(Column::fixed).to_vec(),
                rows: vec![Row {
                    height: 18.0,
                    cells: vec![
                        Cell {
                            column: 0,
                            column_span: 1,
                            row_span: 1,
                            text: "731001临河县图书馆本级".to_owned(),
                            style: Style {
                                vertical: Vertical::Middle,
                                ..Style::default()
                            },
                            ..Cell::default()
                        },
                        Cell {
                            column: 1,
                            column_span: 1,
                            row_span: 1,
                            text: "单位：万元".to_owned(),
                            style: Style {
                                align: Align::Right,
                                ..Style::default()
                            },
                            ..Cell::default()
                        },
                    ],
                    ..Row::default()
                }],
                ..Table::default()
            }),
            Block::Table(Table {
                columns: columns.map(Column::fixed).to_vec(),
                rows,
                ..Table::default()
            }),
        ],
    )
}
