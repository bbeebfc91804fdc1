"""The traffic policy of a source: complete, on by default, each part overridable."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Seconds = Annotated[float, Meta(gt=0, le=600)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a source may be asked; all times in seconds.

    ``deadline`` bounds one call, pages and retries included, and never outlasts the question's own.
    ``retry_share`` is how many retries each question earns: 0.2 keeps upstream calls at 1.2 per question.
    The breaker opens after ``breaker_run`` failures in a row, or ``breaker_share`` of the last
    ``breaker_window`` when there are at least ``breaker_least``; then one probe each ``probe_each``.
    ``private`` are the networks (``10.1.0.0/16``) a host name may resolve into although not public.
    ``hosts`` are those a redirect may lead to, the first request's own included by itself.
    """

    deadline: Seconds = 8.0
    connect: Seconds = 2.0
    read: Seconds = 5.0
    tries: Annotated[int, Meta(ge=1, le=5)] = 3
    backoff: Seconds = 0.1
    longest_backoff: Seconds = 2.0
    longest_retry_after: Seconds = 5.0
    retry_share: Share = 0.2
    breaker_run: Annotated[int, Meta(ge=1)] = 5
    breaker_share: Share = 0.5
    breaker_least: Annotated[int, Meta(ge=1)] = 10
    breaker_window: Annotated[int, Meta(ge=1, le=1000)] = 20
    probe_each: Seconds = 30.0
    concurrent: Annotated[int, Meta(ge=1, le=100)] = 8
    waiting: Annotated[int, Meta(ge=0)] = 64
    requests: Annotated[int, Meta(ge=1)] = 50
    calls_per_second: Annotated[float, Meta(gt=0)] | None = None
    max_bytes: Annotated[int, Meta(ge=1)] = 5 * 1024 * 1024
    redirects: Annotated[int, Meta(ge=0, le=5)] = 0
    hosts: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    stale_after: Annotated[float, Meta(gt=0)] | None = None
    keep: Annotated[float, Meta(ge=0)] = 0.0
    keep_stale: Annotated[float, Meta(ge=0)] = 0.0
