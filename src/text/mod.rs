//! Words: segmentation, width, folding, cutting, slugs.
