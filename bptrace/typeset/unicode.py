"""Mathematics in Unicode characters, for a terminal: `∂L/∂W⁽¹⁾₁₂`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from bptrace.engine.symbols import ACCENTS, GREEK, Symbol, symbol_of
from bptrace.numbers.digits import INFINITE, Numeral
from bptrace.typeset.format import Format, is_place, stand_apart
from bptrace.typeset.glyphs import (
    COLON,
    COMMA,
    EACH,
    EQUALS,
    IF,
    PRODUCT,
    SPACE,
    TERM,
    THEN,
    Enclosed,
    Glyph,
    Glyphs,
    Grid,
    Labelled,
    Sign,
)

LOW = {
    **{str(digit): chr(0x2080 + digit) for digit in range(10)},
    "·": "·",
    **dict(zip("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)),
}
HIGH = {**dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True)), "(": "⁽", ")": "⁾", "-": "⁻", "×": "ˣ"}


def signs_of(times: str, each: Glyphs, arrow: str, at_most: str, at_least: str, about: str) -> dict[str, Glyphs]:
    """What stands between pieces in a line of characters, by its key."""
    plus, minus = Glyphs.of(TERM, "+ "), Glyphs.of(TERM, "- ")
    related = {"<": "<", "<=": at_most, ">": ">", ">=": at_least}
    return {
        "+": plus,
        " + ": plus,
        "-": minus,
        " - ": minus,
        "each": each,
        "beside": Glyphs.of(SPACE),
        "*": Glyphs.of(Sign(times, PRODUCT)),
        "then": Glyphs.of(THEN, f"{times} "),
        "/": Glyphs.of(Sign("/", PRODUCT)),
        ",": Glyphs.of(","),
        "as": Glyphs.of(",", SPACE, "as", SPACE),
        **{key: Glyphs.of(SPACE, Sign(sign, relation=True), SPACE) for key, sign in related.items()},
        **{key: Glyphs.of(EQUALS, "= ") for key in ("=", " = ")},
        **{key: Glyphs.of(EQUALS, f"{about} ") for key in ("≈", " ≈ ")},
        "about": Glyphs.of(f"{about} "),
        "->": Glyphs.of(SPACE, f"{arrow} "),
        **{key: Glyphs.of(COLON, SPACE) for key in (":", ": ")},
    }


class Unicode(Format[Glyphs]):
    """Mathematics in one line of characters; a matrix stands in it as a block of several."""

    signs = signs_of("·", Glyphs.of(EACH, "⊙ "), "→", "≤", "≥", "≈")
    half: Glyphs | None = Glyphs.of("½")
    change, radical, sigma, turned, by = "∂", "√", "∑", "ᵀ", "×"

    def row(self, parts: Sequence[Glyphs]) -> Glyphs:
        """Pieces one behind the other."""
        return Glyphs.row(parts)

    def begins_with_digit(self, part: Glyphs) -> bool:
        """Whether its first character is one."""
        first = part.items[0]
        return isinstance(first, str) and first[:1].isdigit()

    # what can be shown

    def said(self, text: str) -> str:
        """A name, a number or words in the characters that there are."""
        return text

    def raised(self, text: str) -> str:
        """The text in raised characters; nothing where one of them is missing."""
        return _shifted(text, HIGH)

    def lowered(self, parts: Sequence[str | Symbol]) -> str:
        """Letters and numbers lowered side by side; a word or a name after a line."""
        return "".join([self._lowered(part) for part in parts])

    def _lowered(self, part: str | Symbol) -> str:
        return _shifted(part, LOW) if isinstance(part, str) and is_lowered(part) else self._after_a_line(part)

    def _after_a_line(self, part: str | Symbol) -> str:
        return f"_{self._symbol(part if isinstance(part, Symbol) else symbol_of(part))}"

    # names

    def symbol(self, symbol: Symbol, note: str = "") -> Glyphs:
        """The letter with its accent, what is above it, what is below it, its primes; a word beside it."""
        if note:
            return Glyphs.of(f"{self._symbol(symbol)}_{note}")
        ends = symbol.verbatim or not (symbol.below or symbol.primes)
        return Glyphs.of(self._symbol(symbol), raised=ends and bool(symbol.above))

    def _symbol(self, symbol: Symbol) -> str:
        if symbol.verbatim:
            below = f"[{','.join(map(str, symbol.below))}]" if symbol.below else ""
            return self.said(symbol.base) + below + self._above(symbol.above)
        return self._base(symbol) + self._above(symbol.above) + self._below(symbol.below) + "'" * symbol.primes

    def _base(self, symbol: Symbol) -> str:
        base = GREEK.get(symbol.base, symbol.base)
        if symbol.accent and len(base) == 1:
            return unicodedata.normalize("NFC", base + ACCENTS[symbol.accent])
        return base + symbol.accent

    def _above(self, text: str) -> str:
        return self.raised(text) or (f"^{self.said(text)}" if text else "")

    def _below(self, parts: Sequence[str | Symbol]) -> str:
        """What is below; numbers that would run together in square brackets."""
        places = [part for part in parts if isinstance(part, str) and is_place(part)]
        if stand_apart(places):
            return self.lowered(parts[: len(parts) - len(places)]) + f"[{','.join(places)}]"
        return self.lowered(parts)

    def letter(self, text: str) -> Glyphs:
        """The letter as it is."""
        return Glyphs.of(self.said(text))

    def function(self, name: str) -> Glyphs:
        """A function's name."""
        return Glyphs.of(self.said(GREEK.get(name, name)))

    def partial(self, loss: Glyphs, quantity: Glyphs) -> Glyphs:
        """A quotient."""
        return self.row([Glyphs.of(self.change), loss, Glyphs.of(f"/{self.change}"), quantity])

    def differentiated(self, inner: Glyphs, quantity: Glyphs) -> Glyphs:
        """The derivative of a formula in square brackets."""
        operator = Glyphs.of(f"{self.change}/{self.change}")
        return self.row([operator, quantity, Glyphs.of(Enclosed("[", inner, "]"))])

    def nabla(self, loss: Glyphs) -> Glyphs:
        """A nabla before the loss."""
        return self.row([Glyphs.of(self.said("∇")), loss])

    def derivative(self, function: Glyphs) -> Glyphs:
        """A function with a prime."""
        return self.row([function, Glyphs.of("'")])

    def noted(self, derivative: Glyphs, word: str) -> Glyphs:
        """A derivative with a word beside it."""
        return self.row([derivative, Glyphs.of(f"_{word}")])

    # numbers and words

    def number(self, number: Numeral) -> Glyphs:
        """The number in one line."""
        text = self.said("-∞" if number is INFINITE else number.text)
        return Glyphs.of(text, number=text == number.text)

    def words(self, text: str) -> Glyphs:
        """The words as they are."""
        first, *rest = self.said(text).split(" ")
        items: list[Glyph] = [first]
        for word in rest:
            items += [SPACE, word]
        return Glyphs.of(*items)

    # what is put together

    def brackets(self, inner: Glyphs) -> Glyphs:
        """Round brackets."""
        return Glyphs.of(Enclosed("(", inner, ")"))

    def joined(self, parts: Sequence[Glyphs], sign: str) -> Glyphs:
        """Pieces with a sign between them."""
        found = super().joined(parts, sign)
        return found._replace(number=True) if sign == "/" and all(part.number for part in parts) else found

    def negative(self, inner: Glyphs) -> Glyphs:
        """A minus before a piece."""
        return Glyphs.of("-", *inner.items, number=inner.number)

    def power(self, base: Glyphs, exponent: Glyphs) -> Glyphs:
        """A raised number, or the sign for a power; a base that ends raised already is bracketed."""
        raised, below = self.raised(bare(exponent)), self.brackets(base) if base.raised else base
        return self.row([below, Glyphs.of(raised, raised=True)] if raised else [below, Glyphs.of("^"), exponent])

    def root(self, inner: Glyphs) -> Glyphs:
        """A root over brackets."""
        return self.row([Glyphs.of(self.radical), self.brackets(inner)])

    def size(self, inner: Glyphs) -> Glyphs:
        """The absolute value."""
        return self.row([Glyphs.of("|"), inner, Glyphs.of("|")])

    def transposed(self, inner: Glyphs) -> Glyphs:
        """A raised T."""
        return self.row([inner, Glyphs.of(self.turned)])

    def part(self, whole: Glyphs, below: Glyphs) -> Glyphs:
        """An element of an array, its place in square brackets."""
        return self.row([whole, Glyphs.of(Enclosed("[", below, "]"))])

    def total(self, body: Glyphs, letter: str = "", along: str = "") -> Glyphs:
        """A sum sign; the letter that it runs over stands below it."""
        below = letter or along
        return self.joined([Glyphs.of(f"{self.sigma}{self._below([below]) if below else ''}"), body], "beside")

    def called(self, function: Glyphs, args: Sequence[Glyphs]) -> Glyphs:
        """A function of its arguments."""
        comma = Glyphs.of(",", COMMA)
        inner = [piece for arg in args for piece in (comma, arg)][1:]
        return self.row([function, self.brackets(self.row(inner))])

    def cases(self, branches: Sequence[tuple[Glyphs, Glyphs]]) -> Glyphs:
        """Value and condition, one after the other."""
        comma, condition_sign = Glyphs.of(",", COMMA), Glyphs.of(IF, "if ")
        pieces = [piece for value, condition in branches for piece in (comma, value, condition_sign, condition)]
        return self.row(pieces[1:])

    def matrix(self, rows: Sequence[Sequence[Glyphs]]) -> Glyphs:
        """A block."""
        return Glyphs.of(Grid(tuple(map(tuple, rows))))

    def sized(self, symbol: Glyphs, rows: int, columns: int) -> Glyphs:
        """A block of the symbol with the shape below it."""
        return Glyphs.of(Labelled(symbol, f"{rows}{self.by}{columns}"))

    def real_space(self, lengths: str) -> Glyphs:
        """A letter with a double stroke, the lengths raised."""
        return Glyphs.of(self.said(f"ℝ{self.raised(lengths)}"))


def _shifted(text: str, table: dict[str, str]) -> str:
    """The text in raised or lowered characters; nothing where one of them is missing."""
    shifted = [table.get(char, "") for char in text]
    return "".join(shifted) if all(shifted) else ""


def is_lowered(part: str) -> bool:
    """Whether a subscript is a letter with its numbers, all of which can be lowered; no word."""
    return not part[1:].isalpha() and bool(_shifted(part, LOW))


def bare(exponent: Glyphs) -> str:
    """An exponent without the brackets of a negative number, which it needs none of where it is raised."""
    item = exponent.items[0]
    alone = isinstance(item, Enclosed) and len(exponent.items) == 1 and item.inner.number
    return item.inner.text if isinstance(item, Enclosed) and alone else exponent.text
