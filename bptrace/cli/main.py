"""The way in: runs the command line and turns every way out into a quiet one with the right status."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TextIO

from bptrace.cli.endings import Ending, ending_of
from bptrace.cli.exits import INTERRUPTED, close_echo, remove_unfinished

COMPLETING = "_BPTRACE_COMPLETE"
"""What a shell that wants a word completed sets."""
DEEPEST = 3_000
"""So many calls may be within one another: a product of 200 factors is a tree as deep, with seven calls a level."""


def main() -> NoReturn:
    """Run `bptrace`. The exit statuses are in `exits`; 0 where all went well."""
    gc.set_threshold(200_000)  # many objects, no cycles: start-up takes 1.03 times as long without
    sys.setrecursionlimit(DEEPEST)
    _open_streams()
    ending = _ending(_run)
    if not ending.is_quiet:
        flushed = _ending(sys.stdout.flush)
        ending = flushed if flushed.status and not ending.said else ending
    remove_unfinished()
    if ending.status == INTERRUPTED:
        close_echo()
    _say(ending.said)
    if ending.status:
        _discard(sys.stdout)
    sys.exit(ending.status)


def _run() -> int | None:
    from bptrace.cli.group import bptrace

    if os.environ.get(COMPLETING):
        from bptrace.cli.completion import check_asked, install

        check_asked(COMPLETING, os.environ)
        install()
    status: int | None = bptrace.main(prog_name="bptrace", standalone_mode=False)
    return status


def _ending(action: Callable[[], int | None]) -> Ending:
    """What an action ends with, whatever it raises; of that nothing is kept, since memory may be short."""
    try:
        return Ending(action() or 0)
    except BaseException as problem:
        return ending_of(problem)


def _open_streams() -> None:
    """Put something in the place of a stream that is closed; where a terminal lacks a character, show the rest.

    What goes to a closed output fails, as it would for others; what goes to closed errors is lost.
    """
    sys.stdout, sys.stderr = sys.stdout or _null(os.O_RDONLY), sys.stderr or _null(os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _null(flags: int) -> TextIO:
    return open(os.open(os.devnull, flags), "w", encoding="utf-8")  # it stays open until the process ends


def _say(text: str) -> None:
    try:
        if text:
            print(text, file=sys.stderr)
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)


def _discard(stream: TextIO) -> None:
    """Keep Python from writing, at its own exit, to a reader that is gone or no longer listening."""
    with suppress(OSError):  # it has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
