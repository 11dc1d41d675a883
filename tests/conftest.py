"""What the tests share: the networks, the command line, the golden files and `--rewrite-golden`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

from bptrace import Trace, load
from bptrace.cli.main import main

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
EVERY_NETWORK = sorted((ROOT / "networks").glob("*.yaml"))
SYMBOLIC = [path for path in EVERY_NETWORK if path.stem.startswith("generic_")]
"""Networks without values, to be derived."""
NETWORKS = [path for path in EVERY_NETWORK if path not in SYMBOLIC]
"""Networks to be worked out."""
RELU = str(ROOT / "networks" / "relu_2_2_1.yaml")
LIFECYCLE = str(ROOT / "networks" / "relu_lifecycle.yaml")


@cache
def traced(path: str | Path, inputs: bool = False) -> Trace:
    """A network's trace, worked out once for all that is shown of it."""
    return load(path).trace(inputs=inputs)


@cache
def derived_of(path: str | Path, inputs: bool = False) -> Trace:
    """The same over symbols."""
    return load(path).derived(inputs=inputs)


class Outcome(NamedTuple):
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str


Command: TypeAlias = Callable[..., Outcome]
Golden: TypeAlias = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write tests/golden/ anew; read the diff")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line as its user meets it, in a window of 100 columns without colour."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["bptrace", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            main()
        assert isinstance(leaving.value.code, int)
        return Outcome(leaving.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with a golden file, or write the file where pytest is given `--rewrite-golden`."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--rewrite-golden"):
            path.write_bytes(text.encode())
        assert text == path.read_bytes().decode()

    return check
