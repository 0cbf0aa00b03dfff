//! Whether a workbook is open in another program, by the files that office programs put beside it.
//!
//! Architecture invariant: such a file is only looked at, never removed.

use std::fs;
use std::path::{Path, PathBuf};

use super::store::shown;
use crate::finding::{Code, Finding, Message};

/// The files by which office programs say that a workbook is open.
pub(super) fn lock_files(path: &Path) -> [PathBuf; 2] {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    [
        path.with_file_name(format!("~${name}")),
        path.with_file_name(format!(".~lock.{name}#")),
    ]
}

/// A finding if a workbook is open in another program, with who has it open.
pub(super) fn opened_elsewhere(path: &Path) -> Option<Finding> {
    let lock = lock_files(path).into_iter().find(|lock| lock.exists())?;
    let who = fs::read(&lock).ok().and_then(|bytes| user(&bytes));
    let by = |zh: bool| match (&who, zh) {
        (Some(who), true) => format!("（{who}）"),
        (Some(who), false) => format!(" by {who}"),
        (None, _) => String::new(),
    };
    let message = Message::new(
        format!("工作簿正在其他程序中打开{}，该部门未更新。", by(true)),
        format!(
            "the workbook is open in another program{}; the department was left alone",
            by(false)
        ),
    );
    let help = Message::new(
        format!("请保存并关闭后重试；如确无人打开，请删除 {}。", shown(&lock)),
        format!(
            "Save and close it, then run again; if nobody has it open, remove {}.",
            shown(&lock)
        ),
    );
    Some(
        Finding::new(Code::FileOpen, message)
            .with_help(help)
            .in_file(shown(path)),
    )
}

/// Who has the workbook open: LibreOffice writes a line of fields, Excel a length and a name.
fn user(bytes: &[u8]) -> Option<String> {
    let name = match bytes.first()? {
        &length if length < 0x20 => {
            let name = bytes.get(1..1 + usize::from(length))?;
            String::from_utf8_lossy(name).into_owned()
        }
        _ => {
            let text = String::from_utf8_lossy(bytes);
            let mut fields = text.split(',').map(str::trim);
            fields.find(|field| !field.is_empty())?.to_owned()
        }
    };
    let name = name.trim().to_owned();
    (!name.is_empty() && !name.chars().any(char::is_control)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Folder;
    use super::*;

    #[test]
    fn who_has_it_open_is_said() {
        let folder = Folder::new();
        let path = folder.path().join("甲局.xlsx");
        assert_eq!(opened_elsewhere(&path), None);
        folder.write(".~lock.甲局.xlsx#", ",王会计,pc-3,21.11.2026 09:12,file:///home;");
        let said = opened_elsewhere(&path).expect("open");
        assert!(said.message.zh.contains("王会计"), "{}", said.message.zh);
        folder.remove(".~lock.甲局.xlsx#");
        folder.write_bytes("~$甲局.xlsx", b"\x05Wang \0\0");
        let said = opened_elsewhere(&path).expect("open");
        assert!(said.message.en.contains("by Wang"), "{}", said.message.en);
    }
}
