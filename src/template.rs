//! Stand-in until the templates are merged.
use crate::finding::Finding;
use crate::model::Department;
use crate::sheet::Document;
use crate::vocab::Vocabulary;

/// The templates.
#[derive(Debug)]
pub struct Templates {
    vocabulary: Vocabulary,
}

/// How to fill.
#[derive(Clone, Debug, Default)]
pub struct FillOptions {
    /// The form to fill into.
    pub form: Option<String>,
    /// The numbers of the forms wanted; all if empty.
    pub only: Vec<u32>,
}

/// A filled document.
#[derive(Debug)]
pub struct Filled {
    /// The sheets.
    pub document: Document,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Templates {
    /// The built-in ones.
    #[must_use]
    pub fn built_in() -> Self {
        Self {
            vocabulary: Vocabulary::built_in(),
        }
    }

    /// Reads a folder's files.
    ///
    /// # Errors
    /// None.
    pub fn read(_files: &[(String, String)]) -> Result<Self, Finding> {
        Ok(Self::built_in())
    }

    /// The files built in.
    #[must_use]
    pub fn built_in_files() -> Vec<(&'static str, &'static str)> {
        vec![("labels.toml", include_str!("../templates/labels.toml"))]
    }

    /// The label tables.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Fills.
    ///
    /// # Errors
    /// None.
    pub fn fill(&self, department: &Department, _options: &FillOptions) -> Result<Filled, Finding> {
        Ok(Filled {
            document: Document {
                title: department.department.clone().unwrap_or_default(),
                ..Document::default()
            },
            findings: Vec::new(),
        })
    }
}
