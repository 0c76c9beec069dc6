//! The rounds of a scan: which files are read and parsed, until nothing new leads to a flag.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use downhaul_core::{Confidence, Reference, Resolution, SkipReason, Skipped};
use downhaul_lang::{Catalog, LanguageId};
use rayon::prelude::*;

use crate::classify::Classifier;
use crate::decode::{Decoded, decode, utf16};
use crate::lexical::Lexical;
use crate::needles::Needles;
use crate::resolve::{Paths, Project};
use crate::source::SourceFile;
use crate::walk::Walked;
use crate::{Progress, Scan, ScanRequest, Stats, emit};

/// What came of one file in a round.
enum Read {
    /// It names nothing that is looked for.
    Nothing,
    /// It was parsed.
    Parsed(Box<SourceFile>, Option<Skipped>),
    /// It has no language, or could not be parsed; this is what its words say.
    Words(Vec<Reference>, Option<Skipped>),
}

/// Runs all rounds and gathers what came of them.
pub(crate) fn run(
    request: &ScanRequest,
    catalog: &Catalog,
    classifier: &Classifier,
    walked: Walked,
    progress: &dyn Progress,
) -> Scan {
    let mut skipped = walked.skipped;
    let stats = Stats { files: walked.files.len(), parsed: 0, bytes: walked.files.iter().map(|(_, size)| size).sum() };
    let limit = request.config.max_file_size;
    let (files, large): (Vec<_>, Vec<_>) = walked.files.into_iter().partition(|(_, size)| *size <= limit);
    skipped.extend(large.into_iter().map(|(path, size)| Skipped {
        path,
        reason: SkipReason::TooLarge,
        detail: format!("{size} bytes; the limit is {limit}"),
    }));

    let names: Vec<String> = files.into_iter().map(|(path, _)| path).collect();
    let code: Vec<String> = names.iter().filter(|path| catalog.language_of(path).is_some()).cloned().collect();
    let lexical = Lexical::new(catalog, &request.keys, request.mentions);
    let reader = Reader { root: &request.root, catalog, classifier, lexical: &lexical };
    let mut project = Project::new(catalog, &request.keys, Paths::new(code));
    let mut references = Vec::new();

    // The first round: keys and imports, in all files.
    let imports: BTreeSet<&str> =
        catalog.sdks().flat_map(|(_, sdk)| sdk.needles().iter().map(String::as_str)).collect();
    let needles = Needles::new(request.keys.iter().map(downhaul_core::FlagKey::as_str), imports.into_iter());
    let by_path: std::collections::HashMap<String, usize> =
        project.paths.all.iter().enumerate().map(|(index, path)| (path.clone(), index)).collect();
    let read: Vec<(Option<usize>, Read)> = names
        .par_iter()
        .map(|path| {
            let result = (by_path.get(path).copied(), reader.read(path, Some(&needles)));
            progress.files_done(1);
            result
        })
        .collect();
    let mut gone = HashSet::new();
    take(read, &mut project, &mut references, &mut skipped, &mut gone);

    // Further rounds: what leads to a flag, in the files that are left.
    let mut searched: BTreeSet<Vec<String>> = BTreeSet::new();
    loop {
        project.infer_wrappers();
        let wanted: BTreeSet<usize> =
            std::mem::take(project.wanted.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner));
        let fresh: Vec<Vec<String>> =
            project.leading_names().into_iter().filter(|name| searched.insert(name.clone())).collect();
        let left: Vec<usize> = (0..project.paths.all.len())
            .filter(|index| !project.parsed.contains_key(index) && !gone.contains(index))
            .filter(|index| !fresh.is_empty() || wanted.contains(index))
            .collect();
        if left.is_empty() {
            break;
        }
        let needles = Needles::groups(&fresh);
        let read: Vec<(Option<usize>, Read)> = left
            .par_iter()
            .map(|index| {
                let needles = (!wanted.contains(index)).then_some(&needles);
                (Some(*index), reader.read(&project.paths.all[*index], needles))
            })
            .collect();
        let before = project.files.len();
        take(read, &mut project, &mut references, &mut skipped, &mut gone);
        if project.files.len() == before {
            break;
        }
    }

    references.extend(emit::references(&project, &lexical));
    if !request.mentions {
        references.retain(|reference| !is_weak(reference));
    }
    references.sort_by(|a, b| emit::order(a).cmp(&emit::order(b)));
    references.dedup();
    skipped.sort();
    skipped.dedup();
    Scan { references, skipped, stats: Stats { parsed: project.files.len(), ..stats } }
}

/// A call that is named like one of an SDK and nothing more: neither its receiver nor its key is known.
fn is_weak(reference: &Reference) -> bool {
    reference.confidence == Confidence::Low && reference.resolution != Resolution::Lexical
}

/// Puts what was read where it belongs.
fn take(
    read: Vec<(Option<usize>, Read)>,
    project: &mut Project<'_>,
    references: &mut Vec<Reference>,
    skipped: &mut Vec<Skipped>,
    gone: &mut HashSet<usize>,
) {
    let mut parsed = Vec::new();
    for (index, read) in read {
        match read {
            Read::Nothing => {}
            Read::Parsed(file, problem) => {
                skipped.extend(problem);
                parsed.extend(index.map(|index| (index, *file)));
            }
            Read::Words(found, problem) => {
                references.extend(found);
                skipped.extend(problem);
                gone.extend(index);
            }
        }
    }
    project.add(parsed);
}

struct Reader<'a> {
    root: &'a Path,
    catalog: &'a Catalog,
    classifier: &'a Classifier,
    lexical: &'a Lexical<'a>,
}

impl Reader<'_> {
    /// Reads a file, if it has any of the needles in it; without needles, in any case.
    fn read(&self, path: &str, needles: Option<&Needles>) -> Read {
        let bytes = match std::fs::read(self.root.join(path)) {
            Ok(bytes) => bytes,
            Err(error) => {
                return Read::Words(Vec::new(), Some(problem(path, SkipReason::Unreadable, error.to_string())));
            }
        };
        let has = |bytes: &[u8]| needles.is_none_or(|needles| needles.any(bytes));
        let is_utf16 = utf16(&bytes).is_some();
        if !is_utf16 && !has(&bytes) {
            return Read::Nothing;
        }
        let text = match decode(bytes) {
            Decoded::Text(text) => text,
            Decoded::Binary => return Read::Nothing,
            Decoded::Unknown => {
                return Read::Words(
                    Vec::new(),
                    Some(problem(path, SkipReason::UnknownEncoding, "neither UTF-8 nor UTF-16".to_owned())),
                );
            }
        };
        if is_utf16 && !has(text.as_bytes()) {
            return Read::Nothing;
        }
        let class = self.classifier.class(path, &text);
        match self.catalog.language_of(path) {
            None => Read::Words(self.lexical.file(path, &text, class), None),
            Some(language) => self.parse(path, language, text, class),
        }
    }

    fn parse(&self, path: &str, language: LanguageId, text: String, class: downhaul_core::PathClass) -> Read {
        match self.catalog.read(language, &text) {
            Err(_) => {
                let why = "nested too deeply to be parsed; matched by its words".to_owned();
                Read::Words(
                    self.lexical.broken_file(path, &text, class),
                    Some(problem(path, SkipReason::SyntaxErrors, why)),
                )
            }
            Ok(parsed) => {
                let file = SourceFile::new(path, language, text, parsed, class);
                let broken = file.broken.first().map(|first| {
                    let more = file.broken.len();
                    let detail = format!(
                        "line {}{}",
                        file.line(first.start),
                        if more > 1 { format!(" and {} more", more - 1) } else { String::new() }
                    );
                    problem(path, SkipReason::SyntaxErrors, detail)
                });
                Read::Parsed(Box::new(file), broken)
            }
        }
    }
}

fn problem(path: &str, reason: SkipReason, detail: String) -> Skipped {
    Skipped { path: path.to_owned(), reason, detail }
}
