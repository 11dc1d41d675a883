"""Tables in Markdown and in LaTeX: exact texts, with nothing that MathJax doesn't know."""

from __future__ import annotations

import pytest

from bptrace.notebook.medium import ShownTable, TableBlock
from bptrace.notebook.tex_media import LatexMedium, MarkdownMedium, unbroken
from bptrace.typeset.latex import Latex

TABLE = ShownTable(
    "Title", ("quantity", "value"), [TableBlock("1. Forward", [("$z$", "$1$"), "… 2 more …"], ["noted"])], ["told"]
)


def test_a_table_in_markdown() -> None:
    assert MarkdownMedium().table(TABLE) == (
        "**Title**\n\n**1. Forward**\n\n| quantity | value |\n| --- | --- |\n| $z$ | $1$ |\n| … 2 more … |  |\n\n"
        "*noted*\n\ntold"
    )


def test_a_table_in_latex() -> None:
    block = TableBlock("1. Forward", [("z", "1"), "… 2 more …"])
    assert LatexMedium().table(ShownTable("Title", ("quantity", "value"), [block])) == (
        "Title\n\n1. Forward\n\n$\\begin{array}{ll}\nz & 1 \\\\\n\\text{… 2 more …}\n\\end{array}$"
    )


def test_labels_of_an_array_are_words_in_mathematics() -> None:
    assert (LatexMedium().label("a_b"), MarkdownMedium().label("a_b")) == (r"\text{a\_b}", r"a\_b")


@pytest.mark.parametrize(
    ("sign", "text"), [("/", "a/b"), ("≈", r"a \approx b"), (":", r"a\colon b"), (",", "a,b"), ("+", "a + b")]
)
def test_no_place_to_break_is_left(sign: str, text: str) -> None:
    form = Latex(inline=True)
    assert unbroken(form.joined([form.letter("a"), form.letter("b")], sign)) == text
