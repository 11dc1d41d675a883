"""Mathematics in Unicode characters, for a terminal: one line, in which a matrix stands as one character."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from bptrace.engine.symbols import ACCENTS, GREEK, Symbol, symbol_of
from bptrace.numbers.digits import Numeral
from bptrace.typeset.format import Rows, is_place, stand_apart

LOW = {
    **{str(digit): chr(0x2080 + digit) for digit in range(10)},
    "·": "·",
    **dict(zip("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)),
}
HIGH = {**dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True)), "(": "⁽", ")": "⁾", "-": "⁻"}
FIRST_BLOCK, LAST_BLOCK = 0xF0000, 0xFFFFD
"""Characters of a private plane, which no file can name: each stands for a block of several lines."""


class Sized(NamedTuple):
    """A symbol, and the shape that stands below it."""

    symbol: str
    shape: str


class Unicode:
    """Mathematics in one line of characters, `∂L/∂W⁽¹⁾₁₂`. A matrix is one character, which stands for a block.

    `blocks`: the blocks in the order of their characters; so is a symbol with its shape below it.
    """

    stacked = False
    e = ""
    times = "·"
    then = " · "
    arrow = " → "
    each = " ⊙ "
    over = "/"
    so = ": "

    def __init__(self) -> None:
        self.related = {"<": " < ", "<=": " ≤ ", ">": " > ", ">=": " ≥ "}
        self.blocks: list[Rows | Sized] = []

    def fits(self, *parts: str) -> bool:
        """Always: who shows the line breaks it."""
        return True

    def stacks(self, *parts: str) -> bool:
        """Never: all is in one line."""
        return False

    def raises(self, exponent: str) -> bool:
        """Never: it would have to be read beyond its first character."""
        return False

    def symbol(self, symbol: Symbol) -> str:
        """The letter with its accent, what is above it, what is below it, its primes."""
        if symbol.verbatim:
            return (
                symbol.base
                + (f"[{','.join(map(str, symbol.below))}]" if symbol.below else "")
                + self._above(symbol.above)
            )
        base = GREEK.get(symbol.base, symbol.base)
        if symbol.accent and len(base) == 1:
            base = unicodedata.normalize("NFC", base + ACCENTS[symbol.accent])
        else:
            base += symbol.accent
        return base + self._above(symbol.above) + self._below(symbol.below) + "'" * symbol.primes

    def _above(self, text: str) -> str:
        return _shifted(text, HIGH) or (f"^{text}" if text else "")

    def _below(self, parts: Sequence[str | Symbol]) -> str:
        """Letters and numbers of one digit side by side, longer numbers in square brackets; words after a line."""
        places = [part for part in parts if isinstance(part, str) and is_place(part)]
        if stand_apart(places):
            return "".join(map(self._subscript, parts[: len(parts) - len(places)])) + f"[{','.join(places)}]"
        return "".join(map(self._subscript, parts))

    def _subscript(self, part: str | Symbol) -> str:
        """A letter lowered, with its numbers; a word or a name after a line."""
        short = _shifted(part, LOW) if isinstance(part, str) and not part[1:].isalpha() else ""
        return short or f"_{self.symbol(part if isinstance(part, Symbol) else symbol_of(part))}"

    def partial(self, loss: str, quantity: str) -> str:
        """How one quantity changes with another."""
        return f"∂{loss}/∂{quantity}"

    def derivative(self, function: str) -> str:
        """A function with a prime."""
        return f"{function}'"

    def noted(self, symbol: str, word: str) -> str:
        """A symbol with a word beside it."""
        return f"{symbol}_{word}"

    def part(self, whole: str, below: str) -> str:
        """An element of an array, its place in square brackets."""
        return f"{whole}[{below}]"

    def number(self, number: Numeral) -> str:
        """The number in one line."""
        return number.text

    def fraction(self, top: str, bottom: str) -> str:
        """A slash."""
        return f"{top}/{bottom}"

    def power(self, base: str, exponent: str) -> str:
        """A raised number, or the sign for a power."""
        bare = exponent[1:-1] if re.fullmatch(r"\(-\d+\)", exponent) else exponent
        return base + (_shifted(bare, HIGH) or f"^{exponent}")

    def root(self, inner: str) -> str:
        """A root over brackets."""
        return f"√({inner})"

    def size(self, inner: str) -> str:
        """The absolute value."""
        return f"|{inner}|"

    def transposed(self, inner: str) -> str:
        """A raised T."""
        return f"{inner}ᵀ"

    def total(self, below: str, body: str) -> str:
        """A sum sign; the letters it runs over stand below it."""
        return f"∑{self._below([below]) if below else ''} {body}"

    def brackets(self, inner: str) -> str:
        """Round brackets."""
        return f"({inner})"

    def called(self, function: str, args: Sequence[str]) -> str:
        """A function of its arguments."""
        return f"{function}({', '.join(args)})"

    def function(self, name: str) -> str:
        """A function's name."""
        return GREEK.get(name, name)

    def cases(self, branches: Sequence[tuple[str, str]]) -> str:
        """Value and condition, one after the other."""
        return ", ".join(f"{value} if {condition}" for value, condition in branches)

    def matrix(self, rows: Rows) -> str:
        """A character that stands for the block."""
        return self._stands_for(rows)

    def sized(self, symbol: str, shape: str) -> str:
        """A character that stands for the symbol with the shape below it."""
        return self._stands_for(Sized(symbol, shape))

    def _stands_for(self, block: Rows | Sized) -> str:
        self.blocks.append(block)
        return chr(FIRST_BLOCK + (len(self.blocks) - 1) % (LAST_BLOCK - FIRST_BLOCK + 1))

    def block(self, char: str) -> Rows | Sized | None:
        """The block that a character stands for; None for any other character."""
        place = ord(char) - FIRST_BLOCK
        return self.blocks[place] if 0 <= place < len(self.blocks) else None

    def same(self, one: str, other: str) -> bool:
        """Whether two texts show the same, block by block."""
        return len(one) == len(other) and all(
            a == b or (self.block(a) is not None and self.block(a) == self.block(b))
            for a, b in zip(one, other, strict=True)
        )

    def words(self, text: str) -> str:
        """The words as they are."""
        return text

    def vanishing(self, inner: str) -> str:
        """What is 0, as it is: that it is 0 is said beside it."""
        return inner


def _shifted(text: str, table: dict[str, str]) -> str:
    """The text in raised or lowered characters; nothing where one of them is missing."""
    shifted = [table.get(char, "") for char in text]
    return "".join(shifted) if all(shifted) else ""
