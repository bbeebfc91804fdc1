"""What the conformance suite does not ask: what the records say, and certificates."""

import asyncio
from decimal import Decimal

from harbour_connector import Pier

from connectors.call import Call
from connectors.policy import Policy
from connectors.records import Precision, ResultStatus
from connectors.rig import Played
from connectors.session import Session
from tests.kit import ANA, BAO, HOLDER, SETTINGS, healthy


def pier():
    return Pier(SETTINGS, Session(Played(healthy), Policy()))


def test_records_are_exact():
    found = asyncio.run(pier().results([ANA, BAO], Call(seconds=5)))
    first, second = found[ANA]
    assert (first.earned.amount, first.grade.value) == (Decimal(3), "85")
    assert second.completion.precision is Precision.TERM
    assert found[BAO][0].status is ResultStatus.FAILED


def test_a_certificate_is_found_by_its_number_and_any_spelling_of_its_holders_name():
    def ask(number, name):
        return asyncio.run(pier().certificate(number, name, Call(seconds=5)))

    assert ask("Z-7", HOLDER.replace("·", "•")).number == "Z-7"
    assert ask("Z-7", "别人") is None
    assert ask("Z-8", HOLDER) is None
