use super::*;
use crate::finding::{Place, Severity};
use crate::sheet::{Block, SheetKind};

fn read(overrides: &[(&str, &str)]) -> Result<Templates, Finding> {
    let overrides: Vec<(String, String)> = overrides
        .iter()
        .map(|&(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    Templates::read(&overrides)
}

/// What is wrong with one overridden file: code, file, line and column, quoted text.
fn mistake(path: &str, text: &str) -> (String, u32, u32, String) {
    let finding = read(&[(path, text)]).expect_err(text);
    assert_eq!(finding.code, Code::TemplateBroken, "{finding:?}");
    assert!(
        !finding.message.zh.is_empty() && finding.message.en.is_ascii(),
        "{finding:?}"
    );
    let place = finding
        .places
        .first()
        .and_then(Place::line_and_column)
        .unwrap_or_default();
    (
        finding.file.unwrap_or_default(),
        place.0,
        place.1,
        finding.quote.unwrap_or_default(),
    )
}

fn built_in(path: &str) -> &'static str {
    BUILT_IN
        .iter()
        .find(|(known, _)| *known == path)
        .map(|(_, text)| *text)
        .expect("a built-in file")
}

#[test]
fn the_built_in_templates_can_be_used() {
    Templates::built_in().check().expect("no mistake");
    read(&[]).expect("no mistake");
}

#[test]
fn exported_files_read_back_are_the_built_in_ones() {
    let files: Vec<(String, String)> = Templates::built_in_files()
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    let templates = Templates::read(&files).expect("no mistake");
    let forms: Vec<&Form> = templates.vocabulary().forms.iter().collect();
    let department = specimen::full(&forms);
    let fill = |templates: &Templates| {
        templates
            .fill(&department, &FillOptions::default())
            .expect("a document")
            .document
    };
    assert_eq!(fill(&templates), fill(&Templates::built_in()));
}

#[test]
fn mistakes_of_tera_name_file_and_line() {
    for (text, line, column, quote) in [
        ("<p\n>{{ titel }}", 2, 5, "titel"),
        ("{% if titel %}{% endif %}", 1, 7, "titel"),
        ("<p>\n{% if narrative.safe %}{% endif %}", 2, 7, "narrative.safe"),
        ("{% if labels.sum %}{% endif %}", 1, 7, "labels.sum"),
        (
            "{% for p in projects %}{% if p.code %}{% endif %}{% endfor %}",
            1,
            30,
            "p.code",
        ),
        ("\n<br>{{ narrative.sum }}", 2, 8, "narrative.sum"),
        ("\n{{ department | shout }}", 2, 17, "shout"),
        ("<p>\n{{ department ", 2, 14, "department"),
        ("<p>{% if department %}\n", 2, 1, ""),
        ("<p>{{ department }</p>", 1, 18, "}"),
        ("\n\n{% include \"missing.html\" %}", 3, 12, "missing.html"),
        ("\n{% include \"cover.html\" %}", 2, 1, ""),
        ("{{ <nothing /> }}", 1, 4, "nothing"),
        ("{{ shout() }}", 1, 4, "shout"),
        ("{{ department is shouted }}", 1, 18, "shouted"),
        ("\n{{ department + 1 }}", 2, 4, "department + 1"),
    ] {
        assert_eq!(
            mistake("cover.html", text),
            ("cover.html".to_owned(), line, column, quote.to_owned()),
            "{text:?}"
        );
    }
}

#[test]
fn mistakes_of_markup_name_file_and_line() {
    let section =
        |inner: &str| format!("<section class=\"cover\" id=\"a\" title=\"A\">\n{inner}\n</section>");
    for (inner, line, column, quote) in [
        ("<div></div>", 2, 1, "<div>"),
        ("<p class=\"body big\">a</p>", 2, 1, "big"),
        ("<p style=\"a\">a</p>", 2, 1, "style"),
        ("<p>a", 2, 1, "<p>"),
        ("<p>a</p></p>", 1, 1, "<section>"),
        ("<p>a<b>c</b></p>", 2, 5, "<b>"),
        ("text", 1, 1, "text"),
        ("<p\nclass>a</p>", 2, 1, "<p>"),
        ("<p>a & b</p>", 2, 1, "& b"),
        ("<p id=\"a\">a</p>", 2, 1, "a"),
        ("<p data-outline=\"3\">a</p>", 2, 1, "3"),
        ("<p>{{ department }}\n <a href=\"#a\">a</a></p>", 3, 2, "<a>"),
        ("<p><a href=\"#a\">a</a>\n b</p>", 2, 18, "b"),
        ("<p><a href=\"https://a.b\">a</a></p>", 2, 4, "https://a.b"),
        ("<p><a href=\"#nowhere\">a</a></p>", 2, 4, "#nowhere"),
        ("<table></table>", 2, 1, "<table>"),
        ("<p>{% if department %}<i>{% endif %}</p>", 2, 23, "<i>"),
        ("<!-- ", 1, 1, "<!--"),
    ] {
        assert_eq!(
            mistake("cover.html", &section(inner)),
            ("cover.html".to_owned(), line, column, quote.to_owned()),
            "{inner:?}"
        );
    }
    assert_eq!(mistake("cover.html", "a\n").3, "a");
    assert_eq!(
        mistake("cover.html", "<section class=\"page\" id=\"a\" title=\"A\">").3,
        "page"
    );
    assert_eq!(
        mistake("cover.html", "<section id=\"a\" title=\"A\"></section>").3,
        "<section>"
    );
}

#[test]
fn mistakes_of_tables_name_file_and_line() {
    let table = |rows: &str| {
        format!(
            "<section class=\"cover\" id=\"a\" title=\"A\"><table>\n<col width=\"242.2\"><col width=\"200\">\n{rows}</table></section>"
        )
    };
    for (rows, line, quote) in [
        ("<tr><td>a</td></tr>", 3, "<tr>"),
        (
            "<tr><td>a</td>\n<td colspan=\"2\">b</td></tr>",
            4,
            "colspan=\"2\"",
        ),
        (
            "<tr><td>a</td><td rowspan=\"2\">b</td></tr>\n<tr>\n<td colspan=\"2\">c</td></tr>",
            5,
            "colspan=\"2\"",
        ),
        ("<tr><td>a</td><td>b</td><td>c</td></tr>", 3, "colspan=\"1\""),
        ("<tr><td rowspan=\"2\">a</td><td>b</td></tr>", 3, "rowspan"),
        ("<tr><td rowspan=\"0\">a</td><td>b</td></tr>", 3, "rowspan=\"0\""),
        ("<tr><td colspan=\"x\">a</td></tr>", 3, "colspan=\"x\""),
        ("<tr>\n<p>a</p></tr>", 4, "<p>"),
        ("<tr><td><p>a</p></td></tr>", 3, "<p>"),
        ("<tr data-header=\"no\"></tr>", 3, "data-header=\"no\""),
        ("<tr height=\"high\"></tr>", 3, "height=\"high\""),
        ("<tr><td>a</td><td>b</td></tr>\n<col width=\"2\">", 4, "<col>"),
        ("<col width=\"20\">\n<tr><td>a</td></tr>", 1, "col width"),
        ("<col width=\"2\">", 3, "2"),
        ("", 1, "<table>"),
    ] {
        let (file, found_line, _, found_quote) = mistake("cover.html", &table(rows));
        assert_eq!(
            (file.as_str(), found_line, found_quote.as_str()),
            ("cover.html", line, quote),
            "{rows:?}"
        );
    }
}

#[test]
fn mistakes_in_included_files_and_components_are_found_there() {
    let cover =
        "<section class=\"cover\" id=\"a\" title=\"A\">\n{% include \"office/line.html\" %}\n</section>";
    let place = |line: &str| {
        let finding = read(&[("cover.html", cover), ("office/line.html", line)]).expect_err("a mistake");
        (
            finding.file.unwrap_or_default(),
            finding.places[0].line_and_column().map_or(0, |(line, _)| line),
        )
    };
    let there = |line| ("office/line.html".to_owned(), line);
    assert_eq!(place("\n\n<q>a</q>"), there(3));
    assert_eq!(place("\n<p>{{ departmen }}</p>"), there(2));
    assert_eq!(place("\n<p>{% if departmen %}{% endif %}</p>"), there(2));

    let cover = "{% component line(text) %}\n<p class=\"{{ text }}\">a</p>\n{% endcomponent line %}\n\
                 <section class=\"cover\" id=\"a\" title=\"A\">{{ <line text=\"odd\" /> }}</section>";
    assert_eq!(
        mistake("cover.html", cover),
        ("cover.html".to_owned(), 2, 1, "odd".to_owned())
    );
}

#[test]
fn mistakes_of_tables_of_labels_and_styles_name_file_and_line() {
    assert_eq!(
        mistake("labels.toml", "[labels]\ncontents = 3\n").0,
        "labels.toml"
    );
    assert_eq!(mistake("hebei-2021/labels.toml", "\n[form\n").1, 2);
    assert_eq!(mistake("styles.toml", "[class]\nbody = { siez = 3 }").1, 2);
    assert_eq!(mistake("county-2026/form.html", "").0, "county-2026/form.html");
    // Labels that a template prints must be in the table.
    let (file, line, _, quote) = mistake("labels.toml", "[labels]\nyear = [\"年\"]\n");
    assert_eq!(
        (file.as_str(), line, quote.as_str()),
        ("cover.html", 6, "labels.compiled_by")
    );
}

#[test]
fn a_new_folder_is_a_new_form() {
    let labels = built_in("hebei-2021/labels.toml").replace("hebei-2021", "county-2026");
    let form =
        built_in("hebei-2021/form.html").replace("class=\"form-title\"", "class=\"form-title county\"");
    let templates = read(&[
        ("county-2026\\labels.toml", &labels),
        ("county-2026\\form.html", &form),
        ("styles.toml", "[class]\ncounty = { face = \"hei\" }\n"),
        ("notes.txt", "anything {{"),
    ])
    .expect("no mistake");
    assert_eq!(
        templates.forms().collect::<Vec<_>>(),
        ["county-2026", "hebei-2021", "tangshan-2022"]
    );
    let department = Department {
        projects: vec![Project {
            form: Some("county-2026".to_owned()),
            ..Project::default()
        }],
        ..Department::default()
    };
    let filled = templates
        .fill(&department, &FillOptions::default())
        .expect("a document");
    let sheet = filled.document.sheets.last().expect("a sheet");
    let Block::Text(title) = &sheet.blocks[0] else {
        panic!("a title");
    };
    assert_eq!(
        (sheet.kind, title.style.face),
        (SheetKind::Form, crate::sheet::Face::Hei)
    );

    let finding = Templates::built_in()
        .fill(&department, &FillOptions::default())
        .expect_err("no such form");
    assert_eq!(
        (finding.code, finding.severity),
        (Code::FormUnknown, Severity::Error)
    );
    assert!(
        finding.message.en.contains("hebei-2021, tangshan-2022"),
        "{finding:?}"
    );
}

#[test]
fn an_unknown_form_is_refused_even_without_projects() {
    let options = FillOptions {
        form: Some("hebei-2099".to_owned()),
        ..FillOptions::default()
    };
    let finding = Templates::built_in()
        .fill(&Department::default(), &options)
        .expect_err("no such form");
    assert_eq!(finding.quote.as_deref(), Some("hebei-2099"));
}

#[test]
fn values_are_written_as_text_whatever_they_hold() {
    let text = "a<b>&amp;\u{1}7\u{2}{{ x }}\"' <br> </p><!-- 年\nb";
    let department = Department {
        department: Some(text.to_owned()),
        narrative: crate::model::Narrative {
            overall_target: vec![text.to_owned()],
            ..crate::model::Narrative::default()
        },
        ..Department::default()
    };
    let document = Templates::built_in()
        .fill(&department, &FillOptions::default())
        .expect("a document")
        .document;
    let shown = |field: &str| {
        document
            .sheets
            .iter()
            .flat_map(|sheet| &sheet.blocks)
            .find_map(|block| match block {
                Block::Text(block) if block.field.as_deref() == Some(field) => Some(block.text.clone()),
                _ => None,
            })
    };
    assert_eq!(shown("department").as_deref(), Some(&*printed_on_one_line(text)));
    assert_eq!(
        shown("narrative.overall_target[0]").as_deref(),
        Some(&*printed(text))
    );
}

#[test]
fn templates_are_shared_between_threads() {
    fn is_shared<T: Send + Sync + Clone>() {}
    is_shared::<Templates>();
}
