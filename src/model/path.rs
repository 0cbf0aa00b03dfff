//! Paths of model fields, as they stand in the JSON: `projects[0].indicators[2].target`.

use super::{Department, Origin, Origins, Project};

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
        } else if step == "fields" {
            return self.origins.get(path);
        } else {
            (&self.origins, step)
        };
        origins.get(field)
    }
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
    use super::super::{Indicator, Place, State};
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
