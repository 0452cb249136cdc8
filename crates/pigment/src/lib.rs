//! pigment
