//! Paths of model fields, as they stand in the JSON: `projects[0].indicators[2].target`.

use std::borrow::Cow;

use super::{Department, Indicator, Milestone, Origin, Origins, Project};

impl Department {
    /// The project that the field at `path` belongs to, if it belongs to one.
    #[must_use]
    pub fn project_at(&self, path: &str) -> Option<&Project> {
        let (step, _) = steps(path);
        self.projects.get(indexed(step, "projects")?)
    }

    /// Where the field at `path` came from; `None` for a path that the model does not have, and where
    /// nothing is known. A path to all goals means the first.
    #[must_use]
    pub fn origin_at(&self, path: &str) -> Option<Origin> {
        let (step, rest) = steps(path);
        if let Some(project) = self.project_at(path) {
            return project.origin_at(rest);
        }
        let origins = if step == "narrative" {
            &self.narrative.origins
        } else {
            &self.origins
        };
        origins.get(if step == "narrative" { rest } else { step })
    }
}

impl Project {
    /// Where the field at `path`, below the project, came from.
    #[must_use]
    pub fn origin_at(&self, path: &str) -> Option<Origin> {
        let (step, rest) = steps(path);
        let (origins, field): (&Origins, &str) = if step == "budget" {
            (&self.budget.origins, rest)
        } else if let Some(milestone) =
            indexed(step, "spending_plan").and_then(|at| self.spending_plan.get(at))
        {
            (&milestone.origins, if rest.is_empty() { "percent" } else { rest })
        } else if let Some(indicator) = indexed(step, "indicators").and_then(|at| self.indicators.get(at)) {
            (&indicator.origins, if rest.is_empty() { "level3" } else { rest })
        } else if step == "goals" {
            (&self.origins, "goals[0]")
        } else if indexed(step, "goals").is_some() {
            return self.origins.get(step);
        } else if step == "fields" {
            return self.origins.get(path);
        } else {
            (&self.origins, step)
        };
        origins.get(field)
    }
}

impl Department {
    /// The printed text of the field at `path`, a list of goals with a line each; `None` where it is blank,
    /// and for a path that the model does not have.
    #[must_use]
    pub fn text_at(&self, path: &str) -> Option<Cow<'_, str>> {
        if let Some(project) = self.project_at(path) {
            return project.text_at(steps(path).1);
        }
        let text = match path {
            "department" => &self.department,
            "cover_title" => &self.cover_title,
            "compiled_by" => &self.compiled_by,
            "reviewed_by" => &self.reviewed_by,
            "year" => return self.year.map(|year| year.to_string().into()),
            _ => {
                let (section, index) = narrative_path(path)?;
                return Some(self.narrative.section(section)?.get(index)?.into());
            }
        };
        text.as_deref().map(Cow::Borrowed)
    }

    /// A copy without any origin, which is what can be told again from the files made of it.
    #[must_use]
    pub fn without_origins(&self) -> Self {
        let mut bare = self.clone();
        bare.origins = Origins::default();
        bare.narrative.origins = Origins::default();
        for entry in &mut bare.contents {
            entry.place = None;
        }
        for project in &mut bare.projects {
            project.origins = Origins::default();
            project.budget.origins = Origins::default();
            for milestone in &mut project.spending_plan {
                milestone.origins = Origins::default();
            }
            for indicator in &mut project.indicators {
                indicator.origins = Origins::default();
            }
        }
        bare
    }
}

impl super::Narrative {
    /// The names of the sections, in order.
    pub const SECTIONS: [&'static str; 3] = ["overall_target", "itemized_targets", "safeguards"];

    /// The paragraphs of the section of that name.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Vec<String>> {
        match name {
            "overall_target" => Some(&self.overall_target),
            "itemized_targets" => Some(&self.itemized_targets),
            "safeguards" => Some(&self.safeguards),
            _ => None,
        }
    }

    /// The paragraphs of the section of that name, to be changed.
    pub fn section_mut(&mut self, name: &str) -> Option<&mut Vec<String>> {
        match name {
            "overall_target" => Some(&mut self.overall_target),
            "itemized_targets" => Some(&mut self.itemized_targets),
            "safeguards" => Some(&mut self.safeguards),
            _ => None,
        }
    }
}

impl Project {
    /// The printed text of the field at `path`, below the project; see [`Department::text_at`].
    #[must_use]
    pub fn text_at(&self, path: &str) -> Option<Cow<'_, str>> {
        if let Some(at) = indexed(path, "goals") {
            return self.goals.get(at).map(Cow::from);
        }
        if path == "goals" {
            return (!self.goals.is_empty()).then(|| self.goals.join("\n").into());
        }
        if let Some(name) = path.strip_prefix("fields.") {
            return self.fields.get(name).map(Cow::from);
        }
        let (step, rest) = steps(path);
        let text = match (step, rest) {
            ("title", "") => &self.title,
            ("unit_code", "") => &self.unit_code,
            ("unit_name", "") => &self.unit_name,
            ("amount_unit", "") => &self.amount_unit,
            ("code", "") => &self.code,
            ("name", "") => &self.name,
            ("purpose", "") => &self.purpose,
            ("budget", "total") => &self.budget.total,
            ("budget", "fiscal") => &self.budget.fiscal,
            ("budget", "other") => &self.budget.other,
            (step, "percent") => &self.spending_plan.get(indexed(step, "spending_plan")?)?.percent,
            (step, rest) => {
                let row = self.indicators.get(indexed(step, "indicators")?)?;
                match rest {
                    "level1" => &row.level1,
                    "level2" => &row.level2,
                    "level3" => &row.level3,
                    "description" => &row.description,
                    "target" => &row.target,
                    "basis" => &row.basis,
                    _ => return None,
                }
            }
        };
        text.as_deref().map(Cow::Borrowed)
    }

    /// Replaces the printed text of the field at `path`, below the project, wherever it is: also a cell of an
    /// indicator row, or one goal, which cannot be made blank. The field keeps its place. Says whether there is
    /// such a field.
    pub fn replace_text_at(&mut self, path: &str, text: Option<String>) -> bool {
        let (step, rest) = steps(path);
        if let Some(row) = indexed(step, "indicators").and_then(|at| self.indicators.get_mut(at)) {
            let cell = Indicator::CELLS.iter().position(|cell| *cell == rest);
            return cell.is_some_and(|cell| {
                *row.cell_mut(cell) = text;
                true
            });
        }
        if let Some(goal) = indexed(step, "goals").and_then(|at| self.goals.get_mut(at)) {
            return text.is_some_and(|text| {
                *goal = text;
                true
            });
        }
        self.set_text_at(path, text, None)
    }

    /// Sets the field at `path`, below the project, with its origin. Says whether there is such a field;
    /// of the lists only the milestones: `spending_plan[+3月底].percent` adds one of that name.
    pub fn set_text_at(&mut self, path: &str, text: Option<String>, origin: Option<Origin>) -> bool {
        let (step, rest) = steps(path);
        let (field, origins, name) = match (step, rest) {
            ("title", "") => (&mut self.title, &mut self.origins, "title"),
            ("unit_code", "") => (&mut self.unit_code, &mut self.origins, "unit_code"),
            ("unit_name", "") => (&mut self.unit_name, &mut self.origins, "unit_name"),
            ("amount_unit", "") => (&mut self.amount_unit, &mut self.origins, "amount_unit"),
            ("code", "") => (&mut self.code, &mut self.origins, "code"),
            ("name", "") => (&mut self.name, &mut self.origins, "name"),
            ("purpose", "") => (&mut self.purpose, &mut self.origins, "purpose"),
            ("budget", "total") => (&mut self.budget.total, &mut self.budget.origins, "total"),
            ("budget", "fiscal") => (&mut self.budget.fiscal, &mut self.budget.origins, "fiscal"),
            ("budget", "other") => (&mut self.budget.other, &mut self.budget.origins, "other"),
            ("fields", name) if !name.is_empty() => {
                match text {
                    Some(text) => self.fields.insert(name.to_owned(), text),
                    None => self.fields.remove(name),
                };
                if let Some(origin) = origin {
                    self.origins.set(path.to_owned(), origin);
                }
                return true;
            }
            (step, "percent") => {
                let added = step
                    .strip_prefix("spending_plan[+")
                    .and_then(|name| name.strip_suffix(']'));
                let index = match added {
                    Some(_) if text.is_none() => return true,
                    Some(name) => {
                        self.spending_plan.push(Milestone {
                            milestone: name.to_owned(),
                            ..Milestone::default()
                        });
                        Some(self.spending_plan.len() - 1)
                    }
                    None => indexed(step, "spending_plan"),
                };
                let Some(milestone) = index.and_then(|index| self.spending_plan.get_mut(index)) else {
                    return false;
                };
                (&mut milestone.percent, &mut milestone.origins, "percent")
            }
            _ => return false,
        };
        *field = text;
        if let Some(origin) = origin {
            origins.set(name, origin);
        }
        true
    }
}

/// The section and the index in a path `narrative.section[index]`.
pub(crate) fn narrative_path(path: &str) -> Option<(&str, usize)> {
    let (section, index) = path
        .strip_prefix("narrative.")?
        .strip_suffix(']')?
        .split_once('[')?;
    Some((section, index.parse().ok()?))
}

/// The index in a path `name[index]…`, and what follows its point.
pub(crate) fn indexed_path<'p>(path: &'p str, name: &str) -> Option<(usize, &'p str)> {
    let (step, rest) = steps(path);
    Some((indexed(step, name)?, rest))
}

/// The first step of a path and the rest.
fn steps(path: &str) -> (&str, &str) {
    path.split_once('.').unwrap_or((path, ""))
}

/// The index in a step `name[index]`.
fn indexed(step: &str, name: &str) -> Option<usize> {
    step.strip_prefix(name)?
        .strip_prefix('[')?
        .strip_suffix(']')?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Place, State};
    use super::*;

    #[test]
    fn paths_lead_to_origins() {
        let origin = |line| Origin {
            place: Place::text(line, 1),
            state: State::Printed,
        };
        let mut department = Department::default();
        department.origins.set("year", origin(1));
        department.narrative.origins.set("safeguards[1]", origin(2));
        let mut project = Project::default();
        project.budget.origins.set("total", origin(3));
        project.origins.set("goals[0]", origin(4));
        let mut indicator = Indicator::default();
        indicator.origins.set("target", origin(5));
        project.indicators.push(indicator);
        department.projects.push(project);
        for (path, line) in [
            ("year", 1),
            ("narrative.safeguards[1]", 2),
            ("projects[0].budget.total", 3),
            ("projects[0].goals", 4),
            ("projects[0].indicators[0].target", 5),
        ] {
            assert_eq!(department.origin_at(path), Some(origin(line)), "{path}");
        }
        for path in [
            "",
            "projects[1].code",
            "projects[0].indicators[9].target",
            "projects[x]",
            "nothing",
        ] {
            assert_eq!(department.origin_at(path), None, "{path}");
        }
    }
}
