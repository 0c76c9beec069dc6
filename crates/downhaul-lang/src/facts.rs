//! What a file says, in terms that are the same for all languages: names, values, functions, classes, imports.

use std::ops::Range;

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A name or text of the file.
    Sym,
    /// An expression.
    ExprId,
    /// A region with names of its own.
    ScopeId,
    /// The making of a name.
    BindingId,
    /// A function, method or lambda.
    FunctionId,
    /// A class, enum, interface or named type.
    ClassId
}

/// A byte range.
pub type Bytes = Range<u32>;

/// What a file says.
#[derive(Debug, Default)]
pub struct Facts {
    names: IndexSet<Box<str>, FxBuildHasher>,
    /// Expressions; a parent stands before its children only where it needed to.
    pub exprs: Vec<Expr>,
    /// Scopes; the first is the file.
    pub scopes: Vec<Scope>,
    /// Bindings.
    pub bindings: Vec<Binding>,
    /// Bindings by scope and name, in source order.
    pub by_name: FxHashMap<(ScopeId, Sym), Vec<BindingId>>,
    /// Functions.
    pub functions: Vec<Function>,
    /// Classes.
    pub classes: Vec<Class>,
    /// Imports.
    pub imports: Vec<Import>,
    /// What other files can import by name, where the language says so.
    pub exports: Vec<Export>,
    /// What a pattern of a switch leads to.
    pub cases: Vec<CaseArm>,
    /// Switches, each before those inside it.
    pub switches: Vec<Switch>,
    /// Statements and expressions with conditions, each before those inside it.
    pub ifs: Vec<If>,
    /// The package that the file says it belongs to.
    pub package: Option<Sym>,
    /// Names in the type that an object literal is written with: `Gate{Name: "a"}`.
    pub typed: FxHashMap<ExprId, Vec<Sym>>,
}

impl Facts {
    /// The text of a name.
    pub fn text(&self, sym: Sym) -> &str {
        &self.names[sym.index()]
    }

    /// The name with this text, if the file has it.
    pub fn sym(&self, text: &str) -> Option<Sym> {
        self.names.get_index_of(text).map(sym)
    }

    /// The name with this text.
    pub fn intern(&mut self, text: &str) -> Sym {
        let known = self.names.get_index_of(text);
        sym(known.unwrap_or_else(|| self.names.insert_full(text.into()).0))
    }

    /// An expression.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    /// A scope.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.index()]
    }

    /// A binding.
    pub fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.index()]
    }

    /// A function.
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.index()]
    }

    /// A class.
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.index()]
    }

    /// All expressions with their ids.
    pub fn all_exprs(&self) -> impl Iterator<Item = (ExprId, &Expr)> {
        self.exprs.iter().enumerate().map(|(index, expr)| (ExprId(u32::try_from(index).unwrap_or(u32::MAX)), expr))
    }

    /// The scopes around and including `scope`, innermost first.
    pub fn scopes_around(&self, scope: ScopeId) -> impl Iterator<Item = (ScopeId, &Scope)> {
        let mut next = Some(scope);
        std::iter::from_fn(move || {
            let id = next?;
            next = self.scope(id).parent;
            Some((id, self.scope(id)))
        })
    }

    /// The function that `scope` is in.
    pub fn function_around(&self, scope: ScopeId) -> Option<FunctionId> {
        self.scopes_around(scope).find_map(|(_, scope)| match scope.kind {
            ScopeKind::Function(function) => Some(function),
            _ => None,
        })
    }

    /// The class that `scope` is in.
    pub fn class_around(&self, scope: ScopeId) -> Option<ClassId> {
        self.scopes_around(scope).find_map(|(_, scope)| match scope.kind {
            ScopeKind::Class(class) => Some(class),
            _ => None,
        })
    }
}

fn sym(index: usize) -> Sym {
    Sym(u32::try_from(index).unwrap_or(u32::MAX))
}

/// An expression.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Bytes,
    /// Where its name stands, for a call or member.
    pub name_at: u32,
    /// The scope it is in.
    pub scope: ScopeId,
    /// The nearest expression around it.
    pub parent: Option<ExprId>,
    /// How it stands there.
    pub slot: Slot,
    /// It is in a loop of its function.
    pub in_loop: bool,
}

/// What an expression is.
#[derive(Debug)]
pub enum ExprKind {
    /// A text.
    String(Sym),
    /// Texts and values put together.
    Concat(Vec<ExprId>),
    /// A regular expression.
    Regex(Sym),
    /// An identifier.
    Name(Sym),
    /// The object that a method belongs to.
    This,
    /// `object.name`.
    Member(ExprId, Sym),
    /// `object[key]`.
    Index(ExprId, ExprId),
    /// A call.
    Call(Call),
    /// A map, object or record literal.
    Object(Vec<Entry>),
    /// A list, set or tuple literal.
    Array(Vec<ExprId>),
    /// One of these.
    Choice(Vec<ExprId>),
    /// The opposite.
    Not(ExprId),
    /// The same.
    Same(ExprId),
    /// A function.
    Function(FunctionId),
    /// A class without a name.
    Class(ClassId),
    /// True or false.
    Bool(bool),
    /// Another literal, as written.
    Literal(Sym),
    /// Whether these are equal, or the first is in the second.
    Compare(ExprId, ExprId),
    /// What its parts do matters, not what it is.
    Opaque,
}

/// A call.
#[derive(Debug)]
pub struct Call {
    /// What is called; for `new`, the type.
    pub callee: ExprId,
    /// What is handed over.
    pub args: Vec<Arg>,
    /// How it is written.
    pub form: CallForm,
}

/// How a call is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallForm {
    /// `f(…)`.
    Call,
    /// `new T(…)`.
    New,
    /// `<T …>`.
    Element,
    /// `@T(…)`.
    Annotation,
}

/// An argument.
#[derive(Debug, Clone)]
pub struct Arg {
    /// Its keyword.
    pub name: Option<Sym>,
    /// Its value.
    pub value: ExprId,
}

/// An entry of a map, object or record literal.
#[derive(Debug)]
pub struct Entry {
    /// Its key.
    pub key: EntryKey,
    /// Where the key stands.
    pub key_span: Bytes,
    /// Its value.
    pub value: Option<ExprId>,
}

/// The key of an entry.
#[derive(Debug, Clone, Copy)]
pub enum EntryKey {
    /// This text.
    Text(Sym),
    /// The value of an expression.
    Value(ExprId),
    /// Everything that another object has.
    Spread,
}

/// How an expression stands in what is around it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Slot {
    /// As a part of it.
    #[default]
    Part,
    /// As a choice of a switch.
    Case,
    /// In an annotation or decorator.
    Decorator,
    /// As the default of a parameter.
    Default,
    /// In a type.
    Type,
}

/// A region with names of its own.
#[derive(Debug)]
pub struct Scope {
    /// The scope around it.
    pub parent: Option<ScopeId>,
    /// What it belongs to.
    pub kind: ScopeKind,
}

/// What a scope belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    /// The file.
    File,
    /// A function.
    Function(FunctionId),
    /// A class.
    Class(ClassId),
    /// Code that runs once for a class.
    StaticInit,
    /// A block.
    Block,
    /// A module inside a file.
    Module(Sym),
}

/// The making of a name.
#[derive(Debug)]
pub struct Binding {
    /// The name.
    pub name: Sym,
    /// Where it stands.
    pub name_span: Bytes,
    /// Its scope.
    pub scope: ScopeId,
    /// What kind of thing it names.
    pub kind: BindingKind,
    /// How to get from the value to what the name means.
    pub path: Vec<Step>,
    /// Names in its type annotation, outermost first.
    pub types: Vec<Sym>,
    /// The list of statements that it is one of: behind it in there, the name means nothing else. Empty where the
    /// statement may be left out.
    pub within: Bytes,
}

/// What kind of thing a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindingKind {
    /// A value; `None` where it is not given.
    Value(Option<ExprId>),
    /// A parameter.
    Parameter(FunctionId, u32),
    /// An element of a collection.
    Element(ExprId),
    /// A function.
    Function(FunctionId),
    /// A class or type.
    Class(ClassId),
    /// Something imported: an index into [`Facts::imports`].
    Import(u32),
    /// A module inside the file, by its scope.
    Module(ScopeId),
}

/// A step from a value into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// A member.
    Member(Sym),
    /// An element of a list.
    Element(u32),
}

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: Option<Sym>,
    /// Where the name, else the function, begins.
    pub span: Bytes,
    /// Names of its parameters that are handed over, one for each position (empty for patterns).
    pub params: Vec<Param>,
    /// What it returns.
    pub returns: Vec<ExprId>,
    /// Its scope.
    pub scope: ScopeId,
    /// The class whose member it is.
    pub class: Option<ClassId>,
    /// Names in its return type.
    pub types: Vec<Sym>,
    /// It is read like a field.
    pub getter: bool,
    /// It has no body.
    pub signature: bool,
}

/// A parameter, by position.
#[derive(Debug)]
pub struct Param {
    /// Its name; `None` for a pattern.
    pub name: Option<Sym>,
    /// Names in its type.
    pub types: Vec<Sym>,
    /// Its default.
    pub default: Option<ExprId>,
}

/// A class, enum, interface or named type.
#[derive(Debug)]
pub struct Class {
    /// Its name.
    pub name: Option<Sym>,
    /// Where the name stands.
    pub span: Bytes,
    /// Names of what it extends and implements.
    pub bases: Vec<Sym>,
    /// Its members.
    pub members: Vec<Member>,
    /// Its scope.
    pub scope: ScopeId,
    /// Parameters of its constructor.
    pub params: Vec<Param>,
    /// Values given to members of its objects anywhere in it.
    pub assigned: Vec<(Sym, ExprId)>,
    /// For a named type: the names in it.
    pub alias: Vec<Sym>,
    /// For a named type: the texts in it.
    pub strings: Vec<ExprId>,
}

/// A member of a class.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: Sym,
    /// Where the name stands.
    pub name_span: Bytes,
    /// What it is.
    pub kind: MemberKind,
    /// Names in its type.
    pub types: Vec<Sym>,
    /// It belongs to the class, not to its objects.
    pub is_static: bool,
}

/// What a member is.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberKind {
    /// A field.
    Field(Option<ExprId>),
    /// A method.
    Method(FunctionId),
    /// A member of an enum, with its value or the arguments of its constructor.
    EnumMember(Vec<ExprId>),
}

/// Names from elsewhere.
#[derive(Debug)]
pub struct Import {
    /// The module.
    pub module: Sym,
    /// What of it.
    pub what: Imported,
    /// Where it stands.
    pub span: Bytes,
}

/// What of a module is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// The module itself.
    Module,
    /// Its default export.
    Default,
    /// One of its names.
    Name(Sym),
    /// All of its names.
    All,
}

/// What other files can import.
#[derive(Debug)]
pub struct Export {
    /// The name they use; `None` for all names of a module.
    pub name: Option<Sym>,
    /// What they get.
    pub target: ExportTarget,
}

/// What an export gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportTarget {
    /// A name of the file.
    Name(Sym),
    /// A value.
    Value(ExprId),
    /// Something of another module.
    From(Sym, Imported),
}

/// What a pattern of a switch leads to.
#[derive(Debug)]
pub struct CaseArm {
    /// The pattern.
    pub pattern: ExprId,
    /// Where it leads.
    pub body: ExprId,
}

/// A switch over a value.
#[derive(Debug)]
pub struct Switch {
    /// The value.
    pub subject: ExprId,
    /// What it is compared with, in source order.
    pub cases: Vec<ExprId>,
    /// Something is done when no case fits.
    pub has_default: bool,
}

/// Something that is done under conditions.
#[derive(Debug)]
pub struct If {
    /// Where it stands.
    pub span: Bytes,
    /// Its conditions: one, and those of its further branches where they are no `if`s of their own.
    pub conditions: Vec<Bytes>,
    /// What is done otherwise.
    pub other: Option<Bytes>,
}
