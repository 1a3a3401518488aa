//! Everything Intercom: REST client, wire types, webhook dialect.
