"""The conformance suite on the harbour's connector."""

import pytest

from connectors.conformance import Conformance
from tests.kit import kit


class TestHarbour(Conformance):
    """C1 to C17."""

    @pytest.fixture
    def subject(self):
        return kit()[0]

    @pytest.fixture
    def sample(self):
        return kit()[1]
