"""rich's console as bptrace uses it."""

from __future__ import annotations

import io

import pytest

from bptrace.views.console import console


class Left(io.StringIO):
    """A reader that has left."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_leaves_is_for_the_command_line_to_deal_with() -> None:
    with pytest.raises(BrokenPipeError):
        console(Left(), 80).print("L")


def test_what_it_is_given_is_text() -> None:
    out = io.StringIO()
    console(out, 80).print("[bold]w[1] :smile:")
    assert out.getvalue() == "[bold]w[1] :smile:\n"
