"""Rows and sentences in HTML: well-formed for every network, quantities by their names, words as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bptrace import load, loads
from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import Calculation, Figure, Formula, Named, Sentence, Valued, sentence
from bptrace.engine.trace import Trace
from bptrace.explain.sentences import step_words
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Leaf
from bptrace.typeset.markup import Mml
from bptrace.views.html_cells import HtmlSentences, html_cells
from bptrace.views.register_cells import RegisterCells
from tests.conftest import NETWORKS

TRACE = loads("weights: {w: [1, 2], a: 3}\nloss: w@w + a").trace()
W1 = Leaf("w1", Rational(1))
LOSS = "<mi>L</mi>"
W1_TEXT = "<msub><mi>w</mi><mn>1</mn></msub>"
W1_LINKED = W1_TEXT.replace("<msub", '<msub data-name="w1"', 1)


@pytest.mark.parametrize(
    ("parts", "html"),
    [
        (sentence("a < b & <script>"), "a &lt; b &amp; &lt;script&gt;"),
        (
            sentence("of ", Named("w1"), " and"),
            f"of <math>{W1_LINKED}</math> and",
        ),
        (
            sentence("of ", Named("a"), ", "),
            'of <span class="together"><math><mi data-name="a">a</mi></math>,</span> ',
        ),
        (sentence(Figure(Rational(2))), "<math><mn>2</mn></math>"),
        (sentence(Valued("w1", Rational(1))), f"<math>{W1_LINKED}<mo>=</mo><mn>1</mn></math>"),
        (sentence(Formula(W1 * W1)), f"<math>{W1_LINKED}<mo>⋅</mo>{W1_LINKED}</math>"),
        (
            sentence(Calculation(W1 * W1, Rational(1), named=False)),
            "<math><mn>1</mn><mo>⋅</mo><mn>1</mn><mo>=</mo><mn>1</mn></math>",
        ),
    ],
)
def test_parts_of_sentences(parts: Sentence, html: str) -> None:
    assert HtmlSentences(TRACE).write(parts) == html


def test_without_links_a_quantity_is_mathematics_alone() -> None:
    assert HtmlSentences(TRACE, linked=False).write(sentence(Named("w1"))) == f"<math>{W1_TEXT}</math>"


def cells(made: RegisterCells[Mml], row: Row) -> Iterator[Mml]:
    yield from (made.quantity(row), made.formula(row))
    if not made.symbolic:
        yield from (made.rule(row), made.value(row))


def everything(trace: Trace) -> Iterator[str]:
    """All that is written of a trace: its equations, its rows, its sentences."""
    for inline in (True, False):
        made = html_cells(trace, inline)
        yield from (made.equation(item).math for item in trace.source.definitions)
        yield from (cell.math for row in trace.rows() for cell in cells(made, row))
    sentences = HtmlSentences(trace)
    for step in trace.steps:
        yield sentences.write(step.heading)
        if not trace.symbolic:
            yield from map(sentences.write, step_words(trace, step).sentences)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_all_is_well_formed_and_every_name_is_one_of_the_register(path: Path) -> None:
    trace = load(path).trace()
    for part in trace.samples or [trace]:
        known = {*part.register.places, *part.program.quantities}
        root = ElementTree.fromstring(f"<p>{' '.join(everything(part))}</p>")
        named = {found.get("data-name") for found in root.iter() if found.get("data-name")}
        assert named
        assert named <= known
        assert {found.tag for found in root} <= {"math", "span", "wbr"}
