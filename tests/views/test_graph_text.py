from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.engine.sentence_parts import Named, Sentence, Valued, sentence
from bptrace.graph.advance_widths import advance_width
from bptrace.graph.labels import NAME, VALUE, Label
from bptrace.graph.wire_labels import Point
from bptrace.numbers.exact import Rational
from bptrace.typeset.glyphs import Letters
from bptrace.views.graph_text import LARGE, NORMAL, LabelWriter, height_of, shifts, stacked

WRITER = LabelWriter(loads("weights: {w: [[1, 2], [3, 4]]}\nforward: {s: sum(w)}\nloss: s^2").trace())


def lines(text: Sentence, room: float = 440.0) -> list[str]:
    written = WRITER.text(Label(VALUE, text), room=room)
    return ["".join(letters.text for letters in line.letters) for line in written.lines]


def test_a_minus_is_one_and_not_a_hyphen() -> None:
    assert lines((Valued("w12", Rational(-2)),)) == ["w12 = −2"]


def test_words_keep_their_hyphens_out_of_no_ones_way() -> None:
    assert lines(sentence("two words")) == ["two words"]


@pytest.mark.parametrize(("room", "wanted"), [(440.0, ["a bb a bb"]), (60.0, ["a bb", " a bb"])])
def test_a_long_text_is_broken_into_lines_of_about_one_length(room: float, wanted: list[str]) -> None:
    assert lines(sentence("a bb a bb"), room) == wanted


def test_a_name_is_larger_than_a_value() -> None:
    sizes = [WRITER.text(Label(role, (Named("w"),))).size for role in (NAME, VALUE)]
    assert sizes == [LARGE, NORMAL]


def test_texts_stand_one_below_the_other() -> None:
    texts = [WRITER.text(Label(VALUE, (Named(name),))) for name in ("w", "s")]
    first, second = stacked(texts, Point(50, 10))
    assert first.room.top == pytest.approx(10)
    assert first.room.bottom == pytest.approx(second.room.top)
    assert second.room.bottom == pytest.approx(10 + height_of(texts))
    assert first.lines[0].middle.x == 50


def test_what_is_lowered_stands_below_what_is_raised() -> None:
    raised, lowered = Letters("(1)", 1), Letters("12", -1, below=True)
    behind = Letters(" = 2")
    back, on = shifts([raised, lowered, behind], 10)[1:3]
    assert back == -advance_width("(1)", 10, 1)
    assert on == pytest.approx(advance_width("(1)", 10, 1) - advance_width("12", 10, -1))
    assert shifts([Letters("w"), Letters("12", -1), behind], 10) == [0, 0, 0, 0]


def test_a_number_stays_with_the_word_that_it_counts() -> None:
    assert lines(sentence("hidden layer: 3 units, hardtanh"), 190) == ["hidden layer:", " 3 units, hardtanh"]
