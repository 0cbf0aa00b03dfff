//! `jixiao diff` as its users run it: three outputs, two years, exit codes.

use serde_json::Value;

use super::place::Place;

/// A document of two forms; `edit` changes its text.
fn document(year: &str, edit: impl Fn(String) -> String) -> String {
    let form = |number: u32, code: &str, name: &str, target: &str| {
        format!(
            "{number}.{year}年{name}绩效目标表\n507001\t霜溪县文化馆\t单位：万元\n\
             项目编码\t{code}\t项目名称\t{year}年{name}\n\
             预算规模及资金用途\t预算数\t6.00\t其中：财政资金\t6.00\t其他资金\t\n\
             \t用于{name}的场地、器材和讲师补助。\n\
             资金支出计划（%）\t3月底\t6月底\t10月底\t12月底\n\t10%\t50%\t80%\t100%\n\
             绩效目标\t1.办好{name}。\n\
             一级指标\t二级指标\t三级指标\t绩效指标描述\t指标值\t指标值确定依据\n\
             产出指标\t数量指标\t举办场次\t全年举办的场次\t{target}\t年度计划\n\
             \t质量指标\t课程完成率\t按期完成的课程比例\t≥90%\t年度计划\n\
             效益指标\t社会效益指标\t参与人次\t到场群众人次\t≥2000人次\t活动记录\n\
             满意度指标\t服务对象满意度指标\t群众满意度\t受访群众满意比例\t≥92%\t问卷\n\n"
        )
    };
    let text = format!(
        "霜溪县文化馆\n{year}年部门预算绩效文本\n\n第一部分 部门整体绩效目标\n一、总体绩效目标\n\
         丰富群众文化生活，全年免费开放。\n\n第二部分 预算项目绩效目标\n{}{}",
        form(
            1,
            &format!("130999{}P0000110000100", &year[2..]),
            "公益讲座经费",
            "≥24场"
        ),
        form(2, "13099923P00001100002", "文艺下乡经费", "≥30场"),
    );
    edit(text)
}

fn place(before: &str, after: &str) -> Place {
    let place = Place::new();
    place.write("before.txt", before.as_bytes());
    place.write("after.txt", after.as_bytes());
    place
}

#[test]
fn equal_documents_have_no_differences() {
    let text = document("2025", |text| text);
    let place = place(&text, &text);
    let run = place.run("diff before.txt after.txt --lang zh").ends(0);
    assert_eq!(run.out, "没有不同。\n");
    let run = place.run("diff before.txt after.txt --to json").ends(0);
    assert_eq!(run.out, "[]\n");
    // The model of a text is the same document.
    let model = place.run("parse before.txt").out;
    place.write("model.json", model.as_bytes());
    let run = place.run("diff model.json after.txt --lang en").ends(0);
    assert_eq!(run.out, "No differences.\n");
    place.run_with("diff - after.txt", model.as_bytes()).ends(0);
}

#[test]
fn an_edit_is_shown_with_form_label_and_places() {
    let before = document("2025", |text| text);
    let after = document("2025", |text| {
        let text = text.replacen("≥24场", "≥28场", 1);
        text.replace("全年免费开放", "全年 免费开放")
    });
    let place = place(&before, &after);
    let run = place.run("diff before.txt after.txt --lang zh").ends(1);
    for said in [
        "表1 2025年公益讲座经费\n",
        "指标值 第1项",
        "≥24场",
        "≥28场",
        "共 2 处不同：修改 2",
    ] {
        assert!(run.out.contains(said), "{said} in\n{}", run.out);
    }
    assert!(run.out.contains("全年␣免费开放"), "{}", run.out);
    let run = place
        .run("diff before.txt after.txt --ignore-blanks --lang en")
        .ends(1);
    assert!(
        run.out.contains("form 1 ") && run.out.contains("indicators[0].target"),
        "{}",
        run.out
    );
    assert!(run.out.ends_with("1 difference: 1 changed\n"), "{}", run.out);

    let run = place.run("diff before.txt after.txt --to json").ends(1);
    let changes: Value = serde_json::from_str(&run.out).expect("JSON");
    let change = &changes[1];
    assert_eq!(change["kind"], "changed");
    assert_eq!(change["path"], "projects[0].indicators[0].target");
    assert_eq!(change["form"]["number"], 1);
    assert_eq!(
        (&change["before"], &change["after"]),
        (&"≥24场".into(), &"≥28场".into())
    );
    assert!(
        change["place_before"]["line"].is_u64() && change["place_after"]["line"].is_u64(),
        "{change}"
    );
}

#[test]
fn two_years_are_compared_form_by_form() {
    // The first form has a new code, as its year is in it, and a new year in its name; the second, which
    // comes first now, has kept its code and is called something else.
    let before = document("2024", |text| text);
    let after = document("2025", |text| {
        let at = |number: &str| text.find(&format!("{number}.2025年")).expect("a form");
        let (first, second) = (at("1"), at("2"));
        let moved = text[second..].replace("2025年文艺下乡经费", "乡村文艺演出经费");
        let moved = moved.replace("2.乡村", "1.乡村").replace("≥30场", "≥36场");
        format!(
            "{}{moved}{}",
            &text[..first],
            text[first..second].replace("1.2025", "2.2025")
        )
    });
    let place = place(&before, &after);
    let run = place.run("diff before.txt after.txt --to json").ends(1);
    let changes: Value = serde_json::from_str(&run.out).expect("JSON");
    let changes = changes.as_array().expect("an array");
    let told: Vec<(&str, &str)> = changes
        .iter()
        .map(|change| {
            let text = |name: &str| change[name].as_str().expect("a text");
            (text("kind"), text("path"))
        })
        .collect();
    assert!(
        told.iter().all(|(kind, _)| matches!(*kind, "changed" | "moved")),
        "{told:?}"
    );
    for path in [
        "year",
        "projects[0].code",
        "projects[0].name",
        "projects[1].name",
        "projects[1].number",
    ] {
        assert!(told.contains(&("changed", path)), "{path} in {told:?}");
    }
    assert!(
        told.contains(&("changed", "projects[1].indicators[0].target")),
        "{told:?}"
    );
    assert!(!told.contains(&("changed", "projects[1].code")), "{told:?}");
    assert_eq!(
        told.iter().filter(|(kind, _)| *kind == "moved").count(),
        1,
        "{told:?}"
    );
}

#[test]
fn a_department_on_one_side_only_is_said() {
    let one = document("2025", |text| text);
    let other = one.replace("霜溪县文化馆", "霜溪县图书馆");
    let place = place(&one, &format!("{one}\n{other}"));
    let run = place.run("diff before.txt after.txt --lang zh").ends(1);
    assert!(
        run.out.contains("新增  整个部门") && run.out.contains("霜溪县图书馆"),
        "{}",
        run.out
    );
    place.run("diff after.txt before.txt --lang en").ends(1);
}

#[test]
fn the_workbook_shows_both_texts_and_is_not_overwritten() {
    let before = document("2025", |text| text);
    let long = "一".repeat(700);
    let after = document("2025", |text| text.replace("场地、器材", &long));
    let place = place(&before, &after);
    place
        .run("diff before.txt after.txt --to xlsx --lang en")
        .ends(2)
        .tells("--out");
    let run = place
        .run("diff before.txt after.txt --to xlsx -o changes.xlsx")
        .ends(1);
    assert_eq!(run.out, "2 differences: 2 changed\n");
    let bytes = place.read("changes.xlsx");
    assert!(bytes.starts_with(b"PK"));
    // The same again is fine, another one is not.
    place
        .run("diff before.txt after.txt --to xlsx -o changes.xlsx")
        .ends(1);
    place
        .run("diff after.txt before.txt --to xlsx -o changes.xlsx --lang zh")
        .ends(2)
        .tells("--force");
    assert_eq!(place.read("changes.xlsx"), bytes);
    place
        .run("diff after.txt before.txt --to xlsx -o changes.xlsx --force")
        .ends(1);
    assert_ne!(place.read("changes.xlsx"), bytes);
    // The documents themselves are never overwritten.
    place
        .run("diff before.txt after.txt -o after.txt --force")
        .ends(2);
    assert_eq!(place.read("after.txt"), after.as_bytes());
    let all = place.run("diff before.txt after.txt --to xlsx -o none/changes.xlsx");
    assert_eq!(all.code, Some(2), "{all:?}");
}

#[test]
fn what_cannot_be_compared_ends_with_2() {
    let text = document("2025", |text| text);
    let place = place(&text, "各科室：请于周五前报送材料。\n");
    place
        .run("diff before.txt after.txt")
        .ends(2)
        .tells("no-form")
        .tells("after.txt");
    place
        .run("diff before.txt missing.txt")
        .ends(2)
        .tells("missing.txt");
    place.write("bad.json", b"{\"department\": 3}");
    place
        .run("diff bad.json before.txt")
        .ends(2)
        .tells("model-invalid")
        .tells("bad.json");
    place.run_with("diff - -", text.as_bytes()).ends(2);
    place.run("diff before.txt").ends(2);
    let run = place.run("diff --help --lang zh").ends(0);
    assert!(run.out.contains("jixiao diff <BEFORE> <AFTER>"), "{}", run.out);
}
