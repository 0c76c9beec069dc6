//! TOML that remembers where everything stands, read field by field, with errors that name file, line and key.

use std::fmt;
use std::sync::Arc;

use downhaul_core::{LineIndex, Location, Span, Stated};
use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::suggest::did_you_mean;

/// What is wrong with a file, and where. The move of whoever wrote the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    /// The file, as it was named.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// What is wrong, with the key.
    pub problem: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.problem)
    }
}

impl std::error::Error for FileError {}

type Result<T> = std::result::Result<T, FileError>;

/// A file's text with the table of its lines.
pub(crate) struct Document<'t> {
    path: Arc<str>,
    text: &'t str,
    lines: LineIndex,
}

impl<'t> Document<'t> {
    pub(crate) fn new(path: &str, text: &'t str) -> Self {
        Document { path: path.into(), text, lines: LineIndex::new(text) }
    }

    /// The table that the text is.
    pub(crate) fn parse(&self) -> Result<Spanned<DeTable<'t>>> {
        DeTable::parse(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(self.text.len()));
            self.error(at..at, error.message().trim_end().to_owned())
        })
    }

    pub(crate) fn location(&self, span: Span) -> Location {
        self.lines.location(Arc::clone(&self.path), self.text, span)
    }

    pub(crate) fn error(&self, span: Span, problem: impl Into<String>) -> FileError {
        let line = self.lines.position(self.text, span.start).line;
        FileError { path: self.path.to_string(), line, problem: problem.into() }
    }

    /// The text of a place, on one line.
    fn written(&self, span: Span) -> String {
        self.text[span].split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A value and the name it goes by.
#[derive(Clone)]
pub(crate) struct Field<'d, 't> {
    document: &'d Document<'t>,
    name: String,
    span: Span,
    value: &'d DeValue<'t>,
}

/// A table whose keys are known.
pub(crate) struct Fields<'d, 't> {
    document: &'d Document<'t>,
    name: String,
    table: &'d DeTable<'t>,
}

impl<'d, 't> Fields<'d, 't> {
    /// The table of a whole file.
    pub(crate) fn top(document: &'d Document<'t>, table: &'d DeTable<'t>, known: &[&str]) -> Result<Self> {
        Fields { document, name: String::new(), table }.only(known)
    }

    fn only(self, known: &[&str]) -> Result<Self> {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let near = did_you_mean(name, known.iter().copied());
                let hint = near.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default();
                let problem = format!("{}: there is no such key{hint}", join(&self.name, name));
                return Err(self.document.error(key.span(), problem));
            }
        }
        Ok(self)
    }

    fn field(&self, key: &Spanned<DeString<'t>>, value: &'d Spanned<DeValue<'t>>) -> Field<'d, 't> {
        let start = key.span().start;
        // A table's own span can begin before its key, at the bracket of its header.
        let end = value.span().end.max(key.span().end);
        let span = if value.get_ref().is_table() || value.get_ref().is_array() { key.span() } else { start..end };
        Field { document: self.document, name: join(&self.name, key.get_ref()), span, value: value.get_ref() }
    }

    /// The field with this name.
    pub(crate) fn get(&self, name: &str) -> Option<Field<'d, 't>> {
        self.table.iter().find(|(key, _)| *key.get_ref() == name).map(|(key, value)| self.field(key, value))
    }

    /// Every field, in the order of the file.
    pub(crate) fn all(&self) -> Vec<(&'d str, Field<'d, 't>)> {
        let mut fields: Vec<_> =
            self.table.iter().map(|(key, value)| (key.get_ref().as_ref(), self.field(key, value))).collect();
        fields.sort_by_key(|(_, field)| field.span.start);
        fields
    }

    /// What `read` makes of the field with this name, if it is there.
    pub(crate) fn read<T>(&self, name: &str, read: impl Fn(&Field<'d, 't>) -> Result<T>) -> Result<Option<Stated<T>>> {
        let Some(field) = self.get(name) else { return Ok(None) };
        Ok(Some(Stated { value: read(&field)?, location: field.location() }))
    }

    /// The value alone.
    pub(crate) fn value<T>(&self, name: &str, read: impl Fn(&Field<'d, 't>) -> Result<T>) -> Result<Option<T>> {
        Ok(self.read(name, read)?.map(|stated| stated.value))
    }
}

impl<'d, 't> Field<'d, 't> {
    pub(crate) fn location(&self) -> Location {
        self.document.location(self.span.clone())
    }

    /// An error about this field.
    pub(crate) fn error(&self, problem: impl fmt::Display) -> FileError {
        self.document.error(self.span.clone(), format!("{}: {problem}", self.name))
    }

    fn expected(&self, what: &str) -> FileError {
        self.error(format!("{what} is expected here, not {}", kind(self.value)))
    }

    pub(crate) fn is_table(&self) -> bool {
        self.value.is_table()
    }

    pub(crate) fn table(&self, known: &[&str]) -> Result<Fields<'d, 't>> {
        self.open_table()?.only(known)
    }

    /// A table with keys of its own.
    pub(crate) fn open_table(&self) -> Result<Fields<'d, 't>> {
        let table = self.value.as_table().ok_or_else(|| self.expected("a table"))?;
        Ok(Fields { document: self.document, name: self.name.clone(), table })
    }

    /// The elements of a list, each with its own place.
    pub(crate) fn list(&self) -> Result<Vec<Field<'d, 't>>> {
        let list = self.value.as_array().ok_or_else(|| self.expected("a list"))?;
        let elements = list.iter().enumerate();
        Ok(elements
            .map(|(index, element)| Field {
                document: self.document,
                name: format!("{}[{index}]", self.name),
                span: element.span(),
                value: element.get_ref(),
            })
            .collect())
    }

    pub(crate) fn text(&self) -> Result<String> {
        let text = self.value.as_str().ok_or_else(|| self.expected("a text"))?;
        if text.trim().is_empty() { Err(self.error("the text is empty")) } else { Ok(text.to_owned()) }
    }

    pub(crate) fn texts(&self) -> Result<Vec<String>> {
        self.list()?.iter().map(Field::text).collect()
    }

    pub(crate) fn flag(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| self.expected("true or false"))
    }

    /// A whole number within bounds.
    pub(crate) fn number(&self, least: i64, most: i64) -> Result<i64> {
        let number = self.value.as_integer().ok_or_else(|| self.expected("a whole number"))?;
        let number = i64::from_str_radix(&number.as_str().replace('_', ""), number.radix());
        number
            .ok()
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.error(format!("the number is not within {least} and {most}")))
    }

    /// A day: a TOML date, or the same as text.
    pub(crate) fn date(&self) -> Result<Date> {
        let text = match self.value {
            DeValue::Datetime(datetime) => datetime.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => return Err(self.expected("a day such as 2026-05-31")),
        };
        text.parse().map_err(|_| self.error(format!("`{text}` is no day; write it as 2026-05-31")))
    }

    /// One of these words.
    pub(crate) fn word<T: Copy>(&self, known: &[(&str, T)]) -> Result<T> {
        let text = self.text()?;
        if let Some((_, value)) = known.iter().find(|(word, _)| *word == text) {
            return Ok(*value);
        }
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        let near = did_you_mean(&text, words.iter().copied());
        let hint = near.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default();
        Err(self.error(format!("`{text}` is none of {}{hint}", words.join(", "))))
    }

    /// The value as it is written, on one line.
    pub(crate) fn written(&self) -> String {
        let span = self.span.clone();
        let text = self.document.written(span);
        text.split_once('=').map_or(text.clone(), |(_, value)| value.trim().to_owned())
    }

    pub(crate) fn raw(&self) -> &'d DeValue<'t> {
        self.value
    }
}

/// What a value is, for people.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn join(parent: &str, key: &str) -> String {
    if parent.is_empty() { key.to_owned() } else { format!("{parent}.{key}") }
}
