"""Public knowledge: the canonical model, the graph store, queries and the pure recognition rules."""
