//! A form of a kind that is not built in: named where nothing describes it, read and made where a
//! folder with a label table and a template does.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

fn forms() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/forms")
}

fn parsed(arguments: &[&str]) -> (Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_jixiao"))
        .args(["parse", "mixed.txt", "--lang", "en"])
        .args(arguments)
        .current_dir(forms())
        .output()
        .expect("the program");
    let model = serde_json::from_slice(&output.stdout).expect("a model");
    (model, String::from_utf8(output.stderr).expect("UTF-8"))
}

#[test]
fn a_form_of_an_unknown_kind_is_named_and_the_rest_is_made() {
    let (model, told) = parsed(&[]);
    assert_eq!(model["projects"].as_array().expect("projects").len(), 1);
    assert_eq!(
        model["projects"][0]["indicators"].as_array().expect("rows").len(),
        4
    );
    assert!(told.contains("form-unknown  mixed.txt:28:1  form 2"), "{told}");
    assert!(told.contains("主管部门及代码"), "{told}");
    assert!(told.contains("hebei-2021"), "{told}");
    assert!(!told.contains("text-unplaced"), "{told}");
}

#[test]
fn a_folder_is_enough_to_add_a_form() {
    let (model, told) = parsed(&["--templates", "."]);
    assert_eq!(told, "", "nothing to tell");
    let project = &model["projects"][1];
    assert_eq!(project["form"], "central-2015");
    assert_eq!(project["number"], 2);
    assert_eq!(project["name"], "水文监测站更新");
    assert_eq!(project["budget"]["total"], "120.00");
    assert_eq!(project["budget"]["other"], "20.00");
    assert_eq!(project["fields"]["department_in_charge"], "清河县水利局 203");
    assert_eq!(project["fields"]["project_period"], "2025年至2027年");
    assert_eq!(project["goals"][0], "1.更新监测站六座");
    assert_eq!(project["indicators"][1]["level1"], "产出指标");
    assert_eq!(project["indicators"][2]["target"], "≥95%");
}

#[test]
fn documents_are_made_with_the_added_form() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("new-form");
    let _ = std::fs::remove_dir_all(&out);
    let output = Command::new(env!("CARGO_BIN_EXE_jixiao"))
        .args(["build", "mixed.txt", "--templates", ".", "--lang", "en", "-o"])
        .arg(&out)
        .current_dir(forms())
        .output()
        .expect("the program");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    assert!(!told.contains("fill-without-place"), "{told}");
}
