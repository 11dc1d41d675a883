"""How names are typeset: `W1` as a W with a superscript (1), `yhat` as a y with a hat, `h_1'` as it says.

A name becomes a `Symbol`, which the glyphs of a format write. A file's `names` and `index` change the symbols alone;
what a quantity is called in the register stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from bptrace.engine.quantity import Quantity, by_key
from bptrace.errors import unseen
from bptrace.numbers.arrays import Index

UNIT_INPUT, INPUT_UNIT = "unit-input", "input-unit"
INDEX_CONVENTIONS = (UNIT_INPUT, INPUT_UNIT)
"""Which subscript of a weight comes first: the unit that it leads to, or the input that it comes from."""
ACCENTS = {"hat": "\N{COMBINING CIRCUMFLEX ACCENT}", "bar": "\N{COMBINING MACRON}", "tilde": "\N{COMBINING TILDE}"}
MARKS = {mark: accent for accent, mark in ACCENTS.items()}
GREEK_SMALL = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"),
    *("nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
GREEK_CAPITAL = ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")
"""Those that do not look like Latin ones: TeX has no commands for others."""


def _greek(name: str) -> str:
    size, letter = "CAPITAL" if name in GREEK_CAPITAL else "SMALL", name.upper().replace("LAMBDA", "LAMDA")
    return unicodedata.lookup(f"GREEK {size} LETTER {letter}")


GREEK = {name: _greek(name) for name in (*GREEK_SMALL, *GREEK_CAPITAL)}
NUMBERED = re.compile(r"(?P<stem>.*?[^\W\d])(?P<digits>\d+)")
SUBSCRIPT = re.compile(r"_(?:\{(?P<braced>[^{}]+)\}|(?P<plain>[^\W_]+))")
SUPERSCRIPT = re.compile(r"\^(?:\{(?P<braced>[^{}]+)\}|(?P<bracketed>\([^()]+\))|(?P<plain>[^\W_]+))")
STEM = re.compile(r"(?P<letters>[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*)(?P<digits>\d*)")
LONGEST = 40


class Symbol(NamedTuple):
    """A typeset name: what stands at its heart, an accent over it, what is set below and above, and its primes.

    What is set below may be a symbol itself: the first moment of `w11` has its symbol as a subscript.
    """

    base: str
    accent: str = ""
    below: tuple[str | Symbol, ...] = ()
    above: str = ""
    primes: int = 0
    verbatim: bool = False
    """Written as the register writes it, in upright letters: nothing of it is read as a subscript or an accent."""

    def at(self, index: Index) -> Symbol:
        """The symbol of an element, by its 0-based index: numbers below."""
        return self.with_subscripts([str(place + 1) for place in index])

    def with_subscripts(self, subscripts: Collection[str | Symbol]) -> Symbol:
        """The symbol with more subscripts; a letter that stands there stays apart from one that says which element."""
        lettered = any(isinstance(each, str) and each.isalpha() for each in subscripts)
        own = [Symbol(each) if lettered and isinstance(each, str) and each.isalpha() else each for each in self.below]
        return self._replace(below=(*own, *subscripts))

    def marked(self, mark: str) -> Symbol:
        """The symbol with more above it: `(2)` for the second sample's."""
        return self._replace(above=",".join(filter(None, (self.above, mark))))


def symbol_of(name: str, is_array: bool = False) -> Symbol:
    """How a name is typeset: the digits that end an array's name are set above, those of a scalar below."""
    stem, *rest = name.split("_")
    if not stem:
        return Symbol(name)
    numbered = NUMBERED.fullmatch(stem)
    digits = numbered["digits"] if numbered else ""
    base, accent = _accented(numbered["stem"] if numbered else stem)
    below = ("_".join(filter(None, rest)),) if any(rest) else ()
    if is_array and digits:
        return Symbol(base, accent, below, f"({digits})")
    return Symbol(base, accent, (digits, *below) if digits else below)


def stem_of(name: str) -> str:
    """The word before the digits that a name ends in; nothing for a name without."""
    numbered = NUMBERED.fullmatch(name)
    return numbered["stem"] if numbered else ""


def layered(quantities: Mapping[str, Quantity]) -> set[str]:
    """The words of which one is an array, `b` or `b1`: a scalar `b2` is no element of it but of another layer, then."""
    arrays = {item.base for item in quantities.values() if item.shape}
    return {stem_of(base) or base for base in arrays}


def _accented(stem: str) -> tuple[str, str]:
    """The letters, and the accent that the word ends in or that the letter wears."""
    for accent in ACCENTS:
        if stem.endswith(accent) and len(stem) > len(accent):
            return stem.removesuffix(accent), accent
    parts = unicodedata.normalize("NFD", stem)
    if len(parts) == 2 and parts[1] in MARKS:
        return parts[0], MARKS[parts[1]]
    return stem, ""


def parsed(text: str) -> Symbol | None:
    """The symbol that a display form says: `h_1'`, `W^(1)`, `y_{out}`; None where it cannot be read."""
    if len(text) > LONGEST or unseen(text):
        return None
    start = STEM.match(text)
    if not start:
        return None
    found = Symbol(*_accented(start["letters"]), (start["digits"],) if start["digits"] else ())
    at = start.end()
    while at < len(text):
        part = SUBSCRIPT.match(text, at) or SUPERSCRIPT.match(text, at)
        if part and part.re is SUBSCRIPT and not found.below:
            found = found._replace(below=(part["braced"] or part["plain"],))
        elif part and part.re is SUPERSCRIPT and not found.above:
            found = found._replace(above=part["braced"] or part["bracketed"] or part["plain"])
        elif text[at] in "'\N{PRIME}":
            found, part = found._replace(primes=found.primes + 1), None
        else:
            return None
        at = part.end() if part else at + 1
    return found


class Face(NamedTuple):
    """What a symbol looks like apart from its subscripts."""

    base: str
    accent: str
    above: str
    primes: int


def face_of(symbol: Symbol) -> Face:
    """What a symbol looks like apart from its subscripts; a Greek letter is the same by its name and by itself."""
    return Face(GREEK.get(symbol.base, symbol.base), symbol.accent, symbol.above, symbol.primes)


def below_of(symbol: Symbol) -> str:
    """A symbol's subscripts as they run together."""
    return "".join(map(_run_together, symbol.below))


def _run_together(part: str | Symbol) -> str:
    if isinstance(part, str) and (part.isdigit() or len(part) < 2):
        return part
    symbol = symbol_of(part) if isinstance(part, str) else part
    return GREEK.get(symbol.base, symbol.base) + symbol.accent + below_of(symbol)


class Subscripts(NamedTuple):
    """Subscripts that a quantity's elements are seen with: fixed ones, and then so many numbers."""

    key: str
    fixed: str
    numbers: int

    def may_be(self, other: Subscripts) -> bool:
        """Whether an element of the one can be read as one of the other."""
        if len(self.fixed) + self.numbers != len(other.fixed) + other.numbers:
            return False
        common = min(len(self.fixed), len(other.fixed))
        rest = self.fixed[common:] + other.fixed[common:]
        return self.fixed[:common] == other.fixed[:common] and (not rest or rest.isdigit())


def alike(display: Display, quantities: Collection[Quantity]) -> set[str]:
    """The keys of quantities of which an element, or the whole, would be typeset like one of another."""
    seen: dict[Face, list[Subscripts]] = {}
    words = layered(by_key(quantities))
    for quantity in quantities:
        for symbol, numbers in display.faces(quantity, words):
            seen.setdefault(face_of(symbol), []).append(Subscripts(quantity.key, below_of(symbol), numbers))
    return {key for group in seen.values() if len(group) > 1 for key in _mistakable(group)}


def _mistakable(group: Collection[Subscripts]) -> set[str]:
    """Of the symbols with one face those that can be taken for one another."""
    scalars: dict[str, set[str]] = {}
    for shown in group:
        scalars.setdefault(shown.fixed, set()).add(shown.key)
    found = {key for keys in scalars.values() if len(keys) > 1 for key in keys}
    for array in (shown for shown in group if shown.numbers):
        others = {other.key for other in group if other.key != array.key and array.may_be(other)}
        found |= others | ({array.key} if others else set())
    return found


class Display:
    """How the names of one file are typeset. `forms`: symbols for quantities and elements; `index`: a convention."""

    def __init__(self, forms: Mapping[str, Symbol], index: str = UNIT_INPUT) -> None:
        self.forms = dict(forms)
        self.index = index

    def whole(self, quantity: Quantity, layered: Collection[str] = ()) -> Symbol:
        """The symbol of a whole quantity. `layered`: the words whose number is that of a layer."""
        is_layer = bool(quantity.shape) or stem_of(quantity.base) in layered
        return self.forms.get(quantity.base) or symbol_of(quantity.base, is_layer)

    def element(
        self, quantity: Quantity, index: Index, layered: Collection[str] = (), turned: Collection[str] = ()
    ) -> Symbol:
        """The symbol of an element at a 0-based index. `turned`: the matrices whose subscripts change places."""
        form = self._form(quantity, index) if self.forms and quantity.shape else None
        if form:
            return form
        whole = self.whole(quantity, layered)
        single = all(length == 1 for length in quantity.shape)
        return whole if single else whole.at(index[::-1] if quantity.base in turned else index)

    def faces(self, quantity: Quantity, layered: Collection[str]) -> Iterator[tuple[Symbol, int]]:
        """Every symbol that a quantity is seen as, and how many numbers its elements have behind the subscripts."""
        whole = self.whole(quantity, layered)
        yield whole, 0 if all(length == 1 for length in quantity.shape) else len(quantity.shape)
        start = f"{quantity.key}["
        yield from ((form, 0) for name, form in self.forms.items() if name.startswith(start))

    def _form(self, quantity: Quantity, index: Index) -> Symbol | None:
        plain = quantity.plain
        return self.forms.get(plain.element(index)) or self.forms.get(plain._replace(bracketed=True).element(index))


PLAIN = Display({})
