"""An alliance in a box: the demo alliance's bundle, and a tour of real questions to it."""
