//! What an expression can turn out to be.

use std::sync::Arc;

use downhaul_core::ViaRole;
use downhaul_lang::SdkId;
use downhaul_lang::facts::{Bytes, ClassId, ExprId, FunctionId, ScopeId};

/// Index of a parsed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(pub(crate) usize);

/// What an expression can turn out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// A text.
    Text(Arc<str>),
    /// A text of which parts are known; between any two of them stands anything.
    Pattern(Vec<String>),
    /// What a caller hands over, or a member of it. The parameter [`super::OWN`] is the object a method is called on.
    Param { file: FileId, function: FunctionId, index: u32, path: Vec<Arc<str>> },
    /// An object literal.
    Object(FileId, ExprId),
    /// A list literal, or a call that makes a list.
    List(FileId, ExprId),
    /// A class or enum.
    Class(FileId, ClassId),
    /// An object of a class.
    Instance(FileId, ClassId),
    /// A member of an enum, by its index in the class.
    EnumMember(FileId, ClassId, usize),
    /// An object that stands for a flag, by the call that made it.
    Flag(FileId, ExprId),
    /// A function.
    Function(FileId, FunctionId),
    /// A file as a module.
    Module(FileId),
    /// A folder or package as a module.
    Package(Arc<str>),
    /// A module inside a file.
    Inner(FileId, ScopeId),
    /// The module of an SDK.
    SdkModule(SdkId),
    /// Something that an SDK exports.
    SdkItem(SdkId, Arc<str>),
    /// A client of an SDK, of this type where it is known.
    Client(SdkId, Option<Arc<str>>),
    /// A method of a client.
    ClientMethod(SdkId, Option<Arc<str>>, Arc<str>),
    /// Nothing that is known.
    Unknown,
}

/// What was found, and the places that led there, nearest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) value: Value,
    pub(crate) hops: Vec<Hop>,
    /// The call that made it, for an object of a class.
    pub(crate) made: Option<(FileId, ExprId)>,
}

/// A place that led to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hop {
    pub(crate) file: FileId,
    pub(crate) span: Bytes,
    pub(crate) role: ViaRole,
}

impl Found {
    pub(crate) fn new(value: Value) -> Self {
        Found { value, hops: Vec::new(), made: None }
    }

    /// The same, reached through one more place.
    pub(crate) fn through(mut self, hop: Hop) -> Self {
        self.hops.insert(0, hop);
        self
    }
}
