"""Signals while the window is open: those that end it, and how they get through to work that holds up its loop."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TypeAlias

Handler: TypeAlias = "Callable[[int, FrameType | None], None]"

SLOW_SECONDS = 0.2
"""Work that takes longer than this is spoken of."""


def signals_to_end() -> list[signal.Signals]:
    """Those that this system has, but for what the program was started to ignore."""
    names = ("SIGTERM", "SIGHUP", "SIGQUIT")
    known = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
    return [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]


@contextmanager
def interruptible(
    terminal: int, leave: Callable[[signal.Signals], None], slow: Callable[[], None] | None = None
) -> Iterator[None]:
    """Let Ctrl-C and the signals to end through at once: each leaves, and raises KeyboardInterrupt in the work.

    `slow` is called, in the midst of the work, where it takes long.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    working = True

    def interrupt(number: int, _: FrameType | None) -> None:
        leave(signal.Signals(number))
        if working:
            raise KeyboardInterrupt

    handlers: dict[signal.Signals, Handler] = dict.fromkeys([signal.SIGINT, *signals_to_end()], interrupt)
    if slow:
        handlers[signal.SIGALRM] = lambda *_: slow()
    with _handled(handlers), _typed_signals(terminal):
        signal.setitimer(signal.ITIMER_REAL, SLOW_SECONDS if slow else 0)
        try:
            yield
        finally:
            working = False
            signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def _handled(handlers: Mapping[signal.Signals, Handler]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _typed_signals(terminal: int) -> Iterator[None]:
    """Ctrl-C comes as a signal; Ctrl-Z stays a key, since the screen must be left before one stops."""
    if sys.platform == "win32" or not os.isatty(terminal):
        yield
        return
    import termios

    before = None
    with suppress(termios.error):  # the terminal is closed
        before, during = termios.tcgetattr(terminal), termios.tcgetattr(terminal)
        during[3] |= termios.ISIG
        during[6][termios.VSUSP] = bytes([os.fpathconf(terminal, "PC_VDISABLE")])
        termios.tcsetattr(terminal, termios.TCSANOW, during)
    try:
        yield
    finally:
        with suppress(termios.error):
            if before:
                termios.tcsetattr(terminal, termios.TCSANOW, before)
