"""Exit statuses, what a shell or a script is told; and the way out that a signal takes."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

BAD_INPUT = 2
FAULT = 70
INTERRUPTED = 130
PIPE_CLOSED = 141

UNFINISHED: set[str] = set()
"""Files that are being written under names of their own: they go when the command ends."""


def remove_unfinished() -> None:
    """Remove the files that nothing will finish."""
    for path in tuple(UNFINISHED):
        with suppress(OSError):  # it has been moved into place, or was never made
            os.unlink(path)


def end_by(number: int, _: object = None) -> None:
    """End at once, with no word, as a signal demands: Ctrl-C with status 130, any other by the signal itself."""
    remove_unfinished()
    if number == signal.SIGINT:
        close_echo()
        os._exit(INTERRUPTED)
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(signal.Signals(number))


def close_echo() -> None:
    """End the line in which a terminal has shown the `^C`."""
    with suppress(OSError):
        if os.isatty(2):
            os.write(2, b"\n")
