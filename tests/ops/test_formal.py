"""What is known of a function formally: with the numbers for the symbols, it is what sympy has by its name."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import Rational

from bptrace.ops import formal
from bptrace.ops.formal import TERMS_LIMIT, FormalSymbols, expanded_terms
from bptrace.ops.table import OPS, ROWS
from tests.conftest import calls_of

MEANT = {"e": sympy.E, "e^i": sympy.exp(sympy.I), "pi": sympy.pi}
FUNCTIONS = {"exp": sympy.exp, "log": lambda u: sympy.log(sympy.Abs(u)), "erf": sympy.erf, "^": sympy.Pow}


def numbers_for(symbols: FormalSymbols) -> dict[Any, Any]:
    """What each symbol stands for, and what the symbols in that do."""
    return {
        symbol: MEANT[key] if isinstance(key, str) else FUNCTIONS[key[0]](*key[1:])  # type: ignore[index]
        for key, symbol in symbols.items()
    }


def approximate(form: Any, symbols: FormalSymbols) -> complex:
    numbers = numbers_for(symbols)
    while form.free_symbols:
        form = form.subs(numbers)
    return complex(form.evalf(30))


ARGUMENTS = [Rational(2), Rational(3, 7), Rational(12), Rational(400)]


@pytest.mark.parametrize("u", ARGUMENTS, ids=str)
@pytest.mark.parametrize("name", [row.name for row in ROWS if row.formal and row.symbolic not in ("Pow", "pi")])
def test_a_function_of_a_number(name: str, u: Any) -> None:
    row, symbols = OPS[name], FormalSymbols()
    assert row.formal
    expected = complex(getattr(sympy, row.symbolic)(u).evalf(30))
    assert approximate(row.formal(symbols, u), symbols) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("exponent", [Rational(3), Rational(1, 2), Rational(-5, 3), Rational(-5, 3001)], ids=str)
@pytest.mark.parametrize("base", ARGUMENTS, ids=str)
def test_powers(base: Any, exponent: Any) -> None:
    symbols, power = FormalSymbols(), OPS["^"].formal
    assert power
    known = symbols["e"], symbols["pi"]
    assert approximate(power(symbols, base, exponent), symbols) == pytest.approx(complex((base**exponent).evalf(30)))
    assert power(symbols, known[0] ** base, exponent) == known[0] ** (base * exponent)
    turned = power(symbols, base, known[1])
    assert approximate(turned, symbols) == pytest.approx(complex((base**sympy.pi).evalf(30)))


def test_rational_parts_of_a_turn_are_made_of_roots() -> None:
    symbols, sine, cosine = FormalSymbols(), OPS["sin"].formal, OPS["cos"].formal
    assert sine
    assert cosine
    assert (sine(symbols, symbols["pi"] / 6), cosine(symbols, symbols["pi"])) == (Rational(1, 2), -1)
    assert symbols["e^i"] in sine(symbols, symbols["pi"] / 61).free_symbols


def test_every_function_with_a_name_in_sympy_is_known_formally() -> None:
    assert {row.name for row in ROWS if row.symbolic} == {row.name for row in ROWS if row.formal}


def test_terms_are_counted_without_expanding() -> None:
    x, y = sympy.symbols("x y")
    assert [expanded_terms(form) for form in (x, x + y, (x + y) * (x + 1), (x + y) ** 5)] == [1, 2, 4, 32]
    assert expanded_terms((x + y) ** 100_000) == 2 * TERMS_LIMIT


@pytest.mark.parametrize("u", [Rational(12), Rational(1000, 7), Rational(-1000, 7), sympy.Symbol("u")], ids=str)
def test_the_log_of_a_power_of_e_is_its_exponent(u: Any) -> None:
    symbols, exp, log = FormalSymbols(), OPS["exp"].formal, OPS["log"].formal
    assert exp
    assert log
    assert log(symbols, 3 * exp(symbols, u)) - log(symbols, sympy.Integer(3)) == u


def test_a_root_of_a_power_of_a_sum_is_a_symbol() -> None:
    """sympy would work out what is real in the sum's 300th powers."""
    symbols, exp, root = FormalSymbols(), OPS["exp"].formal, OPS["sqrt"].formal
    assert exp
    assert root
    total = 1 + exp(symbols, Rational(300)) + exp(symbols, Rational(299))
    assert root(symbols, 3 / total**2).is_Symbol
    assert root(symbols, total) ** 2 == total


def test_exp_of_a_log_is_the_number_again() -> None:
    """A high power of it is that of e, which its log finds again: a number of a million digits would take seconds."""
    symbols, exp, log = FormalSymbols(), OPS["exp"].formal, OPS["log"].formal
    assert exp
    assert log
    log_of_six = log(symbols, sympy.Integer(6))
    assert exp(symbols, sympy.expand(299 * log_of_six)) == 6**299
    high = sympy.expand(Rational(3_000_001, 2) * log_of_six)
    assert exp(symbols, high) == symbols["e"] ** high
    assert sympy.expand(log(symbols, exp(symbols, high))) == high


def test_the_log_of_a_form_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five elements to powers of their own may have one base, a long sum."""
    symbols, power = FormalSymbols(), OPS["^"].formal
    assert power
    base, found = 1 + symbols["e"], calls_of(monkeypatch, formal, "_log_form")
    forms = {power(symbols, base, symbols["x", place]) for place in range(5)}
    assert (len(forms), len(found)) == (5, 1)
