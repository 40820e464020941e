//! Derives a variant for a channel and checks it.
