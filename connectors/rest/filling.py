"""Filling: what is asked, put into the holes of an endpoint's path, params, body and form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from connectors.errors import SourceRefused
from connectors.notices import NoticeCode
from connectors.rest.settings import Endpoint
from connectors.sent import Reference, Sent

_HOLE = re.compile(r"\{(\w+)\}")

Asked = Mapping[str, str | list[str]]
"""What stands for the holes: one text, or a list (joined by commas outside a body)."""


def placed(path: str, asked: Asked) -> str:
    """Fill the holes of a path; ``SourceRefused`` (REJECTED) where what is asked would leave its place."""
    filled = _HOLE.sub(lambda hole: quote(_one(asked, hole[1]), safe=""), path) if "{" in path else path
    if not {".", ".."}.isdisjoint(filled.partition("?")[0].split("/")):
        raise SourceRefused(NoticeCode.REJECTED, where="path")
    return filled


def sent(endpoint: Endpoint, asked: Asked) -> tuple[bytes | None, dict[str, str]]:
    """Fill what is sent, as JSON or as a form, and say which it is."""
    if endpoint.form is not None:
        form = {name: spelled(value, asked) for name, value in endpoint.form.items()}
        return urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    if endpoint.body is None:
        return None, {}
    return msgspec.json.encode(_filled(endpoint.body, asked)), {"Content-Type": "application/json"}


def _one(asked: Asked, name: str) -> str:
    value = asked.get(name, "")
    return value if isinstance(value, str) else ",".join(value)


def spelled(template: Sent, asked: Asked) -> str:
    """Fill the holes of a text; a secret has none."""
    if isinstance(template, Reference):
        return template.reveal()
    return _HOLE.sub(lambda hole: _one(asked, hole[1]), template) if "{" in template else template


def _filled(template: Any, asked: Asked) -> Any:
    """Fill the holes of a body; a text that is one hole becomes the list itself."""
    if isinstance(template, dict):
        return {name: _filled(value, asked) for name, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, asked) for value in template]
    if isinstance(template, Reference):
        return template.reveal()
    if not isinstance(template, str):
        return template
    whole = _HOLE.fullmatch(template)
    return asked.get(whole[1]) if whole else spelled(template, asked)
