"""An enclosure is a number: it reckons, orders, rounds and prints, and says nothing that its bounds do not prove."""

from __future__ import annotations

import copy
import math
import operator
import pickle
from collections.abc import Callable
from fractions import Fraction
from numbers import Real
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Enclosure, UndecidedError
from bptrace.numbers import enclosures
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import bounds, fraction
from bptrace.numbers.public import public
from tests.strategies import examples

root = Enclosure(Fraction(141421356, 10**8), Fraction(141421357, 10**8))
thirds = Enclosure(Fraction(1, 3), Fraction(2, 3))
around_0 = Enclosure(Fraction(-1, 1000), Fraction(1, 500))
half = Enclosure(Fraction(1, 2), Fraction(1, 2))


def enclosed() -> st.SearchStrategy[tuple[Enclosure, Fraction]]:
    """An enclosure, and a number that it holds."""
    ends = st.fractions(-50, 50, max_denominator=60)
    return st.lists(ends, min_size=3, max_size=3).map(sorted).map(lambda three: (Enclosure(*three[::2]), three[1]))


@pytest.mark.parametrize(
    "value", [enclosures.pi(), -enclosures.exp(fmpq(1, 3)), enclosures.around(fmpq(0), fmpq(1, 2))]
)
def test_it_has_the_bounds_of_the_ball(value: Scalar) -> None:
    lower, upper = bounds(value)
    found = public(value)
    assert isinstance(found, Enclosure)
    assert (found.lower, found.upper) == (fraction(lower), fraction(upper))
    with enclosures.precision(500):
        assert value.contains(lower)
        assert value.contains(upper)
    assert found.lower < found.upper


def test_it_is_a_real_number_and_no_sequence() -> None:
    assert isinstance(root, Real)
    assert not hasattr(root, "__iter__")
    assert not hasattr(root, "__len__")
    with pytest.raises(ValueError, match="a lower bound of 1 above an upper one of 0"):
        Enclosure(Fraction(1), Fraction(0))


# arithmetic

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv]


@pytest.mark.parametrize("operation", BINARY, ids=lambda operation: operation.__name__)
@given(enclosed(), enclosed(), st.integers(-9, 9) | st.floats(-9, 9) | st.fractions(-9, 9, max_denominator=9))
@examples(60)
def test_what_comes_out_holds_the_result(
    operation: Callable[[Any, Any], Any], one: tuple[Enclosure, Fraction], two: tuple[Enclosure, Fraction], plain: Any
) -> None:
    for (left, in_left), (right, in_right) in ((one, two), (one, (plain, plain)), ((plain, plain), one)):
        wanted_error: type[Exception] | None = None
        low, high = (right.lower, right.upper) if isinstance(right, Enclosure) else (right, right)
        if operation is operator.truediv and low <= 0 <= high:
            wanted_error = ZeroDivisionError
        if wanted_error:
            with pytest.raises(wanted_error):
                operation(left, right)
            continue
        found = operation(left, right)
        assert isinstance(found, Enclosure)
        assert found.lower <= operation(Fraction(in_left), Fraction(in_right)) <= found.upper


@given(enclosed(), st.integers(-3, 5))
@examples(100)
def test_powers_signs_and_sizes_hold_the_result(one: tuple[Enclosure, Fraction], times: int) -> None:
    found, inside = one
    if times < 0 and found.lower <= 0 <= found.upper:
        with pytest.raises(ZeroDivisionError, match="which may be 0"):
            found**times
    else:
        assert (found**times).lower <= inside**times <= (found**times).upper
    for part in (operator.neg, operator.pos, abs):
        assert part(found).lower <= part(inside) <= part(found).upper


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (around_0**2, (0, Fraction(1, 250_000))),
        (abs(around_0), (0, Fraction(1, 500))),
        (thirds**0, (1, 1)),
        (1 - thirds, (Fraction(1, 3), Fraction(2, 3))),
        (1 / thirds, (Fraction(3, 2), 3)),
        (thirds * 0.5, (Fraction(1, 6), Fraction(1, 3))),
        (6 % (thirds + 2), (Fraction(2, 3), Fraction(4, 3))),
        (sum([thirds, thirds]), (Fraction(2, 3), Fraction(4, 3))),
    ],
)
def test_results_are_no_wider_than_they_must_be(found: Enclosure, wanted: tuple[object, object]) -> None:
    assert (found.lower, found.upper) == wanted


@pytest.mark.parametrize(
    "wrong", [lambda: root**0.5, lambda: 2**root, lambda: root + "1", lambda: None * root, lambda: root < "1"]
)
def test_what_is_no_operation_of_its(wrong: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        wrong()


def test_infinity_and_nan_are_those_of_floats() -> None:
    assert root < math.inf
    assert -math.inf < root
    assert not root < math.nan
    assert (root + math.inf, root * -math.inf, root / math.inf) == (math.inf, -math.inf, 0)
    assert math.isnan(math.nan - root)
    assert root != math.inf


# comparing

TURNED: dict[Any, Any] = {
    operator.lt: operator.gt, operator.le: operator.ge, operator.gt: operator.lt, operator.ge: operator.le
}  # fmt: skip


@pytest.mark.parametrize(
    ("holds", "other"),
    [
        (operator.lt, 2), (operator.le, 1.5), (operator.gt, Fraction(141, 100)), (operator.ge, thirds),
        (operator.ne, root + 1), (operator.eq, root), (operator.ne, "1"), (operator.ne, None), (operator.ne, 1j),
    ],
)  # fmt: skip
def test_an_order_that_is_proven(holds: Callable[[Any, Any], bool], other: Any) -> None:
    assert holds(root, other)
    assert TURNED.get(holds, holds)(other, root)


@pytest.mark.parametrize("holds", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize("other", [0.5, Fraction(1, 2), thirds, thirds + Fraction(1, 6)])
def test_an_order_that_is_open_raises(holds: Callable[[Any, Any], bool], other: Any) -> None:
    for one, two in ((thirds, other), (other, thirds)):
        with pytest.raises(UndecidedError, match=r"may be .* and may be not"):
            holds(one, two)


def test_equal_are_those_with_the_same_bounds() -> None:
    again = Enclosure(thirds.lower, thirds.upper)
    assert (again == thirds, hash(again) == hash(thirds), again in {thirds}) == (True, True, True)
    assert (half == 0.5, half == Fraction(1, 2), hash(half) == hash(0.5), half in [0.5]) == (True,) * 4
    assert thirds != 0.5


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_it_is_copied_and_pickled(twin: Callable[[Enclosure], Enclosure]) -> None:
    assert twin(root) == root


# as text, and as other numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (root, "≈1.4142136"),
        (-root, "≈-1.4142136"),
        (root / 10**9, "≈1.4142136e-9"),
        (Enclosure(root.lower, root.lower + Fraction(1, 10**30)), "≈1.414213560"),
        (Enclosure(Fraction(94), Fraction(106)), "≈0±1e3"),
        (around_0, "≈0±1e-2"),
        (half - half, "≈0"),
    ],
)
def test_digits_are_proven(value: Enclosure, text: str) -> None:
    assert str(value) == text


def test_it_shows_how_wide_it_is() -> None:
    assert repr(root) == "<Enclosure ≈1.4142136, at most 1e-7 wide>"
    assert repr(half) == "<Enclosure ≈0.5000000000, at most 0 wide>"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (lambda: f"{root:.6g}", "1.41421"),
        (lambda: f"{root / 100:.2%}", "1.41%"),
        (lambda: f"{around_0:+.2f} {-root:.0e} {-root / 100:.1f}", "+0.00 -1e+00 0.0"),
        (lambda: f"{root}", "≈1.4142136"),
        (lambda: f"{root:>12}", "  ≈1.4142136"),
        (lambda: f"{Enclosure(Fraction(1, 3), Fraction(1, 3)):.30f}", "0." + "3" * 30),
        (lambda: f"{root * 10**40:.8g}", "1.4142136e+40"),
    ],
)
def test_forms(form: Callable[[], str], text: str) -> None:
    assert form() == text


@pytest.mark.parametrize(
    "found",
    [
        (round(root, 4), Fraction(14142, 10**4)), (round(root), 1), (round(root * 100, -1), 140), (int(-root), -1),
        (math.trunc(root), 1), (math.floor(-root), -2), (math.ceil(root), 2), (bool(root), True), (root // 1, 1),
        (bool(half - half), False), (int(around_0), 0), (float(thirds), 0.5),
    ],
)  # fmt: skip
def test_other_numbers_of_it(found: tuple[object, object]) -> None:
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "open_",
    [
        lambda: round(thirds), lambda: round(root, 9), lambda: int(root * 10**9), lambda: math.floor(around_0),
        lambda: math.ceil(around_0), lambda: bool(around_0), lambda: f"{root:.10f}", lambda: around_0 // 1,
    ],
)  # fmt: skip
def test_what_is_open_raises(open_: Callable[[], object]) -> None:
    with pytest.raises(UndecidedError, match="too wide to tell"):
        open_()


def test_it_is_near_its_float() -> None:
    assert math.isclose(root, 2**0.5, rel_tol=1e-7)
    assert math.sqrt(root * root) == pytest.approx(2**0.5, rel=1e-7)


def test_a_division_by_0_is_told_from_one_by_what_may_be_0() -> None:
    third = Enclosure(Fraction(33, 100), Fraction(34, 100))
    with pytest.raises(ZeroDivisionError, match=r"^division by zero$"):
        third / 0
    with pytest.raises(ZeroDivisionError, match=r"which may be 0$"):
        third / (third - third)
