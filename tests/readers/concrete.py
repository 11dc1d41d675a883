"""Symbolic networks with numbers for what is left open, and what each printed name is worth then."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import sympy
import yaml

from bptrace import Trace, load, loads
from bptrace.typeset.names import Names
from bptrace.typeset.unicode import Unicode
from tests.readers.derivation import Expression, read


def _loss(*args: Any) -> Any:
    y, yhat = args[: len(args) // 2], args[len(args) // 2 :]
    if len(y) == 1:
        return yhat[0] ** 3 - y[0] * yhat[0]
    return sum(each**4 for each in yhat) + sum(a * b for a, b in zip(y, yhat, strict=True)) ** 2


BODIES = {"f": "u -> u^3 - 2*u", "g": "u -> 3*u^2 + u"}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "f": lambda u: u**3 - 2 * u,
    "f'": lambda u: 3 * u**2 - 2,
    "g": lambda u: 3 * u**2 + u,
    "g'": lambda u: 6 * u + 1,
    "L": _loss,
}
LOSS = "dot(yhat^3, yhat) + dot(yhat, y)*dot(y, yhat)"


class Concrete:
    """What the names of a trace over symbols are worth where everything has a value."""

    def __init__(self, trace: Trace, valued: Trace) -> None:
        names, places = Names(trace, Unicode()), valued.register.places
        known = {name: valued.register[key][index].value for name, (key, index) in places.items()}
        shown = {names.element(name).text: known[name] for name in known if name in names.quantities.places}
        self.values: Mapping[str, Expression] = {
            text: sympy.Rational(int(value.p), int(value.q)) for text, value in shown.items()
        }
        self.symbols = {text: sympy.Symbol(f"q{place}") for place, text in enumerate(shown)}

    def value(self, text: str) -> Expression:
        """What a printed formula comes to. ValueError where it does not read."""
        return read(text, self.values, FUNCTIONS)

    def value_at(self, text: str, known: Mapping[str, Expression]) -> Expression:
        """The same of one with derivatives that are not worked out yet; `known`: what other names are worth."""
        return self.at(read(text, {**self.symbols, **known}, FUNCTIONS))

    def derivative(self, text: str, name: str) -> Expression:
        """The derivative of a formula of givens in one of them."""
        return self.at(sympy.diff(read(text, self.symbols, FUNCTIONS), self.symbols[name]))

    def at(self, formula: Expression) -> Expression:
        """A formula of symbols with the values put in."""
        return formula.subs([(self.symbols[name], value) for name, value in self.values.items()]).doit()


@cache
def concrete(path: Path) -> Concrete:
    """A network's names with values: its own, or else random ones."""
    network = load(path)
    valued = network if not network.unvalued else loads(with_numbers(path.read_text(encoding="utf-8")))
    return Concrete(network.derived(inputs=True), valued.trace(inputs=True))


def with_numbers(text: str) -> str:
    """A file with the functions above for what it leaves open, and random numbers for names."""
    file, chance = yaml.load(text, Loader=yaml.BaseLoader), random.Random(7)

    def number(_: object) -> str:
        return f"{chance.randint(1, 9) * chance.choice([-1, 1])}/{chance.randint(2, 7)}"

    def numbers(value: Any) -> Any:
        if isinstance(value, list):
            return [numbers(each) if isinstance(each, list) else number(each) for each in value]
        shape = re.fullmatch(r"vector of (?P<length>\d+)|(?P<rows>\d+)x(?P<columns>\d+)", value)
        if not shape:
            return number(value)
        row = [value] * int(shape["length"] or shape["columns"])
        return numbers(row if shape["length"] else [row] * int(shape["rows"]))

    for section in ("input", "weights", "target"):
        file[section] = {name: numbers(value) for name, value in file.get(section, {}).items()}
    file["functions"] = {name: BODIES[name] for name in file.get("functions", {})}
    file["loss"] = LOSS if isinstance(file["target"]["y"], list) else "yhat^3 - y*yhat"
    return yaml.dump(file, sort_keys=False)
