//! One macro for the numbers of the protocol: named values, with room for those nobody has named yet.

/// Declares a newtype over an integer with named constants. Unknown values survive parsing and print as hexadecimal.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub struct $name:ident($repr:ty) {
            $( $(#[$vmeta:meta])* $variant:ident = $value:literal, $text:literal; )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(
            /// The value on the wire.
            pub $repr,
        );

        #[allow(non_upper_case_globals)]
        impl $name {
            $( $(#[$vmeta])* pub const $variant: $name = $name($value); )*

            /// All values that have a name, in numerical order.
            pub const NAMED: &'static [$name] = &[$( $name($value) ),*];

            /// The name of the value, as the specification's field writes it; `None` for a value without a name.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $( $value => Some($text), )*
                    _ => None,
                }
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, concat!(stringify!($name), "({:#x})"), self.0),
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{:#x}", self.0),
                }
            }
        }
    };
}

/// Declares a set of flags over an integer. Unknown flags survive parsing and print as hexadecimal.
macro_rules! flag_set {
    (
        $(#[$meta:meta])*
        pub struct $name:ident($repr:ty) {
            $( $(#[$vmeta:meta])* $flag:ident = $value:literal, $text:literal; )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(
            /// The bits on the wire.
            pub $repr,
        );

        #[allow(non_upper_case_globals)]
        impl $name {
            $( $(#[$vmeta])* pub const $flag: $name = $name($value); )*

            /// No flag at all.
            pub const NONE: $name = $name(0);

            /// Whether every flag of `other` is set here.
            pub const fn contains(self, other: $name) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether any flag of `other` is set here.
            pub const fn intersects(self, other: $name) -> bool {
                self.0 & other.0 != 0
            }

            /// The flags of both.
            #[must_use]
            pub const fn union(self, other: $name) -> $name {
                $name(self.0 | other.0)
            }

            /// The flags here that are not in `other`.
            #[must_use]
            pub const fn without(self, other: $name) -> $name {
                $name(self.0 & !other.0)
            }

            /// Whether no flag is set.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// The names of the flags that are set, most specific first; unnamed ones are left out.
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                let table: &'static [($repr, &'static str)] = &[$( ($value, $text) ),*];
                table.iter().filter(move |(bits, _)| self.0 & bits == *bits).map(|(_, text)| *text)
            }
        }

        impl core::ops::BitOr for $name {
            type Output = $name;
            fn bitor(self, other: $name) -> $name {
                self.union(other)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let mut known = 0;
                $( known |= $value; )*
                let mut first = true;
                for name in self.names() {
                    write!(f, "{}{name}", if first { "" } else { " | " })?;
                    first = false;
                }
                let rest = self.0 & !known;
                if first || rest != 0 {
                    write!(f, "{}{:#x}", if first { "" } else { " | " }, rest)?;
                }
                Ok(())
            }
        }
    };
}

pub(crate) use {flag_set, open_enum};
