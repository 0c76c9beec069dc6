//! The grammars that are linked in: one line for each, besides those in the two `Cargo.toml`.

/// The grammar with this name.
pub(crate) fn grammar(name: &str) -> Option<tree_sitter::Language> {
    match name {
        #[cfg(feature = "c")]
        "c" => Some(tree_sitter_c::LANGUAGE.into()),
        #[cfg(feature = "cpp")]
        "cpp" => Some(tree_sitter_cpp::LANGUAGE.into()),
        #[cfg(feature = "csharp")]
        "csharp" => Some(tree_sitter_c_sharp::LANGUAGE.into()),
        #[cfg(feature = "dart")]
        "dart" => Some(tree_sitter_dart::LANGUAGE.into()),
        #[cfg(feature = "elixir")]
        "elixir" => Some(tree_sitter_elixir::LANGUAGE.into()),
        #[cfg(feature = "go")]
        "go" => Some(tree_sitter_go::LANGUAGE.into()),
        #[cfg(feature = "java")]
        "java" => Some(tree_sitter_java::LANGUAGE.into()),
        #[cfg(feature = "javascript")]
        "javascript" => Some(tree_sitter_javascript::LANGUAGE.into()),
        #[cfg(feature = "kotlin")]
        "kotlin" => Some(tree_sitter_kotlin_sg::LANGUAGE.into()),
        #[cfg(feature = "php")]
        "php" => Some(tree_sitter_php::LANGUAGE_PHP.into()),
        #[cfg(feature = "python")]
        "python" => Some(tree_sitter_python::LANGUAGE.into()),
        #[cfg(feature = "ruby")]
        "ruby" => Some(tree_sitter_ruby::LANGUAGE.into()),
        #[cfg(feature = "rust")]
        "rust" => Some(tree_sitter_rust::LANGUAGE.into()),
        #[cfg(feature = "scala")]
        "scala" => Some(tree_sitter_scala::LANGUAGE.into()),
        #[cfg(feature = "swift")]
        "swift" => Some(tree_sitter_swift::LANGUAGE.into()),
        #[cfg(feature = "tsx")]
        "tsx" => Some(tree_sitter_typescript::LANGUAGE_TSX.into()),
        #[cfg(feature = "typescript")]
        "typescript" => Some(tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()),
        _ => None,
    }
}
