use super::super::office::tests::{codes, package, read};
use crate::finding::{Code, Language};

/// The blocks of a document with this body and these other parts.
fn blocks(body: &str, others: &[(&str, &str, &str)]) -> String {
    let body = format!("<w:document xmlns:w=\"x\"><w:body>{body}</w:body></w:document>");
    let (text, findings) = read(&package("word/document.xml", &body, others));
    assert_eq!(findings, []);
    text
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn tc(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text))
}

const GRID: &str = "<w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/><w:gridCol/></w:tblGrid>";

#[test]
fn cells_have_their_columns_over_merged_ones() {
    let text = blocks(
        &format!(
            "{}<w:tbl>{GRID}<w:tr>{}{}</w:tr><w:tr>{}{}{}</w:tr>\
            <w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>{}{}</w:tr></w:tbl>",
            p("一、标题"),
            tc("<w:vMerge w:val=\"restart\"/>", "甲"),
            tc("<w:gridSpan w:val=\"2\"/>", "乙"),
            tc("<w:vMerge/>", ""),
            tc("", "丙"),
            tc("", "丁"),
            tc("", "戊"),
            tc("<w:vMerge/>", "己"),
        ),
        &[],
    );
    assert_eq!(text, "¶一、标题\n|0 甲|1-2 乙\n|1 丙|2 丁\n|1 戊|2 己");
}

#[test]
fn a_cell_merged_to_the_right_in_the_old_way_is_one() {
    let row = format!(
        "<w:tbl><w:tr>{}{}{}</w:tr></w:tbl>",
        tc("<w:hMerge w:val=\"restart\"/>", "甲"),
        tc("<w:hMerge/>", ""),
        tc("", "乙")
    );
    assert_eq!(blocks(&row, &[]), "|0-1 甲|2 乙");
}

#[test]
fn a_cell_has_lines_and_what_is_nested_in_it() {
    let inner = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", tc("", "丙"), tc("", "丁"));
    let text = blocks(
        &format!(
            "<w:tbl><w:tr>{}<w:tc>{}{}{inner}<w:p/></w:tc></w:tr></w:tbl>",
            tc("", "甲"),
            p("一"),
            "<w:p><w:r><w:t>二</w:t><w:br/><w:t>三</w:t></w:r></w:p>",
        ),
        &[],
    );
    assert_eq!(text, "|0 甲|1 一/二/三/丙/丁");
    // A table that a row only frames is a table of the document.
    let framed = format!(
        "<w:tbl><w:tr><w:tc>{}{inner}<w:p/></w:tc></w:tr></w:tbl>",
        p("题")
    );
    assert_eq!(blocks(&framed, &[]), "¶题\n|0 丙|1 丁\n·");
}

#[test]
fn tracked_changes_are_accepted() {
    let text = blocks(
        "<w:p><w:r><w:t>留</w:t></w:r><w:ins><w:r><w:t>增</w:t></w:r></w:ins>\
        <w:del><w:r><w:delText>删</w:delText></w:r></w:del>\
        <w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>来</w:t></w:r></w:moveTo></w:p>\
        <w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前</w:t></w:r></w:p>\
        <w:p><w:pPr><w:pPrChange><w:pPr><w:rPr><w:del/></w:rPr></w:pPr></w:pPrChange></w:pPr>\
        <w:r><w:t>后</w:t></w:r></w:p>\
        <w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>旧</w:t></w:r></w:p></w:tc></w:tr>\
        <w:tr><w:tc><w:tcPr><w:cellDel/></w:tcPr><w:p><w:r><w:t>旧</w:t></w:r></w:p></w:tc>\
        <w:tc><w:p><w:r><w:t>新</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        &[],
    );
    assert_eq!(text, "¶留增来\n¶前后\n|0 新");
}

#[test]
fn fields_show_their_results_only() {
    let text = blocks(
        "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> TOC </w:instrText></w:r>\
        <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:hyperlink><w:r><w:t>一、目标</w:t><w:tab/></w:r>\
        <w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>PAGEREF x</w:instrText>\
        <w:fldChar w:fldCharType=\"separate\"/><w:t>3</w:t><w:fldChar w:fldCharType=\"end\"/></w:r></w:hyperlink></w:p>\
        <w:p><w:r><w:t>二、措施</w:t></w:r></w:p><w:p><w:r><w:fldChar w:fldCharType=\"end\"/><w:t>完</w:t></w:r></w:p>\
        <w:p><w:fldSimple w:instr=\"DATE\"><w:r><w:t>2025</w:t></w:r></w:fldSimple></w:p>\
        <w:p><w:r><w:fldChar w:fldCharType=\"begin\"/><w:t>断</w:t></w:r></w:p><w:p><w:r><w:t>续</w:t></w:r></w:p>",
        &[],
    );
    assert_eq!(text, "¶一、目标→3\n¶二、措施\n¶完\n¶2025\n¶断\n¶续");
}

#[test]
fn controls_tags_rubies_signs_and_formulas_are_text() {
    let text = blocks(
        "<w:sdt><w:sdtPr><w:alias w:val=\"x\"/></w:sdtPr><w:sdtContent><w:p><w:smartTag><w:r><w:t>甲</w:t></w:r></w:smartTag>\
        <w:sdt><w:sdtContent><w:r><w:t>乙</w:t></w:r></w:sdtContent></w:sdt></w:p></w:sdtContent></w:sdt>\
        <w:p><w:r><w:ruby><w:rt><w:r><w:t>jia</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>甲</w:t></w:r></w:rubyBase></w:ruby></w:r>\
        <w:r><w:sym w:font=\"Symbol\" w:char=\"F0B3\"/><w:t>95</w:t><w:noBreakHyphen/><w:t>96</w:t><w:softHyphen/></w:r>\
        <w:r><w:rPr><w:rFonts w:ascii=\"Wingdings\"/></w:rPr><w:t>\u{f0fe}</w:t></w:r></w:p>\
        <w:p><m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath></w:p>",
        &[],
    );
    assert_eq!(text, "¶甲乙\n¶甲≥95-96☑\n¶1/2");
}

#[test]
fn a_text_box_is_read_once() {
    let content = format!("<w:txbxContent>{}{}</w:txbxContent>", p("框一"), p("框二"));
    let text = blocks(
        &format!(
            "<w:p><w:r><w:t>前</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{content}</wps:txbx>\
            </w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback>\
            </mc:AlternateContent></w:r><w:r><w:t>后</w:t></w:r></w:p>\
            <w:p><w:r><w:pict><v:shape><v:textpath string=\"艺术字\"/></v:shape></w:pict></w:r></w:p>\
            <w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing/></mc:Choice><mc:Fallback><w:pict>{content}</w:pict>\
            </mc:Fallback></mc:AlternateContent></w:r></w:p>"
        ),
        &[],
    );
    assert_eq!(text, "¶前后\n¶框一\n¶框二\n·\n¶艺术字\n·\n¶框一\n¶框二");
}

#[test]
fn pages_end_at_breaks_and_sections() {
    let section = |kind: &str| format!("<w:sectPr><w:type w:val=\"{kind}\"/></w:sectPr>");
    let ends = |text: &str, section: &str| {
        format!("<w:p><w:pPr>{section}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let text = blocks(
        &format!(
            "<w:p><w:r><w:t>一</w:t><w:br w:type=\"page\"/><w:t>二</w:t><w:lastRenderedPageBreak/><w:t>三</w:t></w:r></w:p>\
            {}{}{}<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>六</w:t></w:r></w:p>{}",
            ends("四", &section("nextPage")),
            ends("五", &section("continuous")),
            "<w:p><w:pPr><w:pStyle w:val=\"章\"/></w:pPr><w:r><w:t>五</w:t></w:r></w:p>",
            section("nextPage"),
        ),
        &[(
            "styles",
            "styles.xml",
            "<w:styles><w:style w:styleId=\"章\"><w:basedOn w:val=\"底\"/></w:style>\
            <w:style w:styleId=\"底\"><w:pPr><w:pageBreakBefore/></w:pPr></w:style></w:styles>",
        )],
    );
    assert_eq!(text, "¶一\n—\n¶二三\n¶四\n¶五\n—\n—\n¶五\n—\n¶六");
}

#[test]
fn headers_are_furniture_and_notes_come_last() {
    let text = blocks(
        &format!(
            "{}<w:p><w:r><w:footnoteReference w:id=\"1\"/></w:r></w:p>\
            <w:sectPr><w:headerReference r:id=\"header1-xml\"/><w:footerReference r:id=\"footer1-xml\"/></w:sectPr>",
            p("正文"),
        ),
        &[
            ("header", "header1.xml", &format!("<w:hdr>{}</w:hdr>", p("某局"))),
            (
                "footer",
                "footer1.xml",
                &format!("<w:ftr>{}<w:p/></w:ftr>", p("— 1 —")),
            ),
            (
                "footnotes",
                "footnotes.xml",
                &format!(
                    "<w:footnotes><w:footnote w:type=\"separator\">{}</w:footnote><w:footnote w:id=\"1\">{}</w:footnote></w:footnotes>",
                    p("线"),
                    p("注释")
                ),
            ),
        ],
    );
    assert_eq!(text, "¶正文\n·\n~某局\n~— 1 —\n—\n¶注释");
}

#[test]
fn hidden_text_is_left_out_and_reported() {
    let body = "<document><body><p><r><t>甲</t></r><r><rPr><vanish/></rPr><t>暗</t></r>\
        <r><rPr><vanish val=\"0\"/></rPr><t>明</t></r></p></body></document>";
    let (text, findings) = read(&package("word/document.xml", body, &[]));
    assert_eq!(text, "¶甲明");
    assert_eq!(codes(&findings), [Code::TextHidden]);
    assert_eq!(findings[0].quote.as_deref(), Some("暗"));
}

#[test]
fn places_count_as_a_person_does() {
    let body = format!(
        "<w:document><w:body>{}<w:p/>{}<w:tbl><w:tr>{}{}</w:tr></w:tbl></w:body></w:document>",
        p("一"),
        p("二"),
        tc("<w:gridSpan w:val=\"2\"/>", "甲"),
        tc("", "乙")
    );
    let bytes = package("word/document.xml", &body, &[]);
    let (document, _) = super::super::Document::open(&bytes);
    let place = |text: &str| {
        let at = document.source.text.find(text).expect("it is there");
        document.source.place(at).in_language(Language::En)
    };
    assert_eq!(place("二"), "paragraph 2");
    assert_eq!(place("乙"), "table 1, row 1, cell 3");
    assert_eq!(document.source.encoding, "docx");
}

fn level(index: usize, format: &str, text: &str, more: &str) -> String {
    format!(
        "<w:lvl w:ilvl=\"{index}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/>{more}<w:lvlText w:val=\"{text}\"/></w:lvl>"
    )
}

fn item(list: u32, level: u32, text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr>\
        <w:r><w:t>{text}</w:t></w:r></w:p>"
    )
}

#[test]
fn automatic_numbers_are_printed() {
    let numbering = format!(
        "<w:numbering><w:abstractNum w:abstractNumId=\"0\">{}{}{}{}</w:abstractNum>\
        <w:abstractNum w:abstractNumId=\"1\">{}</w:abstractNum>\
        <w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>\
        <w:num w:numId=\"2\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride w:ilvl=\"2\"><w:startOverride w:val=\"1\"/></w:lvlOverride></w:num>\
        <w:num w:numId=\"3\"><w:abstractNumId w:val=\"1\"/></w:num></w:numbering>",
        level(0, "chineseCountingThousand", "%1、", ""),
        level(1, "chineseCounting", "（%2）", "<w:suff w:val=\"nothing\"/>"),
        level(2, "decimal", "%3.", ""),
        level(3, "decimal", "%1.%4", "<w:isLgl/><w:suff w:val=\"space\"/>"),
        level(0, "bullet", "\u{f0b7}", ""),
    );
    let body = [
        item(1, 0, "甲"),
        item(1, 1, "乙"),
        item(1, 2, "丙"),
        item(1, 2, "3个丁"),
        item(1, 1, "戊"),
        item(1, 2, "己"),
        item(1, 2, ""),
        item(2, 2, "庚"),
        item(2, 2, "辛"),
        item(1, 3, "壬"),
        item(1, 0, "癸"),
        item(1, 1, "子"),
        item(3, 0, "丑"),
        item(0, 0, "寅"),
    ]
    .concat();
    let text = blocks(&body, &[("numbering", "numbering.xml", &numbering)]);
    assert_eq!(
        text,
        "¶一、甲\n¶（一）乙\n¶1.丙\n¶2. 3个丁\n¶（二）戊\n¶1.己\n·\n¶1.庚\n¶2.辛\n¶1.1 壬\n¶二、癸\n¶（一）子\n¶丑\n¶寅"
    );
}

#[test]
fn styles_number_paragraphs_too() {
    let numbering = format!(
        "<w:numbering><w:abstractNum w:abstractNumId=\"0\">{}{}</w:abstractNum>\
        <w:num w:numId=\"7\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>",
        level(0, "upperRoman", "%1.", "<w:pStyle w:val=\"h1\"/>"),
        level(1, "decimalEnclosedCircle", "%2", "<w:pStyle w:val=\"h2\"/>"),
    );
    let styles = "<w:styles><w:style w:styleId=\"h1\"><w:pPr><w:numPr><w:numId w:val=\"7\"/></w:numPr></w:pPr></w:style>\
        <w:style w:styleId=\"h2\"><w:pPr><w:numPr><w:numId w:val=\"7\"/></w:numPr></w:pPr></w:style>\
        <w:style w:styleId=\"h2a\"><w:basedOn w:val=\"h2\"/></w:style></w:styles>";
    let paragraph = |style: &str, more: &str| {
        format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{more}</w:pPr><w:r><w:t>文</w:t></w:r></w:p>")
    };
    let none = "<w:numPr><w:numId w:val=\"0\"/></w:numPr>";
    let body = [
        paragraph("h1", ""),
        paragraph("h2", ""),
        paragraph("h2a", ""),
        paragraph("h1", none),
        paragraph("h1", ""),
    ]
    .concat();
    let text = blocks(
        &body,
        &[
            ("numbering", "numbering.xml", &numbering),
            ("styles", "styles.xml", styles),
        ],
    );
    assert_eq!(text, "¶I.文\n¶①文\n¶②文\n¶文\n¶II.文");
}

#[test]
fn a_numbered_column_of_a_table_has_numbers_without_text() {
    let numbering = format!(
        "<w:numbering><w:abstractNum w:abstractNumId=\"0\">{}</w:abstractNum>\
        <w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>",
        level(0, "decimal", "%1", ""),
    );
    let row = |text: &str| format!("<w:tr><w:tc>{}</w:tc>{}</w:tr>", item(1, 0, ""), tc("", text));
    let text = blocks(
        &format!("<w:tbl>{}{}</w:tbl>", row("甲"), row("乙")),
        &[("numbering", "numbering.xml", &numbering)],
    );
    assert_eq!(text, "|0 1|1 甲\n|0 2|1 乙");
}
