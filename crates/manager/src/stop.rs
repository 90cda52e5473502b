//! Being told to stop while something is waited for.

/// Says whether to stop, such as because of Ctrl-C; once it has said so, it goes on saying so.
///
/// It is asked at least every 200 ms while something is waited for. What was begun is then undone, as after any other
/// failure, and the call ends with [`Error::Stopped`](crate::Error::Stopped). Undoing is not broken off. A question that
/// a program leaves without an answer is given up after 15 s, not before.
pub type Stop<'s> = &'s dyn Fn() -> bool;

/// Never: for what has to come to its end.
pub const NEVER: Stop<'static> = &|| false;
