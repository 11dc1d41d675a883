"""Proofs that a value is exactly 0, from closed forms in which only algebra is left.

sympy is imported when a proof is first asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeAlias

from bptrace.engine.closed_forms import ClosedForms, TooLong
from bptrace.engine.elements import Register
from bptrace.engine.model import Definition
from bptrace.numbers.exact import Index
from bptrace.ops.expr import Expr, Leaf, names, nodes

PROOF_LIMIT = 2_000
STEPS_BACK = (2, 4, 7)
ROOTS_LIMIT = 40
FACTORED_LIMIT = 1_000_000
TURN_LIMIT = 60
DEGREE_LIMIT = 300
TERMS_LIMIT = 2_000

Outer: TypeAlias = "Callable[[str], tuple[Register, Sequence[Definition], str]]"
"""For a given that was worked out elsewhere: in which register, by which definitions, and what it is called there."""


class FormalForms(ClosedForms):
    """Forms in which only algebra is left, for proofs.

    exp(u) is a power of a symbol, and so are sin and cos by way of exp(i*u); what is known of log, erf and pi no
    further is a symbol by itself. What holds for any numbers in place of the symbols holds for these. So sympy
    never estimates a number, however large or small it is. Elements of quantities outside `within`, and those
    whose form would be too long, are symbols too. `outer` says where givens were worked out that were.
    """

    def __init__(
        self,
        register: Register,
        definitions: Sequence[Definition],
        outer: Outer | None,
        within: Collection[str],
        symbols: Symbols,
    ) -> None:
        super().__init__(register, definitions, PROOF_LIMIT)
        self.outer = outer
        self.within = within
        self.symbols = symbols
        self.others: dict[str, FormalForms] = {}

    def at(self, key: str, index: Index) -> Any:
        """The form of an element of a quantity, here or where it was worked out. Raises TooLong."""
        if key in self.definitions or self.outer is None:
            return super().at(key, index)
        register, definitions, name = self.outer(key)
        if key not in self.others:  # with the same symbols, as far back as it goes
            within = {item.key for item in definitions}
            self.others[key] = FormalForms(register, definitions, None, within, self.symbols)
        return self.others[key].at(name, index)

    def of_element(self, name: str, key: str, index: Index) -> Any:
        """The form of an element, or a symbol for it."""
        try:
            if key in self.within:
                return self.at(key, index)
        except TooLong:
            pass
        return self.symbols[(id(self.register), name) if key in self.definitions else name]

    def function(self, name: str, parts: list[Any]) -> Any:
        """A function by what is known of it formally. Raises TooLong."""
        return FORMAL[name](self.symbols, *parts)


class Symbols(dict[object, Any]):
    """A symbol for each thing that it is asked for. `primes`: of which the symbols are the logs."""

    def __init__(self) -> None:
        super().__init__()
        self.primes: dict[Any, Any] = {}

    def log_of_prime(self, prime: int) -> Any:
        """The symbol for the log of a prime."""
        import sympy

        symbol = self["log", prime]
        self.primes[symbol] = sympy.Integer(prime)
        return symbol

    def __missing__(self, key: object) -> Any:
        import sympy

        self[key] = sympy.Dummy(str(key)[:20])  # with nothing assumed of it: what sympy infers may take very long
        return self[key]


def _exp(symbols: Symbols, u: Any) -> Any:
    """A power of e; the log of a prime gives a power of that, and a large number a symbol.

    A polynomial of such a degree would take very long.
    """
    import sympy

    parts = [term.as_coeff_Mul() for term in sympy.Add.make_args(u)]
    roots = [symbols.primes[log] ** times for times, log in parts if log in symbols.primes]
    rest = sympy.Add(*(times * other for times, other in parts if other not in symbols.primes))
    return sympy.Mul(*roots, _power_of_e(symbols, rest))


def _power_of_e(symbols: Symbols, u: Any) -> Any:
    if u.is_Rational and abs(u.p) > DEGREE_LIMIT:
        return symbols["exp", u] if u.p > 0 else 1 / symbols["exp", -u]
    return symbols["e"] ** u


def _log(symbols: Symbols, u: Any) -> Any:
    """The log of the absolute value, which is the sum over the factors: so no sign needs to be known."""
    import sympy

    if _terms(u) > TERMS_LIMIT:
        return symbols["log", u]
    parts = sympy.fraction(sympy.together(u))
    above, below = (_log_of_factors(symbols, sympy.factor_terms(sympy.expand(part))) for part in parts)
    return above - below


def _log_of_factors(symbols: Symbols, product: Any) -> Any:
    import sympy

    return sympy.Add(*(_log_of_factor(symbols, factor) for factor in sympy.Mul.make_args(product)))


def _log_of_factor(symbols: Symbols, factor: Any) -> Any:
    """A power of e gives its exponent, a rational the sum over its primes."""
    import sympy

    base, exponent = factor.as_base_exp()
    if base == symbols["e"]:
        return exponent
    if base.is_Rational and max(abs(base.p), base.q) < FACTORED_LIMIT:
        primes = sympy.factorrat(abs(base)).items()
        return exponent * sympy.Add(*(times * symbols.log_of_prime(prime) for prime, times in primes))
    return exponent * symbols["log", -base if base.could_extract_minus_sign() else base]


def _power(symbols: Symbols, base: Any, exponent: Any) -> Any:
    """A rational power as sympy has it, of what holds no sine; any other by way of exp and log."""
    if exponent.is_Rational and base.is_Pow and base.base == symbols["e"]:
        return base.base ** (base.exp * exponent)
    if exponent.is_Integer or (exponent.is_Rational and symbols["e^i"] not in base.free_symbols):
        return base**exponent
    return _exp(symbols, exponent * _log(symbols, base))


def _sqrt(symbols: Symbols, u: Any) -> Any:
    import sympy

    return _power(symbols, u, sympy.Rational(1, 2))


def _turned(symbols: Symbols, u: Any) -> Any:
    """exp(i*u) as a power of a symbol."""
    return symbols["e^i"] ** u


def _sin(symbols: Symbols, u: Any) -> Any:
    import sympy

    exact = _of_turn(symbols, u, sympy.sin)
    return exact if exact is not None else (_turned(symbols, u) - _turned(symbols, -u)) / (2 * sympy.I)


def _cos(symbols: Symbols, u: Any) -> Any:
    import sympy

    exact = _of_turn(symbols, u, sympy.cos)
    return exact if exact is not None else (_turned(symbols, u) + _turned(symbols, -u)) / 2


def _of_turn(symbols: Symbols, u: Any, function: Any) -> Any:
    """The sine or cosine of a rational part of a turn, where that is made of roots."""
    import sympy

    part = u / symbols["pi"]
    if not part.is_Rational or part.q > TURN_LIMIT:
        return None
    value = function(part * sympy.pi)
    return None if value.has(function) else value


def _sinh(symbols: Symbols, u: Any) -> Any:
    return (_exp(symbols, u) - _exp(symbols, -u)) / 2


def _cosh(symbols: Symbols, u: Any) -> Any:
    return (_exp(symbols, u) + _exp(symbols, -u)) / 2


def _erf(symbols: Symbols, u: Any) -> Any:
    """A symbol; of what begins with a minus sign, minus that of the opposite."""
    return -symbols["erf", -u] if u.could_extract_minus_sign() else symbols["erf", u]


FORMAL: dict[str, Callable[..., Any]] = {
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "Pow": _power,
    "sin": _sin,
    "cos": _cos,
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": lambda symbols, u: _sinh(symbols, u) / _cosh(symbols, u),
    "erf": _erf,
    "pi": lambda symbols: symbols["pi"],
}
"""What is known of a function formally, by sympy's name for it."""


class Proofs:
    """Proofs that something is exactly 0: first by the last few steps of its working alone, then from further back."""

    def __init__(self, register: Register, definitions: Sequence[Definition], outer: Outer | None = None) -> None:
        self.register = register
        self.definitions = {item.key: item for item in definitions}
        self.outer = outer
        self.symbols = Symbols()

    def is_zero(self, tree: Expr) -> bool:
        """Whether a tree of single elements is proven to be exactly 0."""
        leaves = [node for node in nodes(tree) if isinstance(node, Leaf)]
        distances = self._distances({self.register.places[leaf.name][0] for leaf in leaves})
        farthest = max(distances.values(), default=0)
        for steps in (*(n for n in STEPS_BACK if n < farthest), farthest):
            within = {key for key, distance in distances.items() if distance <= steps}
            forms = FormalForms(self.register, [*self.definitions.values()], self.outer, within, self.symbols)
            if _proves(forms, tree):
                return True
        return False

    def _distances(self, keys: set[str]) -> dict[str, int]:
        """How many steps of the working lie between these quantities and each that they come from."""
        found: dict[str, int] = {}
        while keys:
            found |= dict.fromkeys(keys, max(found.values(), default=-1) + 1)
            read = {name for key in keys if key in self.definitions for name in names(self.definitions[key].expr)}
            keys = read - found.keys()
        return found


def _proves(forms: FormalForms, tree: Expr) -> bool:
    try:
        form = forms.of(tree)
        return bool(form == 0) or _is_identically_zero(form)
    except (ValueError, ArithmeticError, RecursionError):  # sympy's own limits, too
        return False


def _is_identically_zero(form: Any) -> bool:
    """Whether a form is 0 once it is written over one denominator; where only roots are left, once they are undone."""
    import sympy

    if _terms(form) > TERMS_LIMIT:
        return False
    numerator = sympy.fraction(sympy.together(form))[0]
    if _terms(numerator) > TERMS_LIMIT:
        return False
    numerator = sympy.expand(numerator)
    if numerator == 0 or numerator.free_symbols or numerator.count_ops() > ROOTS_LIMIT:
        return bool(numerator == 0)
    return bool(sympy.expand(sympy.sqrtdenest(numerator)) == 0)


def _terms(form: Any) -> int:
    """About how many terms a form has once it is expanded; no more than a little above the limit."""
    parts = [_terms(arg) for arg in form.args]
    if form.is_Add:
        count = sum(parts)
    elif form.is_Pow and form.exp.is_Integer:
        count = parts[0] ** min(abs(int(form.exp)), TERMS_LIMIT)
    else:
        count = math.prod(parts) if form.is_Mul else max(parts, default=1)
    return int(min(count, 2 * TERMS_LIMIT))
