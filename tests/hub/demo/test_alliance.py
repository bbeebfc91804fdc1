"""The demo alliance holds what docs/demo-alliance.md promises: complete, consistent, plausible, marked."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from click.testing import CliRunner

from graph.model import caps, rules
from graph.model.concepts import BY_NAME, CONCEPTS
from graph.model.framework import Framework, Industry, Region
from graph.model.institutions import Agreement, Institution, InstitutionKind, Membership
from graph.model.outcomes import (
    Mapping,
    Outcome,
    OutcomeClass,
    OutcomeKind,
    Programme,
    RequirementKind,
    Tier,
    Unit,
    walk_blocks,
)
from graph.model.references import references
from graph.model.rules import (
    Alternative,
    BlockGrant,
    Clause,
    Denial,
    ElectiveGrant,
    EntitlementGrant,
    Giving,
    Grant,
    OutcomeClause,
    OutcomeGrant,
    PoolClause,
    Rule,
    Tests,
    TextClause,
    UnitClause,
    UnitGrant,
    Worth,
)
from graph.model.schemes import CreditScheme, Rounding
from graph.model.values import ANY_EDITION, LongText, Text, Versioned, parts_of
from hub.cli import main
from tests.enumerations import values_of

FOLDER = Path(__file__).parents[3] / "hub" / "demo" / "alliance"
Things = dict[str, list[Any]]
Some = TypeVar("Some", bound=Versioned)


def _cell(field: str, text: str, lists: set[str]) -> Any:
    if text.startswith("["):
        return json.loads(text)
    return text.split("|") if field in lists else text


def _row(row: dict[str, str], lists: set[str]) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for field, text in row.items():
        if not text:
            continue
        *path, last = field.split(".")
        place = built
        for step in path:
            place = place.setdefault(step, {})
        place[last] = _cell(field, text, lists)
    return built


def _lists(struct: type[Versioned]) -> set[str]:
    kind = msgspec.inspect.type_info(struct)
    assert isinstance(kind, msgspec.inspect.StructType)
    return {
        f.encode_name
        for f in kind.fields
        if isinstance(f.type, msgspec.inspect.VarTupleType | msgspec.inspect.TupleType)
    }


def _lines(path: Path, struct: type[Versioned]) -> Iterator[dict[str, Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield _row(row, _lists(struct))
    else:
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def _read() -> tuple[Things, dict[str, list[dict[str, Any]]]]:
    things: Things = {}
    raw: dict[str, list[dict[str, Any]]] = {}
    for concept in CONCEPTS:
        things[concept.name], raw[concept.name] = [], []
        for path in (FOLDER / f"{concept.file}.csv", FOLDER / f"{concept.file}.jsonl"):
            if not path.exists():
                continue
            for line in _lines(path, concept.struct):
                strict = path.suffix != ".csv"
                things[concept.name].append(msgspec.convert(line, concept.struct, strict=strict))
                raw[concept.name].append(line)
    return things, raw


THINGS, RAW = _read()


def _all(struct: type[Some]) -> list[Some]:
    return list(THINGS[struct.__name__[0].lower() + struct.__name__[1:]])


RULES = _all(Rule)
OUTCOMES = {outcome.key: outcome for outcome in _all(Outcome)}
UNITS = _all(Unit)
RULE = {(rule.key, rule.version): rule for rule in RULES}


def test_every_file_belongs_to_a_concept_and_the_marks_are_left_to_the_lines() -> None:
    manifest = json.loads((FOLDER / "bundle.json").read_text(encoding="utf-8"))
    assert manifest["bundle"] == 1
    assert "synthetic" not in manifest
    assert manifest["mode"] == "full"
    names = {path.stem for path in FOLDER.iterdir()} - {"bundle"}
    assert names <= {concept.file for concept in CONCEPTS}
    assert manifest["source"] in {source.key for source in THINGS["source"]}
    assert manifest["licence"] in {licence.key for licence in THINGS["licence"]}


def test_the_validator_refuses_nothing_and_leaves_no_stub() -> None:
    outcome = CliRunner().invoke(main, ["bundle", "validate", "--strict", "--json", str(FOLDER)])
    report = json.loads(outcome.output)
    assert outcome.exit_code == 0, report["findings"][:5]
    assert report["ok"]
    assert not report["findings"]
    assert not report.get("stubs")


@pytest.mark.parametrize(
    ("concept", "least"),
    [("unit", 150), ("outcome", 400), ("rule", 300), ("mapping", 300), ("programme", 20), ("agreement", 30)],
)
def test_counts_are_as_promised(concept: str, least: int) -> None:
    assert len({thing.key for thing in THINGS[concept]}) >= least


def test_about_thirty_members_and_seventy_sub_centres_and_points() -> None:
    mutual = {m.institution for m in _all(Membership) if m.alliance == "alliance-mutual"}
    assert 28 <= len(mutual) <= 34
    service = {InstitutionKind.SUB_CENTRE, InstitutionKind.ACCREDITATION_POINT}
    assert sum(bool(service & set(i.kinds)) for i in _all(Institution)) == 70


def test_every_line_is_sorted_by_key_and_numbered_once() -> None:
    for name, things in THINGS.items():
        ids = [(thing.key, thing.version) for thing in things]
        assert ids == sorted(ids), name
        assert len(ids) == len(set(ids)), name


def test_every_reference_resolves() -> None:
    known = {name: {thing.key for thing in things} for name, things in THINGS.items()}
    lost = [
        (name, thing.key, reference)
        for name, things in THINGS.items()
        for thing in things
        for reference in references(thing)
        if f":{ANY_EDITION}:" not in reference.key and reference.key not in known[reference.concept]
    ]
    assert lost == []


def test_edition_any_names_an_outcome_that_exists_in_some_edition() -> None:
    bare = {(parts_of(key)[0], parts_of(key)[2]) for key in OUTCOMES}
    asked = [r.key for rule in RULES for r in references(rule) if f":{ANY_EDITION}:" in r.key]
    assert asked
    assert all((parts_of(key)[0], parts_of(key)[2]) in bare for key in asked)


def test_every_coded_key_is_of_a_declared_scheme_and_edition() -> None:
    declared = {scheme.key: {edition.code for edition in scheme.editions} for scheme in THINGS["scheme"]}
    concept_of = {scheme.key: scheme.concept for scheme in THINGS["scheme"]}
    for concept in CONCEPTS:
        for thing in THINGS[concept.name] if concept.coded else ():
            scheme, edition, _ = parts_of(thing.key)
            assert concept_of[scheme] == concept.name, thing.key
            assert edition == "-" or edition in declared[scheme], thing.key
    assert {scheme.concept for scheme in THINGS["scheme"]} <= set(BY_NAME)


def test_every_line_says_whether_it_is_synthetic_and_what_is_not_names_its_source() -> None:
    for name, lines in RAW.items():
        for line in lines:
            assert line["synthetic"] in (True, False, "true", "false"), (name, line["key"])
            if line["synthetic"] in (False, "false"):
                assert line["source"] != "demo", (name, line["key"])
                assert line["licence"] == "official-facts", (name, line["key"])


def test_whatever_recognises_is_synthetic() -> None:
    invented = ("unit", "outcome", "programme", "mapping", "agreement", "method", "rule", "cap", "exclusion")
    assert all(thing.synthetic for name in (*invented, "decision", "factor") for thing in THINGS[name])


def _texts(value: object) -> Iterator[Text | LongText]:
    if isinstance(value, Text | LongText):
        yield value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _texts(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)


def test_both_languages_everywhere() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for name, things in THINGS.items():
        for thing in things:
            for text in _texts(thing):
                assert bool(text.zh) == bool(text.en), (name, thing.key, text)
                assert not chinese.search(text.en), (name, thing.key, text.en)
            title = getattr(thing, "title", None)
            assert title is None or title, (name, thing.key)
            assert not isinstance(title, Text) or title.zh, (name, thing.key)
    assert all(chinese.search(rule.title.zh) for rule in RULES)


TIER_WORDS = re.compile(
    r"\d|[()（）.,，]|初级|中级|高级|基础级|[上中下]册|第[一二三四五六七八九十]|"
    r"\b(elementary|intermediate|advanced|i|ii|iii|iv|v)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "concept", ["institution", "position", "unit", "outcome", "programme", "agreement", "method", "decision"]
)
def test_no_title_differs_from_another_only_by_a_number_or_a_tier_word(concept: str) -> None:
    for language in ("zh", "en"):
        alike: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for thing in THINGS[concept]:
            title = getattr(thing.title, language)
            series = getattr(thing, "series", "")
            alike[TIER_WORDS.sub("", title).casefold().strip()].add((series or title, series))
        assert {plain: found for plain, found in alike.items() if len(found) > 1} == {}


def test_rule_titles_are_not_variations_on_a_number() -> None:
    plain = defaultdict(set)
    for rule in RULES:
        plain[re.sub(r"\d", "", rule.title.zh)].add(rule.title)
    assert {title: found for title, found in plain.items() if len(found) > 1} == {}


def test_one_issuer_titles_each_outcome_once_per_edition() -> None:
    counted = Counter((o.issuer, parts_of(o.key)[1], o.title.zh) for o in OUTCOMES.values())
    assert [key for key, n in counted.items() if n > 1] == []


def test_the_industry_classification_has_its_sections_and_divisions() -> None:
    ranks = Counter(industry.rank for industry in _all(Industry))
    assert ranks[1] == 20
    assert ranks[2] == 97
    names = {industry.key: industry.title.zh for industry in _all(Industry)}
    assert names["gbt4754:2017:91"] == "中国共产党机关"
    assert names["gbt4754:2017:602"] == "快递服务"
    post = {key for key in names if key.startswith("gbt4754:2017:60") and len(key) == 16}
    assert post == {f"gbt4754:2017:{code}" for code in ("601", "602", "609")}


def test_the_thirty_one_provinces() -> None:
    provinces = [region for region in _all(Region) if region.rank == 1]
    assert len(provinces) == 31
    assert all(re.fullmatch(r"gb2260:2020:\d{6}", region.key) for region in _all(Region))
    regional = {
        region
        for i in _all(Institution)
        for m in i.mandates
        if i.kinds == (InstitutionKind.SUB_CENTRE,)
        for region in m.regions
    }
    assert {region.key for region in provinces} <= regional


def test_the_frameworks_have_ten_and_seven_levels_with_a_descriptor_per_dimension() -> None:
    levels = {framework.key: framework.levels for framework in _all(Framework)}
    assert [len(levels[key]) for key in sorted(levels)] == [7, 10, 10]
    for framework in _all(Framework):
        for level in framework.levels:
            assert {d.dimension for d in level.descriptors} == {d.code for d in framework.dimensions}


def test_units_have_three_to_five_statements_in_three_dimensions_each_with_criteria() -> None:
    for unit in UNITS:
        assert 3 <= len(unit.statements) <= 5, unit.key
        assert all(statement.criteria for statement in unit.statements), unit.key
        assert {s.dimension for s in unit.statements} == {"knowledge", "skills", "competence"}, unit.key
    assert len({key for unit in UNITS for key in unit.industries}) > 10


def test_the_eighteen_software_units_in_four_directions() -> None:
    software = [u for u in UNITS if u.key.startswith("ouc-unit:2016:SW-")]
    assert len(software) == 18
    assert {u.direction.en for u in software} == {
        "Graphic design",
        "Network management",
        "Web front end",
        "Android",
    }


def test_the_units_of_edition_2022_succeed_those_of_2016() -> None:
    later = {unit.key for unit in UNITS if parts_of(unit.key)[1] == "2022"}
    named = {unit.key: unit.succeeded_by for unit in UNITS if unit.succeeded_by}
    assert {key for keys in named.values() for key in keys} == later
    assert all(parts_of(old)[2] == parts_of(new)[2] for old, (new,) in named.items())


def test_series_have_three_tiers_each_above_the_one_before() -> None:
    series: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in OUTCOMES.values():
        if outcome.series:
            series[outcome.series].append(outcome)
    assert len(series) > 20
    for tiers in series.values():
        assert [t.tier for t in tiers] == list(Tier)
        assert [t.higher_than for t in tiers] == [None, tiers[0].key, tiers[1].key]


def _reaches_itself(edges: dict[str, tuple[str, ...]]) -> list[str]:
    done: set[str] = set()
    found: list[str] = []

    def visit(key: str, path: tuple[str, ...]) -> None:
        if key in path:
            found.append(key)
        elif key not in done:
            for following in edges.get(key, ()):
                visit(following, (*path, key))
            done.add(key)

    for key in edges:
        visit(key, ())
    return found


def test_no_hierarchy_has_a_cycle() -> None:
    assert _reaches_itself({i.key: i.broader for i in _all(Industry)}) == []
    assert _reaches_itself({r.key: r.broader for r in _all(Region)}) == []
    assert _reaches_itself({i.key: (i.parent,) if i.parent else () for i in _all(Institution)}) == []
    assert _reaches_itself({unit.key: unit.succeeded_by for unit in UNITS}) == []
    for field in ("parts", "prerequisites", "succeeded_by"):
        assert _reaches_itself({o.key: getattr(o, field) for o in OUTCOMES.values()}) == [], field


def test_declared_totals_of_blocks_add_up() -> None:
    for programme in _all(Programme):
        assert programme.credit == sum((block.credit or 0 for block in programme.blocks), Decimal(0))
        for block in walk_blocks(programme.blocks):
            assert block.credit is not None, (programme.key, block.code)
            below = [child.credit or 0 for child in block.blocks]
            assert not below or sum(below) == block.credit, (programme.key, block.code)
            if block.requirement.kind is RequirementKind.ALL_OF:
                own = [OUTCOMES[key].credit for key in block.outcomes]
                assert sum(credit.amount for credit in own if credit) == block.credit


def test_at_least_eight_programmes_several_of_two_intakes() -> None:
    intakes = Counter((p.institution, p.major) for p in _all(Programme))
    assert len(intakes) >= 8
    assert sum(n > 1 for n in intakes.values()) >= 6


def test_mappings_name_statements_of_their_unit() -> None:
    codes = {unit.key: {s.code for s in unit.statements} for unit in UNITS}
    for mapping in _all(Mapping):
        assert set(mapping.statements) <= codes[mapping.unit], mapping.key
    assert {mapping.whole for mapping in _all(Mapping)} == {True, False}


# Rules: every shape.


def _clauses(rule: Rule) -> Iterator[Clause]:
    for alternative in rule.alternatives:
        yield from alternative.clauses


CLAUSES = [clause for rule in RULES for clause in _clauses(rule)]
GRANTS: list[Grant] = [grant for rule in RULES for grant in rule.grants]
GIVINGS = [g.giving for g in GRANTS if isinstance(g, OutcomeGrant | UnitGrant | ElectiveGrant)]
TESTS = [clause.tests for clause in CLAUSES if not isinstance(clause, TextClause)]


def _values(value: object) -> Iterator[Enum]:
    if isinstance(value, Enum):
        yield value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _values(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            yield from _values(item)


def test_every_value_of_every_enum_of_the_rules_is_used() -> None:
    used = {value for name in ("rule", "cap") for thing in THINGS[name] for value in _values(thing)}
    own = list(values_of(rules, caps))
    assert len(own) > 20
    assert [value for value in own if value not in used] == []


def test_every_value_of_the_enums_of_outcomes_and_schemes_is_used() -> None:
    used = {value for things in THINGS.values() for thing in things for value in _values(thing)}
    for kind in (OutcomeKind, OutcomeClass, Tier, RequirementKind, Rounding, InstitutionKind):
        assert [value for value in kind if value not in used] == []


@pytest.mark.parametrize("kind", [OutcomeClause, UnitClause, PoolClause, TextClause])
def test_every_kind_of_clause_is_used(kind: type) -> None:
    assert any(isinstance(clause, kind) for clause in CLAUSES)


@pytest.mark.parametrize(
    "kind", [OutcomeGrant, UnitGrant, ElectiveGrant, BlockGrant, EntitlementGrant, Denial]
)
def test_every_kind_of_grant_is_used(kind: type) -> None:
    assert any(isinstance(grant, kind) for grant in GRANTS)


@pytest.mark.parametrize(
    ("struct", "used"),
    [
        (Tests, TESTS),
        (Giving, GIVINGS),
        (Worth, [giving.worth for giving in GIVINGS]),
        (Alternative, [a for rule in RULES for a in rule.alternatives]),
        (OutcomeClause, [c for c in CLAUSES if isinstance(c, OutcomeClause)]),
        (BlockGrant, [g for g in GRANTS if isinstance(g, BlockGrant)]),
        (Denial, [g for g in GRANTS if isinstance(g, Denial)]),
        (caps.Cap, THINGS["cap"]),
        (caps.Exclusion, THINGS["exclusion"]),
        (Rule, RULES),
    ],
)
def test_every_field_of_the_rules_is_used_with_another_value_than_its_default(
    struct: type[msgspec.Struct], used: list[Any]
) -> None:
    apart = {"key", "stub", "source", "licence", "recorded_at", "retracted_at", "loaded_by"}
    if struct in (caps.Cap, caps.Exclusion):
        apart |= {"status", "valid_from", "valid_to", "version"}
    if struct is BlockGrant:
        apart |= {"mode"}
    for field in msgspec.structs.fields(struct):
        if field.name not in apart:
            assert any(getattr(value, field.name) != field.default for value in used), field.name


def test_rules_without_alternatives_and_denials_without_clauses() -> None:
    assert any(not rule.alternatives for rule in RULES)
    assert any(rule.denies and any(not a.clauses for a in rule.alternatives) for rule in RULES)
    assert any(rule.denies and any(a.clauses for a in rule.alternatives) for rule in RULES)
    named = [(g.outcome, g.unit, g.block) for g in GRANTS if isinstance(g, Denial)]
    assert {tuple(x is not None for x in target) for target in named} == {
        (True, False, False),
        (False, True, False),
        (False, False, True),
        (False, False, False),
    }


def test_rules_of_at_least_ten_receiving_institutions() -> None:
    assert len({rule.institution for rule in RULES}) >= 10


def test_a_granted_outcome_is_one_of_the_receiving_institution_and_in_its_programme() -> None:
    blocks = {p.key: walk_blocks(p.blocks) for p in _all(Programme)}
    for rule in RULES:
        inside = {key for block in blocks.get(rule.programme or "", ()) for key in block.outcomes}
        for grant in rule.grants:
            if isinstance(grant, OutcomeGrant):
                assert OUTCOMES[grant.outcome].issuer == rule.institution, rule.key
                assert not rule.programme or grant.outcome in inside, rule.key
            if isinstance(grant, ElectiveGrant | BlockGrant):
                assert grant.block in {block.code for block in blocks[rule.programme or ""]}, rule.key


def test_no_two_rules_say_the_same() -> None:
    same = Counter(
        (r.institution, r.programme, r.priority, r.alternatives, grant)
        for r in RULES
        if r.alternatives and r.alternatives[0].clauses
        for grant in r.grants
        if (r.valid_to or date.max) > date(2026, 1, 1)
    )
    assert [key for key, n in same.items() if n > 1] == []


# The stories of docs/demo-alliance.md.


def test_the_courier_is_exempted_from_three_courses_of_eight_credits() -> None:
    rule = RULE["OUC-LOG-COURIER", 1]
    (clause,) = rule.alternatives[0].clauses
    assert isinstance(clause, OutcomeClause)
    assert clause.outcome == "postal-cert:2019:COURIER-1"
    targets = [OUTCOMES[g.outcome] for g in rule.grants if isinstance(g, OutcomeGrant)]
    assert [t.title.zh for t in targets] == ["物流学概论", "仓储与配送管理", "快递实务"]
    assert sum(t.credit.amount for t in targets if t.credit) == 8
    core = next(p for p in _all(Programme) if p.key == "ouc-programme:2021:LOG-Z")
    inside = {key for block in walk_blocks(core.blocks) for key in block.outcomes}
    assert {t.key for t in targets} <= inside


def _covered(unit: str, *outcomes: str) -> set[str]:
    every = {s.code for u in UNITS if u.key == unit for s in u.statements}
    chosen = [m for m in _all(Mapping) if m.unit == unit and m.outcome in outcomes]
    return {code for m in chosen for code in (every if m.whole else m.statements)}


def test_two_half_mappings_cover_a_unit_and_neither_does_alone() -> None:
    unit, one, other = "ouc-unit:2019:ELD-02", "onex:2021:590302-2", "member-cert:2020:CARE"
    every = {s.code for u in UNITS if u.key == unit for s in u.statements}
    assert _covered(unit, one) < every
    assert _covered(unit, other) < every
    assert _covered(unit, one, other) == every


def test_some_statements_are_covered_by_nobody() -> None:
    unit = "ouc-unit:2017:SEC-04"
    assert "C1" not in _covered(unit, *OUTCOMES)


def test_the_half_signed_agreement_is_signed_by_one_side() -> None:
    (agreement,) = [a for a in _all(Agreement) if a.key == "AGR-OUC-HHUT-2025"]
    assert len(agreement.parties) == 2
    assert [s.party for s in agreement.signatures] == ["alliance:-:OUC"]
    assert any(rule.agreement == agreement.key for rule in RULES)


def test_one_rule_follows_another_at_once_and_one_after_a_gap() -> None:
    assert RULE["OUC-LOG-XCERT", 1].valid_to == RULE["OUC-LOG-XCERT", 2].valid_from == date(2022, 9, 1)
    assert RULE["OUC-APT-JAVA", 1].valid_to == date(2021, 9, 1)
    assert RULE["OUC-APT-JAVA", 2].valid_from == date(2022, 3, 1)


def test_credit_schemes_step_and_round_differently() -> None:
    schemes = {s.key: s for s in _all(CreditScheme)}
    assert schemes["ouc-18h"].class_hours == 18
    assert schemes["college-16h"].class_hours == 16
    assert schemes["notional-10h"].notional_hours == 10
    assert {s.step for s in schemes.values()} == {Decimal("0.5"), Decimal(1)}


def test_the_page_names_only_keys_that_exist() -> None:
    page = (FOLDER.parents[2] / "docs" / "demo-alliance.md").read_text(encoding="utf-8")
    known = {thing.key for things in THINGS.values() for thing in things}
    named = set(
        re.findall(r"`([A-Za-z0-9][A-Za-z0-9-]*(?::[A-Za-z0-9-]+:[A-Za-z0-9-]+|(?:-[A-Z0-9]+)+))`", page)
    )
    assert len(named) > 40
    assert named - known == set()
