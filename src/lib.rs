//! `jixiao` (绩效) turns raw text of Chinese departmental budget performance documents
//! (部门预算绩效文本) into the official workbook and PDF of each department.
//!
//! The data flows one way:
//! bytes → [`source`] → [`blocks`] → [`parse`] → [`model`] → [`template`] → [`sheet`] → [`xlsx`], [`pdf`], [`html`].
//! What a finance bureau would send back, [`check`] finds in the model.

pub mod blocks;
pub mod chart;
pub mod check;
pub mod cli;
pub mod export;
pub mod finding;
pub mod fingerprint;
pub mod html;
pub mod limit;
pub mod merge;
pub mod model;
pub mod parse;
pub mod pdf;
pub mod sample;
pub mod sheet;
pub mod source;
pub mod template;
pub mod text;
pub mod vocab;
pub mod workspace;
pub mod xlsx;
