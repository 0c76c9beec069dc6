//! The rounds of a scan: which files are read and parsed, until nothing new leads to a flag.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use downhaul_core::{Confidence, PathClass, Reference, Resolution, SkipReason, Skipped};
use downhaul_lang::{Catalog, LanguageId, Unreadable};
use rayon::prelude::*;

use crate::classify::Classifier;
use crate::decode::{Decoded, decode, utf16};
use crate::lexical::Lexical;
use crate::look::Seen;
use crate::needles::Needles;
use crate::resolve::{Aliases, Configured, Paths, Project};
use crate::source::SourceFile;
use crate::walk::{Walked, WalkedFile};
use crate::{Progress, Scan, ScanRequest, Stats, emit, marks, secrets};

/// What came of one file in a round.
enum Read {
    /// It names nothing that is looked for.
    Nothing,
    /// It was parsed.
    Parsed(Box<SourceFile>, Option<Skipped>),
    /// It has no language, or could not be parsed; this is what its words say.
    Words(Vec<Reference>, Option<Skipped>),
}

/// How many places are listed at most where a name was given up: they come in crowds, and one is enough to know.
const GIVEN_UP: usize = 50;

/// The largest text that is parsed although a program wrote it, and the length of line that shows that one did. The
/// tree of a bundle takes a hundred times its size, for references that its sources hold too.
const BUNDLE: (usize, usize) = (1_500_000, 250_000);

/// A file that no round has parsed so far.
#[derive(Default)]
struct Waiting {
    /// Its bytes, where there was room to keep them.
    kept: Option<Vec<u8>>,
    /// Where it is, if its path does not lead there.
    odd: Option<PathBuf>,
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
    let bytes = walked.files.iter().map(|file| file.look.size).sum();
    let stats = Stats { files: walked.files.len(), parsed: 0, bytes };
    let names = walked.files.iter().map(|file| file.path.as_str());
    let aliases = Aliases::new(request.root.clone(), names);
    let Sorted { code, mut waiting, hits } = Sorted::new(walked.files, catalog, &mut skipped);

    let lexical = Lexical::new(catalog, &request.keys, request.mentions);
    let marks = marks::Found::default();
    let secrets = secrets::Found::default();
    let reader =
        Reader { root: &request.root, catalog, classifier, lexical: &lexical, marks: &marks, secrets: &secrets };
    let mut project = Project::new(catalog, &request.keys, Paths::new(code, aliases), Configured::all(&request.config));
    let mut references = Vec::new();
    let mut gone = HashSet::new();

    // The first round: the files that name a key or import an SDK.
    progress.files_found(hits.len());
    let read = in_parallel(hits, progress, |hit| (hit.index, reader.parse_bytes(&hit.path, hit.bytes)));
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
                (Some(*index), reader.read(&project.paths.all[*index], &waiting[*index], needles))
            })
            .collect();
        for (index, read) in &read {
            if let (Some(index), Read::Parsed(..) | Read::Words(..)) = (index, read) {
                waiting[*index] = Waiting::default();
            }
        }
        let before = project.files.len();
        take(read, &mut project, &mut references, &mut skipped, &mut gone);
        if project.files.len() == before {
            break;
        }
    }
    drop(waiting);

    references.extend(emit::references(&project, &lexical));
    let places = project.given_up();
    skipped.extend(places.iter().take(GIVEN_UP).map(|(path, line)| {
        let line = line.map_or(String::new(), |line| format!("line {line}: "));
        let detail = format!("{line}a name was followed through too many places and given up");
        problem(path, SkipReason::ChainTooLong, detail)
    }));
    if !request.mentions {
        references.retain(|reference| !is_weak(reference));
    }
    references.sort_by(|a, b| emit::order(a).cmp(&emit::order(b)));
    references.dedup();
    skipped.sort();
    skipped.dedup();
    let unused_entries = project.unused_entries();
    let parsed = project.files.len();
    project.close();
    let (marks, secrets) = (marks.sorted(), secrets.sorted());
    Scan { references, marks, secrets, skipped, unused_entries, stats: Stats { parsed, ..stats } }
}

/// The files of a walk by what there is to do with them.
struct Sorted {
    /// The paths of all files that have a language.
    code: Vec<String>,
    /// What is known of each of them.
    waiting: Vec<Waiting>,
    /// The files to begin with.
    hits: Vec<Hit>,
}

/// A file to begin with.
struct Hit {
    path: String,
    /// Its index among the files that have a language.
    index: Option<usize>,
    bytes: Vec<u8>,
}

impl Sorted {
    fn new(files: Vec<WalkedFile>, catalog: &Catalog, skipped: &mut Vec<Skipped>) -> Sorted {
        let mut sorted = Sorted { code: Vec::new(), waiting: Vec::new(), hits: Vec::new() };
        for WalkedFile { path, odd, look } in files {
            let is_code = catalog.language_of(&path).is_some();
            let index = is_code.then_some(sorted.code.len());
            let mut waiting = Waiting { kept: None, odd };
            match look.seen {
                Seen::Hit(bytes) => sorted.hits.push(Hit { path: path.clone(), index, bytes }),
                Seen::Nothing(kept) => waiting.kept = kept,
                Seen::OutOfScope => continue,
                Seen::Skipped(reason, detail) => {
                    skipped.push(problem(&path, reason, detail));
                    continue;
                }
            }
            if is_code {
                sorted.code.push(path);
                sorted.waiting.push(waiting);
            }
        }
        sorted
    }
}

/// Works on all hits, the largest first: a large one that comes last would leave all threads but one idle. The results
/// are in the order of the hits.
fn in_parallel<T: Send>(hits: Vec<Hit>, progress: &dyn Progress, work: impl Fn(Hit) -> T + Sync) -> Vec<T> {
    let mut hits: Vec<(usize, Hit)> = hits.into_iter().enumerate().collect();
    hits.sort_by_key(|(_, hit)| std::cmp::Reverse(hit.bytes.len()));
    let mut done: Vec<(usize, T)> = hits
        .into_par_iter()
        .with_max_len(1)
        .map(|(order, hit)| {
            let result = (order, work(hit));
            progress.files_done(1);
            result
        })
        .collect();
    done.sort_by_key(|(order, _)| *order);
    done.into_iter().map(|(_, result)| result).collect()
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
    marks: &'a marks::Found,
    secrets: &'a secrets::Found,
}

impl Reader<'_> {
    /// Reads a file, if it has any of the needles in it; without needles, in any case.
    fn read(&self, path: &str, waiting: &Waiting, needles: Option<&Needles>) -> Read {
        let fresh;
        let bytes = match &waiting.kept {
            Some(bytes) => bytes,
            None => {
                let full = waiting.odd.clone().unwrap_or_else(|| self.root.join(path));
                fresh = match std::fs::read(full) {
                    Ok(bytes) => bytes,
                    Err(error) => {
                        return Read::Words(Vec::new(), Some(problem(path, SkipReason::Unreadable, error.to_string())));
                    }
                };
                &fresh
            }
        };
        let has = needles.is_none_or(|needles| match utf16(bytes) {
            None => needles.any(bytes),
            Some(_) => matches!(decode(bytes.clone()), Decoded::Text(text) if needles.any(text.as_bytes())),
        });
        if has { self.parse_bytes(path, bytes.clone()) } else { Read::Nothing }
    }

    fn parse_bytes(&self, path: &str, bytes: Vec<u8>) -> Read {
        let text = match decode(bytes) {
            Decoded::Text(text) => text,
            Decoded::Binary => return Read::Nothing,
            Decoded::Unknown => {
                let why = "neither UTF-8 nor UTF-16".to_owned();
                return Read::Words(Vec::new(), Some(problem(path, SkipReason::UnknownEncoding, why)));
            }
        };
        let class = self.classifier.class(path, &text);
        if class != PathClass::Docs {
            self.marks.look(self.catalog, self.catalog.language_of(path), path, &text);
        }
        self.secrets.look(self.catalog, path, &text, class);
        match self.catalog.language_of(path) {
            None => Read::Words(self.lexical.file(path, &text, class), None),
            Some(_) if is_bundle(&text) => {
                let detail = format!("{} bytes in long lines, as in bundles; matched by its words", text.len());
                let words = self.lexical.broken_file(path, &text, class);
                Read::Words(words, Some(problem(path, SkipReason::TooLarge, detail)))
            }
            Some(language) => self.parse(path, language, text, class),
        }
    }

    fn parse(&self, path: &str, language: LanguageId, text: String, class: PathClass) -> Read {
        match self.catalog.read(language, &text) {
            Err(why) => {
                let (reason, why) = match why {
                    Unreadable::TooDeep => (SkipReason::SyntaxErrors, "nested too deeply to be parsed"),
                    Unreadable::TimedOut => (SkipReason::TimedOut, "parsing took too long"),
                };
                let skipped = problem(path, reason, format!("{why}; matched by its words"));
                Read::Words(self.lexical.broken_file(path, &text, class), Some(skipped))
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

fn is_bundle(text: &str) -> bool {
    text.len() > BUNDLE.0 && text.split('\n').any(|line| line.len() > BUNDLE.1)
}

fn problem(path: &str, reason: SkipReason, detail: String) -> Skipped {
    Skipped { path: path.to_owned(), reason, detail }
}
