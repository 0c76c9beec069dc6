//! Makes a failing program as small as it can be while it fails in the same way.

use anyhow::Result;

use super::batch::{self, Failure};
use super::choices::Choices;
use super::cleaner::Cleaner;
use super::generate::{Program, generate};
use super::grammar::Grammar;
use super::language::Language;

/// More rounds than this are not worth the wait.
const ROUNDS: usize = 12;
/// How many smaller programs are tried at once.
const AT_ONCE: usize = 160;

/// The smallest program found that fails as this one does.
pub(super) fn shrink(
    language: Language,
    grammar: &Grammar,
    cleaner: &Cleaner,
    program: &Program,
    failure: &Failure,
) -> Result<(Program, Failure)> {
    let (mut best, mut why) = (program.clone(), failure.clone());
    for _ in 0..ROUNDS {
        let candidates = smaller(grammar, &best);
        let results = batch::examine(language, cleaner, &candidates)?;
        let failing = candidates.into_iter().filter_map(|candidate| {
            let failure = results.failures.get(&candidate.name)?;
            (failure.kind == why.kind && candidate.size() < best.size()).then(|| (candidate, failure.clone()))
        });
        let Some((smallest, failure)) = failing.min_by_key(|(candidate, _)| candidate.size()) else { break };
        (best, why) = (smallest, failure);
    }
    Ok((best, why))
}

/// Programs made of fewer or simpler decisions.
fn smaller(grammar: &Grammar, program: &Program) -> Vec<Program> {
    let mut lists: Vec<Vec<u32>> = Vec::new();
    let mut spans = program.spans.clone();
    spans.sort_by_key(|(start, end)| std::cmp::Reverse(end - start));
    spans.dedup();
    for (start, end) in spans {
        let (before, inside, after) =
            (&program.choices[..start], &program.choices[start..end], &program.choices[end..]);
        lists.push([before, after].concat());
        if inside.iter().any(|choice| *choice != 0) {
            lists.push([before, &vec![0; inside.len()], after].concat());
            lists.push([before, &[0], after].concat());
        }
    }
    for index in 0..program.choices.len() {
        if program.choices[index] > 0 {
            let mut list = program.choices.clone();
            list[index] = 0;
            lists.push(list);
        }
    }
    let mut made: Vec<Program> = Vec::new();
    for list in lists {
        let name = format!("p{:05}", made.len() * 2 + usize::from(!program.name.ends_with(['0', '2', '4', '6', '8'])));
        let candidate = generate(grammar, &name, &program.keep, Choices::replay(list));
        let is_new = made.iter().all(|other| other.files != candidate.files);
        if is_new && candidate.size() < program.size() {
            made.push(candidate);
        }
        if made.len() >= AT_ONCE {
            break;
        }
    }
    made
}
