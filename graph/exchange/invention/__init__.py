"""Invented alliances for benchmarks and tests: deterministic by seed, always marked synthetic."""
