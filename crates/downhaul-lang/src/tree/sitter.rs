//! Trees from tree-sitter, which reads every language and gives up on no text.

use std::cell::RefCell;
use std::ops::ControlFlow;

use tree_sitter::Parser;

use super::{Data, Grammar, Tree};

/// How many hundreds of steps a parser may take for any text, and how many bytes are good for a hundred more.
///
/// Ordinary code needs less than one step a byte; a broken text can be so ambiguous that the parser never ends. Steps
/// are counted and not seconds, so that the answer does not depend on the machine.
const PATIENCE: (usize, usize) = (20_000, 10);

/// The tree of a text; `None` if it takes too long.
pub(crate) fn parse<'g>(grammar: &'g Grammar, text: &str) -> Option<Tree<'g>> {
    let parsed = run(&grammar.language, text)?;
    let mut tree = Tree::new(grammar);
    let mut cursor = parsed.walk();
    let mut open: Vec<u32> = Vec::new();
    let mut broken_at = usize::MAX;
    'walk: loop {
        let node = cursor.node();
        let at = position(tree.nodes.len());
        let range = node.byte_range();
        let broken = node.is_error() || range.is_empty() && node.is_missing();
        tree.nodes.push(Data {
            start: position(range.start),
            end: position(range.end),
            parent: open.last().copied().unwrap_or(0),
            last: at + 1,
            kind: node.kind_id(),
            field: cursor.field_id().map_or(0, u16::from),
            named: node.is_named(),
            extra: node.is_extra(),
            broken,
        });
        // Of places inside each other, the outer one is told.
        if open.len() <= broken_at {
            broken_at = usize::MAX;
        }
        if broken && broken_at == usize::MAX {
            broken_at = open.len();
            tree.broken.push(range);
        }
        if cursor.goto_first_child() {
            open.push(at);
            tree.depth = tree.depth.max(open.len());
            continue;
        }
        loop {
            if cursor.goto_next_sibling() {
                continue 'walk;
            }
            if !cursor.goto_parent() {
                return Some(tree);
            }
            let Some(closed) = open.pop() else { return Some(tree) };
            tree.nodes[closed as usize].last = position(tree.nodes.len());
        }
    }
}

/// A place in a text or a list; neither is ever so long that it would not fit.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn run(language: &tree_sitter::Language, text: &str) -> Option<tree_sitter::Tree> {
    // A parser keeps memory for the next text, so each thread has one.
    thread_local!(static PARSER: RefCell<Parser> = RefCell::new(Parser::new()));
    let bytes = text.as_bytes();
    let mut left = PATIENCE.0 + bytes.len() / PATIENCE.1;
    let mut give_up = |_: &tree_sitter::ParseState| {
        left = left.saturating_sub(1);
        if left > 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(language).expect("a grammar of the right version is linked in");
        let options = tree_sitter::ParseOptions::new().progress_callback(&mut give_up);
        let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options));
        // What was given up would be gone on with.
        parser.reset();
        tree
    })
}
