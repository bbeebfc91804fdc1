"""Run the benchmarks one after another: `make bench`, or `make bench SCALE=national` (many minutes)."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

HERE = Path(__file__).parent
SCALES = ("tiny", "small", "national")


@click.command()
@click.option("--scale", type=click.Choice(SCALES), default="small", show_default=True)
def main(scale: str) -> None:
    """Print every benchmark's figures; figures are medians and ratios of one interleaved run."""
    click.echo(f"{time.strftime('%Y-%m-%d')}, scale {scale}; quote ratios, for machines are noisy\n")
    with tempfile.TemporaryDirectory() as folder:
        graph = str(Path(folder) / "graph")
        _run("loading", "--scale", scale, "--keep", graph)
        _run("questions", "--folder", graph)
        _run("recognition", "--folder", graph)
        _run("asking", "--folder", graph)
        _run("following", "--scale", scale, "--folder", graph)  # the last: it adds to the graph
    _run("members", "--rounds", {"tiny": "5", "small": "15", "national": "40"}[scale])
    _run("staged", "--rows", str({"tiny": 20_000, "small": 200_000, "national": 2_000_000}[scale]))
    _run("plans")


def _run(name: str, *arguments: str) -> None:
    click.echo(f"== {name}")
    made = subprocess.run([sys.executable, str(HERE / f"{name}.py"), *arguments], check=False)
    if made.returncode:
        raise click.ClickException(f"{name} failed")


if __name__ == "__main__":
    main()
