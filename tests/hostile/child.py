"""Runs a case in a forked child with little memory and little time, and says how it ended."""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from runpy import run_module
from types import FrameType
from typing import Any, NamedTuple, NoReturn

import bptrace
from bptrace.engine.batch import Batch
from tests.hostile.cases import FROM_JSON, OPERATIONS, Case, Interrupt

MEMORY = 512 * 1024**2
SECONDS = 5
PATIENCE = 100
"""Seconds by the clock after which a child that waits for something is ended: the machine may be busy."""
LARGEST_FILE = 256 * 1024**2
LIMITS = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_FSIZE: LARGEST_FILE,
    resource.RLIMIT_CORE: 0,
}

ENVIRONMENT = {
    "COLUMNS": "80",
    "NO_COLOR": "1",
    "BPTRACE_DEBUG": "1",
    "PYTHONPATH": str(Path(bptrace.__path__[0]).resolve().parent),
}


class Ending(NamedTuple):
    """How a child ended: its exit status, or minus the signal; what it wrote, and the files that are there then."""

    status: int
    out: bytes
    err: bytes
    files: dict[str, bytes]
    outside: list[str]
    seconds: float
    """Of the processor."""
    allowed: float = SECONDS
    """How many of them it may take on a core left alone."""
    slowdown: float = 1.0
    """How many times as long as there everything took."""


def prepare() -> None:
    """Import once what children need."""
    for module in walk_packages(bptrace.__path__, "bptrace."):
        if module.name != "bptrace.__main__":
            import_module(module.name)
    for name in ("sympy", "rich.table", "rich.console", "click.shell_completion"):
        import_module(name)


def ending(case: Case, room: Path, seconds: int = SECONDS, alone: bool = False) -> Ending:
    """Run a case in `room`, an empty folder: its files lie in a folder `here` in it, and nothing else may appear.

    `seconds`: how many of the processor it has. `alone`: a command starts in a process of its own, as everybody's
    does, whose memory is not what this one has left.
    """
    here = room / "here"
    here.mkdir()
    (room / "secret.csv").write_text("x[1],x[2],SECRET\n1,2,SECRET\n")
    for name, data in case.files.items():
        (here / name).write_bytes(data)
    (room / "stdin").write_bytes(case.stdin)
    known = {"here", "secret.csv", "stdin", "stdout", "stderr"}
    sys.stdout.flush()
    child = os.fork()
    if not child:
        _run(case, room, seconds, alone and not case.interrupt and _program(case) is _command)
    for after, name in case.signals:
        time.sleep(after)
        os.kill(child, getattr(signal, name))
    status, used = _awaited(child, seconds)
    files = {os.path.relpath(path, here): path.read_bytes() for path in sorted(here.rglob("*")) if path.is_file()}
    outside = sorted(path.name for path in room.iterdir() if path.name not in known)
    return Ending(status, _read(room / "stdout"), _read(room / "stderr"), files, outside, used)


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _awaited(child: int, seconds: int) -> tuple[int, float]:
    """Its status and the processor's seconds that it used; a child that never ends is killed."""
    descriptor = os.pidfd_open(child)
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    if not poll.poll(PATIENCE * 1000 * max(1, seconds // SECONDS)):
        os.kill(child, signal.SIGKILL)
    os.close(descriptor)
    _child, status, used = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime


def _run(case: Case, room: Path, seconds: int, alone: bool) -> NoReturn:
    """In the child: what the interpreter would do around a program, and the program."""
    status = 99
    if case.signals:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        _take_streams(case.output, room)
        os.chdir(room / "here")
        os.environ |= {**ENVIRONMENT, **case.environment}
        for limit, most in LIMITS.items():
            resource.setrlimit(limit, (most, most))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        if case.signals or alone:
            os.execv(sys.executable, [sys.executable, "-m", "bptrace", *case.words])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if case.interrupt:
            sys.settrace(_interrupting(case.interrupt))
        status = _status(_program(case), case.words)
    finally:
        os._exit(status)


def _take_streams(output: str, room: Path) -> None:
    """Standard input, output and error are files, or what the case asks for."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    written: int = os.open(room / "stdout", flags)
    if output == "full":
        written = os.open("/dev/full", os.O_WRONLY)
    if output == "closed":
        reader, written = os.pipe()
        os.close(reader)
    for number, descriptor in enumerate(
        (os.open(room / "stdin", os.O_RDONLY), written, os.open(room / "stderr", flags))
    ):
        os.dup2(descriptor, number)
    os.closerange(3, 256)
    sys.stdin = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)


def _status(program: Callable[[tuple[str, ...]], object], words: tuple[str, ...]) -> int:
    """The exit status that the interpreter would give."""
    try:
        program(words)
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1 if leaving.code else 0
    except BaseException:
        status = 1
        traceback.print_exc()
    sys.settrace(None)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        status = 120
    return status & 255


def _command(words: tuple[str, ...]) -> None:
    sys.argv = ["bptrace", *words]
    run_module("bptrace", run_name="__main__")


def _restore(words: tuple[str, ...]) -> None:
    """Restore a trace; one that is accepted comes out as it went in."""
    path = Path(words[1])
    try:
        trace = bptrace.Trace.from_json(path.read_bytes(), words[1])
        again = bptrace.Trace.from_json(trace.to_json(), words[1]).to_json()
    except bptrace.BptraceError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    assert again == trace.to_json(), "a trace comes out otherwise than it went in"


def _count(words: tuple[str, ...]) -> None:
    """Print how many operations a network takes; for samples, those of each and of what puts them together."""
    network = bptrace.load(words[1])
    programs = [(1, network.program())]
    if isinstance(network, Batch):
        programs += [(len(network.samples), program) for program in network.single_programs.made.values()]
    print(sum(times * sum(program.operations) for times, program in programs))


PROGRAMS = {FROM_JSON: _restore, OPERATIONS: _count}


def _program(case: Case) -> Callable[[tuple[str, ...]], object]:
    return PROGRAMS.get(case.words[0] if case.words else "", _command)


def _interrupting(interrupt: Interrupt) -> Any:
    """A trace function that sends a signal before a certain line."""
    left = interrupt.line

    def lines(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        left -= event == "line"
        if not left:
            left -= 1
            os.kill(os.getpid(), getattr(signal, interrupt.signal))
        return lines

    return lambda frame, event, argument: lines if interrupt.within in frame.f_code.co_filename else None
