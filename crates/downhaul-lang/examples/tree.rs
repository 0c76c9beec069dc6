//! Prints the syntax tree of a file, with kinds and fields as query files name them: `cargo run --example tree FILE`.

use downhaul_lang::Catalog;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let catalog = Catalog::load();
    let language = catalog.language(catalog.language_of(&path).ok_or("no language has this extension")?);
    let text = std::fs::read_to_string(&path)?;
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&language.grammar().ok_or("the grammar is not linked in")?)?;
    let tree = parser.parse(&text, None).ok_or("not parsed")?;
    let mut out = String::new();
    print(&mut tree.walk(), &text, 0, &mut out);
    std::io::Write::write_all(&mut std::io::stdout(), out.as_bytes())?;
    Ok(())
}

fn print(cursor: &mut tree_sitter::TreeCursor<'_>, text: &str, depth: usize, out: &mut String) {
    let node = cursor.node();
    let field = cursor.field_name().map(|name| format!("{name}: ")).unwrap_or_default();
    let kind = if node.is_named() { node.kind().to_owned() } else { format!("{:?}", node.kind()) };
    let leaf = if node.child_count() == 0 && node.is_named() { &text[node.byte_range()] } else { "" };
    out.push_str(&format!("{}{field}{kind} {leaf}\n", "  ".repeat(depth)));
    if cursor.goto_first_child() {
        loop {
            print(cursor, text, depth + 1, out);
            if !cursor.goto_next_sibling() {
                break;
            }
        }
        cursor.goto_parent();
    }
}
