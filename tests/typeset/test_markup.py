"""Pieces of MathML: text is text, a long formula can be broken, and names say which quantity they are."""

from __future__ import annotations

import pytest

from bptrace.typeset.markup import SELDOM, UNBROKEN, Mml, element, token


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ('"it\'s"', "&quot;it&#x27;s&quot;"),
        ("</script><script>", "&lt;/script&gt;&lt;script&gt;"),
        ("a\x1b[31m\u202eb\nc", "a\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}b c"),
    ],
)
def test_text_is_text(text: str, html: str) -> None:
    assert token("mtext", text).text == f"<mtext>{html}</mtext>"


def test_blanks_at_the_ends_of_words_are_kept() -> None:
    assert token("mtext", " if a ").text == "<mtext>\N{NO-BREAK SPACE}if a\N{NO-BREAK SPACE}</mtext>"


def test_a_tag_with_attributes_is_closed_by_its_name() -> None:
    assert token('mi mathvariant="normal"', "e").text == '<mi mathvariant="normal">e</mi>'
    assert element('mfrac displaystyle="true"', token("mn", "1"), token("mn", "2")).text == (
        '<mfrac displaystyle="true"><mn>1</mn><mn>2</mn></mfrac>'
    )


def test_several_elements_are_one_within_another() -> None:
    row = Mml.row([token("mi", "a"), token("mo", "+"), token("mi", "b")])
    assert element("msqrt", row).text == "<msqrt><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></msqrt>"


@pytest.mark.parametrize(
    ("piece", "named"),
    [
        (token("mi", "w"), '<mi data-name="w">w</mi>'),
        (token('mi mathvariant="normal"', "w"), '<mi data-name="w" mathvariant="normal">w</mi>'),
        (Mml.row([token("mi", "w"), token("mn", "1")]), '<mrow data-name="w"><mi>w</mi><mn>1</mn></mrow>'),
    ],
)
def test_a_name_says_which_quantity_it_is(piece: Mml, named: str) -> None:
    assert piece.named("w").text == named


def test_the_name_of_a_quantity_is_no_end_of_its_attribute() -> None:
    assert token("mi", "f").named('ReLU\'("z")').text == '<mi data-name="ReLU&#x27;(&quot;z&quot;)">f</mi>'


PLUS, TIMES = token("mo", "+").breaking(), token("mo", "*").breaking(SELDOM)


def parts_of(piece: Mml) -> list[str]:
    """What is seen of each element that a piece is written in."""
    tags = ("<math>", "</math>", "<mi>", "</mi>", "<mo>", "</mo>")
    found = piece.math.split("<wbr/>")
    assert all(part.startswith("<math>") and part.endswith("</math>") for part in found)
    for tag in tags:
        found = [part.replace(tag, "") for part in found]
    return found


def row_of(*pieces: str) -> Mml:
    signs = {"+": PLUS, "*": TIMES}
    return Mml.row([signs.get(piece) or token("mi", piece) for piece in pieces])


@pytest.mark.parametrize(
    ("pieces", "parts"),
    [
        (("a" * 15, "+", "b" * 15), ["a" * 15 + "+" + "b" * 15]),
        (("a" * 20, "+", "b" * 20), ["a" * 20 + "+", "b" * 20]),
        (("a" * 20, "*", "b" * 20), ["a" * 20 + "*", "b" * 20]),
        (("a" * 20, "*", "b" * 5, "+", "c" * 20), ["a" * 20 + "*" + "b" * 5 + "+", "c" * 20]),
        (("a", "+", "b", "+", "c" * 40, "+", "d"), ["a+b+" + "c" * 40 + "+d"]),
        (("a" * 8, "+", "b", "+", "c" * 40, "+", "d" * 8), ["a" * 8 + "+", "b+" + "c" * 40 + "+", "d" * 8]),
    ],
)
def test_a_long_formula_can_be_broken_where_enough_stands_on_both_sides(pieces: list[str], parts: list[str]) -> None:
    assert parts_of(row_of(*pieces)) == parts


def test_nothing_breaks_within_an_element() -> None:
    piece = element("msqrt", row_of("a" * 20, "+", "b" * 20))
    assert piece.width > UNBROKEN
    assert len(parts_of(piece)) == 1


def test_a_sum_of_many_terms_is_cut_in_a_moment() -> None:
    piece = row_of(*[text for _ in range(4000) for text in ("w", "+")])
    assert len(parts_of(piece)) == 1000
