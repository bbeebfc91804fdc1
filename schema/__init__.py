"""The GraphQL face: resolvers ask the rooms below and dress their answers."""
