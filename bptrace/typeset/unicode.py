"""Mathematics in Unicode characters, for a terminal: `∂L/∂W⁽¹⁾₁₂`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from bptrace.engine.symbols import ACCENTS, GREEK, Symbol, symbol_of
from bptrace.numbers.digits import Numeral
from bptrace.typeset.format import Format, is_place, stand_apart
from bptrace.typeset.span import COLON, SPACE, TERM, Enclosed, Grid, Item, Labelled, Mark, Span, enclosed, in_a_row

LOW = {
    **{str(digit): chr(0x2080 + digit) for digit in range(10)},
    "·": "·",
    **dict(zip("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)),
}
HIGH = {**dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True)), "(": "⁽", ")": "⁾", "-": "⁻"}


def signs_of(times: str, each: Span, arrow: str, at_most: str, at_least: str) -> dict[str, Span]:
    """What stands between pieces in a line of characters, by its key."""
    plus, minus = Span((TERM, "+ ")), Span((TERM, "-", SPACE))
    related = {"<": "<", "<=": at_most, ">": ">", ">=": at_least}
    return {
        "+": plus,
        " + ": plus,
        "-": minus,
        " - ": minus,
        "each": each,
        "beside": Span((SPACE,)),
        "*": Span((times,)),
        "then": Span((SPACE, f"{times} ")),
        "/": Span(("/",)),
        ",": Span((",",)),
        **{key: Span((SPACE, Mark(sign, relation=True), SPACE)) for key, sign in related.items()},
        "=": Span((SPACE, "=", SPACE)),
        "->": Span((SPACE, arrow, SPACE)),
        **{key: Span((COLON, SPACE)) for key in (":", ": ")},
    }


class Unicode(Format[Span]):
    """Mathematics in one line of characters; a matrix stands in it as a block of several."""

    signs = signs_of("·", Span((TERM, "⊙", SPACE)), "→", "≤", "≥")
    change, radical, sigma, turned, by = "∂", "√", "∑", "ᵀ", "×"

    def row(self, parts: Sequence[Span]) -> Span:
        """Pieces one behind the other."""
        return in_a_row(parts)

    def begins_with_digit(self, part: Span) -> bool:
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

    def symbol(self, symbol: Symbol, note: str = "") -> Span:
        """The letter with its accent, what is above it, what is below it, its primes; a word beside it."""
        if note:
            return Span((f"{self._symbol(symbol)}_{note}",))
        ends = symbol.verbatim or not (symbol.below or symbol.primes)
        return Span((self._symbol(symbol),), raised=ends and bool(self.raised(symbol.above)))

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

    def letter(self, text: str) -> Span:
        """The letter as it is."""
        return Span((self.said(text),))

    def function(self, name: str) -> Span:
        """A function's name."""
        return Span((self.said(GREEK.get(name, name)),))

    def partial(self, loss: Span, quantity: Span) -> Span:
        """A quotient."""
        return self.row([Span((self.change,)), loss, Span((f"/{self.change}",)), quantity])

    def derivative(self, function: Span) -> Span:
        """A function with a prime."""
        return self.row([function, Span(("'",))])

    def noted(self, derivative: Span, word: str) -> Span:
        """A derivative with a word beside it."""
        return self.row([derivative, Span((f"_{word}",))])

    # numbers and words

    def number(self, number: Numeral) -> Span:
        """The number in one line."""
        text = self.said(number.text)
        return Span((text,), number=text == number.text)

    def words(self, text: str) -> Span:
        """The words as they are."""
        first, *rest = self.said(text).split(" ")
        items: list[Item] = [first]
        for word in rest:
            items += [SPACE, word]
        return Span(tuple(items))

    # what is put together

    def brackets(self, inner: Span) -> Span:
        """Round brackets."""
        return enclosed("(", inner, ")")

    def joined(self, parts: Sequence[Span], sign: str) -> Span:
        """Pieces with a sign between them."""
        found = super().joined(parts, sign)
        return Span(found.items, number=True) if sign == "/" and all(part.number for part in parts) else found

    def negative(self, inner: Span) -> Span:
        """A minus before a piece."""
        return replace(inner, items=("-", *inner.items))

    def power(self, base: Span, exponent: Span) -> Span:
        """A raised number, or the sign for a power."""
        raised = self.raised(bare(exponent))
        return self.row([base, Span((raised,), raised=True)] if raised else [base, Span(("^",)), exponent])

    def root(self, inner: Span) -> Span:
        """A root over brackets."""
        return self.row([Span((self.radical,)), self.brackets(inner)])

    def size(self, inner: Span) -> Span:
        """The absolute value."""
        return self.row([Span(("|",)), inner, Span(("|",))])

    def transposed(self, inner: Span) -> Span:
        """A raised T."""
        return self.row([inner, Span((self.turned,))])

    def part(self, whole: Span, below: Span) -> Span:
        """An element of an array, its place in square brackets."""
        return self.row([whole, enclosed("[", below, "]")])

    def total(self, body: Span, letter: str = "", along: str = "") -> Span:
        """A sum sign; the letter that it runs over stands below it."""
        below = letter or along
        return self.joined([Span((f"{self.sigma}{self._below([below]) if below else ''}",)), body], "beside")

    def called(self, function: Span, args: Sequence[Span]) -> Span:
        """A function of its arguments."""
        comma = Span((",", SPACE))
        inner = [piece for arg in args for piece in (comma, arg)][1:]
        return self.row([function, self.brackets(self.row(inner))])

    def cases(self, branches: Sequence[tuple[Span, Span]]) -> Span:
        """Value and condition, one after the other."""
        comma, condition_sign = Span((",", SPACE)), Span((SPACE, "if", SPACE))
        pieces = [piece for value, condition in branches for piece in (comma, value, condition_sign, condition)]
        return self.row(pieces[1:])

    def matrix(self, rows: Sequence[Sequence[Span]]) -> Span:
        """A block."""
        return Span((Grid(tuple(map(tuple, rows))),), blocks=True)

    def sized(self, symbol: Span, rows: int, columns: int) -> Span:
        """A block of the symbol with the shape below it."""
        return Span((Labelled(symbol, f"{rows}{self.by}{columns}"),), blocks=True)


def _shifted(text: str, table: dict[str, str]) -> str:
    """The text in raised or lowered characters; nothing where one of them is missing."""
    shifted = [table.get(char, "") for char in text]
    return "".join(shifted) if all(shifted) else ""


def is_lowered(part: str) -> bool:
    """Whether a subscript is a letter with its numbers, all of which can be lowered; no word."""
    return not part[1:].isalpha() and bool(_shifted(part, LOW))


def bare(exponent: Span) -> str:
    """An exponent without the brackets of a negative number, which it needs none of where it is raised."""
    item = exponent.items[0]
    alone = isinstance(item, Enclosed) and len(exponent.items) == 1 and item.inner.number
    return item.inner.text if isinstance(item, Enclosed) and alone else exponent.text
