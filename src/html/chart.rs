//! Charts as pictures within the page. The texts of a picture keep the widths that they were measured
//! with, whatever fonts the machine has.

use std::fmt::Write;

use super::Page;
use super::styles::{face, number};
use super::text::escaped;
use crate::chart::{Anchor, Drawing, Fill, HATCH_PITCH, Label, Shape, draw};
use crate::sheet::{TYPE_AREA_WIDTH, Table};
use crate::text::Fonts;

/// Thickness of an outline, in points.
const OUTLINE: f32 = 0.5;

impl Page<'_> {
    /// Writes the chart of a table, if it has one and anything to show in it.
    pub(super) fn chart(&mut self, table: &Table) {
        let Some(chart) = &table.chart else { return };
        let drawing = draw(table, chart, TYPE_AREA_WIDTH, Fonts::built_in());
        if drawing.is_empty() {
            return;
        }
        let (width, height) = (number(drawing.width), number(drawing.height));
        let title = escaped(&chart.title);
        let _ = writeln!(
            self.body,
            "<div class=\"box chart\"><svg viewBox=\"0 0 {width} {height}\" \
             style=\"width: 100%; min-width: {width}pt\" role=\"img\" aria-label=\"{title}\">"
        );
        self.shapes(&drawing);
        for label in &drawing.texts {
            self.label(label);
        }
        self.body.push_str("</svg></div>\n");
    }

    fn shapes(&mut self, drawing: &Drawing) {
        let is_hatched = |shape: &Shape| {
            matches!(
                shape,
                Shape::Rectangle {
                    fill: Fill::Hatch,
                    ..
                }
            )
        };
        let hatch = self.names.invent("hatch");
        if drawing.shapes.iter().any(is_hatched) {
            let pitch = number(HATCH_PITCH);
            let _ = writeln!(
                self.body,
                "<pattern id=\"{hatch}\" width=\"{pitch}\" height=\"{pitch}\" patternUnits=\"userSpaceOnUse\">\
                 <path d=\"M0 {pitch}L{pitch} 0\" stroke=\"#000\" stroke-width=\"{}\"/></pattern>",
                number(OUTLINE)
            );
        }
        let outline = number(OUTLINE);
        for shape in &drawing.shapes {
            let _ = match shape {
                Shape::Rectangle { area, fill } => {
                    let fill = match fill {
                        Fill::Grey(grey) => colour(*grey),
                        Fill::Hatch => format!("url(#{hatch})"),
                    };
                    writeln!(
                        self.body,
                        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\" stroke=\"#000\" \
                         stroke-width=\"{outline}\"/>",
                        number(area.left),
                        number(area.top),
                        number(area.width()),
                        number(area.height())
                    )
                }
                Shape::Line {
                    points,
                    width,
                    grey,
                    dashed,
                } => {
                    let points = points
                        .iter()
                        .map(|(x, y)| format!("{},{}", number(*x), number(*y)));
                    let dashes = if *dashed { " stroke-dasharray=\"3 2\"" } else { "" };
                    writeln!(
                        self.body,
                        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{dashes}/>",
                        points.collect::<Vec<_>>().join(" "),
                        colour(*grey),
                        number(*width)
                    )
                }
                Shape::Dot {
                    center: (x, y),
                    radius,
                    grey,
                } => writeln!(
                    self.body,
                    "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"#000\" stroke-width=\"{outline}\"/>",
                    number(*x),
                    number(*y),
                    number(*radius),
                    colour(*grey)
                ),
            };
        }
    }

    fn label(&mut self, label: &Label) {
        let anchor = match label.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = writeln!(
            self.body,
            "<text class=\"{}\" x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{anchor}\" textLength=\"{}\" \
             lengthAdjust=\"spacingAndGlyphs\">{}</text>",
            face(label.face),
            number(label.x),
            number(label.baseline),
            number(label.size),
            number(label.width),
            escaped(&label.text)
        );
    }
}

/// A grey as a colour, from 0 for black to 1 for white.
fn colour(grey: f32) -> String {
    let part = (grey.clamp(0.0, 1.0) * 255.0).round() as u8;
    format!("#{part:02x}{part:02x}{part:02x}")
}
