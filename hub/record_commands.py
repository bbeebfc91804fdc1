"""`alliance-hub record make | key | sign | verify`: records made, signed, and verified offline."""

from __future__ import annotations

from pathlib import Path

import click
from joserfc.jwk import OKPKey
from msgspec.structs import replace

from graph.engines import EngineSettings
from graph.library import Library
from graph.model.institutions import Institution
from graph.moment import moment, unstamp
from graph.publication import Publication
from graph.records import Posed, made, posed, replayed
from graph.records.questions import read_question
from graph.records.signing import new_key, read_key, signed, verify
from hub.exchange_commands import run
from hub.graph_options import graph_options, named, opened
from hub.record_files import content, keep, told
from schema.errors import Refusal
from schema.known import Known
from schema.recognition import placed
from schema.results import demand_parts

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def record() -> None:
    """Make, sign and verify recognition records 认定存证.

    \b
    A record holds a question, all of the graph that its answer rests on, and the
    answer; `whatIf { record }` gives one too. `alliance-hub replay` checks it.

    \b
    Begin with:
      alliance-hub record key registrar.pem registrar.pub
      alliance-hub record sign courier.json --key registrar.pem
      alliance-hub record verify courier.json --key registrar.pub
    """


@record.command("make")
@click.argument("question", type=FILE)
@click.argument("out", type=FILE)
@graph_options
def make_command(question: Path, out: Path, settings: EngineSettings | None) -> None:
    """Ask the graph the question in the file QUESTION and write the record to the new file OUT.

    \b
    QUESTION is JSON: a line that `replay --strip` printed, or the `question` of a
    record. It is answered as known now; a code that nobody knows is refused.

    \b
    Example:
      alliance-hub record make question.json record.json --data /var/lib/alliance-hub
    """
    with told():
        asked = read_question(content(question))
        keep(out, run(_made(asked, named(settings))))
    click.echo(f"{out}: written")


async def _made(question: Posed, settings: EngineSettings) -> bytes:
    async with opened(settings) as store:
        at = moment(await Publication(store).latest(), question.context.applied_on)
        library, context = Library(store), question.context
        if not await library.known(Institution, {context.institution}, at):
            raise Refusal("INSTITUTION_UNKNOWN")
        volume = await library.volume(context.institution, at)
        placed(volume, context.programme, context.credit_scheme, at)
        known = await Known.of(
            library, volume, at, question.results, context.consumed, context.targets, context.silent
        )
        known.demand(question.results)
        demand_parts(question.results)
        known.demand_held(context.targets)
        known.demand_silent(context.silent)
        known.demand_consumed(context.consumed)
        return made(known.volume.index, _known(question, at.known_at))


def _known(question: Posed, known: str) -> Posed:
    context = replace(question.context, known_at=unstamp(known))
    return posed(question.results, context, question.names, typed=question.typed)


@record.command("key")
@click.argument("private", type=FILE)
@click.argument("public", type=FILE)
def key_command(private: Path, public: Path) -> None:
    """Make an Ed25519 key pair: PRIVATE for signing, readable by you alone, and PUBLIC to give away.

    \b
    Example:
      alliance-hub record key registrar.pem registrar.pub
    """
    key = new_key()
    with told():
        keep(private, key.as_pem(private=True), secret=True)
        keep(public, key.as_pem(private=False))
    click.echo(f"{public}: key {key.thumbprint()}")


@record.command("sign")
@click.argument("file", type=FILE)
@click.option("--key", type=FILE, required=True, help="The private key: PEM or JWK, Ed25519.")
@click.option("--out", type=FILE, help="The signature's file. Default: FILE.jws.")
def sign_command(file: Path, key: Path, out: Path | None) -> None:
    """Sign the record in FILE, once it has replayed to the same bytes.

    \b
    The signature is a compact JWS with a detached payload (RFC 7515, appendix F)
    in a file of its own; the record stays as it is.

    \b
    Example:
      alliance-hub record sign courier.json --key registrar.pem
    """
    target = out or file.with_name(file.name + ".jws")
    with told():
        signature = signed(replayed(content(file)), _key(key, private=True))
        keep(target, signature.encode() + b"\n")
    click.echo(f"{target}: signed")


@record.command("verify")
@click.argument("file", type=FILE)
@click.option("--key", type=FILE, required=True, help="The public key: PEM or JWK, Ed25519.")
@click.option("--signature", type=FILE, help="The signature's file. Default: FILE.jws.")
def verify_command(file: Path, key: Path, signature: Path | None) -> None:
    """Verify the signature of the record in FILE, and replay it: offline, no graph.

    \b
    Exit code 0: signed by this key, and the same bytes again; 1: it is not, with
    the code of what is wrong.

    \b
    Example:
      alliance-hub record verify courier.json --key registrar.pub
    """
    with told():
        raw = content(file).removesuffix(b"\n")
        text = content(signature or file.with_name(file.name + ".jws"))
        verify(raw, text.decode("ascii", "replace"), _key(key, private=False))
        replayed(raw)
    click.echo(f"{file}: signed by this key, and the same bytes again 签名有效,重放一致")


def _key(file: Path, *, private: bool) -> OKPKey:
    return read_key(content(file).decode("utf-8", "replace"), private=private)
