"""Lines typed at a terminal: none is lost, and no Ctrl-C is."""

from __future__ import annotations

import ctypes
import os
import pty
import select
import signal
import sys
from collections.abc import Iterator
from itertools import starmap
from operator import call

import pytest

from bptrace.stepping.typed import PROMPT, typed_lines

UNHEARD = 2
"""After so many seconds nothing is waited for."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no terminal of this kind")


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where to write what is typed."""
    keyboard, terminal = pty.openpty()
    with open(terminal, encoding="utf-8") as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        yield keyboard
    os.close(keyboard)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as Python answers it, also where the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_lines_come_one_by_one_until_the_input_ends(keyboard: int, capsys: pytest.CaptureFixture[str]) -> None:
    os.write(keyboard, "2\n\nw@x·\n".encode() + b"\xff\n\x04")
    assert list(typed_lines()) == ["2", "", "w@x·", "\udcff"]
    assert capsys.readouterr().out == f"{PROMPT * 5}\n"


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_between_the_prompt_and_what_is_read_ends_at_once(
    keyboard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal comes in one call with the wait that follows, so that Python does not go on in between."""
    came: list[object] = []

    def interrupted(*waits: object) -> object:
        at_once = starmap(call, [(ctypes.CDLL(None)["raise"], signal.SIGINT), (wait, *waits, UNHEARD)])
        came.extend(at_once)
        return came[1]

    wait = select.select
    monkeypatch.setattr(select, "select", interrupted)
    with pytest.raises(KeyboardInterrupt):
        next(typed_lines())
    assert came[1] != ([], [], [])
    assert signal.set_wakeup_fd(-1) == -1
