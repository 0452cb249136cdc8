//! ur
