//! Collects the figures and prints them as Prometheus reads them.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use super::metric::{Kind, METRICS};
use crate::error::{Error, Result};

static COLLECTED: OnceLock<PrometheusHandle> = OnceLock::new();

/// Collects counters and histograms from now on; once for a process.
pub fn collect() -> Result<()> {
    let recorder = recorder()?;
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_ok() {
        METRICS.iter().for_each(super::Metric::describe);
        // The first one is the only one.
        let _ = COLLECTED.set(handle);
    }
    Ok(())
}

/// Takes in what was measured since the last time, so that it does not pile up while nobody asks.
pub fn settle() {
    if let Some(handle) = COLLECTED.get() {
        handle.run_upkeep();
    }
}

/// Everything that was collected, and the gauges that `gauges` sets: those of what is gone are gone.
pub fn render(gauges: impl FnOnce()) -> Result<String> {
    let moment = recorder()?;
    metrics::with_local_recorder(&moment, || {
        METRICS.iter().for_each(super::Metric::describe);
        gauges();
    });
    let mut text = COLLECTED
        .get()
        .map(PrometheusHandle::render)
        .unwrap_or_default();
    text.push_str(&moment.handle().render());
    Ok(text)
}

fn recorder() -> Result<PrometheusRecorder> {
    let mut builder = PrometheusBuilder::new();
    for metric in METRICS {
        if let Kind::Histogram(bounds) = metric.kind {
            builder = builder
                .set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), bounds)
                .map_err(|error| Error::internal("the figures cannot be collected", error))?;
        }
    }
    Ok(builder.build_recorder())
}
