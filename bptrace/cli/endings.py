"""How a problem ends the command: the status, and what is said on standard error. Nothing escapes."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from contextlib import suppress
from io import StringIO
from types import TracebackType
from typing import NamedTuple

import click

from bptrace.cli.exits import BAD_INPUT, FAULT, INTERRUPTED, PIPE_CLOSED
from bptrace.errors import LINE, BptraceError, InternalError, cut, printable_lines, shortened_path
from bptrace.version import __version__

DEBUG = "BPTRACE_DEBUG"
"""What is set to 1 by who wants to see where a fault comes from."""
NO_MEMORY = "error: not enough memory for this network\n   smaller arrays, or fewer samples"
UNMAPPED = re.compile("failed to map|annot allocate memory|cannot map")
"""What the loader of a library says where there is no memory for it."""
UNSAID = re.compile(r"Missing|extra argument|No such option:? \S+$")
"""Complaints that do not say what would be right."""


class Ending(NamedTuple):
    """The status, and what is said last."""

    status: int = 0
    said: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether nobody waits for the rest of the output."""
        return self.status in (INTERRUPTED, PIPE_CLOSED)


def ending_of(problem: BaseException) -> Ending:
    """The ending that a problem has; what nobody expects is a fault of bptrace."""
    match problem:
        case click.exceptions.Exit():
            return Ending(problem.exit_code)
        case SystemExit(code=int(status)):
            return Ending(status)
        case KeyboardInterrupt() | click.Abort():
            return Ending(INTERRUPTED)
        case BrokenPipeError():
            return Ending(PIPE_CLOSED)
        case click.ClickException():
            return Ending(BAD_INPUT, _usage(problem))
        case InternalError():
            return Ending(FAULT, f"{_traced(problem)}{problem}\n   {_fault()}; {_report()}")
        case BptraceError():
            return Ending(BAD_INPUT, str(problem))
        case MemoryError():
            return Ending(BAD_INPUT, NO_MEMORY)
        case ImportError() if UNMAPPED.search(str(problem)):
            return Ending(BAD_INPUT, NO_MEMORY)
        case OSError(errno=errno.EIO) if _terminal_is_closed():
            return Ending(INTERRUPTED)
        case OSError():
            return Ending(BAD_INPUT, f"error: cannot write the output: {problem.strerror or problem}")
    kind = f"{type(problem).__name__} at {_place(problem.__traceback__)}"
    return Ending(FAULT, f"{_traced(problem)}error: {_fault()}: {kind}; {_report()}")


def _usage(problem: click.ClickException) -> str:
    """What click says; where something is missing or too much, with a line that is right: the command's example."""
    out = StringIO()
    problem.show(out)
    command = problem.ctx.command if isinstance(problem, click.UsageError) and problem.ctx else None
    found = re.search(r"Examples?:\n +(.+)", (command and command.epilog) or "")
    as_in = f"   as in: {found[1]}" if found and UNSAID.search(problem.format_message()) else ""
    return f"{_without_colours(out.getvalue())}{as_in}".rstrip("\n")


def _without_colours(text: str) -> str:
    """What click says has arguments in it as they were given, but for colours: printable, and cut."""
    for word in map(click.unstyle, sys.argv[1:]):
        for part in filter(str.strip, (word, word.partition("=")[0])):
            text = text.replace(part, shortened_path(part))
    return printable_lines(text)


def _terminal_is_closed() -> bool:
    """Whether an error of a device is one of a terminal, which a program that ignores SIGHUP outlives."""
    for number in range(3):
        with suppress(OSError):
            if stat.S_ISCHR(os.fstat(number).st_mode) and not os.isatty(number):
                return True
    return False


def _fault() -> str:
    return f"a fault in bptrace {__version__}"


def _report() -> str:
    """What a report of a fault needs."""
    import shlex  # most commands end well

    command = cut(shlex.join(["bptrace", *sys.argv[1:]]), LINE)
    return f"please report this line, with the network: {command}"


def _place(at: TracebackType | None) -> str:
    """The last place in bptrace's own code: `engine/trace.py:123`."""
    from pathlib import Path  # most commands end well

    home = Path(__file__).parent.parent
    found = "the start"
    while at:
        path = Path(at.tb_frame.f_code.co_filename)
        if path.is_relative_to(home):
            found = f"{path.relative_to(home).as_posix()}:{at.tb_lineno}"
        at = at.tb_next
    return found


def _traced(problem: BaseException) -> str:
    """The traceback, for who asks for it."""
    if os.environ.get(DEBUG) != "1":
        return ""
    from traceback import format_exception

    return "".join(format_exception(problem))
