//! Cells that are calculated and the chart of them.
//!
//! Architecture invariant: every formula has its result with it, so that a program that does not
//! calculate shows the same.

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Chart, ChartAxisTickType, ChartDataLabel, ChartDataLabelPosition, ChartFont, ChartFormat,
    ChartLegendPosition, ChartLine, ChartLineDashType, ChartMarker, ChartMarkerType, ChartPatternFill,
    ChartPatternFillType, ChartSolidFill, ChartType, Color, Format, ObjectMovement, Worksheet, XlsxError,
};

use super::place::{Placed, PlacedCell, PlacedChart};
use crate::finding::CellName;
use crate::sheet::{ChartKind, FILE_LINK, Formula};

/// The most UTF-16 units of a text in a formula.
const MOST_UNITS: usize = 255;
/// The font of a chart.
const FONT: &str = "宋体";
/// The colour of the lines through the steps of an axis.
const LINES: Color = Color::RGB(0x00BF_BFBF);
/// How far to the right of the table the names of the bars stand, in columns.
const NAMES: u16 = 3;

/// The cells that formulas show, by their fields: `'sheet'!C4`.
pub(super) struct References<'a>(HashMap<&'a str, String>);

impl<'a> References<'a> {
    /// Finds the cells of the fields that any formula shows.
    pub(super) fn new(placed: &[Placed<'a>], names: &[String]) -> Self {
        let cells = || placed.iter().flat_map(|sheet| &sheet.cells);
        let wanted: BTreeSet<&str> = cells()
            .filter_map(|cell| match cell.formula {
                Some(Formula::Field(field)) => Some(field.as_str()),
                _ => None,
            })
            .collect();
        let mut found = HashMap::with_capacity(wanted.len());
        if !wanted.is_empty() {
            for (sheet, name) in placed.iter().zip(names) {
                for cell in &sheet.cells {
                    if let Some(field) = cell.field.filter(|field| wanted.contains(field)) {
                        found
                            .entry(field)
                            .or_insert_with(|| format!("'{name}'!{}", first(cell)));
                    }
                }
            }
        }
        Self(found)
    }

    /// The formula of a cell; `None` where it is plain. A click on it leads to `link`.
    pub(super) fn formula(
        &self,
        cell: &PlacedCell<'_>,
        placed: &Placed<'_>,
        link: Option<&str>,
    ) -> Option<String> {
        match cell.formula {
            Some(Formula::Sum) => sum(cell, placed),
            Some(Formula::Field(field)) if self.0.contains_key(field.as_str()) => {
                let shown = self.0.get(field.as_str())?;
                let linked = link.map_or_else(|| shown.clone(), |link| linked(link, shown));
                Some(format!("=IF({shown}=\"\",\"\",{linked})"))
            }
            // LibreOffice does not wrap a linked text, but wraps what a formula gives.
            _ if cell.in_table => {
                let link = link.filter(|_| cell.text.encode_utf16().count() <= MOST_UNITS)?;
                Some(format!("={}", linked(link, &quoted(cell.text))))
            }
            _ => None,
        }
    }
}

/// The name of the first cell under a merge.
fn first(cell: &PlacedCell<'_>) -> CellName {
    CellName {
        row: cell.rows.0,
        column: cell.columns.0,
    }
}

fn linked(address: &str, shown: &str) -> String {
    let target = match address.strip_prefix(FILE_LINK) {
        Some(path) => quoted(path),
        None => quoted(&format!(
            "#{}",
            address.strip_prefix("internal:").unwrap_or(address)
        )),
    };
    format!("HYPERLINK({target},{shown})")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The sum of the cells above; blank while they are blank.
fn sum(cell: &PlacedCell<'_>, placed: &Placed<'_>) -> Option<String> {
    let above = placed.cells.iter().filter(|other| {
        other.columns == cell.columns
            && other.rows.1 < cell.rows.0
            && (other.amount.is_some() || matches!(other.formula, Some(Formula::Field(_))))
    });
    let (from, to) = above.fold((None, None), |(from, _), other| {
        (from.or(Some(first(other))), Some(first(other)))
    });
    let (from, to) = (from?, to?);
    Some(format!("=IF(COUNT({from}:{to})=0,\"\",SUM({from}:{to}))"))
}

/// The column of the names of the bars.
pub(super) fn names_column(placed: &Placed<'_>) -> u16 {
    placed.columns.len() as u16 + NAMES
}

/// Puts a chart onto the rows that are kept for it.
pub(super) fn draw(
    worksheet: &mut Worksheet,
    sheet: &str,
    placed: &Placed<'_>,
    chart: &PlacedChart<'_>,
) -> Result<(), XlsxError> {
    let (Some(&(_, from)), Some(&(_, to))) = (chart.bars.first(), chart.bars.last()) else {
        return Ok(());
    };
    // A bar's name is short, the cells of the table are not. Hidden, it is in nobody's way.
    let names = names_column(placed);
    for &(name, row) in &chart.bars {
        worksheet.write_string_with_format(row, names, name, &Format::new().set_font_name(FONT))?;
    }
    worksheet.set_column_hidden(names)?;

    let width: u32 = placed.columns.iter().sum();
    let height: u32 = placed.rows[chart.rows.start as usize..chart.rows.end as usize]
        .iter()
        .sum();
    let mut drawn = match chart.kind {
        ChartKind::Bars if chart.columns.len() > 1 => Chart::new(ChartType::BarStacked),
        ChartKind::Bars => Chart::new(ChartType::Bar),
        ChartKind::Curve => Chart::new(ChartType::Line),
    };
    let font = chart_font(9);
    let number_format = match chart.decimals as usize {
        0 => "#,##0;-#,##0;;".to_owned(),
        count => format!("#,##0.{0};-#,##0.{0};;", "0".repeat(count)),
    };
    for (at, &(series_name, column)) in chart.columns.iter().enumerate() {
        let is_only = chart.columns.len() == 1;
        let series = drawn
            .add_series()
            .set_name(if is_only { chart.title } else { series_name })
            .set_categories((sheet, from, names, to, names))
            .set_values((sheet, from, column, to, column));
        let mut label = ChartDataLabel::new();
        // Neither a blank nor a text has a length.
        label.show_value().set_font(&font).set_num_format(&number_format);
        match chart.kind {
            ChartKind::Bars => {
                series.set_gap(45).set_format(&mut bar_format(at));
                if is_only {
                    series.set_data_label(&label);
                }
            }
            ChartKind::Curve => {
                label.set_position(ChartDataLabelPosition::Above);
                series
                    .set_data_label(&label)
                    .set_format(&mut line_format(at))
                    .set_marker(&marker(at));
            }
        }
    }
    drawn
        .title()
        .set_name(chart.title)
        .set_font(chart_font(11).set_bold());
    if chart.columns.len() > 1 {
        drawn
            .legend()
            .set_position(ChartLegendPosition::Top)
            .set_font(&font);
    } else {
        drawn.legend().set_hidden();
    }
    set_axes(&mut drawn, chart, &font);
    drawn
        .show_hidden_data()
        .set_object_movement(ObjectMovement::MoveButDontSizeWithCells)
        .set_alt_text(chart.title)
        .set_width(width.saturating_sub(2))
        .set_height(height.saturating_sub(2));
    worksheet.insert_chart_with_offset(chart.rows.start, 0, &drawn, 1, 1)?;
    Ok(())
}

fn chart_font(size: u8) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name(FONT).set_size(f64::from(size));
    font
}

fn set_axes(drawn: &mut Chart, chart: &PlacedChart<'_>, font: &ChartFont) {
    let is_stacked = chart.columns.len() > 1;
    match chart.kind {
        // In a chart of bars the first axis is the one that the bars run along.
        ChartKind::Bars => {
            // The parts of a bar have no numbers of their own, so that there are steps to read them by.
            let steps = drawn.x_axis();
            steps
                .set_major_gridlines(is_stacked)
                .set_hidden(!is_stacked)
                .set_font(font)
                .set_major_gridlines_line(ChartLine::new().set_color(LINES).set_width(0.5));
            if !chart.least.is_sign_negative() {
                steps.set_min(0);
            }
            drawn
                .y_axis()
                .set_reverse()
                .set_major_gridlines(false)
                .set_font(font)
                .set_major_tick_type(ChartAxisTickType::None);
        }
        ChartKind::Curve => {
            drawn.x_axis().set_font(font);
            let steps = drawn.y_axis();
            steps
                .set_font(font)
                .set_num_format("0")
                .set_major_gridlines_line(ChartLine::new().set_color(LINES).set_width(0.5));
            if !chart.least.is_sign_negative() {
                steps.set_min(0);
            }
            // What is spent in the end is all there is; programs would go on to 120.
            if chart.greatest == Decimal::ONE_HUNDRED {
                steps.set_max(100);
            }
        }
    }
}

/// The greys of bars and curves: dark, hatched or dashed, light.
fn bar_format(series: usize) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_border(ChartLine::new().set_color(Color::Black).set_width(0.75));
    match series % 3 {
        0 => format.set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(0x0059_5959))),
        1 => format.set_pattern_fill(
            ChartPatternFill::new()
                .set_pattern(ChartPatternFillType::DiagonalStripesWideUpwards)
                .set_foreground_color(Color::Black)
                .set_background_color(Color::White),
        ),
        _ => format.set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(0x00D9_D9D9))),
    };
    format
}

fn line_format(series: usize) -> ChartFormat {
    let mut line = ChartLine::new();
    line.set_color(Color::Black).set_width(1.5);
    if series % 2 == 1 {
        line.set_dash_type(ChartLineDashType::Dash);
    }
    let mut format = ChartFormat::new();
    format.set_line(&line);
    format
}

fn marker(series: usize) -> ChartMarker {
    let fill = if series.is_multiple_of(2) {
        Color::Black
    } else {
        Color::White
    };
    let mut format = ChartFormat::new();
    format
        .set_solid_fill(ChartSolidFill::new().set_color(fill))
        .set_border(ChartLine::new().set_color(Color::Black));
    let mut marker = ChartMarker::new();
    marker
        .set_type(ChartMarkerType::Circle)
        .set_size(6)
        .set_format(&mut format);
    marker
}
