"""The examples of docs/case.md run as they are printed."""

import json
import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from hub.cli import main
from tests.graph.exchange.case.packages import exact

DOCUMENT = (Path(__file__).parents[4] / "docs/case.md").read_text(encoding="utf-8")


def commands():
    for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL):
        lines = (shlex.split(line, comments=True) for line in block.splitlines())
        yield from (words[1:] for words in lines if words[0] == "alliance-hub")


def test_the_commands_run_and_what_comes_out_is_what_went_in(tmp_path):
    (said,) = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    (tmp_path / "logistics.json").write_text(said, encoding="utf-8")
    for command in commands():
        moved = [word.replace("/tmp/case", str(tmp_path)) for word in command]
        done = CliRunner().invoke(main, moved)
        assert done.exit_code == 0, done.output
    assert exact((tmp_path / "out.json").read_bytes()) == exact(said)
    (row,) = (tmp_path / "items.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(row)["statement"] == {"zh": "能按地址分拣包裹"}
