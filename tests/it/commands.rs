//! The program as its users run it: commands, files, exit codes, what is told.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::place::Place;

/// A sound document of the project's own.
const SOUND: &str = "青澜县水务局-2025";
const SOUND_FOLDER: &str = "青澜县水务局_2025_部门预算绩效文本";
/// A sound document in the form by quarters.
const QUARTERS: &str = "望岳市图书馆-2022";

impl Place {
    /// One with the sound document in `in/a.txt`.
    fn with_document() -> Self {
        let place = Self::new();
        place.write("in/a.txt", example(SOUND));
        place
    }
}

fn example(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/{name}.txt"));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sound document as text.
fn sound() -> String {
    String::from_utf8(example(SOUND)).expect("UTF-8")
}

#[test]
fn build_makes_a_folder_per_department() {
    let place = Place::with_document();
    let run = place.run("build in -o out --lang zh").ends(0);
    let expected = [
        "model.json",
        "X.pdf",
        "X.xlsx",
        "X审核意见表.pdf",
        "X审核意见表.xlsx",
        "X概览.pdf",
    ]
    .map(|name| format!("{SOUND_FOLDER}/{}", name.replace('X', SOUND_FOLDER)));
    assert_eq!(place.names("out"), expected);
    assert!(
        place
            .read(&format!("out/{SOUND_FOLDER}/{SOUND_FOLDER}.pdf"))
            .starts_with(b"%PDF-")
    );
    assert!(
        place
            .read(&format!("out/{SOUND_FOLDER}/{SOUND_FOLDER}.xlsx"))
            .starts_with(b"PK")
    );
    assert!(run.out.contains("1 个部门"), "{}", run.out);
    let json: Value =
        serde_json::from_slice(&place.read(&format!("out/{SOUND_FOLDER}/model.json"))).expect("JSON");
    assert_eq!(json["year"], 2025);
}

#[test]
fn made_again_nothing_is_written() {
    let place = Place::with_document();
    place.run("build in -o out").ends(0);
    let before = place.made("out");
    let run = place.run("build in -o out --jobs 3").ends(0);
    assert!(run.out.contains("files written 0, unchanged 6"), "{}", run.out);
    assert_eq!(place.made("out"), before);
    // The same bytes in another folder, from another path.
    place.run("build ./in/a.txt -o other --jobs 1").ends(0);
    assert_eq!(place.made("other"), before);
}

#[test]
fn bad_inputs_are_told_and_end_with_2() {
    let place = Place::new();
    place.write("empty.txt", b"");
    place.write("blank.txt", "\u{feff} \r\n\u{3000}\n".as_bytes());
    place.write(
        "binary.txt",
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\xff\xfe\0\0",
    );
    place.write(
        "workbook.xlsx",
        b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\xff\xff\0\0",
    );
    place.write(
        "letter.txt",
        "各科室：\n请于本周五前报送材料。\n办公室\n".as_bytes(),
    );
    place.write("model.json", b"{\"department\":null}");
    place.write("folder/x.png", b"PK\x03\x04");
    for (input, code) in [
        ("empty.txt", "source-empty"),
        ("blank.txt", "source-empty"),
        ("binary.txt", "source-binary"),
        ("workbook.xlsx", "container-damaged"),
        ("letter.txt", "no-form"),
        ("missing.txt", "input-unreadable"),
        ("model.json", "input-unreadable"),
        ("folder", "input-unreadable"),
    ] {
        for language in ["zh", "en"] {
            place
                .run(&format!("build {input} -o out --lang {language}"))
                .ends(2)
                .tells(code)
                .tells(input);
            let run = place
                .run(&format!("parse {input} --lang {language}"))
                .ends(2)
                .tells(code);
            assert!(!run.out.contains("\"projects\": [\n"), "{}", run.out);
        }
        assert_eq!(place.names("out"), Vec::<String>::new(), "{input}");
    }
}

#[test]
fn a_bad_input_does_not_stop_the_others() {
    let place = Place::with_document();
    place.write("in/b.txt", b"");
    place.write("in/c.txt", b"\0\x01\x02\x03\xff\xfe\xfd");
    let run = place
        .run("build in missing.txt -o out --no-check --findings found.json")
        .ends(1)
        .tells("source-empty")
        .tells("missing.txt");
    assert!(run.out.contains("departments 1,"), "{}", run.out);
    assert_eq!(place.names("out").len(), 4);
    let found: Value = serde_json::from_slice(&place.read("found.json")).expect("JSON");
    let codes: Vec<_> = found
        .as_array()
        .expect("an array")
        .iter()
        .map(|finding| finding["code"].as_str().expect("a code"))
        .collect();
    assert_eq!(codes, ["input-unreadable", "source-empty", "source-binary"]);
}

#[test]
fn undecodable_bytes_are_told_with_their_place_and_the_rest_is_made() {
    let place = Place::new();
    let text = sound();
    let line = text
        .lines()
        .position(|line| line.contains("万元"))
        .expect("a line")
        + 1;
    let at = text.find("万元").expect("a place");
    let mut bytes = text.into_bytes();
    bytes[at] = 0xff;
    place.write("a.txt", &bytes);
    place
        .run("build a.txt -o out")
        .ends(1)
        .tells("bytes-undecodable")
        .tells(&format!("a.txt:{line}:"));
    assert_eq!(place.names("out").len(), 6);
}

#[test]
fn an_output_folder_that_cannot_be_written_ends_with_2() {
    let place = Place::with_document();
    place.write("file", b"");
    place
        .run("build in -o file/out")
        .ends(2)
        .tells("output-unwritable")
        .tells("file/out");
    place.run("build in -o file").ends(2).tells("output-unwritable");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::create_dir(place.path("shut")).expect("a folder");
        let shut = |mode| fs::set_permissions(place.path("shut"), fs::Permissions::from_mode(mode));
        shut(0o555).expect("permissions");
        if fs::write(place.path("shut/x"), b"").is_ok() {
            eprintln!("passed over: this user may write everywhere");
        } else {
            place.run("build in -o shut").ends(2).tells("output-unwritable");
        }
        shut(0o755).expect("permissions");
    }
}

#[test]
fn a_broken_template_folder_ends_with_2_and_names_file_and_line() {
    let place = Place::with_document();
    fs::create_dir(place.path("none")).expect("a folder");
    place
        .run("build in -o out --templates none")
        .ends(2)
        .tells("template-broken")
        .tells("none");
    place
        .run("build in -o out --templates missing")
        .ends(2)
        .tells("missing");
    place.run("templates export t").ends(0);
    place.run("build in -o out --templates t").ends(0);
    let cover = String::from_utf8(place.read("t/cover.html")).expect("UTF-8");
    place.write("t/cover.html", format!("{cover}\n<blink>x</blink>\n").as_bytes());
    let line = cover.matches('\n').count() + 2;
    let place_told = format!("cover.html:{line}:");
    place
        .run("build in -o out2 --templates t")
        .ends(2)
        .tells("template-broken")
        .tells(&place_told);
    place.write("t/cover.html", b"<section>\n\xff");
    place
        .run("render m.json -o out2 --templates t")
        .ends(2)
        .tells("cover.html:2:1");
    place.write("t/cover.html", cover.as_bytes());
    place.write("t/labels.toml", b"[labels]\nx = 3\n");
    place.run("parse in --templates t").ends(2).tells("labels.toml:2");
    assert_eq!(place.names("out2"), Vec::<String>::new());
}

#[test]
fn a_broken_font_folder_ends_with_2_and_names_the_file() {
    let place = Place::with_document();
    place
        .run("build in -o out --fonts missing")
        .ends(2)
        .tells("font-broken");
    fs::create_dir(place.path("fonts")).expect("a folder");
    place
        .run("build in -o out --fonts fonts")
        .ends(2)
        .tells("font-broken");
    place.write("fonts/仿宋.ttf", b"no font");
    place
        .run("build in -o out --fonts fonts")
        .ends(2)
        .tells("仿宋.ttf");
    assert_eq!(place.names("out"), Vec::<String>::new());
    let kai = fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fonts/BudgetKai-Regular.ttf"
    ));
    place.write("fonts/仿宋.ttf", kai.expect("a built-in font"));
    place.run("build in -o out --fonts fonts").ends(0);
}

#[test]
fn a_template_changes_what_is_made() {
    let place = Place::with_document();
    place.run("build in -o out").ends(0);
    place.run("templates export t").ends(0);
    let labels = String::from_utf8(place.read("t/hebei-2021/labels.toml")).expect("UTF-8");
    place.write(
        "t/hebei-2021/labels.toml",
        labels
            .replace("[\"指标值\"]", "[\"目标值\", \"指标值\"]")
            .as_bytes(),
    );
    place.run("build in -o other --templates t").ends(0);
    for extension in ["xlsx", "pdf"] {
        let name = format!("{SOUND_FOLDER}/{SOUND_FOLDER}.{extension}");
        assert_ne!(
            place.read(&format!("out/{name}")),
            place.read(&format!("other/{name}")),
            "{extension}"
        );
    }
}

#[test]
fn an_edited_file_is_left_alone() {
    let place = Place::with_document();
    place.run("build in -o out").ends(0);
    let workbook = format!("out/{SOUND_FOLDER}/{SOUND_FOLDER}.xlsx");
    let pdf = format!("out/{SOUND_FOLDER}/{SOUND_FOLDER}.pdf");
    let old_pdf = place.read(&pdf);
    place.write(&workbook, b"my work");
    place.write("in/a.txt", sound().replace("防汛", "抗旱防汛").as_bytes());
    let run = place
        .run("build in -o out")
        .ends(1)
        .tells("output-edited")
        .tells(&workbook);
    assert!(run.out.contains("xlsx* pdf overview review"), "{}", run.out);
    assert_eq!(place.read(&workbook), b"my work");
    assert_ne!(place.read(&pdf), old_pdf);
    // Moved away, it is made again.
    fs::remove_file(place.path(&workbook)).expect("a file");
    place.run("build in -o out").ends(0);
}

#[test]
fn the_same_department_twice_is_told_and_both_are_made() {
    let place = Place::with_document();
    place.write("in/b.txt", sound().replace("防汛", "抗旱防汛").as_bytes());
    for order in ["in/a.txt in/b.txt", "in/b.txt in/a.txt"] {
        let out = format!("out{}", order.len() + usize::from(order.starts_with("in/b")));
        place
            .run(&format!("build {order} -o {out} --to json"))
            .ends(0)
            .tells("department-twice")
            .tells("in/a.txt and in in/b.txt");
        let names = place.names(&out);
        assert_eq!(names.len(), 2, "{names:?}");
        assert_eq!(names[0], format!("{SOUND_FOLDER}/model.json"));
        assert_eq!(names[1], format!("{SOUND_FOLDER}_b/model.json"));
        assert!(!String::from_utf8_lossy(&place.read(&format!("{out}/{}", names[0]))).contains("抗旱防汛"));
        assert!(String::from_utf8_lossy(&place.read(&format!("{out}/{}", names[1]))).contains("抗旱防汛"));
    }
}

#[test]
fn parse_prints_an_object_an_array_or_lines() {
    let place = Place::with_document();
    let json = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let one = json(&place.run("parse in/a.txt").ends(0).out);
    assert!(one.is_object());
    let text = place.read("in/a.txt");
    assert_eq!(json(&place.run_with("parse -", &text).ends(0).out), one);
    place.write("in/b.txt", example(QUARTERS));
    let two = json(&place.run("parse in --jobs 2").ends(0).out);
    assert_eq!(two.as_array().map(Vec::len), Some(2));
    assert_eq!(two[0], one);
    let lines = place.run("parse in --ndjson --findings found.json").ends(0).out;
    let mut lines: Vec<Value> = lines.lines().map(json).collect();
    // A line says where it was read, too.
    let beside = lines
        .iter_mut()
        .map(|line| line.as_object_mut()?.remove("parsed"));
    let sources: Vec<Value> = beside
        .map(|beside| beside.expect("a source")["source"].clone())
        .collect();
    assert_eq!(sources, ["in/a.txt", "in/b.txt"]);
    assert!(lines.as_slice() == two.as_array().expect("an array"));
    assert!(json(&String::from_utf8(place.read("found.json")).expect("UTF-8")).is_array());
}

#[test]
fn rendering_what_was_parsed_makes_what_build_makes() {
    let place = Place::with_document();
    place.write("in/b.txt", example(QUARTERS));
    place.run("build in -o out").ends(0);
    let made = place.made("out");
    for (arguments, input) in [("parse in", "m.json"), ("parse in --ndjson", "m.ndjson")] {
        let models = place.run(arguments).ends(0).out;
        place.write(input, models.as_bytes());
        place.run(&format!("render {input} -o from-{input}")).ends(0);
        assert_eq!(place.made(&format!("from-{input}")), made, "{input}");
    }
    let model = format!("out/{SOUND_FOLDER}/model.json");
    place.run(&format!("render {model} -o single")).ends(0);
    assert_eq!(place.made("single"), made[6..].to_vec());
    let text = place.read(&model);
    place.run_with("render - -o piped", &text).ends(0);
    assert_eq!(place.made("piped"), made[6..].to_vec());
}

#[test]
fn a_model_edited_in_place_is_rendered_and_not_overwritten() {
    let place = Place::with_document();
    place.run("build in -o out").ends(0);
    let model = format!("out/{SOUND_FOLDER}/model.json");
    let pdf = format!("out/{SOUND_FOLDER}/{SOUND_FOLDER}.pdf");
    let old_pdf = place.read(&pdf);
    let edited = String::from_utf8(place.read(&model))
        .expect("UTF-8")
        .replace("防汛", "抗旱防汛");
    place.write(&model, edited.as_bytes());
    place.run(&format!("render {model} -o out")).ends(0);
    assert_eq!(place.read(&model), edited.as_bytes());
    assert_ne!(place.read(&pdf), old_pdf);
    // A later build knows that the model is somebody's work.
    place
        .run("build in -o out")
        .ends(1)
        .tells("output-edited")
        .tells("model.json");
    assert_eq!(place.read(&model), edited.as_bytes());
}

#[test]
fn some_forms_alone_go_to_a_folder_of_their_own() {
    let place = Place::with_document();
    place.write("m.json", place.run("parse in").ends(0).out.as_bytes());
    place.run("render m.json -o out --only 3,1 --to pdf,xlsx").ends(0);
    let folder = format!("{SOUND_FOLDER}_1_3");
    assert_eq!(place.names("out")[0], format!("{folder}/{folder}.pdf"));
    place
        .run("render m.json -o out --only 1,77 --to pdf")
        .ends(1)
        .tells("77");
    place.run("render m.json -o out2 --only 77").ends(2).tells("77");
}

#[test]
fn what_is_no_model_is_told_with_its_place() {
    let place = Place::new();
    place.write(
        "a.json",
        "{\n  \"department\": \"甲局\",\n  \"year\": \"二〇二五\"\n}\n".as_bytes(),
    );
    place
        .run("render a.json -o out")
        .ends(2)
        .tells("model-invalid")
        .tells("a.json:3:");
    place.write("b.json", b"{\"name\": \"some-package\", \"version\": 1}");
    place
        .run("render b.json -o out")
        .ends(2)
        .tells("no-form")
        .tells("b.json");
    place.write("c.json", b"");
    place
        .run("render c.json -o out --lang zh")
        .ends(2)
        .tells("model-invalid");
}

#[test]
fn the_schema_holds_for_a_model() {
    let place = Place::with_document();
    let schema = place.run("schema").ends(0).out;
    let parsed: Value = serde_json::from_str(&schema).expect("JSON");
    assert_eq!(parsed["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(parsed["$id"].is_string() && parsed["title"].is_string());
    place.write("schema.json", schema.as_bytes());
    place.write("model.json", place.run("parse in").ends(0).out.as_bytes());
    let script = "import json, jsonschema as j\n\
                  s, m = (json.load(open(f, encoding='utf-8')) for f in ('schema.json', 'model.json'))\n\
                  j.Draft202012Validator.check_schema(s)\nj.Draft202012Validator(s).validate(m)";
    let run = |script: &str| {
        Command::new("python3")
            .current_dir(place.path("."))
            .args(["-c", script])
            .output()
    };
    if run("import jsonschema").is_ok_and(|output| output.status.success()) {
        let output = run(script).expect("python3");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    } else {
        eprintln!("passed over: python3 with jsonschema is not here");
    }
}

#[test]
fn templates_are_listed_and_exported() {
    let place = Place::new();
    let list = place.run("templates list").ends(0).out;
    for text in [
        "hebei-2021  ",
        "tangshan-2022  ",
        "cover.html",
        "tangshan-2022/form.html",
    ] {
        assert!(list.contains(text), "{text} in {list}");
    }
    place.run("templates export t").ends(0);
    place.run("templates export t").ends(0);
    place.write("t/cover.html", b"mine");
    place
        .run("templates export t")
        .ends(1)
        .tells("output-edited")
        .tells("cover.html");
    assert_eq!(place.read("t/cover.html"), b"mine");
    // A form of one's own is listed with the others.
    let labels = String::from_utf8(place.read("t/hebei-2021/labels.toml")).expect("UTF-8");
    place.write(
        "mine/own/labels.toml",
        labels.replace("\"hebei-2021\"", "\"own\"").as_bytes(),
    );
    place.write("mine/own/form.html", place.read("t/hebei-2021/form.html"));
    let list = place.run("templates list --templates mine").ends(0).out;
    assert!(list.contains("  own  "), "{list}");
}

#[test]
fn another_form_is_filled_where_it_is_asked_for() {
    let place = Place::new();
    place.write("in/b.txt", example(QUARTERS));
    place
        .run("build in -o out --form hebei-2021")
        .tells("fill-without-place");
    assert_eq!(place.names("out").len(), 6);
    place
        .run("build in -o out --form no-such")
        .ends(2)
        .tells("form-unknown")
        .tells("tangshan-2022");
}

#[test]
fn the_locale_chooses_the_language() {
    let place = Place::new();
    let run = |variable: &str, value: &str, arguments: &str| {
        let output = place
            .command(arguments)
            .env(variable, value)
            .output()
            .expect("the program");
        String::from_utf8(output.stdout).expect("UTF-8") + &String::from_utf8_lossy(&output.stderr)
    };
    assert!(run("LANG", "zh_CN.UTF-8", "--help").contains("用法：jixiao"));
    assert!(run("LC_ALL", "zh_CN.UTF-8", "build --help").contains("用法：jixiao build"));
    assert!(run("LANG", "en_US.UTF-8", "--help").contains("Usage: jixiao"));
    assert!(run("LANG", "zh_CN.UTF-8", "build missing.txt -o out").contains("找不到"));
    assert!(run("LANG", "zh_CN.UTF-8", "build missing.txt -o out --lang en").contains("no such file"));
    assert!(run("LANG", "zh_CN.UTF-8", "build").contains("缺少"));
}

#[test]
fn wrong_arguments_end_with_2() {
    let place = Place::new();
    for arguments in [
        "",
        "bild",
        "build",
        "build x",
        "build x -o",
        "build x -o y --to doc",
        "schema x",
        "templates",
    ] {
        let run = place.run(arguments).ends(2);
        assert!(
            run.out.is_empty() && run.err.contains("Usage: jixiao"),
            "{arguments}: {run:?}"
        );
    }
    place.run("--help").ends(0);
    place.run("--version").ends(0);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let place = Place::with_document();
    for arguments in ["parse in", "schema", "templates list", "--help"] {
        let mut child = place
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("an end");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments}: {told}");
        assert_eq!(told, "", "{arguments}");
    }
}

#[test]
fn a_stopped_build_goes_on() {
    let place = Place::new();
    for number in 0..24 {
        let text = sound().replace("青澜县", &format!("青澜县第{number}"));
        place.write(&format!("in/{number}.txt"), text.as_bytes());
    }
    place.run("build in -o whole").ends(0);
    let whole = place.made("whole");
    for pause in [30, 120, 350] {
        let mut child = place
            .command("build in -o out")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program");
        std::thread::sleep(std::time::Duration::from_millis(pause));
        let _ = child.kill();
        let _ = child.wait();
        // Each file that is there is whole.
        for (name, bytes) in place.made("out") {
            if !name.contains(".jixiao") {
                let there = whole.iter().find(|(other, _)| *other == name);
                assert_eq!(there.map(|(_, bytes)| bytes), Some(&bytes), "{name}");
            }
        }
    }
    place.run("build in -o out").ends(0);
    let mut made = place.made("out");
    made.retain(|(name, _)| {
        Path::new(name)
            .extension()
            .is_none_or(|extension| extension != "tmp")
    });
    assert_eq!(made, whole);
}
