"""`alliance-hub sync`: catalogues of members, synchronised into staging, reviewed, published or declined."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from connectors.catalogues.job import Synchroniser
from connectors.catalogues.runs import Run, SyncOutcome
from connectors.catalogues.staging import Busy, Staging, StagingAway
from connectors.registry import Registry
from connectors.roster import Roster
from connectors.source import Source
from graph.exchange.importing import Imported
from hub import import_report, sync_report
from hub.actor import acting
from hub.bundle_report import Bar
from hub.config import Config, engine_settings
from hub.exchange_commands import run as carried_out
from hub.graph_options import opened
from hub.reviewing.publishing import NotProposed, Reviewer, chosen, decline, forget, publish, release
from hub.reviewing.review import Review, review
from hub.serve_commands import CONFIG, configured

DIFFERENT = 1
LONGEST_REASON = 400


class SyncGroup(click.Group):
    """Takes what names no subcommand for sources to synchronise."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` before sources and options."""
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=SyncGroup)
def sync() -> None:
    """Synchronise members' catalogues 同步成员目录; nothing is published without review.

    \b
      alliance-hub sync                            every source that offers a catalogue
      alliance-hub sync ouc                        one source (`sync run review` for one called review)
      alliance-hub sync review ouc                 what differs from what is published
      alliance-hub sync publish ouc --by registrar
      alliance-hub sync decline ouc --only KEY --by registrar --reason "a draft"
      alliance-hub sync release ouc --by registrar
    """


AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
BY = click.option("--by", required=True, help="Who acts: a role or staff code, never a learner's.")
ONLY = click.option("--only", multiple=True, metavar="KEY", help="Only this outcome; may be given again.")


@sync.command("run")
@click.argument("sources", nargs=-1, metavar="[SOURCE ...]")
@click.option("--full", is_flag=True, help="Ask for whole catalogues, also where a cursor is at hand.")
@AS_JSON
@CONFIG
def run_command(sources: tuple[str, ...], full: bool, as_json: bool, file: Path | None) -> None:
    """Synchronise SOURCEs, or all that offer a catalogue, into the staging folder.

    \b
    Needs no graph, so the hub may run. Killed at any moment it leaves each source
    as it was before or after; again, it goes on from there. Exit code 0: every
    source was synchronised; 1: one failed, or its removals are held for review.
    """
    runs: list[Run] = carried_out(_synchronised(configured(file), sources, full))
    click.echo(sync_report.document(runs)) if as_json else sync_report.show(runs)
    sys.exit(0 if all(each.outcome is SyncOutcome.FINISHED for each in runs) else DIFFERENT)


async def _synchronised(config: Config, sources: tuple[str, ...], full: bool) -> list[Run]:
    async with Roster(Registry(Path(config.members.folder))) as roster:
        job = Synchroniser(roster, Staging(Path(config.members.staging)))
        for code in sources:
            if code not in roster.known:
                raise click.ClickException(f"no source {code} is declared; `connectors list` shows which are")
        wanted = sources or job.offering()
        with Bar(len(wanted)) as bar:
            return await job.run(wanted, full=full, watch=lambda run: bar.advance(run.source, 1))


@sync.command("review")
@click.argument("source")
@AS_JSON
@CONFIG
def review_command(source: str, as_json: bool, file: Path | None) -> None:
    """Show what differs between the catalogue of SOURCE and what is published.

    Exit code 0: nothing is proposed; 1: something is, or cannot be placed, or is held.
    """
    desk = _Desk(configured(file), source)
    with desk.held():
        found: Review = carried_out(desk.reviewed())
    click.echo(sync_report.review_document(found)) if as_json else sync_report.show_review(found)
    sys.exit(DIFFERENT if found.proposals or found.unplaced or found.held else 0)


@sync.command("publish")
@click.argument("source")
@ONLY
@BY
@AS_JSON
@CONFIG
def publish_command(source: str, only: tuple[str, ...], by: str, as_json: bool, file: Path | None) -> None:
    """Publish what is proposed of SOURCE, all or --only some: together, or nothing.

    Exit code 0: it is published, or there was nothing to publish; 1: it was refused, nothing was changed.
    """
    desk, reviewer = _Desk(configured(file), source), Reviewer(acting(by), datetime.now(UTC))
    with desk.held():
        done: Imported | None = carried_out(desk.published(only, reviewer))
    if done is None:
        click.echo("null" if as_json else "无变化 nothing is proposed")
        return
    click.echo(import_report.document(done)) if as_json else import_report.show(done)
    sys.exit(0 if done.ok else DIFFERENT)


@sync.command("decline")
@click.argument("source")
@ONLY
@BY
@click.option("--reason", required=True, help="Why; remembered, up to 400 characters.")
@CONFIG
def decline_command(source: str, only: tuple[str, ...], by: str, reason: str, file: Path | None) -> None:
    """Decline what is proposed of SOURCE, all or --only some: not proposed again with the same content."""
    if not reason.strip() or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise click.ClickException(f"--reason is 1 to {LONGEST_REASON} printable characters")
    desk, reviewer = _Desk(configured(file), source), Reviewer(acting(by), datetime.now(UTC))
    with desk.held():
        count: int = carried_out(desk.declined(only, reviewer, reason.strip()))
    click.echo(f"declined 已驳回: {count:,}")


@sync.command("release")
@click.argument("source")
@BY
@CONFIG
def release_command(source: str, by: str, file: Path | None) -> None:
    """Believe the removals of SOURCE that are held, since so many went at once: propose them."""
    desk, reviewer = _Desk(configured(file), source), Reviewer(acting(by), datetime.now(UTC))
    with desk.held():
        count: int = carried_out(desk.released(reviewer))
    click.echo(f"released 已放行: {count:,}")


class _Desk:
    """What a reviewer of one source has before them."""

    def __init__(self, config: Config, code: str) -> None:
        self._engine = engine_settings(config.graph)
        self._staging = Staging(Path(config.members.staging))
        self._source = _declared(config, code)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep synchronisations and other reviewers of this source away; tells what is in the way."""
        with _told(), self._staging.hold(self._source.code):
            yield

    async def reviewed(self) -> Review:
        """Compare."""
        code = self._source.code
        kept, acts = self._staging.load(code), self._staging.acts(code)
        async with opened(self._engine) as store:
            return await review(store, self._source, kept, acts)

    async def published(self, only: tuple[str, ...], reviewer: Reviewer) -> Imported | None:
        """Publish; None where nothing is proposed."""
        code = self._source.code
        kept, acts = self._staging.load(code), self._staging.acts(code)
        async with opened(self._engine) as store:
            found = await review(store, self._source, kept, acts)
            some = chosen(found, only)
            forget(self._staging, code, kept, found.settled)
            return await publish(store, self._staging, self._source, some, reviewer) if some else None

    async def declined(self, only: tuple[str, ...], reviewer: Reviewer, reason: str) -> int:
        """Decline, and count."""
        some = chosen(await self.reviewed(), only)
        if some:
            decline(self._staging, self._source.code, some, reviewer, reason)
        return len(some)

    async def released(self, reviewer: Reviewer) -> int:
        """Release, and count."""
        kept = self._staging.load(self._source.code)
        return release(self._staging, self._source.code, kept, reviewer)


def _declared(config: Config, code: str) -> Source:
    sources = Registry(Path(config.members.folder)).load().sources
    found = next((each for each in sources if each.code == code), None)
    if found is None:
        raise click.ClickException(f"no source {code} is declared; `connectors list` shows which are")
    return found


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Busy:
        raise click.ClickException(sync_report.spoken("SYNC_RUNNING")) from None
    except StagingAway as error:
        raise click.ClickException(f"{sync_report.spoken('STAGING_AWAY')} ({error})") from error
    except NotProposed as error:
        raise click.ClickException(f"not proposed 未被提议: {error}") from error
