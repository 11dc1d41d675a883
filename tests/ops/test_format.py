"""What a format gets without saying so: one line, pieces with signs between them."""

from __future__ import annotations

import pytest

from bptrace.numbers.digits import Numeral
from bptrace.ops.format import Typesetting
from bptrace.typeset.ascii import Ascii


def test_a_format_has_to_say_what_is_abstract() -> None:
    class Silent(Typesetting[str]):
        pass

    with pytest.raises(TypeError, match="abstract"):
        Silent()  # type: ignore[abstract]


def test_in_one_line_a_fraction_is_a_quotient() -> None:
    form = Ascii()
    top, bottom = form.number(Numeral("", "1", "")), form.number(Numeral("-", "2", ""))
    assert form.fraction(top, bottom).text == form.joined([top, bottom], "/").text == "1/-2"
    assert not form.stacks(top, bottom)


def test_what_is_left_out_is_counted() -> None:
    assert Ascii().more(760, "term").text == "... 760 more ..."


@pytest.mark.parametrize(("number", "slashed"), [(Numeral("", "1", "2"), True), (Numeral("-", "3", ""), False)])
def test_a_number_with_a_denominator_is_slashed(number: Numeral, slashed: bool) -> None:
    assert Ascii().slashes(number) is slashed
