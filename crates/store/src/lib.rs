//! What must last: settings, ledger, devices, in SQLite.
#![forbid(unsafe_code)]
