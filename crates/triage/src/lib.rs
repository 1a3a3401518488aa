//! Buckets, the local model and its evidence.
