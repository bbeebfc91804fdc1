"""The two servers that may stand behind the Bolt driver."""
