"""The shapes of the members' interfaces, one a module: each makes an ASGI application of a system."""
