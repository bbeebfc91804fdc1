"""Limits are found in one pass, linear in the document: visits are counted, not timed."""

from __future__ import annotations

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_introspection_query, parse

from schema.errors import LimitExceeded, Refusal
from schema.limits import CEILING, Figures, Limits, check, measure
from schema.weights import Weights
from tests.schema.small import schema

WEIGHTS = Weights(schema._schema)


def figures(text: str, variables: dict[str, object] | None = None) -> Figures:
    document = parse(text)
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    return measure(document, operation, WEIGHTS, variables)


def refused(text: str) -> str | None:
    try:
        check(figures(text), Limits())
    except LimitExceeded as excess:
        return excess.code.name
    return None


def nodes(text: str) -> int:
    """Count selections as written, by another road than the pass."""
    count = 0
    stack = [d.selection_set for d in parse(text).definitions]
    while stack:
        for node in stack.pop().selections:
            count += 1
            if getattr(node, "selection_set", None):
                stack.append(node.selection_set)
    return count


def chain(links: int) -> str:
    """Each fragment spreads the next twice: 2 ** links selections in a few hundred bytes."""
    spreads = (f"fragment F{i} on Query{{...F{i + 1} ...F{i + 1}}}" for i in range(links))
    return "{...F0}" + "".join(spreads) + f"fragment F{links} on Query{{unit(code:1){{code}}}}"


def diamonds(links: int) -> str:
    spread = "unit(code:1){...F%d} a:unit(code:1){...F%d}"
    body = "".join(
        f"fragment F{i} on Unit{{a:neighbours{{...F{i + 1}}} b:neighbours{{...F{i + 1}}}}}"
        for i in range(links)
    )
    return "{" + spread % (0, 0) + "}" + body + f"fragment F{links} on Unit{{code}}"


BOMBS = {
    "fragment chain": chain(22),
    "fragment chain with fields": diamonds(22),
    "wide aliases": "{" + " ".join(f"a{i}:__typename" for i in range(1500)) + "}",
    "directives": "{__typename" + " @include(if:true)" * 1000 + "}",
    "deep nest": "{unit(code:1)" + "{neighbours" * 150 + "{code}" + "}" * 151,
    "inline fragments": "{" + "... on Query{" * 150 + "__typename" + "}" * 151,
    "one name over and over": "{" + "unit(code:1){code}" * 400 + "}",
    "a long cycle": "{...F0}"
    + "".join(f"fragment F{i} on Query{{...F{(i + 1) % 90} unit(code:1){{code}}}}" for i in range(90)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_every_node_is_visited_at_most_twice(name: str):
    assert figures(BOMBS[name]).visits <= 2 * nodes(BOMBS[name])


def test_the_chain_of_881_bytes_is_one():
    assert len(chain(22)) <= 881


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("fragment chain", "TOO_MANY_SELECTIONS"),
        ("fragment chain with fields", "QUERY_TOO_DEEP"),
        ("wide aliases", "TOO_MANY_ALIASES"),
        ("directives", "TOO_MANY_DIRECTIVES"),
        ("deep nest", "QUERY_TOO_DEEP"),
        ("inline fragments", None),
        ("one name over and over", "TOO_MANY_OVERLAPS"),
    ],
)
def test_a_bomb_is_refused_by_its_own_code(name: str, code: str | None):
    assert refused(BOMBS[name]) == code


@pytest.mark.parametrize(
    "text",
    [
        "{unit(code:1){code}}",
        chain(3),
        "{" + " ".join(f"a{i}:unit(code:{i}){{code}}" for i in range(60)) + "}",
        "{__typename" + " @include(if:true)" * 50 + "}",
        "{unit(code:1){neighbours{neighbours{neighbours{code}}}}}",
        get_introspection_query(
            input_value_deprecation=True, specified_by_url=True, directive_is_repeatable=True
        ),
    ],
    ids=["plain", "short chain", "60 aliases", "50 directives", "some depth", "introspection"],
)
def test_what_people_really_ask_passes(text: str):
    assert refused(text) is None


def test_sums_stop_at_the_ceiling():
    assert figures(diamonds(90)).cost == CEILING
    assert figures(chain(90)).selections == CEILING


def test_a_fragment_cycle_is_measured_and_left_to_validation():
    assert figures("{...A} fragment A on Query{...B __typename} fragment B on Query{...A}").depth == 1


def test_thousands_of_fragments_in_a_line_need_no_stack():
    text = "{...F0}" + "".join(f"fragment F{i} on Query{{...F{i + 1}}}" for i in range(1200))
    assert figures(text + "fragment F1200 on Query{__typename}").depth == 1


def test_depth_counts_fields_through_fragments():
    assert figures("{unit(code:1){...N}} fragment N on Unit{neighbours{code}}").depth == 3


@pytest.mark.parametrize(
    ("text", "variables", "cost"),
    [
        ("{unit(code:1){code}}", {}, 1 + 1),
        ("{units{code level}}", {}, 1 + 10 * 2),
        ("{units(first:3){code level}}", {}, 1 + 3 * 2),
        ("query($n:Int){units(first:$n){code}}", {"n": 7}, 1 + 7),
        ("query($n:Int=4){units(first:$n){code}}", {}, 1 + 4),
        ("query($n:Int){units(first:$n){code}}", {"n": None}, 1 + 10),
        ("query($n:Int){units(first:$n){code}}", {"n": -5}, 1 + 5),
        ('{unitsByCode(codes:["a","b"]){code}}', {}, 1 + 2),
        ("query($c:[String!]!){unitsByCode(codes:$c){code}}", {"c": ["a"] * 9}, 1 + 9),
        ("{units(first:2){neighbours{code}}}", {}, 1 + 2 * (2 + 5 * 1)),
        ("{nonesuch{code}}", {}, 1 + 1),
    ],
)
def test_cost_multiplies_lists_by_their_size(text: str, variables: dict[str, object], cost: int):
    assert figures(text, variables).cost == cost


@pytest.mark.parametrize("first", [201, 10**6, 10**30, -(10**30)])
def test_a_page_that_no_list_gives_is_refused_before_it_is_weighed_however_it_is_given(first: int):
    asked = [
        (f"{{units(first:{first}){{code}}}}", {}),
        ("query($n:Int){units(first:$n){code}}", {"n": first}),
        (f"query($n:Int={first}){{units(first:$n){{code}}}}", {}),
        (f"query($n:Int={first}){{...F}} fragment F on Query{{units(first:$n){{code}}}}", {}),
    ]
    for text, variables in asked:
        with pytest.raises(Refusal, match="BAD_PAGE"):
            figures(text, variables)
    assert figures(f"query($n:Int={first}){{units(first:$n){{code}}}}", {"n": 5}).cost == 1 + 5


def test_the_cost_names_the_variables_it_depends_on():
    assert figures("query($n:Int,$c:String!){units(first:$n){code} unit(code:$c){code}}").sized_by == {"n"}


def test_introspection_may_not_walk_in_circles():
    assert refused("{__schema{types{fields{type{fields{name}}}}}}") == "INTROSPECTION_TOO_DEEP"


BIG = build_schema(
    "type Query {a:T0}"
    + "".join(
        f"type T{i} {{" + " ".join(f"f{j}(first:Int,after:ID):[T{j}!]!" for j in range(10)) + "}"
        for i in range(200)
    )
)


def test_whole_introspections_may_not_be_piled_up():
    one = "a%d:__schema{types{fields{name args{name type{name}} type{name kind ofType{name kind}}}}}"
    assert whole_cost(BIG, "{" + one % 1 + "}") < Limits().cost
    assert whole_cost(BIG, "{" + " ".join(one % i for i in range(12)) + "}") > Limits().cost
    assert whole_cost(BIG, get_introspection_query()) < Limits().cost / 2


def whole_cost(schema: GraphQLSchema, text: str) -> int:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return measure(document, operation, Weights(schema)).cost


def test_an_excess_says_the_figure_and_the_limit():
    with pytest.raises(LimitExceeded) as caught:
        check(figures("{unit(code:1)" + "{neighbours" * 30 + "{code}" + "}" * 31), Limits())
    assert caught.value.facts == {"value": 32, "limit": 18}
