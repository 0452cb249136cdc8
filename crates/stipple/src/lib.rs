//! stipple
