//! Whole-product tests against the simulator.
