"""What is known of functions in algebra alone: sympy forms that stand for them in proofs that a value is exactly 0.

exp(u) is a power of a symbol, and so are sin and cos by way of exp(i*u); what is known of log, erf and pi no further is
a symbol by itself. What holds for any numbers in place of the symbols holds for these. Each function is given the
symbols and the forms of its arguments. sympy is imported when one is first called.
"""

from __future__ import annotations

import math
from typing import Any

FACTORED_LIMIT = 1_000_000
TURN_LIMIT = 60
DEGREE_LIMIT = 300
TERMS_LIMIT = 2_000
ROOT_LIMIT = 1_000
"""Of a higher root sympy may make powers of the base's factors with as many digits as the root is high."""


class FormalSymbols(dict[object, Any]):
    """A symbol for each thing that it is asked for.

    `primes`: of which symbols are the logs; `exponents`: of which symbols are the powers of e. `logs`: those of forms,
    which may take long, and of one form are asked for again and again.
    """

    def __init__(self) -> None:
        super().__init__()
        self.primes: dict[Any, Any] = {}
        self.exponents: dict[Any, Any] = {}
        self.logs: dict[Any, Any] = {}

    def power_of_e(self, exponent: Any) -> Any:
        """The symbol for a power of e that is too large to be worked with as one."""
        symbol = self["exp", exponent]
        self.exponents[symbol] = exponent
        return symbol

    def log_of_prime(self, prime: int) -> Any:
        """The symbol for the log of a prime."""
        import sympy

        symbol = self["log", prime]
        self.primes[symbol] = sympy.Integer(prime)
        return symbol

    def __missing__(self, key: object) -> Any:
        import sympy

        self[key] = sympy.Dummy()  # with nothing assumed of it: what sympy infers may take very long
        return self[key]


def exp_form(symbols: FormalSymbols, u: Any) -> Any:
    """A power of e; the log of a prime gives a power of that if it is no high one, and a large number a symbol.

    A polynomial of such a degree would take very long.
    """
    import sympy

    roots, rest = [], []
    for times, factor in (term.as_coeff_Mul() for term in sympy.Add.make_args(u)):
        if factor in symbols.primes and abs(times) <= DEGREE_LIMIT:
            roots.append(symbols.primes[factor] ** times)
        else:
            rest.append(times * factor)
    return sympy.Mul(*roots, _power_of_e(symbols, sympy.Add(*rest)))


def _power_of_e(symbols: FormalSymbols, u: Any) -> Any:
    if u.is_Rational and abs(u.p) > DEGREE_LIMIT:
        return symbols.power_of_e(u) if u.p > 0 else 1 / symbols.power_of_e(-u)
    return symbols["e"] ** u


def log_form(symbols: FormalSymbols, u: Any) -> Any:
    """The log of the absolute value, which is the sum over the factors: so no sign needs to be known."""
    if u not in symbols.logs:
        symbols.logs[u] = _log_form(symbols, u)
    return symbols.logs[u]


def _log_form(symbols: FormalSymbols, u: Any) -> Any:
    import sympy

    if not u.has(sympy.Add):
        return _log_of_factors(symbols, u)
    if expanded_terms(u) > TERMS_LIMIT:
        return symbols["log", u]
    parts = sympy.fraction(sympy.together(u))
    above, below = (_log_of_factors(symbols, sympy.factor_terms(sympy.expand(part))) for part in parts)
    return above - below


def _log_of_factors(symbols: FormalSymbols, product: Any) -> Any:
    import sympy

    return sympy.Add(*(_log_of_factor(symbols, factor) for factor in sympy.Mul.make_args(product)))


def _log_of_factor(symbols: FormalSymbols, factor: Any) -> Any:
    """A power of e gives its exponent, a rational the sum over its primes."""
    import sympy

    base, exponent = factor.as_base_exp()
    if base == symbols["e"]:
        return exponent
    if base in symbols.exponents:
        return exponent * symbols.exponents[base]
    if base.is_Rational and max(abs(base.p), base.q) < FACTORED_LIMIT:
        primes = sympy.factorrat(abs(base)).items()
        return exponent * sympy.Add(*(times * symbols.log_of_prime(prime) for prime, times in primes))
    return exponent * symbols["log", -base if base.could_extract_minus_sign() else base]


def power_form(symbols: FormalSymbols, base: Any, exponent: Any) -> Any:
    """A rational power as sympy has it, of what holds no sine; any other by way of exp and log.

    A root that is too high for sympy is a symbol, and so is one of a power of a sum.
    """
    if exponent.is_Rational and base.is_Pow and base.base == symbols["e"]:
        return base.base ** (base.exp * exponent)
    if is_high_root(exponent) or (exponent.is_Rational and not exponent.is_Integer and _has_power_of_sum(base)):
        return symbols["^", base, exponent]
    if exponent.is_Integer or (exponent.is_Rational and symbols["e^i"] not in base.free_symbols):
        return base**exponent
    return exp_form(symbols, exponent * log_form(symbols, base))


def _has_power_of_sum(product: Any) -> bool:
    """Whether a factor is a power of a sum: of its root sympy asks what is real in it, which may take very long."""
    import sympy

    return any(factor.is_Pow and factor.base.is_Add for factor in sympy.Mul.make_args(product))


def is_high_root(exponent: Any) -> bool:
    """Whether a power with this exponent is a root that sympy may take very long to write down."""
    return bool(exponent.is_Rational and exponent.q > ROOT_LIMIT)


def sqrt_form(symbols: FormalSymbols, u: Any) -> Any:
    """The power one half."""
    import sympy

    return power_form(symbols, u, sympy.Rational(1, 2))


def _exp_i(symbols: FormalSymbols, u: Any) -> Any:
    """exp(i*u) as a power of a symbol."""
    return symbols["e^i"] ** u


def sin_form(symbols: FormalSymbols, u: Any) -> Any:
    """By way of exp(i*u), or made of roots where it is a rational part of a turn that can be."""
    import sympy

    exact = _of_turn(symbols, u, sympy.sin)
    return exact if exact is not None else (_exp_i(symbols, u) - _exp_i(symbols, -u)) / (2 * sympy.I)


def cos_form(symbols: FormalSymbols, u: Any) -> Any:
    """By way of exp(i*u), or made of roots where it is a rational part of a turn that can be."""
    import sympy

    exact = _of_turn(symbols, u, sympy.cos)
    return exact if exact is not None else (_exp_i(symbols, u) + _exp_i(symbols, -u)) / 2


def _of_turn(symbols: FormalSymbols, u: Any, function: Any) -> Any:
    """The sine or cosine of a rational part of a turn, where that is made of roots."""
    import sympy

    part = u / symbols["pi"]
    if not part.is_Rational or part.q > TURN_LIMIT:
        return None
    value = function(part * sympy.pi)
    return None if value.has(function) else value


def sinh_form(symbols: FormalSymbols, u: Any) -> Any:
    """By way of exp."""
    return (exp_form(symbols, u) - exp_form(symbols, -u)) / 2


def cosh_form(symbols: FormalSymbols, u: Any) -> Any:
    """By way of exp."""
    return (exp_form(symbols, u) + exp_form(symbols, -u)) / 2


def erf_form(symbols: FormalSymbols, u: Any) -> Any:
    """A symbol; of what begins with a minus sign, minus that of the opposite."""
    return -symbols["erf", -u] if u.could_extract_minus_sign() else symbols["erf", u]


def tanh_form(symbols: FormalSymbols, u: Any) -> Any:
    """By way of exp."""
    return sinh_form(symbols, u) / cosh_form(symbols, u)


def pi_form(symbols: FormalSymbols) -> Any:
    """A symbol."""
    return symbols["pi"]


def expanded_terms(form: Any) -> int:
    """About how many terms a form has once it is expanded; twice the limit stands for any more.

    >>> from sympy.abc import x, y
    >>> expanded_terms((x + y) * (x + 1)), expanded_terms((x + y)**100_000)
    (4, 4000)
    """
    parts = [expanded_terms(arg) for arg in form.args]
    if form.is_Add:
        count = sum(parts)
    elif form.is_Pow and form.exp.is_Integer:
        count = parts[0] ** min(abs(int(form.exp)), TERMS_LIMIT)
    else:
        count = math.prod(parts) if form.is_Mul else max(parts, default=1)
    return int(min(count, 2 * TERMS_LIMIT))
