//! The database of Fenfa over time.
