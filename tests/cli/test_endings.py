"""Every problem ends in a status and a line; none in a traceback."""

from __future__ import annotations

import errno
import sys

import click
import pytest

from bptrace import BptraceError
from bptrace.cli.endings import NO_MEMORY, ending_of
from bptrace.cli.exits import BAD_INPUT, FAULT, INTERRUPTED, PIPE_CLOSED
from bptrace.errors import InternalError
from bptrace.version import __version__

FAULTY = f"a fault in bptrace {__version__}"
COMMAND = "please report this line, with the network: bptrace run 'a b.yaml'"


@pytest.fixture(autouse=True)
def called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["bptrace", "run", "a b.yaml"])
    monkeypatch.delenv("BPTRACE_DEBUG", raising=False)


@pytest.mark.parametrize(
    ("problem", "status", "said"),
    [
        (click.exceptions.Exit(5), 5, ""),
        (SystemExit(1), 1, ""),
        (KeyboardInterrupt(), INTERRUPTED, ""),
        (click.Abort(), INTERRUPTED, ""),
        (BrokenPipeError(), PIPE_CLOSED, ""),
        (click.ClickException("no"), BAD_INPUT, "Error: no"),
        (BptraceError("error: no"), BAD_INPUT, "error: no"),
        (MemoryError(), BAD_INPUT, NO_MEMORY),
        (ImportError("libflint.so: failed to map segment from shared object"), BAD_INPUT, NO_MEMORY),
        (OSError(errno.ENOSPC, "full"), BAD_INPUT, "error: cannot write the output: full"),
        (OSError("odd"), BAD_INPUT, "error: cannot write the output: odd"),
        (
            InternalError("internal error: no"),
            FAULT,
            f"internal error: no\n   {FAULTY}; {COMMAND}",
        ),
        (KeyError("x"), FAULT, f"error: {FAULTY}: KeyError at the start; {COMMAND}"),
        (RecursionError(), FAULT, f"error: {FAULTY}: RecursionError at the start; {COMMAND}"),
    ],
    ids=repr,
)
def test_a_problem_has_its_ending(problem: BaseException, status: int, said: str) -> None:
    assert ending_of(problem) == (status, said)
    assert ending_of(problem).is_quiet == (status in (130, 141))
