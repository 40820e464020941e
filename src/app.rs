//! Builds every service from the configuration, once.
