"""Nothing about a person can be reached without the permission for it, whichever way the schema is walked."""

import pytest
from graphql import GraphQLObjectType, get_named_type, parse

from schema.context import ANONYMOUS, Viewer
from schema.execution import Execution, Question
from schema.permissions import EVERYONE, GOVERNING, OPEN, PERSONAL, PUBLIC, argument_access, decisions
from schema.root import make_schema
from schema.sharing import Sharing
from tests.members_beside import context

SCHEMA = make_schema()
DECISIONS = decisions(SCHEMA)
TYPES = {
    name: type_
    for name, type_ in SCHEMA._schema.type_map.items()
    if isinstance(type_, GraphQLObjectType) and not name.startswith("__")
}
ABOUT_PEOPLE = {
    "Learner",
    "Holdings",
    "Reply",
    "Record",
    "RecordTie",
    "Completion",
    "Provenance",
    "Certificate",
    "CertificateReply",
    "CertificateCheck",
}
ASKING = {"LearnerKeyInput", "LearnerInput"}
LEARNER = '(key: {scheme: "hub", code: "x"}, purpose: "p", basis: "b")'
WHAT_IF = 'whatIf(institution: "a:-:B", learner: {key: {scheme: "h", code: "x"}, purpose: "p", basis: "b"})'
ASKED = {
    "a learner": "{ learnerASKED { __typename } }",
    "holdings": "{ learnerASKED { holdings { coverage { complete } } } }",
    "a certificate": '{ verifyCertificate(number: "1", name: "n", issuer: "a:-:B") { certificateFinding } }',
    "what a learner's records count for": "{ " + WHAT_IF + " { others } }",
    "coverage": '{ whatIf(institution: "a:-:B") { coverage { asked } } }',
    "unmapped records": '{ whatIf(institution: "a:-:B") { unmapped { recordId } } }',
    "in a fragment": "{ ...F } fragment F on Query { learnerASKED { __typename } }",
    "in an unused operation": "query A { __typename } query B { learnerASKED { __typename } }",
    "under another name": "{ node: learnerASKED { id: __typename } }",
}
ASKED = {name: query.replace("learnerASKED", f"learner{LEARNER}") for name, query in ASKED.items()}


def reachable(but: object) -> set[str]:
    """Types that can be reached without any field that asks for a permission."""
    found: set[str] = set()
    ahead = ["Query", "Mutation", "Subscription"]
    while ahead:
        name = ahead.pop()
        if name in found or name not in TYPES:
            union = SCHEMA._schema.type_map.get(name)
            ahead += [each.name for each in getattr(union, "types", ()) if each.name not in found]
            continue
        found.add(name)
        for field_name, field in TYPES[name].fields.items():
            if DECISIONS[f"{name}.{field_name}"] is not but:
                ahead.append(get_named_type(field.type).name)
    return found


def test_no_type_about_people_is_reached_without_the_permission():
    assert set(TYPES) >= ABOUT_PEOPLE
    assert reachable(PERSONAL) & ABOUT_PEOPLE == set()
    assert reachable(None) >= ABOUT_PEOPLE


def test_every_field_of_a_type_about_people_asks_for_it_itself():
    fields = {
        f"{name}.{field}": DECISIONS[f"{name}.{field}"]
        for name in ABOUT_PEOPLE
        for field in TYPES[name].fields
    }
    assert {field for field, who in fields.items() if who is not PERSONAL} == set()


def test_every_argument_that_names_a_person_asks_for_it_or_its_field_does():
    open_ways = [
        f"{name}.{field_name}({argument})"
        for name, type_ in TYPES.items()
        for field_name, field in type_.fields.items()
        for argument, told in field.args.items()
        if get_named_type(told.type).name in ASKING
        and argument_access(told) is not PERSONAL
        and DECISIONS[f"{name}.{field_name}"] is not PERSONAL
    ]
    assert open_ways == []


def test_every_change_asks_for_the_permission_to_govern():
    assert {who for field, who in DECISIONS.items() if field.startswith("Mutation.")} == {GOVERNING}


@pytest.mark.parametrize("name", ASKED)
async def test_what_is_personal_is_refused_before_anything_is_done(name):
    answer = await Execution(SCHEMA).answer(
        Question(ASKED[name], "B" if "unused" in name else None), context()
    )
    assert answer.body["errors"][0]["extensions"]["code"] == "PERSONAL_REFUSED"
    assert "data" not in answer.body
    assert answer.code.status == 403


@pytest.mark.parametrize("name", ASKED)
def test_answers_about_people_are_never_shared(name):
    assert not Sharing(SCHEMA).shares(parse(ASKED[name]))


def test_answers_of_this_moment_are_never_shared():
    sharing = Sharing(SCHEMA)
    assert not sharing.shares(parse("{ members { member } }"))
    assert not sharing.shares(parse("{ offerings { source } }"))
    assert sharing.shares(parse('{ outcome(key: "a:-:B") { key } }'))


def test_everyone_may_neither_ask_about_people_nor_govern():
    assert ANONYMOUS.may == EVERYONE == Viewer("somebody").may == {PUBLIC, OPEN}
