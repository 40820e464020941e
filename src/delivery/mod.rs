//! The life of a publication: schedule, submit, reconcile.
