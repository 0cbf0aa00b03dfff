//! Where a field or an item stands in the documents that are compared, and its paths there.
//!
//! Architecture invariant: a path is only told, never followed.

use super::FormName;
use super::tree::{Kind, Name, Node};

/// A place in the two trees that are compared. Paths are made only when they are told.
#[derive(Clone, Copy)]
pub(super) struct Spot<'s> {
    around: Option<&'s Spot<'s>>,
    kind: Kind,
    /// Index in the document before; `None` for an item that is not in it.
    before: Option<usize>,
    after: usize,
    /// The node that names the form, if the item is a project.
    form: Option<&'s Node<'s>>,
}

impl<'s> Spot<'s> {
    /// The document.
    pub(super) fn root() -> Self {
        Self {
            around: None,
            kind: Kind::Projects,
            before: None,
            after: 0,
            form: None,
        }
    }

    /// An item of a list; `node` is the item in one of the documents.
    pub(super) fn item(
        &'s self,
        kind: Kind,
        before: Option<usize>,
        after: usize,
        node: &'s Node<'s>,
    ) -> Spot<'s> {
        Spot {
            around: Some(self),
            kind,
            before,
            after,
            form: if kind == Kind::Projects {
                Some(node)
            } else {
                self.form
            },
        }
    }

    /// Whether it is in the document before, with all that is around it.
    pub(super) fn is_in_base(&self) -> bool {
        self.around
            .is_none_or(|around| self.before.is_some() && around.is_in_base())
    }

    /// The form it belongs to.
    pub(super) fn form_name(&self) -> Option<FormName> {
        self.form.and_then(Node::form_name)
    }

    /// The path in the document before; an item that is not in it has a plus and its index after.
    pub(super) fn path(&self) -> String {
        let Some(around) = self.around else {
            return String::new();
        };
        let step = match self.before {
            Some(index) => format!("{}[{index}]", self.kind.name()),
            None => format!("{}[+{}]", self.kind.name(), self.after),
        };
        joined(around.path(), &step)
    }

    /// The path in the document after.
    pub(super) fn path_after(&self) -> String {
        let Some(around) = self.around else {
            return String::new();
        };
        let step = format!("{}[{}]", self.kind.name(), self.after);
        joined(around.path_after(), &step)
    }

    /// The paths, before and after, of a field.
    pub(super) fn field_paths(&self, name: &Name<'_>) -> (String, String) {
        let step = name.step();
        (joined(self.path(), &step), joined(self.path_after(), &step))
    }

    /// The path of a list in the document before.
    pub(super) fn list_path(&self, kind: Kind) -> String {
        joined(self.path(), kind.name())
    }
}

fn joined(path: String, step: &str) -> String {
    match (path.is_empty(), step.is_empty()) {
        (true, _) => step.to_owned(),
        (false, true) => path,
        (false, false) => format!("{path}.{step}"),
    }
}
