//! How records are shown: objects whose entries stand once, in the order in which they travel.

use serde::{Serialize, Serializer};

/// Declares an object that is shown of something: its entries, and the condition of those that are
/// not always there.
macro_rules! shown {
    (
        $(#[$doc:meta])*
        $vis:vis $view:ident<$life:lifetime> { $($part:ident: $type:ty),+ $(,)? }
        $($name:literal $(if $wanted:expr)? => $value:expr,)+
    ) => {
        $(#[$doc])*
        $vis struct $view<$life> {
            $($vis $part: $type),+
        }

        impl serde::Serialize for $view<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let Self { $($part),+ } = *self;
                let mut object = serializer.serialize_map(None)?;
                $(shown!(@entry object, $name $(if $wanted)? => $value);)+
                object.end()
            }
        }
    };
    (@entry $object:ident, $name:literal => $value:expr) => {
        $object.serialize_entry($name, &$value)?;
    };
    (@entry $object:ident, $name:literal if $wanted:expr => $value:expr) => {
        if $wanted {
            $object.serialize_entry($name, &$value)?;
        }
    };
}

pub(crate) use shown;

/// A list of what an iterator yields.
pub(crate) struct Each<I>(pub(crate) I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for Each<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}
