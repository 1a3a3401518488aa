//! Words, rules and ports of the product: pure types with no I/O.
