//! The grammars that are linked in: one line for each, besides those in the two `Cargo.toml`.

/// The grammar with this name.
pub(crate) fn grammar(name: &str) -> Option<tree_sitter::Language> {
    Some(match name {
        #[cfg(feature = "c")]
        "c" => tree_sitter_c::LANGUAGE.into(),
        #[cfg(feature = "cpp")]
        "cpp" => tree_sitter_cpp::LANGUAGE.into(),
        #[cfg(feature = "csharp")]
        "csharp" => tree_sitter_c_sharp::LANGUAGE.into(),
        #[cfg(feature = "dart")]
        "dart" => tree_sitter_dart::LANGUAGE.into(),
        #[cfg(feature = "elixir")]
        "elixir" => tree_sitter_elixir::LANGUAGE.into(),
        #[cfg(feature = "go")]
        "go" => tree_sitter_go::LANGUAGE.into(),
        #[cfg(feature = "java")]
        "java" => tree_sitter_java::LANGUAGE.into(),
        #[cfg(feature = "javascript")]
        "javascript" => tree_sitter_javascript::LANGUAGE.into(),
        #[cfg(feature = "kotlin")]
        "kotlin" => tree_sitter_kotlin_sg::LANGUAGE.into(),
        #[cfg(feature = "php")]
        "php" => tree_sitter_php::LANGUAGE_PHP.into(),
        #[cfg(feature = "python")]
        "python" => tree_sitter_python::LANGUAGE.into(),
        #[cfg(feature = "ruby")]
        "ruby" => tree_sitter_ruby::LANGUAGE.into(),
        #[cfg(feature = "rust")]
        "rust" => tree_sitter_rust::LANGUAGE.into(),
        #[cfg(feature = "scala")]
        "scala" => tree_sitter_scala::LANGUAGE.into(),
        #[cfg(feature = "swift")]
        "swift" => tree_sitter_swift::LANGUAGE.into(),
        #[cfg(feature = "tsx")]
        "tsx" => tree_sitter_typescript::LANGUAGE_TSX.into(),
        #[cfg(feature = "typescript")]
        "typescript" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        _ => return None,
    })
}
