//! Composition and the command surface: a name and JSON in, JSON or an ApiError out.
