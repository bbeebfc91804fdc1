"""The registrar's guide (docs/members.md) taken apart: questions, files, commands, and what they print."""

import re
from pathlib import Path

from msgspec.structs import replace

from connectors.consent import GrantBook, Granted
from connectors.errors import SourceUnavailable
from connectors.linkage import LinkBook
from connectors.records import LearnerKey, Link, Text
from graph.store import Store
from tests.connectors.alliance import source
from tests.members_beside import POST, beside, record

PAGE = (Path(__file__).parents[1] / "docs" / "members.md").read_text("utf-8")
WITH_MEMBERS = re.findall(
    r"<!-- with members -->\n```graphql\n(.*?)```\n\n```json\n(.*?)```", PAGE, re.DOTALL
)
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL))
SESSIONS = {
    name: (told.splitlines(), printed)
    for name, told, printed in re.findall(
        r"<!-- commands: (\w+) -->\n```sh\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL
    )
}
L001 = LearnerKey(scheme="demo", code="L001")


async def _university(learners, call):
    title = Text(zh="管理学基础")
    return {key: [record(key, "ouc-course:2020:02701", title=title)] for key in learners}


async def _silent(learners, call):
    raise SourceUnavailable


async def asked_of_members(demo: Store, query: str) -> dict:
    """Ask about the demo's first learner while the postal centre's system does not answer."""
    university = replace(source("ouc", _university)[0], issuers=("alliance:-:OUC",))
    sources = [university, replace(source("yzpj", _silent)[0], issuers=(POST,))]
    codes = tuple(each.code for each in sources)
    links = LinkBook({L001: [Link(source=code, key=L001) for code in codes]})
    consent = GrantBook([Granted(grant="demo-L001", learner=L001, purpose="recognition", sources=codes)])
    async with beside(demo, *sources, links=links, consent=consent) as hub:
        return await hub.data(query)
