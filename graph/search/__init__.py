"""Finding things by their titles and codes: an index in the hub's memory, one for each publication."""
