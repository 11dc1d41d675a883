"""A file is written under a name of its own, then moved into place; no way to end but SIGKILL leaves it there."""

from __future__ import annotations

import os
import re
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from bptrace.cli.exits import UNFINISHED, end_by
from bptrace.stepping.signals import signals_to_end

NAME = re.compile(r"\.bptrace-\w{8,16}\.tmp", re.ASCII)
DAY = 24 * 60 * 60


def write_then_move(target: Path, write: Callable[[TextIO], object]) -> None:
    """Write a text file by a function, and give it the name and the mode of the old one. Raises OSError."""
    remove_abandoned(target.parent)
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    path = str(target.parent / f".bptrace-{os.urandom(8).hex()}.tmp")
    with _removed(path), _ended_by_signals():
        with open(path, "x", encoding="utf-8", newline="", opener=_in_private) as out:
            write(out)
        os.chmod(path, mode)
        os.replace(path, target)


def remove_abandoned(folder: Path) -> None:
    """Remove what a SIGKILL has left in a folder: this user's files of such a name, once they are a day old."""
    if sys.platform == "win32":
        return
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if NAME.fullmatch(entry.name) and _is_abandoned(entry.stat(follow_symlinks=False)):
                os.unlink(entry)


def _is_abandoned(found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_mtime < time.time() - DAY


@contextmanager
def _removed(path: str) -> Iterator[None]:
    """Whatever happens, nothing has that name then."""
    UNFINISHED.add(path)
    try:
        yield
    finally:
        with suppress(OSError):
            os.unlink(path)
        UNFINISHED.discard(path)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Signals to end that nothing else listens to remove what is unfinished before they end the process."""
    here = threading.current_thread() is threading.main_thread()
    ours = [number for number in signals_to_end() if here and signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, end_by)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _in_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
