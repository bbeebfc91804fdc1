"""How long a plan takes: seeds 1 to 200, each 60 results, 40 to 200 candidate applications, caps, exclusions.

python benchmarks/plans.py
python benchmarks/plans.py --seeds 40

Everything is synthetic, drawn from the seed. Printed are the share of plans within 500 ms, the median, the
worst, and how many were proved in all five numbers.
"""

import random
import statistics
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import click

from graph.model.book import RuleBook
from graph.model.caps import Cap, CapMeasure, CapScope, Exclusion, Overflow
from graph.model.learning import Completion, Context, Result
from graph.model.outcomes import (
    Block,
    Outcome,
    OutcomeClass,
    OutcomeKind,
    Programme,
    Requirement,
    RequirementKind,
)
from graph.model.rules import (
    Alternative,
    CreditRule,
    ElectiveGrant,
    Giving,
    OutcomeClause,
    OutcomeGrant,
    PoolClause,
    Rule,
    Worth,
)
from graph.model.schemes import CreditScheme, Rounding
from graph.model.values import Credit, Fraction, Key, Stage, Text
from graph.planning import Plan, plan
from graph.recognition import candidates, compiled

HOME, SCHEME, PROGRAMME = Key("institution:-:HOME"), "credit", Key("programme:2023:P")
WITHIN = 0.5
RESULTS = 60


class Drawn:
    """One synthetic question: a programme of 40 courses in five blocks, 60 results and a rule book."""

    def __init__(
        self,
        seed: int,
        results: int = RESULTS,
        rules: tuple[int, int] = (40, 110),
        candidates: tuple[int, int] = (40, 200),
    ) -> None:
        self.rng = random.Random(seed)
        self.rules, self.candidates = rules, candidates
        self.sources = [Key(f"source:-:S{n}") for n in range(results)]
        self.courses = [Key(f"course:-:C{n}") for n in range(40)]

    def question(self) -> tuple[RuleBook, tuple[Result, ...], Context]:
        """Draw until the candidate applications are as many as promised."""
        results = tuple(self.result(n, key) for n, key in enumerate(self.sources))
        context = Context(institution=HOME, programme=PROGRAMME, applied_on=date(2024, 3, 1))
        rules = self.rng.randint(*self.rules)
        while True:
            book = self.book(rules)
            found = len(candidates(book, results, context))
            fewest, most = self.candidates
            if fewest <= found <= most:
                return book, results, context
            rules += 5 if found < fewest else -5

    def amount(self, least: int, most: int) -> Credit:
        """Draw a credit in halves."""
        return Credit(amount=Decimal(self.rng.randint(2 * least, 2 * most)) / 2, scheme=SCHEME)

    def result(self, n: int, key: Key) -> Result:
        """One result of an outcome of its own."""
        done = date(self.rng.randint(2019, 2023), self.rng.randint(1, 12), 15)
        return Result(
            id=f"r{n:02}",
            outcome=key,
            earned=self.amount(1, 6),
            completion=Completion(first=done, last=done),
        )

    def book(self, rules: int) -> RuleBook:
        """Draw a rule book."""
        return RuleBook(
            institution=HOME,
            rules=tuple(self.rule(n) for n in range(rules)),
            programmes=(self.programme(),),
            outcomes=tuple(self.outcomes()),
            caps=tuple(self.caps()),
            exclusions=tuple(self.exclusions()),
            credit_schemes=(
                CreditScheme(
                    key=Key(SCHEME),
                    version=1,
                    title=Text(en="credit"),
                    step=Decimal("0.5"),
                    rounding=Rounding.HALF_UP,
                ),
            ),
        )

    def outcomes(self) -> Iterator[Outcome]:
        """The sources' outcomes and the programme's courses."""
        for key in (*self.sources, *self.courses):
            yield Outcome(
                key=key,
                version=1,
                title=Text(en=key),
                issuer=HOME if key in self.courses else Key("institution:-:AWAY"),
                kind=OutcomeKind.COURSE,
                outcome_class=self.rng.choice(list(OutcomeClass)),
                credit=self.amount(1, 6),
            )

    def programme(self) -> Programme:
        """Five blocks, one of credits, one of courses, one within another."""
        parts = [tuple(self.courses[n * 8 : n * 8 + 8]) for n in range(5)]
        credits_of = Requirement(kind=RequirementKind.CREDITS, n=Decimal(self.rng.randint(10, 20)))
        courses_of = Requirement(kind=RequirementKind.COURSES, n=Decimal(self.rng.randint(3, 6)))
        inner = Block(code="inner", outcomes=parts[4], requirement=courses_of)
        return Programme(
            key=PROGRAMME,
            version=1,
            institution=HOME,
            title=Text(en="programme"),
            major="P",
            intake=2023,
            stage=Stage.UNDERGRADUATE,
            credit_scheme=SCHEME,
            credit=Decimal(140),
            courses=40,
            blocks=(
                Block(code="core", outcomes=parts[0], credit=Decimal(30), residency=Decimal(12)),
                Block(code="major", outcomes=parts[1], credit=Decimal(40), blocks=(inner,)),
                Block(code="elective", outcomes=parts[2], requirement=credits_of, tags=("elective",)),
                Block(code="practice", outcomes=parts[3], tags=("practice",)),
            ),
        )

    def rule(self, n: int) -> Rule:
        """One or two ways of a result or two, or a pool; it grants a course or two, or elective credit."""
        return Rule(
            key=Key(f"rule-{n:03}"),
            version=1,
            institution=HOME,
            programme=PROGRAMME,
            agreement=None,
            priority=self.rng.choice([50, 100, 100, 150]),
            sharable=self.rng.random() < 0.15,
            alternatives=tuple(self.alternative() for _ in range(self.rng.choice([1, 1, 2]))),
            grants=self.grants(),
        )

    def alternative(self) -> Alternative:
        """Usually a result or two; sometimes a pool."""
        if self.rng.random() < 0.1:
            among = tuple(self.rng.sample(self.sources, 4))
            return Alternative(clauses=(PoolClause(credit=self.amount(4, 6), outcomes=among),))
        some = self.rng.sample(self.sources, self.rng.choice([1, 1, 2]))
        return Alternative(clauses=tuple(OutcomeClause(outcome=key) for key in some))

    def grants(self) -> tuple[OutcomeGrant | ElectiveGrant, ...]:
        """Courses, or elective credit at a ratio of what was earned."""
        if self.rng.random() < 0.2:
            worth = Worth(rule=CreditRule.RATIO, ratio=Fraction(numerator=1), scheme=SCHEME)
            return (ElectiveGrant(block="elective", giving=Giving(worth=worth)),)
        some = self.rng.sample(self.courses, self.rng.choice([1, 1, 1, 2]))
        return tuple(
            OutcomeGrant(outcome=key, giving=Giving(with_credit=self.rng.random() < 0.9)) for key in some
        )

    def caps(self) -> Iterator[Cap]:
        """Four caps: of the programme (waiving), of a tag, of a class of source, by count."""
        waive = Overflow.WAIVE_WITHOUT_CREDIT
        share = Fraction(numerator=self.rng.randint(25, 45), denominator=100)
        yield self.cap("whole", scope=CapScope.PROGRAMME, share=share, overflow=waive)
        yield self.cap("practice", scope=CapScope.TAG, tag="practice", credit=self.amount(6, 14))
        source = self.rng.choice(list(OutcomeClass))
        yield self.cap("class", scope=CapScope.SOURCE_CLASS, source_class=source, credit=self.amount(12, 30))
        number = self.rng.randint(12, 24)
        yield self.cap("number", scope=CapScope.PROGRAMME, measure=CapMeasure.COUNT, count=number)

    def cap(self, code: str, **limit: object) -> Cap:
        """One cap."""
        return Cap(key=Key(f"cap-{code}"), version=1, institution=HOME, programme=PROGRAMME, **limit)

    def exclusions(self) -> Iterator[Exclusion]:
        """Two among the courses, two among the sources."""
        for n, among in enumerate((self.courses, self.courses, self.sources, self.sources)):
            some = tuple(self.rng.sample(among, 3))
            yield Exclusion(key=Key(f"exclusion-{n}"), version=1, outcomes=some)


def timed(seed: int) -> tuple[float, float, Plan]:
    """Plan one question with its book compiled; gives seconds by the clock and of the processor."""
    book, results, context = Drawn(seed).question()
    index = compiled(book)
    begun, spent = time.perf_counter(), time.process_time()
    found = plan(index, results, context)
    return time.perf_counter() - begun, time.process_time() - spent, found


def median(times: list[float]) -> float:
    """Give the median in milliseconds."""
    return statistics.median(times) * 1000


@click.command()
@click.option("--seeds", type=click.IntRange(1, 10_000), default=200, show_default=True)
def main(seeds: int) -> None:
    """Plan seeds 1 to SEEDS and print how long it took."""
    timed(1)
    told = [timed(seed) for seed in range(1, seeds + 1)]
    took = sorted(seconds for seconds, _, _ in told)
    spent = sorted(seconds for _, seconds, _ in told)
    sizes = [one.candidates for _, _, one in told]
    within = [sum(seconds <= WITHIN for seconds in times) / len(told) for times in (took, spent)]
    print(f"plans of {RESULTS} results, {min(sizes)} to {max(sizes)} candidate applications: {len(took)}")
    print(f"within {WITHIN * 1000:.0f} ms by the clock      {within[0]:8.1%}  (promised 95 %)")
    print(f"within {WITHIN * 1000:.0f} ms of the processor  {within[1]:8.1%}, median {median(spent):.0f} ms")
    print(f"median                          {median(took):8.0f} ms")
    print(f"95 of 100                       {took[int(len(took) * 0.95) - 1] * 1000:8.0f} ms")
    print(f"worst                           {took[-1] * 1000:8.0f} ms")
    print(f"proved in every number          {sum(one.optimal for _, _, one in told):8} of {len(told)}")


if __name__ == "__main__":
    main()
