//! One declaration per list of attributes: it yields the struct, its parser, its encoder and its table.

/// Declares a list of attributes. Each field names its attribute; the field's type says how often it may stand there
/// (see [`Field`](crate::attribute::Field)). The order of the fields is the order on the wire.
macro_rules! attribute_list {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$fmeta:meta])* $id:ident => $field:ident: $ty:ty, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $( $(#[$fmeta])* pub $field: $ty, )*
        }

        impl $crate::message::AttributeList for $name {
            const TABLE: &'static [($crate::attribute::AttributeId, $crate::attribute::Presence)] = &[
                $( ($crate::attribute::AttributeId::$id, <$ty as $crate::attribute::Field>::PRESENCE), )*
            ];

            fn parse_list(
                bytes: &[u8],
                last: Option<$crate::attribute::AttributeId>,
            ) -> Result<Self, $crate::attribute::ParseError> {
                use $crate::attribute::{AttributeId, Field, ParseError};
                $( let mut $field = <$ty as Field>::Slot::default(); )*
                let mut closed = None;
                for attribute in $crate::attribute::Attributes::new(bytes) {
                    let attribute = attribute?;
                    if let Some(id) = closed {
                        return Err(ParseError::NotLast(id));
                    }
                    match attribute.id {
                        $( AttributeId::$id => <$ty as Field>::take(&mut $field, &attribute)?, )*
                        id if Some(id) == last => closed = last,
                        _ => {}
                    }
                }
                if let (Some(id), None) = (last, closed) {
                    return Err(ParseError::Missing(id));
                }
                Ok($name { $( $field: <$ty as Field>::finish($field, AttributeId::$id)?, )* })
            }

            fn write_list(&self, out: &mut alloc::vec::Vec<u8>) {
                $( $crate::attribute::Field::write(&self.$field, $crate::attribute::AttributeId::$id, out); )*
            }
        }
    };
}

/// Declares a message: a list of attributes that begins with Version and Message Type and, where it is
/// authenticated, ends with an Authenticator.
macro_rules! message {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: $type:ident, $authentication:ident {
            $( $(#[$fmeta:meta])* $id:ident => $field:ident: $ty:ty, )*
        }
    ) => {
        $crate::message::declare::attribute_list! {
            $(#[$meta])*
            pub struct $name {
                $( $(#[$fmeta])* $id => $field: $ty, )*
            }
        }

        impl $crate::message::Message for $name {
            const TYPE: $crate::MessageType = $crate::MessageType::$type;
            type Parsed = $crate::message::declare::parsed!($authentication, Self);
        }

        $crate::message::declare::authentication!($authentication, $name);
    };
}

macro_rules! parsed {
    (authenticated, $name:ty) => { $crate::message::Unverified<$name> };
    (open, $name:ty) => { $name };
}

macro_rules! authentication {
    (authenticated, $name:ident) => {
        impl $crate::message::Authenticated for $name {}
    };
    (open, $name:ident) => {
        impl $crate::message::Open for $name {}
    };
}

pub(crate) use {attribute_list, authentication, message, parsed};
