//! Workbooks.
use super::archive::Fault;
use super::builder::Builder;
use super::package::Package;
use crate::finding::Finding;
pub(super) fn read_xlsx(_: &Package<'_>, _: &str, _: &mut Builder) -> Vec<Finding> { vec![] }
pub(super) fn read_ods(_: &Package<'_>, _: &mut Builder) -> Vec<Finding> { vec![] }
pub(super) fn read_xls(_: &[u8], _: &mut Builder) -> Vec<Finding> { vec![] }
#[allow(dead_code)] fn x(_: Fault) {}
