"""An invented alliance is the same for the same seed, valid, and shaped as promised."""

from collections import Counter

import msgspec
import pytest

from graph.exchange.generating import generate
from graph.exchange.invention.scale import SCALES, zipf
from graph.exchange.known import InMemory
from graph.exchange.opening import open_bundle
from graph.exchange.validation import validate
from graph.model.caps import Cap, Exclusion
from graph.model.rules import PoolClause, Rule, UnitClause


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("generated") / "small"
    generate("small", 1, path)
    return path


def read(path, struct):
    return msgspec.json.Decoder(struct).decode_lines(path.read_bytes())


async def test_an_invented_alliance_is_valid_without_a_single_finding(small):
    with open_bundle(small) as bundle:
        report = (await validate(bundle, InMemory())).report
    assert report.ok
    assert report.findings == ()
    assert report.stubs == ()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        generate("tiny", seed, tmp_path / name)
    files = [{file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in "abc"]
    assert files[0] == files[1]
    assert files[0]["rules.jsonl"] != files[2]["rules.jsonl"]


def test_about_15_percent_of_the_rules_deny_and_pools_and_units_occur(small):
    rules = read(small / "rules.jsonl", Rule)
    kinds = Counter(type(clause) for rule in rules for way in rule.alternatives for clause in way.clauses)
    assert len(rules) == SCALES["small"].rules
    assert 0.11 < sum(rule.denies for rule in rules) / len(rules) < 0.19
    assert min(kinds[PoolClause], kinds[UnitClause]) > 50
    assert max(len(way.clauses) for rule in rules for way in rule.alternatives) == 4


def test_every_institution_with_rules_has_three_caps_and_two_exclusions(small):
    caps = Counter(cap.institution for cap in read(small / "caps.jsonl", Cap))
    exclusions = Counter(one.institution for one in read(small / "exclusions.jsonl", Exclusion))
    receiving = {rule.institution for rule in read(small / "rules.jsonl", Rule)}
    assert all(caps[one] >= 3 and exclusions[one] >= 2 for one in receiving)


def test_one_national_institution_has_2000_rules_and_all_have_50000():
    size = SCALES["national"]
    shares = zipf(size.rules, size.most_rules, size.institutions)
    assert (sum(shares), shares[0], min(shares) >= 1) == (50_000, 2_000, True)
    assert shares[0] == max(shares)


def test_a_folder_that_holds_something_is_left_alone(small):
    with pytest.raises(FileExistsError):
        generate("tiny", 1, small)
