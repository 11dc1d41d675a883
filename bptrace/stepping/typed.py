"""Lines that are typed at a terminal that cannot be drawn on."""

from __future__ import annotations

import io
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PROMPT = "> "


def typed_lines() -> Iterator[str]:
    """Each line that is typed after a prompt, until the input ends; Ctrl-C raises KeyboardInterrupt at once.

    `input` would lose one that comes after the prompt is written and before the terminal is read: the handler of a
    signal waits for Python to go on, which it does not while it reads.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")
    while line := _typed_line():
        yield line.rstrip("\r\n")
    print()


def _typed_line() -> str:
    with _woken_by_signals() as woken:
        print(end=PROMPT, flush=True)
        if woken is not None:
            _wait_for(sys.stdin.fileno(), woken)
        return sys.stdin.readline()


def _wait_for(terminal: int, woken: int) -> None:
    """Wait until the terminal has a line; the handler of a signal that wakes up runs in between."""
    while True:
        ready, _, _ = select.select([terminal, woken], [], [])
        if terminal in ready:
            return
        os.read(woken, 1)


@contextmanager
def _woken_by_signals() -> Iterator[int | None]:
    """What can be read from as soon as a signal has come, though nothing waited for it then; not on every system."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield None
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)
