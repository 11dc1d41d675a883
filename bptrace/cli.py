"""The way in: runs the command line and turns every way out into a quiet one with the right status."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

BAD_INPUT = 2
INTERNAL = 70
INTERRUPTED = 130
PIPE_CLOSED = 141


def main() -> NoReturn:
    """Run `bptrace`. Exit status: 0, 2 for bad input, 130 for Ctrl-C, 141 for a reader that went away."""
    gc.set_threshold(200_000)  # start-up and a trace make many objects and no cycles
    try:
        status = _run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        status = PIPE_CLOSED
    if status in (INTERRUPTED, PIPE_CLOSED):
        _discard_output()
    sys.exit(status)


def _run() -> int:
    import click

    from bptrace.commands import bptrace
    from bptrace.errors import BptraceError, InternalError

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal that lacks a character still shows the rest
    try:
        return int(bptrace.main(prog_name="bptrace", standalone_mode=False) or 0)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as problem:
        problem.show()
        return BAD_INPUT
    except BptraceError as problem:
        print(problem, file=sys.stderr)
        return INTERNAL if isinstance(problem, InternalError) else BAD_INPUT


def _discard_output() -> None:
    """Keep Python from writing, at its own exit, to a reader that is gone or no longer listening."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
