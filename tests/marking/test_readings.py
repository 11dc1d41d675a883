"""What a written number stands for, by its own digits and by those of its register."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace.errors import Mark, Source
from bptrace.marking.numerals import written_number
from bptrace.marking.readings import (
    CUT,
    EITHER,
    NEAREST,
    POINT,
    SHARP,
    WIDE,
    Style,
    blurred,
    is_binary,
    is_short,
    magnitude,
    stood_for,
    style_of,
    unit_of,
)
from bptrace.marking.verdicts import WrittenNumber
from bptrace.numbers.exact import Rational, rational
from bptrace.numbers.intervals import Interval
from tests.strategies import examples, rationals

HERE = Mark(Source("", ""), 0)

NINES = 30 * "9"


def numbers(texts: str) -> list[WrittenNumber]:
    return [written_number(text, HERE) for text in texts.split()]


def ends(low: str, high: str) -> Interval:
    return Interval(rational(low), rational(high))


@given(rationals(10_000).filter(bool))
@examples(60)
def test_a_number_has_its_first_digit_at_its_magnitude(value: Rational) -> None:
    ten = Rational(10)
    assert ten ** magnitude(value) <= abs(value) < ten ** (magnitude(value) + 1)


@pytest.mark.parametrize(
    ("value", "digits", "unit", "short"),
    [("0.0123", 2, "0.001", False), ("123", 2, "10", False), ("120", 2, "10", True), ("0.5", 2, "0.01", True)],
)
def test_units_and_short_numbers(value: str, digits: int, unit: str, short: bool) -> None:
    assert unit_of(rational(value), digits) == rational(unit)
    assert is_short(rational(value), digits) is short


def test_what_a_machine_has_exactly() -> None:
    assert [is_binary(rational(text)) for text in ("0.375", "0.1", "3", "1/3")] == [True, False, True, False]


@pytest.mark.parametrize(
    ("value", "how", "wanted"),
    [
        ("0.13", POINT, ("0.13", "0.13")),
        ("0.13", NEAREST, ("0.12495", "0.13505")),
        ("0.13", CUT, ("0.13", "0.13" + NINES)),
        ("0.13", EITHER, ("0.12495", "0.13" + NINES)),
        ("-0.13", CUT, ("-0.13" + NINES, "-0.13")),
        ("-0.13", EITHER, ("-0.13" + NINES, "-0.12495")),
        ("0", EITHER, ("-0.00" + NINES, "0.00" + NINES)),
    ],
)
def test_a_number_stands_for_what_it_may_have_been_rounded_from(value: str, how: str, wanted: tuple[str, str]) -> None:
    assert stood_for(rational(value), rational("0.01"), how) == ends(*wanted)


@pytest.mark.parametrize(
    ("rounded", "decimals", "digits"),
    [
        ("0.13 1.25 0.04 -2.10", 2, None),
        ("0.130 1.25 0.0412 -2.10", None, 3),
        ("0.13 0.25", 2, 2),
        ("3 -4 12", None, None),
        ("1/3 2", None, None),
    ],
)
def test_a_register_shows_places_or_digits(rounded: str, decimals: int | None, digits: int | None) -> None:
    style = style_of(numbers(rounded), [], 2)
    assert (style.decimals, style.digits) == (decimals, digits)


@pytest.mark.parametrize(
    ("rounded", "number", "unit"),
    [
        ("0.512 0.13", "0.13", "0.01"),
        ("0.5 0.13 0.74", "0.5", "0.01"),
        ("0.5", "0.5", "0.01"),
        ("0.04 0.13 1.25", "0.04", "0.01"),
        ("0.13 1.25", "-3", "0.1"),
        ("0.13 1.25", "0", "0.01"),
        ("0.13 1.25", "1/3", "0"),
        ("12.5 13.1", "120", "1"),
        ("0.12345678 0.2345678", "0.5", "0.1"),
    ],
)
def test_a_number_with_few_digits_is_read_with_zeros(rounded: str, number: str, unit: str) -> None:
    [written] = numbers(number)
    found = style_of(numbers(rounded), [], 2).own_unit(written)
    assert found == rational(unit) or (rounded.startswith("0.1234") and found == rational("0.01"))


def test_whole_numbers_are_exact_beside_fractions() -> None:
    style = style_of(numbers("1/3 -4"), [], 2)
    assert [style.own_unit(number) for number in numbers("-4 0")] == [0, 0]


@given(rationals(50), st.integers(1, 4), st.sampled_from([0, 1, 2]))
@examples(80)
def test_what_is_written_down_lies_within_the_blur(value: Rational, decimals: int, more: int) -> None:
    """Rounded half up, cut off, and rounded twice, to places; whatever a person does lies in it."""
    style = Style(decimals, None, None, None, 2)
    found = blurred(Interval(value, value), style, 0)
    unit = Rational(10) ** -decimals
    for fine in (unit, unit / 10 ** (2 + more)):
        nearest = ((value / fine + Rational(1, 2)).floor()) * fine
        cut = abs(value / unit).floor() * unit * (-1 if value < 0 else 1)
        twice = ((nearest / unit + Rational(1, 2)).floor()) * unit
        assert found.holds(twice)
        assert found.holds(cut)


def test_readings_go_from_sharp_to_wide() -> None:
    value, style = rational("0.1234"), style_of(numbers("0.123 0.456 0.789"), [], 2)
    [written] = numbers("0.12")
    spreads = [stood_for(value, style.own_unit(written), reading.spread) for reading in (*SHARP, *WIDE)]
    assert all(spreads[-1].low <= item.low and item.high <= spreads[-1].high for item in spreads)
    assert blurred(Interval(value, value), style, 2).low < blurred(Interval(value, value), style, 0).low
