//! The wire in: GraphQL and REST.
