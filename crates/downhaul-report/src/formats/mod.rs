//! One file for each format; the list is [`crate::Format`].

pub(crate) mod concise;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod rdjson;
pub(crate) mod sarif;
pub(crate) mod sarif_full;
pub(crate) mod text;
