//! `jixiao update` and what belongs to it, where no other program is needed: sides that agree and
//! disagree, choices, what is kept, what is missing.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::place::{Place, Run};

const NAME: &str = "青澜县水务局_2025_部门预算绩效文本";

/// A folder with the example, made into `out`.
struct Office(Place);

impl Deref for Office {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.0
    }
}

impl Office {
    fn new() -> Self {
        let office = Self(Place::new());
        let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/青澜县水务局-2025.txt");
        fs::copy(text, office.path("a.txt")).expect("the example");
        office.run("build a.txt -o out").ends(0);
        office
    }

    fn run(&self, arguments: &str) -> Run {
        self.0.run(&format!("{arguments} --lang en"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path("out").join(NAME).join(name)
    }

    fn model(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file("model.json")).expect("the model")).expect("JSON")
    }

    fn purpose(&self) -> String {
        self.model()["projects"][0]["purpose"]
            .as_str()
            .expect("a text")
            .to_owned()
    }

    fn edit_model(&self, change: impl FnOnce(&mut Value)) {
        let mut model = self.model();
        change(&mut model);
        fs::write(self.file("model.json"), model.to_string()).expect("the model");
    }

    fn edit_text(&self, before: &str, after: &str) {
        let path = self.path("a.txt");
        let text = fs::read_to_string(&path).expect("the text");
        assert!(text.contains(before));
        fs::write(path, text.replace(before, after)).expect("the text");
    }
}

#[test]
fn edits_of_all_sides_are_merged_and_the_second_time_nothing_is_done() {
    let office = Office::new();
    office.edit_text("≥74.3公里", "≥75公里");
    office.edit_model(|model| model["projects"][1]["budget"]["total"] = "12.5".into());
    let before = office.files("out");
    let said = office.run("update out --dry-run");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.out.contains("≥74.3公里 → ≥75公里") && said.out.contains("→ 12.5"),
        "{said:?}"
    );
    assert_eq!(office.files("out"), before, "a dry run writes nothing");
    let said = office.run("update out");
    assert_eq!(said.code, Some(0), "{said:?}");
    let model = office.model();
    assert_eq!(model["projects"][0]["indicators"][0]["target"], "≥75公里");
    assert_eq!(model["projects"][1]["budget"]["total"], "12.5");
    let workbook = office.run(&format!("parse out/{NAME}/{NAME}.xlsx"));
    let workbook: Value = serde_json::from_str(&workbook.out).expect("JSON");
    assert_eq!(workbook["projects"][0]["indicators"][0]["target"], "≥75公里");
    assert_eq!(workbook["projects"][1]["budget"]["total"], "12.5");
    let made = office.files("out");
    let said = office.run("update out");
    assert!(said.out.contains(" 0 updated"), "{said:?}");
    assert_eq!(office.files("out"), made);
}

#[test]
fn a_conflict_leaves_all_as_it_is_until_a_side_is_chosen() {
    for (choice, expected) in [
        ("--prefer source", "≥75公里"),
        ("--prefer model", "≥80公里"),
        ("choices", "≥80公里"),
    ] {
        let office = Office::new();
        office.edit_text("≥74.3公里", "≥75公里");
        office.edit_model(|model| model["projects"][0]["indicators"][0]["target"] = "≥80公里".into());
        office.edit_model(|model| model["projects"][0]["name"] = "堤防养护经费".into());
        let before = office.files("out");
        let said = office.run("update out --save-choices choices.json");
        assert_eq!(said.code, Some(1), "{said:?}");
        for text in ["edit-conflict", "≥74.3公里", "≥75公里", "≥80公里", "form 1"] {
            assert!(said.err.contains(text), "{text}: {said:?}");
        }
        assert_eq!(office.files("out"), before, "nothing is written");
        let arguments = if choice == "choices" {
            let path = office.path("choices.json");
            let text = fs::read_to_string(&path).expect("the conflicts");
            fs::write(&path, text.replace("\"take\": \"\"", "\"take\": \"model\"")).expect("the choices");
            "update out --choices choices.json".to_owned()
        } else {
            format!("update out {choice}")
        };
        let said = office.run(&arguments);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert_eq!(office.model()["projects"][0]["indicators"][0]["target"], expected);
        // What only one side changed is taken whoever is preferred.
        assert_eq!(office.model()["projects"][0]["name"], "堤防养护经费");
        assert!(office.run("update out").out.contains(" 0 updated"));
    }
}

#[test]
fn an_edit_outlives_later_changes_of_the_text_and_conflicts_with_them() {
    let office = Office::new();
    office.edit_model(|model| model["projects"][0]["purpose"] = "用于堤防养护".into());
    assert_eq!(office.run("update out").code, Some(0));
    // The text changes elsewhere: the edit stays.
    office.edit_text("汛前检查报告", "汛前检查记录");
    assert_eq!(office.run("update out").code, Some(0));
    assert_eq!(office.purpose(), "用于堤防养护");
    assert_eq!(
        office.model()["projects"][0]["indicators"][1]["basis"],
        "汛前检查记录"
    );
    // It changes there, too: the earlier edit is a side.
    office.edit_text("用于青澜河、石门河等6条", "用于青澜河、石门河等7条");
    let said = office.run("update out");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("an earlier edit"), "{said:?}");
    assert_eq!(office.run("update out --prefer workbook").code, Some(0));
    assert_eq!(office.purpose(), "用于堤防养护");
    assert!(office.run("update out").out.contains(" 0 updated"));
}

#[test]
fn build_does_not_undo_what_was_edited() {
    let office = Office::new();
    office.edit_model(|model| model["projects"][0]["purpose"] = "用于堤防养护".into());
    assert_eq!(office.run("update out").code, Some(0));
    let said = office.run("build a.txt -o out");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains("output-edited") && said.err.contains("jixiao update"),
        "{said:?}"
    );
    assert_eq!(office.purpose(), "用于堤防养护");
}

#[test]
fn replaced_workbooks_are_kept_and_brought_back() {
    let office = Office::new();
    let folder = format!("out/{NAME}");
    let first = office.purpose();
    for round in 1..=7 {
        office.edit_model(|model| model["projects"][0]["purpose"] = format!("第{round}稿").into());
        assert_eq!(office.run("update out").code, Some(0));
    }
    let said = office.run(&format!("restore {folder}"));
    assert_eq!(said.out.lines().count(), 5, "{said:?}");
    // The oldest that is kept was made in the second round.
    let said = office.run(&format!("restore {folder} 3"));
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(office.purpose(), "第2稿");
    assert!(office.run("update out").out.contains(" 0 updated"));
    assert_ne!(office.purpose(), first);
    let said = office.run(&format!("restore {folder} 99"));
    assert_eq!(said.code, Some(2), "{said:?}");
}

#[test]
fn missing_files_are_made_again_and_a_missing_base_is_told() {
    let office = Office::new();
    let pdf = office.file(&format!("{NAME}.pdf"));
    let before = fs::read(&pdf).expect("the PDF");
    fs::remove_file(&pdf).expect("it goes");
    let said = office.run("update out");
    assert!(said.out.contains("a file is missing"), "{said:?}");
    assert_eq!(fs::read(&pdf).expect("the PDF"), before);
    fs::remove_file(office.path("a.txt")).expect("the text goes");
    office.edit_model(|model| model["projects"][0]["purpose"] = "用于堤防养护".into());
    let said = office.run("update out");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("source-gone"), "{said:?}");
    fs::remove_file(office.file(".jixiao-base.json")).expect("the base goes");
    let said = office.run("update out");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("base-missing"), "{said:?}");
    assert_eq!(office.run("update .").code, Some(2));
}

#[test]
fn an_open_workbook_and_a_broken_one_are_told() {
    let office = Office::new();
    office.edit_model(|model| model["projects"][0]["purpose"] = "用于堤防养护".into());
    let lock = office.file(&format!("~${NAME}.xlsx"));
    fs::write(&lock, b"\x09Zhang San\0").expect("a file");
    let before = fs::read(office.file(&format!("{NAME}.pdf"))).expect("the PDF");
    let said = office.run("update out");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains("file-open") && said.err.contains("Zhang San"),
        "{said:?}"
    );
    assert_eq!(
        fs::read(office.file(&format!("{NAME}.pdf"))).expect("the PDF"),
        before
    );
    fs::remove_file(lock).expect("it is closed");
    let workbook = office.file(&format!("{NAME}.xlsx"));
    let whole = fs::read(&workbook).expect("the workbook");
    fs::write(&workbook, &whole[..whole.len() / 3]).expect("a part of it");
    let said = office.run("update out");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains("container-damaged") && said.err.contains(".xlsx"),
        "{said:?}"
    );
    assert_eq!(
        fs::read(&workbook).expect("the workbook").len(),
        whole.len() / 3,
        "it is left alone"
    );
    fs::write(&workbook, whole).expect("the workbook");
    assert_eq!(office.run("update out").code, Some(0));
}

#[test]
fn a_part_of_the_forms_leaves_the_others_in_the_model() {
    let office = Office::new();
    fs::copy(office.file("model.json"), office.path("m.json")).expect("the model");
    assert_eq!(office.run("render m.json -o part --only 2").code, Some(0));
    let said = office.run(&format!("parse part/{NAME}_2/{NAME}_2.xlsx"));
    let model: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(model["projects"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        model["projects"][2]["name"],
        office.model()["projects"][2]["name"]
    );
}

#[test]
fn the_workbook_of_another_department_is_told() {
    let office = Office::new();
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/望岳市图书馆-2022.txt");
    fs::copy(other, office.path("b.txt")).expect("the example");
    assert_eq!(office.run("build b.txt -o other").code, Some(0));
    let name = "望岳市图书馆_2022_部门预算绩效文本";
    let from = office.path(&format!("other/{name}/{name}.xlsx"));
    fs::copy(from, office.file(&format!("{NAME}.xlsx"))).expect("the wrong workbook");
    let before = office.model();
    let said = office.run("update out");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains("workbook-foreign") && said.err.contains("望岳市图书馆 2022"),
        "{said:?}"
    );
    assert_eq!(office.model(), before);
}

#[test]
fn a_folder_that_was_renamed_is_followed() {
    let office = Office::new();
    let out = office.path("out");
    office.edit_model(|model| model["projects"][0]["purpose"] = "用于堤防养护".into());
    fs::rename(out.join(NAME), out.join("水务局（已审）")).expect("renamed");
    let said = office.run("update out");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("水务局（已审）  updated"), "{said:?}");
    let workbook = out.join("水务局（已审）").join(format!("{NAME}.xlsx"));
    assert!(workbook.is_file());
    let names = fs::read_dir(out.join("水务局（已审）"))
        .expect("the folder")
        .count();
    assert_eq!(names, 9, "the six files, base, record and kept ones");
    assert!(office.run("update out").out.contains(" 0 updated"));
    // The files, too, may have been renamed with it.
    let folder = out.join("水务局（已审）");
    for extension in ["xlsx", "pdf"] {
        let to = folder.join(format!("水务局（已审）.{extension}"));
        fs::rename(folder.join(format!("{NAME}.{extension}")), to).expect("renamed");
    }
    let said = office.run("update out");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!folder.join(format!("{NAME}.xlsx")).exists(), "{said:?}");
}

#[test]
fn the_summary_of_the_batch_follows() {
    let office = Office::new();
    let text = fs::read_to_string(office.path("a.txt")).expect("the text");
    fs::write(office.path("b.txt"), text.replace("青澜县", "东川县")).expect("a text");
    assert_eq!(office.run("build a.txt b.txt -o out").code, Some(0));
    let summary = office.path("out/汇总.xlsx");
    let before = fs::read(&summary).expect("the summary");
    office.edit_model(|model| model["projects"][0]["budget"]["total"] = "1000.00".into());
    let said = office.run("update out");
    assert!(said.out.contains(" 1 updated"), "{said:?}");
    assert_ne!(fs::read(&summary).expect("the summary"), before);
}

#[test]
fn the_page_for_screens_is_made_where_it_is_asked_for_and_follows() {
    let office = Office::new();
    let page = office.file(&format!("{NAME}.html"));
    assert!(!page.exists(), "nobody asked for it");
    assert_eq!(office.run("build a.txt -o out --to html,json").code, Some(0));
    let before = fs::read_to_string(&page).expect("the page");
    let purpose = office.purpose();
    assert!(before.contains(&purpose));
    office.edit_text(&purpose, "修渠引水两处");
    let said = office.run("update out");
    assert_eq!(said.code, Some(0), "{said:?}");
    let after = fs::read_to_string(&page).expect("the page");
    assert!(after.contains("修渠引水两处"), "{said:?}");
    assert_ne!(after, before);
    fs::remove_file(&page).expect("it goes");
    assert_eq!(office.run("update out").code, Some(0));
    assert_eq!(fs::read_to_string(&page).expect("the page"), after);
}
