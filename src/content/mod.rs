//! Stories, videos and products, with their revisions.
