//! Shapes that mirror the vocabulary one to one: declared once, mapped both ways by macro.
//!
//! Every field is named, so that a new one in core does not compile until it is in the file as well.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core as core;
use downhaul_core::Timestamp;

/// The same thing in the other of two vocabularies.
pub(in super::super) trait To<T> {
    /// Maps it.
    fn to(self) -> T;
}

/// Types that are the same on both sides.
macro_rules! same {
    ($($ty:ty),*) => { $(impl To<$ty> for $ty {
        fn to(self) -> $ty { self }
    })* };
}

/// Types that have a mapping of their own.
macro_rules! by_from {
    ($($name:ident),*) => { $(
        impl To<core::$name> for super::$name {
            fn to(self) -> core::$name { self.into() }
        }
        impl To<super::$name> for core::$name {
            fn to(self) -> super::$name { self.into() }
        }
    )* };
}

/// A struct of the file with the fields of its namesake in core. What stands behind `may lack` is left out when blank.
macro_rules! mirror_struct {
    ($name:ident { $($field:ident: $ty:ty),* $(,)? } may lack { $($lack:ident: $lack_ty:ty),* $(,)? }) => {
        #[derive(Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub(in super::super) struct $name {
            $($field: $ty,)*
            $(#[serde(default, skip_serializing_if = "Blank::is_blank")] $lack: $lack_ty,)*
        }
        impl To<core::$name> for $name {
            fn to(self) -> core::$name {
                let $name { $($field,)* $($lack,)* } = self;
                core::$name { $($field: $field.to(),)* $($lack: $lack.to(),)* }
            }
        }
        impl To<$name> for core::$name {
            fn to(self) -> $name {
                let core::$name { $($field,)* $($lack,)* } = self;
                $name { $($field: $field.to(),)* $($lack: $lack.to(),)* }
            }
        }
    };
}

/// An enumeration of the file with the variants of its namesake in core: words, and words with one value.
macro_rules! mirror_enum {
    ($name:ident { $($word:ident),* $(,)? } with { $($valued:ident($ty:ty)),* $(,)? }) => {
        #[derive(Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case")]
        pub(in super::super) enum $name { $($word,)* $($valued($ty),)* }
        impl To<core::$name> for $name {
            fn to(self) -> core::$name {
                match self {
                    $($name::$word => core::$name::$word,)*
                    $($name::$valued(value) => core::$name::$valued(value.to()),)*
                }
            }
        }
        impl To<$name> for core::$name {
            fn to(self) -> $name {
                match self {
                    $(core::$name::$word => $name::$word,)*
                    $(core::$name::$valued(value) => $name::$valued(value.to()),)*
                }
            }
        }
    };
}

pub(super) use {mirror_enum, mirror_struct};

same!(bool, i64, u32, u64, String, Timestamp);
by_from!(Strategy);

impl To<core::FlagKey> for super::Key {
    fn to(self) -> core::FlagKey {
        self.0
    }
}

impl To<super::Key> for core::FlagKey {
    fn to(self) -> super::Key {
        super::Key(self)
    }
}

impl To<core::SegmentId> for String {
    fn to(self) -> core::SegmentId {
        core::SegmentId(self)
    }
}

impl To<String> for core::SegmentId {
    fn to(self) -> String {
        self.0
    }
}

impl<A: To<B>, B> To<Option<B>> for Option<A> {
    fn to(self) -> Option<B> {
        self.map(To::to)
    }
}

impl<A: To<B>, B> To<Box<B>> for Box<A> {
    fn to(self) -> Box<B> {
        Box::new((*self).to())
    }
}

impl<A: To<B>, B> To<Vec<B>> for Vec<A> {
    fn to(self) -> Vec<B> {
        self.into_iter().map(To::to).collect()
    }
}

impl<A: To<B>, B: Ord> To<BTreeSet<B>> for Vec<A> {
    fn to(self) -> BTreeSet<B> {
        self.into_iter().map(To::to).collect()
    }
}

impl<A: To<B>, B> To<Vec<B>> for BTreeSet<A> {
    fn to(self) -> Vec<B> {
        self.into_iter().map(To::to).collect()
    }
}

impl To<BTreeMap<core::RequestState, Timestamp>> for Vec<super::Entered> {
    fn to(self) -> BTreeMap<core::RequestState, Timestamp> {
        self.into_iter().map(|entered| (entered.state.to(), entered.at)).collect()
    }
}

impl To<Vec<super::Entered>> for BTreeMap<core::RequestState, Timestamp> {
    fn to(self) -> Vec<super::Entered> {
        self.into_iter().map(|(state, at)| super::Entered { state: state.to(), at }).collect()
    }
}

/// What is left out of the file when there is nothing in it.
pub(super) trait Blank {
    /// Whether there is nothing in it.
    fn is_blank(&self) -> bool;
}

impl<T> Blank for Option<T> {
    fn is_blank(&self) -> bool {
        self.is_none()
    }
}

impl<T> Blank for Vec<T> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}
