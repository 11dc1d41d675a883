"""A format for floats gives of an exact number what it gives of the float that has the same value."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Enclosure, UndecidedError
from tests.strategies import examples

SPECS = [".6g", ".0f", ".3f", "+.2e", " .4E", "12.3f", "<12.3g", "^12.3g", "*=+12.2f", "012.2f", ",.2f"]
SPECS += ["_.1f", "#.3g", "G", "e", "f", "0>9.1f", "012,.1f"]


@pytest.mark.parametrize("spec", SPECS)
@given(st.floats(-1e9, -1) | st.floats(0.5, 1e9) | st.floats(1e-9, 1e-3) | st.integers(1, 10**9).map(float))
@examples(25)
def test_a_form_for_floats_gives_what_it_gives_of_floats(spec: str, value: float) -> None:
    exact, width = Fraction(value), Fraction(1, 10**60)
    with suppress(UndecidedError):  # just between two texts, where halves may go either way
        assert format(Enclosure(exact - width, exact + width), spec) == format(value, spec)


@pytest.mark.parametrize("spec", ["x", "d", "s", ".", ".3q", "5 f"])
def test_no_form_for_floats(spec: str) -> None:
    with pytest.raises(ValueError, match="invalid format specifier"):
        format(Enclosure(Fraction(1), Fraction(2)), spec)
