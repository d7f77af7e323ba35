//! The command log in a file.
