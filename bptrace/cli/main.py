"""The way in: runs the command line and turns every way out into a quiet one with the right status."""

from __future__ import annotations

import gc
import io
import os
import re
import sys
from typing import TYPE_CHECKING, NoReturn, TextIO

from bptrace.cli.exits import BAD_INPUT, INTERNAL, INTERRUPTED, PIPE_CLOSED

if TYPE_CHECKING:
    import click

COMPLETING = "_BPTRACE_COMPLETE"
"""What a shell that wants a word completed sets."""
UNSAID = re.compile(r"Missing|extra argument|No such option:? \S+$")
"""Complaints that do not say what would be right."""


def main() -> NoReturn:
    """Run `bptrace`. The exit statuses are in `exits`; 0 where all went well."""
    gc.set_threshold(200_000)  # many objects, no cycles: start-up takes 1.03 times as long without
    try:
        status = _run()
    except KeyboardInterrupt:
        status = INTERRUPTED
    if status in (INTERRUPTED, PIPE_CLOSED):
        _discard_output()
    sys.exit(status)


def _run() -> int:
    import click

    from bptrace.cli.group import bptrace
    from bptrace.errors import BptraceError, InternalError

    _open_streams()
    if COMPLETING in os.environ:
        from bptrace.cli.completion import install

        install()
    try:
        return int(bptrace.main(prog_name="bptrace", standalone_mode=False) or 0)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as problem:
        _show(problem)
        if isinstance(problem, click.UsageError):
            _show_example(problem)
        return BAD_INPUT
    except BptraceError as problem:
        print(problem, file=sys.stderr)
        return INTERNAL if isinstance(problem, InternalError) else BAD_INPUT
    except MemoryError:
        print("error: not enough memory for this network\n   smaller arrays, or fewer samples", file=sys.stderr)
        return BAD_INPUT
    except OSError as problem:
        print(f"error: cannot write the output: {problem.strerror or problem}", file=sys.stderr)
        return BAD_INPUT


def _show(problem: click.ClickException) -> None:
    """Print what click says, in which arguments stand as they were given, but for colours: printable, and cut."""
    import click

    from bptrace.errors import printable_lines, shortened_path

    said = io.StringIO()
    problem.show(said)
    text = said.getvalue()
    for word in map(click.unstyle, sys.argv[1:]):
        for part in filter(str.strip, (word, word.partition("=")[0])):
            text = text.replace(part, shortened_path(part))
    sys.stderr.write(printable_lines(text))


def _show_example(problem: click.UsageError) -> None:
    """Where something is missing or too much, show a line that is right: the command's example."""
    command = problem.ctx.command if problem.ctx else None
    found = re.search(r"Examples?:\n +(.+)", (command and command.epilog) or "")
    if found and UNSAID.search(problem.format_message()):
        print(f"   as in: {found[1]}", file=sys.stderr)


def _open_streams() -> None:
    """Give a closed stream somewhere to go; where a terminal lacks a character, show the rest."""
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # it stays open until the process ends


def _discard_output() -> None:
    """Keep Python from writing, at its own exit, to a reader that is gone or no longer listening."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
