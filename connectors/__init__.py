"""The members' side: the connector contract, traffic policy and built-in connectors."""
