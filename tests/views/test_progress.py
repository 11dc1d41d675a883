"""The bar: on a terminal it makes room for what else is written, elsewhere there is none."""

from __future__ import annotations

import io
import sys

import pytest

from bptrace.views.progress import Bar


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_that_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", _Terminal())
    with Bar(3, "file") as bar:
        assert list(bar.counted(range(4))) == [0, 1, 2, 3]
        bar.say("a word")
        assert isinstance(sys.stderr, _Terminal)
        shown = sys.stderr.getvalue()
    assert "3/3" in shown
    assert "file" in shown
    assert shown.endswith("a word\n")


def test_anything_else_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with Bar(3) as bar:
        assert list(bar.counted(range(4))) == [0, 1, 2, 3]
    assert isinstance(sys.stderr, io.StringIO)
    assert sys.stderr.getvalue() == ""
