"""What is declared of a OneRoster source."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from msgspec import field as setting

from connectors.contract import Settings
from connectors.decoding.marks import Marks
from connectors.decoding.text import Reading
from connectors.expressions import Expression
from connectors.mapping import Amount, Coded, ResultMap
from connectors.records import Obtained, ResultStatus
from connectors.rest.settings import Auth, NoAuth
from connectors.sent import Sent


class OneRosterSettings(Settings, frozen=True):
    """A OneRoster 1.2 source: ``url`` up to ``/ims/oneroster``, or the folder of zipped CSV ``archives``.

    Learners are asked for by their ``sourcedId``. A result counts when the category of its line item is one
    of ``final`` (``*``: every one), for a quiz is no course. ``code``, ``credit`` and ``issuer`` are found
    in ``result``, ``lineItem``, ``class``, ``course`` and ``terms``. With ``enrolled`` a class without a
    final result gives a record that is in progress. What is no personal datum (line items, classes,
    courses) is kept for ``keep`` seconds.
    """

    scheme: str
    key_scheme: str
    final: Annotated[tuple[str, ...], Meta(min_length=1)]
    url: str = ""
    archives: str = ""
    pattern: str = "*.zip"
    marker: str = ""
    settled: Annotated[float, Meta(ge=0)] = 60.0
    auth: Auth = NoAuth()
    headers: dict[str, Sent] = setting(default_factory=dict)
    code: Expression = "course.courseCode"
    credit: Amount | None = None
    issuer: Coded | None = None
    marks: Marks = Marks()
    enrolled: bool = False
    reading: Reading = Reading()
    page: Annotated[int, Meta(ge=1, le=10_000)] = 100
    most_pages: Annotated[int, Meta(ge=1, le=1000)] = 40
    keep: Annotated[float, Meta(ge=0, le=86_400)] = 3600.0
    most_rows: Annotated[int, Meta(ge=1)] = 500_000
    most_bytes: Annotated[int, Meta(ge=1)] = 256 * 1024 * 1024

    def __post_init__(self) -> None:
        if bool(self.url) == bool(self.archives):
            raise ValueError("declare either url or archives")

    def results(self) -> ResultMap:
        """Say where the parts of a record are found in a result and what it belongs to."""
        return ResultMap(
            id="result.sourcedId",
            learner="result.student.sourcedId",
            outcome=Coded(code=self.code, scheme=self.scheme),
            title="course.title",
            issuer=self.issuer,
            credit=self.credit,
            mark="mark",
            marks=self.marks,
            completed="result.scoreDate",
            status="standing",
            statuses={each.value: each for each in ResultStatus},
            obtained="way",
            ways={each.value: each for each in Obtained},
            version="result.dateLastModified",
            resits=True,
        )
