//! Leases and the worker loop; cron.
