"""What docs/members.md asks about a learner, while one member's system does not answer."""

import json

import pytest

from tests.guide import WITH_MEMBERS, asked_of_members


def test_the_guide_asks_for_records_and_for_what_they_count_for():
    assert [("learner(" in query, "whatIf(" in query) for query, _ in WITH_MEMBERS] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(("query", "answer"), WITH_MEMBERS)
async def test_a_question_about_a_learner_is_answered_as_the_guide_shows(demo, query, answer):
    assert await asked_of_members(demo, query) == json.loads(answer)
