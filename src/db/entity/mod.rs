//! Tables, one file each, no logic.
