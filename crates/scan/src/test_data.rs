//! Where the test data lie.
