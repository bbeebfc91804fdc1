"""The console: GraphiQL, served by the hub itself."""
