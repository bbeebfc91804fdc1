"""The demo's sources: the members' systems, each a process with an interface of its own. All synthetic."""
