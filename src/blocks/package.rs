//! Documents of many parts in one archive (Office Open XML): parts, and which belongs to which.

use std::cell::RefCell;

use super::archive::{Archive, Fault};
use super::xml::{self, Xml};

/// An archive with all that went wrong in reading it: a part that is lost does not spoil the others.
pub(super) struct Package<'b> {
    archive: Archive<'b>,
    faults: RefCell<Vec<Fault>>,
}

/// That one part belongs to another.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    /// What the other part calls it by.
    pub(super) id: String,
    /// What it is, such as `styles`: the end of the address that names its type.
    pub(super) kind: String,
    /// The name of the part.
    pub(super) target: String,
}

impl<'b> Package<'b> {
    pub(super) fn new(archive: Archive<'b>) -> Self {
        Self {
            archive,
            faults: RefCell::default(),
        }
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, part: &str) -> bool {
        self.archive.has(part)
    }

    /// The text of an XML part; `None` if there is none or if it cannot be read.
    pub(super) fn text(&self, part: &str) -> Option<String> {
        match self.archive.part(part) {
            Ok(part) => {
                let part = part?;
                part.fault.into_iter().for_each(|fault| self.report(fault));
                Some(xml::decode(&part.bytes).into_owned())
            }
            Err(fault) => {
                self.report(fault);
                None
            }
        }
    }

    /// Reads a part with `read`; what that could not go on with is reported, what it read stays.
    pub(super) fn read(&self, part: &str, mut read: impl FnMut(&mut Xml<'_>) -> Result<(), Fault>) {
        let Some(text) = self.text(part) else { return };
        let mut xml = Xml::new(&text);
        let result = xml
            .root()
            .and_then(|root| root.map_or(Ok(()), |_| read(&mut xml)));
        result.unwrap_or_else(|fault| self.report(fault));
    }

    /// Remembers a fault, each kind of them once.
    pub(super) fn report(&self, fault: Fault) {
        let mut faults = self.faults.borrow_mut();
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }

    /// All that went wrong.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults.into_inner()
    }

    /// The parts that belong to `part`; to the package itself if that is empty.
    pub(super) fn relations(&self, part: &str) -> Vec<Relation> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let list = [folder, "_rels", &format!("{file}.rels")];
        let list = list
            .into_iter()
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>();
        let mut relations = Vec::new();
        self.read(&list.join("/"), |xml| {
            while let Some(tag) = xml.child()? {
                let is_outside = tag.attribute("TargetMode").as_deref() == Some("External");
                if let (false, Some(id), Some(kind), Some(target)) = (
                    is_outside,
                    tag.attribute("Id"),
                    tag.attribute("Type"),
                    tag.attribute("Target"),
                ) {
                    relations.push(Relation {
                        id,
                        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                        target: resolved(folder, &target),
                    });
                }
                xml.skip()?;
            }
            Ok(())
        });
        relations
    }
}

/// The name of the part that `target` means, said by a part in `folder`.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut names: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder.split('/').collect(),
    };
    for name in target.split('/') {
        match name {
            ".." => drop(names.pop()),
            "." => {}
            name => names.push(name),
        }
    }
    names.retain(|name| !name.is_empty());
    names.join("/")
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn targets_are_relative_to_their_folder_or_to_the_root() {
        assert_eq!(resolved("word", "styles.xml"), "word/styles.xml");
        assert_eq!(
            resolved("xl/worksheets", "../sharedStrings.xml"),
            "xl/sharedStrings.xml"
        );
        assert_eq!(
            resolved("xl", "/xl/worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(resolved("", "./word/document.xml"), "word/document.xml");
    }
}
