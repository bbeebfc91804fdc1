"""Several demos on one machine: what is done to one is done to that one."""

import tempfile

import pytest
from click.testing import CliRunner

from hub.cli import main
from hub.demo.watching import noted


def demo(*words):
    found = CliRunner().invoke(main, ["demo", *words])
    return found.exit_code, found.output


@pytest.fixture
def two(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folders = {port: tmp_path / str(port) for port in (8101, 8103)}
    for folder in folders.values():
        (folder / "faults").mkdir(parents=True)
    return folders


def wished(folder):
    return sorted(path.name for path in (folder / "faults").iterdir())


async def test_of_two_demos_neither_is_harmed_until_one_is_named_and_then_that_one_alone(two):
    async with noted("http://127.0.0.1:8101", two[8101]):
        async with noted("http://127.0.0.1:8103", two[8103]):
            code, told = demo("fail", "yzpj")
            assert (code, "--port (8101, 8103)" in told) == (1, True)
            assert [wished(folder) for folder in two.values()] == [[], []]
            code, told = demo("fail", "yzpj", "--port", "8101")
            assert (code, "yzpj of http://127.0.0.1:8101: down" in told) == (0, True)
            assert [bool(wished(folder)) for folder in two.values()] == [True, False]
        code, told = demo("mend", "yzpj")
        assert (code, "http://127.0.0.1:8101" in told) == (0, True)
    assert "no demo is running" in demo("fail", "yzpj")[1]


async def test_a_port_where_no_demo_runs_is_said(two):
    async with noted("http://127.0.0.1:8101", two[8101]):
        assert "no demo is running" in demo("fail", "yzpj", "--port", "8103")[1]
