"""Signals that get through to work: each is said to leave, and ends the work; what handled them before does again."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import pytest

from bptrace.stepping.signals import SLOW_SECONDS, interruptible, signals_to_end

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
    pytest.mark.usefixtures("usual_signals"),
]
NO_TERMINAL = -1


def _work_through(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    time.sleep(30)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_the_work(number: signal.Signals) -> None:
    left: list[signal.Signals] = []
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), interruptible(NO_TERMINAL, left.append):
        _work_through(number)
    assert left == [number]
    assert signal.getsignal(number) is before


def test_what_was_to_be_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert signal.SIGHUP not in signals_to_end()
        with interruptible(NO_TERMINAL, lambda number: None):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.SIGHUP in signals_to_end()


def test_long_work_is_spoken_of_in_its_midst() -> None:
    spoken = threading.Event()
    with interruptible(NO_TERMINAL, lambda number: None, spoken.set):
        assert not spoken.is_set()
        assert spoken.wait(100 * SLOW_SECONDS)


def test_work_in_another_thread_is_left_alone() -> None:
    before, seen = signal.getsignal(signal.SIGTERM), []

    def work() -> None:
        with interruptible(NO_TERMINAL, lambda number: None):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
