"""What tests of connectors may ask for: a machine whose own clocks are elsewhere."""

import time

import pytest


@pytest.fixture
def elsewhere(monkeypatch):
    """Set the machine's zone to one in which the alliance's days begin hours later."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
