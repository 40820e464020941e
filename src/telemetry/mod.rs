//! Logs: structured, to standard error, as text for people or JSON for machines. Figures: as Prometheus reads them.

pub mod disk;
pub mod metric;
pub mod process;
mod recorder;

pub use metric::{METRICS, Metric};
pub use recorder::{collect, render, settle};

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{
    config::{LogFormat, TelemetryConfig},
    error::{Error, Result},
};

/// Starts logging; called once by the command line.
pub fn init(config: &TelemetryConfig) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|error| Error::invalid("telemetry.log", error.to_string()))?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(true);
    match config.log_format {
        LogFormat::Text => registry.with(lines.compact()).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    }
    .map_err(|error| Error::internal("logging was started twice", error))
}
