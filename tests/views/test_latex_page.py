"""The page of all LaTeX documents."""

from __future__ import annotations

import io
import re
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import load
from bptrace.typeset.tex import atom
from bptrace.views import latex_page
from tests.conftest import RELU, Command


@pytest.mark.parametrize(
    "words", [["export"], ["export", "--form", "matrix"], ["derive"], ["derive", "--form", "matrix"]], ids=" ".join
)
def test_every_document_has_the_same_page(words: list[str], command: Command) -> None:
    command_name, *options = words
    status, out, _ = command(command_name, RELU, *options, "--format", "latex")
    assert status == 0
    empty = io.StringIO()
    with latex_page.document(load(RELU).title, empty):
        pass
    opening, _ = empty.getvalue().split("\\par\\endgroup")
    assert out.startswith(opening)
    assert re.findall(r"\\usepackage(?:\[.*\])?\{(\w+)\}", opening) == [
        *("fontenc", "lmodern", "geometry"),
        *latex_page.PACKAGES,
    ]
    assert "\\documentclass[a4paper]" in opening
    assert "[margin=2cm]" in opening


@pytest.mark.parametrize(
    ("width", "written"),
    [(20.0, r"rate \mbox{$\displaystyle a = 1$}"), (500.0, "rate $a = 1$")],
    ids=["it fits", "a line breaks in it"],
)
def test_an_equation_is_whole_where_it_fits(width: float, written: str) -> None:
    assert latex_page.equations_in_lines([(atom("a = 1", width), "rate")]) == written


def test_equations_stand_side_by_side() -> None:
    lines = latex_page.equations_in_lines([(atom("a", 5.0), ""), (atom("b", 5.0), "")])
    assert lines == "\\mbox{$\\displaystyle a$},\\quad\n\\mbox{$\\displaystyle b$}"


def test_a_long_formula_stands_in_lines_that_tex_can_read() -> None:
    text = " + ".join(["w" * 98] * 2_500)
    lines = latex_page.in_short_lines(text).split("\n")
    assert max(map(len, lines)) <= latex_page.LONGEST_LINE
    assert " ".join(lines) == text
    assert latex_page.in_short_lines("a + b") == "a + b"


@given(st.lists(st.integers(1, 12), min_size=1, max_size=40), st.sampled_from([5, 10, 30]))
def test_lines_end_where_textwrap_ends_them(lengths: list[int], width: int) -> None:
    text = " ".join("x" * length for length in lengths)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latex_page, "LONGEST_LINE", width)
        assert latex_page.in_short_lines(text).split("\n") == textwrap.wrap(text, width, break_long_words=False)
