//! Assets, image renditions, video probe, object storage.
