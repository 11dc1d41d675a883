"""What the tests share: the networks, the command line, golden files (`--rewrite-golden`), Hypothesis's profiles."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

from bptrace import Trace, load
from bptrace.cli.main import main

# What is compiled once is read by all processes that tests start: without, tests of commands take 1.3 times as long.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
EVERY_NETWORK = sorted((ROOT / "networks").glob("*.yaml"))
SYMBOLIC = [path for path in EVERY_NETWORK if path.stem.startswith("generic_")]
"""Networks without values, to be derived."""
NETWORKS = [path for path in EVERY_NETWORK if path not in SYMBOLIC]
"""Networks to be worked out."""
LIMITS = """
weights: {w: 2, c: [1, 2, 3], s: 0, x: [0, 0], p: [1, 0], u: [1, 0], b: 1}
target: {y: [1, 0]}
input: {n: [0, 1, 2]}
forward:
  r: norm(w*x)
  q: dot(c, s^n)
  m: max(max(w, s + 2), 2)
loss: (r - 1)^2 + q*exp(1) + kl_divergence(p, y) + binary_cross_entropy(u, y) + 0^b + m - sum(y*log(p)) - y@log(u)
update: {lr: 0.1}
"""
"""A network that stands at every kind of limit and tie at once."""
RELU = str(ROOT / "networks" / "relu_2_2_1.yaml")
LIFECYCLE = str(ROOT / "networks" / "relu_lifecycle.yaml")

_PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", _PATIENT, derandomize=True)
settings.register_profile("explore", _PATIENT, derandomize=False)
settings.load_profile("same")  # python -m tests.explore asks for the other


@cache
def traced(path: str | Path, inputs: bool = False) -> Trace:
    """A network's trace, worked out once for all that is shown of it."""
    return load(path).trace(inputs=inputs)


@cache
def derived_of(path: str | Path, inputs: bool = False) -> Trace:
    """The same over symbols."""
    return load(path).derived(inputs=inputs)


@pytest.fixture
def usual_signals() -> Iterator[None]:
    """Signals as a terminal has them: `nohup`, or a shell that starts the tests in the background, has some ignored."""
    numbers = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_DFL) for number in numbers}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def calls_of(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> list[tuple[Any, ...]]:
    """The arguments of each call of a function from now on; it does what it did."""
    as_it_is, found = getattr(owner, name), list[tuple[Any, ...]]()

    def called(*arguments: Any, **options: Any) -> Any:
        found.append(arguments)
        return as_it_is(*arguments, **options)

    monkeypatch.setattr(owner, name, called)
    return found


class Outcome(NamedTuple):
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str


Command: TypeAlias = Callable[..., Outcome]
Golden: TypeAlias = Callable[[str, str], None]


def pytest_make_parametrize_id(val: object) -> str | None:
    """Call a file by its name: the test has the same name wherever the project lies."""
    inside = isinstance(val, str | Path) and Path(val).is_absolute() and Path(val).is_relative_to(ROOT)
    return Path(str(val)).stem if inside else None


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


@contextmanager
def terminal_as_error() -> Iterator[None]:
    """What is written on standard error is as if a person saw it."""
    with patch.object(type(sys.stderr), "isatty", lambda stream: stream is sys.stderr):
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with a golden file, or write the file where pytest is given `--rewrite-golden`."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--rewrite-golden"):
            path.write_bytes(text.encode())
        assert text == path.read_bytes().decode()

    return check


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over the tests themselves, which are many and stay."""
    gc.freeze()
    gc.set_threshold(20_000)
