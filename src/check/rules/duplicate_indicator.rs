//! `duplicate-indicator`: 同一张表内三级指标重名.

use crate::check::review::Review;
use crate::check::{Example, Found, Rule};
use crate::finding::{Code, Message};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code::DuplicateIndicator,
    number: "I05",
    title: Message::fixed(
        "同一张表内三级指标重名",
        "A form has two indicators of the same name",
    ),
    what: Message::fixed(
        "同一张表内两行以上的三级指标名称相同；“无”等充数的行不算。每个重复的名称报一次。",
        "Two or more rows of a form have the same level-3 name, fillers apart. Each name is reported once.",
    ),
    why: Message::fixed(
        "重名的指标无法区分考核对象，汇总时会被当作同一个。",
        "Nobody can tell them apart, and tables take them for one.",
    ),
    source: None,
    fix: None,
    hits: &[
        Example(&[(
            "indicators[+]",
            "产出指标|数量指标|清淤长度|支流清淤的长度|≥2公里|年度计划",
        )]),
        Example(&[(
            "indicators[+]",
            "效益指标|生态效益指标|受益 人口|下游受益的人口|≥1万人|统计资料",
        )]),
    ],
    misses: &[
        Example(&[(
            "indicators[+]",
            "产出指标|数量指标|支流清淤长度|支流清淤的长度|≥2公里|年度计划",
        )]),
        Example(&[
            ("indicators[+]", "效益指标|经济效益指标|无|无|无|无"),
            ("indicators[+]", "效益指标|生态效益指标|无|无|无|无"),
        ]),
    ],
    check,
};

fn check(review: &Review<'_>, found: &mut Found<'_>) {
    for form in review.open_forms() {
        let mut told: Vec<&str> = Vec::new();
        let named = || form.filled_rows().filter(|row| !row.name.is_empty());
        for row in named() {
            let name = row.name.as_ref();
            let before: Vec<_> = named()
                .take_while(|other| other.index < row.index)
                .filter(|other| other.name == name)
                .collect();
            let Some(first) = before.first().filter(|_| !told.contains(&name)) else {
                continue;
            };
            told.push(name);
            let rows: Vec<_> = named()
                .filter(|other| other.name == name)
                .map(|row| (row.index + 1).to_string())
                .collect();
            found
                .on_row(
                    form,
                    row,
                    "level3",
                    Message::new(
                        format!("第 {} 行的三级指标同为“{name}”。", rows.join("、")),
                        format!("rows {} are all named “{name}”.", rows.join(", ")),
                    ),
                )
                .beside(form.place(&first.path("level3")));
        }
    }
}
