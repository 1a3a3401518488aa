//! An Intercom workspace in a box, written from the API description alone.
