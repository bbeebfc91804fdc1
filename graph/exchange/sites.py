"""Where in a bundle a thing stands."""

from __future__ import annotations

from typing import NamedTuple

from graph.exchange.findings import Finding, found


class Site(NamedTuple):
    """Where a thing stands: the number of its part, its place among the part's values, file, line, path."""

    part: int
    place: int
    file: str
    line: int
    path: str = ""

    def finding(self, code: str, field: str, facts: dict[str, object]) -> Finding:
        """Return a finding about a field of the thing."""
        return found(code, self.file, self.line, f"{self.path}.{field}".lstrip("."), **facts)
