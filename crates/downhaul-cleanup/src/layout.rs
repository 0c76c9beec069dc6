//! From what goes and what comes to edits that leave a tidy text: whole lines, blank lines, indentation.

use std::ops::Range;

use downhaul_core::Edit;

use crate::file::SourceFile;

/// What a rewrite asks for; ranges may touch and overlap.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) deleted: Vec<Range<usize>>,
    pub(crate) replaced: Vec<(Range<usize>, String)>,
    /// Lines that move to the left: a range, and by how many characters.
    pub(crate) moved: Vec<(Range<usize>, usize)>,
    /// Ranges whose lines must not move: texts over several lines.
    pub(crate) fixed: Vec<Range<usize>>,
}

impl Draft {
    /// What goes, sorted and disjoint, without regard to lines.
    pub(crate) fn gone(&self) -> Vec<Range<usize>> {
        let all = self.deleted.iter().cloned().chain(self.replaced.iter().map(|(range, _)| range.clone()));
        merged(all.filter(|range| !range.is_empty()).collect())
    }

    /// The edits, sorted and disjoint.
    pub(crate) fn edits(&self, file: &SourceFile) -> Vec<Edit> {
        let deleted = merged(self.deleted.iter().filter(|range| !range.is_empty()).cloned().collect());
        let mut replaced: Vec<&(Range<usize>, String)> = self
            .replaced
            .iter()
            .filter(|(range, _)| {
                !deleted.iter().any(|gone| gone.start <= range.start && range.end <= gone.end && !range.is_empty())
            })
            .collect();
        replaced.sort_by_key(|(range, _)| (range.start, range.end));
        let anchors: Vec<Range<usize>> = replaced.iter().map(|(range, _)| range.clone()).collect();
        let deleted: Vec<Range<usize>> =
            merged(deleted.into_iter().map(|range| tidy(&file.text, range, &anchors)).collect());
        let mut deleted = deleted;
        loop {
            let wider = deleted.iter().cloned().map(|range| blank_lines(&file.text, range, &anchors)).collect();
            let wider = merged(wider);
            if wider == deleted {
                break;
            }
            deleted = wider;
        }
        let mut edits: Vec<Edit> = deleted.iter().cloned().map(Edit::delete).collect();
        edits.extend(replaced.iter().map(|(range, text)| Edit::replace(range.clone(), self.moved_text(range, text))));
        edits.extend(self.moves(file, &deleted));
        edits.sort_by_key(|edit| (edit.start, edit.end));
        joined(edits)
    }

    /// A text that comes in, its further lines as far to the left as what is around it.
    fn moved_text(&self, at: &Range<usize>, text: &str) -> String {
        let around = self.moved.iter().filter(|(range, _)| range.start <= at.start && at.start < range.end);
        let by: usize = around.map(|(_, by)| by).sum();
        let cut = |line: &str| {
            let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
            line[indentation.min(by)..].to_owned()
        };
        let (first, rest) = text.split_once('\n').map_or((text, None), |(first, rest)| (first, Some(rest)));
        let rest: Vec<String> = rest.into_iter().flat_map(|rest| rest.split('\n')).map(cut).collect();
        std::iter::once(first.to_owned()).chain(rest).collect::<Vec<_>>().join("\n")
    }

    fn moves(&self, file: &SourceFile, deleted: &[Range<usize>]) -> Vec<Edit> {
        let mut by_line: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
        for (range, by) in &self.moved {
            let mut line = file.next_line(range.start);
            while line < range.end {
                *by_line.entry(line).or_default() += by;
                line = file.next_line(line);
            }
        }
        let mut edits = Vec::new();
        for (line, by) in by_line {
            let indentation = file.indentation(line);
            let end = indentation.end.min(line + by);
            let is_fixed = self.fixed.iter().any(|range| range.start < line && line < range.end);
            let is_gone = deleted.iter().any(|gone| gone.start < end && line < gone.end);
            if !is_fixed && !is_gone && line < end {
                edits.push(Edit::delete(line..end));
            }
        }
        edits
    }
}

/// Ranges sorted, those that touch made one.
pub(crate) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut result: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match result.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => result.push(range),
        }
    }
    result
}

/// Extends a range to whole lines where nothing else is left on them, and over spaces that would trail.
fn tidy(text: &str, range: Range<usize>, anchors: &[Range<usize>]) -> Range<usize> {
    let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at);
    let (before, after) = (&text[line..range.start], &text[range.end..end]);
    let has_anchor = anchors.iter().any(|anchor| {
        line <= anchor.start && anchor.end <= end && !(range.start < anchor.start && anchor.end < range.end)
    });
    if !after.trim().is_empty() || has_anchor {
        return range;
    }
    if before.trim().is_empty() {
        return line..(end + 1).min(text.len());
    }
    let trailing = before.len() - before.trim_end().len();
    range.start - trailing..range.end + after.trim_end_matches('\r').len()
}

/// Where whole lines go, a blank line before or after goes with them if there would be two, or one at the edge of a
/// block.
fn blank_lines(text: &str, range: Range<usize>, anchors: &[Range<usize>]) -> Range<usize> {
    let whole = (range.start == 0 || text[..range.start].ends_with('\n')) && text[..range.end].ends_with('\n');
    if !whole
        || anchors.iter().any(|anchor| anchor.is_empty() && range.start <= anchor.start && anchor.end <= range.end)
    {
        return range;
    }
    let line_before = text[..range.start].trim_end_matches('\n').rsplit('\n').next().unwrap_or_default();
    let is_after_blank =
        range.start == 0 || text[..range.start].ends_with("\n\n") || text[..range.start].ends_with("\n\r\n");
    let opens = line_before.trim_end().ends_with(['{', '(', '[', ':', '>']) && !is_after_blank;
    let mut end = range.end;
    if is_after_blank || opens {
        while let Some(blank) = blank_line(&text[end..]) {
            end += blank;
        }
    }
    let next = text[end..].trim_start_matches([' ', '\t']);
    let closes = next.is_empty() || next.starts_with(['}', ')', ']']) || next.starts_with("</");
    let mut start = range.start;
    if closes && !opens {
        while text[..start].ends_with("\n\n") {
            start -= 1;
        }
    }
    start..end
}

/// The length of the blank line that a text begins with.
fn blank_line(text: &str) -> Option<usize> {
    let end = text.find('\n')?;
    text[..end].trim().is_empty().then_some(end + 1)
}

/// Edits that touch, made one.
fn joined(edits: Vec<Edit>) -> Vec<Edit> {
    let mut result: Vec<Edit> = Vec::new();
    for edit in edits {
        match result.last_mut() {
            Some(last) if edit.start <= last.end => {
                last.text.push_str(&edit.text);
                last.end = last.end.max(edit.end);
            }
            _ => result.push(edit),
        }
    }
    result
}
