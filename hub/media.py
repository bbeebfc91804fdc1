"""Media types: which one the client sent, and which one it wants back."""

from __future__ import annotations

from typing import Final

from schema.errors import Refusal

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
# The order in which equals are preferred; a wildcard means plain JSON.
_MATCHES: Final = {GRAPHQL: GRAPHQL, JSON: JSON, "application/*": JSON, "*/*": JSON}


def demand_json(content_type: str | None, encoding: str | None) -> None:
    """Refuse a body that does not say it is uncompressed UTF-8 JSON."""
    if encoding and encoding.strip().lower() != "identity":
        raise Refusal("UNSUPPORTED_ENCODING")
    name, parameters = _split(content_type or "")
    charset = parameters.get("charset", "utf-8").strip('"').lower()
    if name != JSON or charset not in ("utf-8", "utf8"):
        raise Refusal("UNSUPPORTED_MEDIA_TYPE")


def choose(accept: str) -> str | None:
    """Choose the media type of the answer from Accept headers, or None where they accept none of ours."""
    if not accept.strip():
        return JSON
    if accept in _MATCHES:
        return _MATCHES[accept]
    wanted = [(_quality(p), -i, _MATCHES[name]) for i, (name, p) in enumerate(_ours(accept))]
    best = max(wanted, default=None)
    return best[2] if best and best[0] > 0 else None


def wants_events(accept: str) -> bool:
    """Whether a stream of events is preferred to either kind of JSON; a wildcard prefers JSON."""
    if EVENTS not in accept.lower():
        return False
    wanted = dict(_split(part) for part in accept.split(",", 64))
    return _quality(wanted.get(EVENTS, {"q": "0"})) > max(
        (_quality(p) for name, p in wanted.items() if name in _MATCHES), default=0
    )


def accepts_gzip(encodings: str) -> bool:
    """Whether an Accept-Encoding header takes gzip."""
    wanted = dict(_split(part) for part in encodings.split(",", 64))
    return _quality(wanted.get("gzip", wanted.get("*", {"q": "0"}))) > 0


def _ours(accept: str) -> list[tuple[str, dict[str, str]]]:
    ranges = [_split(part) for part in accept.split(",", 64)]
    return sorted((r for r in ranges if r[0] in _MATCHES), key=lambda r: list(_MATCHES).index(r[0]))


def _quality(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0.0


def _split(value: str) -> tuple[str, dict[str, str]]:
    name, *rest = (part.strip() for part in value.split(";"))
    pairs = (part.partition("=") for part in rest)
    return name.lower(), {key.strip().lower(): val.strip() for key, _, val in pairs}
