r"""The two ways to write mathematics: LaTeX, and Unicode characters for a terminal. They know no operation.

Each method gives the text of one construct from the texts of its parts: a fraction, a power, a symbol, cases, a matrix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from bptrace.symbols import ACCENTS, GREEK, Symbol, symbol_of

Rows = Sequence[Sequence[str]]


class Glyphs(Protocol):
    """What a format needs to write mathematics. `stacked`: fractions stand one above the other, without brackets."""

    stacked: bool
    times: str
    then: str
    arrow: str
    each: str
    related: dict[str, str]

    def symbol(self, symbol: Symbol) -> str: ...
    def partial(self, loss: str, quantity: str) -> str: ...
    def derivative(self, function: str) -> str: ...
    def noted(self, symbol: str, word: str) -> str: ...
    def number(self, text: str) -> str: ...
    def fraction(self, top: str, bottom: str) -> str: ...
    def power(self, base: str, exponent: str) -> str: ...
    def root(self, inner: str) -> str: ...
    def size(self, inner: str) -> str: ...
    def transposed(self, inner: str) -> str: ...
    def total(self, below: str, body: str) -> str: ...
    def brackets(self, inner: str) -> str: ...
    def called(self, function: str, args: Sequence[str]) -> str: ...
    def function(self, name: str) -> str: ...
    def cases(self, branches: Sequence[tuple[str, str]]) -> str: ...
    def matrix(self, rows: Rows) -> str: ...
    def sized(self, symbol: str, shape: str) -> str: ...
    def same(self, one: str, other: str) -> bool: ...
    def words(self, text: str) -> str: ...
    def vanishing(self, inner: str) -> str: ...


# Unicode

LOW = {
    **{str(digit): chr(0x2080 + digit) for digit in range(10)},
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
    times = "·"
    then = " · "
    arrow = " → "
    each = " ⊙ "

    def __init__(self) -> None:
        self.related = {"<": " < ", "<=": " ≤ ", ">": " > ", ">=": " ≥ "}
        self.blocks: list[Rows | Sized] = []

    def symbol(self, symbol: Symbol) -> str:
        """The letter with its accent, what is above it, what is below it, its primes."""
        base = GREEK.get(symbol.base, symbol.base)
        if symbol.accent and len(base) == 1:
            base = unicodedata.normalize("NFC", base + ACCENTS[symbol.accent])
        else:
            base += symbol.accent
        return base + self._above(symbol.above) + self._below(symbol.below) + "'" * symbol.primes

    def _above(self, text: str) -> str:
        return _shifted(text, HIGH) or (f"^{text}" if text else "")

    def _below(self, parts: Sequence[str]) -> str:
        """Numbers of one digit side by side, others in square brackets; words after a line."""
        numbers = [part for part in parts if part.isdigit()]
        if numbers == list(parts) and len(parts) > 1 and any(len(part) > 1 for part in parts):
            return f"[{','.join(parts)}]"
        text = "".join(parts)
        return _shifted(text, LOW) or (f"_{','.join(parts)}" if text else "")

    def partial(self, loss: str, quantity: str) -> str:
        """How one quantity changes with another."""
        return f"∂{loss}/∂{quantity}"

    def derivative(self, function: str) -> str:
        """A function with a prime."""
        return f"{function}'"

    def noted(self, symbol: str, word: str) -> str:
        """A symbol with a word beside it."""
        return f"{symbol}_{word}"

    def number(self, text: str) -> str:
        """The number as it is."""
        return text

    def fraction(self, top: str, bottom: str) -> str:
        """A slash."""
        return f"{top}/{bottom}"

    def power(self, base: str, exponent: str) -> str:
        """A raised number, or the sign for a power."""
        bare = exponent[1:-1] if exponent.startswith("(-") else exponent
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
        return f"Σ{self._below([below]) if below else ''} {body}"

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


# LaTeX

SPECIAL = {char: f"\\{char}" for char in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "-": "-",
}
SYMBOLS = {**{char: f"$\\{name}$" for name, char in GREEK.items() if name != "omicron"}, "≈": r"$\approx$",
           "·": r"$\cdot$", "→": r"$\to$", "∂": r"$\partial$", "…": r"\dots{}", "–": "--", "—": "---"}  # fmt: skip
OPERATORS = {"exp", "log", "sin", "cos", "sinh", "cosh", "tanh", "max", "min"}
TITLES = {"sigmoid": r"\sigma"}
RAISED = {"-": "-", "+": "+"}


class Latex:
    r"""Mathematics in LaTeX, `\frac{\partial L}{\partial W^{(1)}_{12}}`, for amsmath or KaTeX."""

    stacked = True
    times = then = r" \cdot "
    arrow = r" \to "
    each = r" \odot "

    def __init__(self) -> None:
        self.related = {"<": " < ", "<=": r" \le ", ">": " > ", ">=": r" \ge "}

    def symbol(self, symbol: Symbol) -> str:
        """The letter with its accent, what is above it, what is below it, its primes."""
        base = _letters(symbol.base)
        base = f"\\{symbol.accent}{{{base}}}" if symbol.accent else base
        above = f"^{{{_script(symbol.above)}}}" if symbol.above else ""
        below = f"_{{{_subscripts(symbol.below)}}}" if symbol.below else ""
        if above and symbol.primes:
            base, above = f"{{{base}{above}}}", ""
        return base + above + below + "'" * symbol.primes

    def partial(self, loss: str, quantity: str) -> str:
        """How one quantity changes with another."""
        return rf"\frac{{\partial {loss}}}{{\partial {quantity}}}"

    def derivative(self, function: str) -> str:
        """A function with a prime."""
        return f"{function}'"

    def noted(self, symbol: str, word: str) -> str:
        """A symbol with a word above it."""
        return rf"{{{symbol}}}^{{\text{{{escaped(word)}}}}}"

    def number(self, text: str) -> str:
        """The number, its fraction one above the other and its exponent raised."""
        sign, body = ("-", text[1:]) if text.startswith("-") else ("", text)
        top, slash, bottom = body.partition("/")
        if slash:
            return rf"{sign}\frac{{{top}}}{{{bottom}}}"
        return sign + (_power_of_ten(body) if "e" in body else body.replace("±", r" \pm "))

    def fraction(self, top: str, bottom: str) -> str:
        """One above the other."""
        return rf"\frac{{{top}}}{{{bottom}}}"

    def power(self, base: str, exponent: str) -> str:
        """A raised exponent."""
        return f"{{{base}}}^{{{exponent}}}"

    def root(self, inner: str) -> str:
        """A root sign."""
        return rf"\sqrt{{{inner}}}"

    def size(self, inner: str) -> str:
        """The absolute value."""
        return rf"\left|{inner}\right|"

    def transposed(self, inner: str) -> str:
        """A raised top sign, as textbooks have it."""
        return rf"{{{inner}}}^{{\top}}"

    def total(self, below: str, body: str) -> str:
        """A sum sign; the letters it runs over stand below it."""
        return rf"\sum_{{{below}}} {body}" if below else rf"\sum {body}"

    def brackets(self, inner: str) -> str:
        """Round brackets that grow with what they hold."""
        return rf"\left({inner}\right)"

    def called(self, function: str, args: Sequence[str]) -> str:
        """A function of its arguments."""
        return rf"{function}\left({', '.join(args)}\right)"

    def function(self, name: str) -> str:
        """A function's name, upright where it has more than a letter."""
        if name in OPERATORS:
            return f"\\{name}"
        return TITLES.get(name) or (_letters(name) if len(name) == 1 else rf"\operatorname{{{_plain(name)}}}")

    def cases(self, branches: Sequence[tuple[str, str]]) -> str:
        """A brace before value and condition, a line each."""
        lines = r" \\ ".join(rf"{value} & \text{{if }} {condition}" for value, condition in branches)
        return rf"\begin{{cases}} {lines} \end{{cases}}"

    def matrix(self, rows: Rows) -> str:
        """Rows in round brackets."""
        lines = r" \\ ".join(" & ".join(row) for row in rows)
        return rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"

    def sized(self, symbol: str, shape: str) -> str:
        """The symbol with the shape below it."""
        below = shape.replace("×", r" \times ")
        return rf"\underset{{{below}}}{{{symbol}}}"

    def same(self, one: str, other: str) -> bool:
        """Whether two texts show the same."""
        return one == other

    def words(self, text: str) -> str:
        """Upright words within mathematics."""
        return rf"\text{{{escaped(text)}}}"

    def vanishing(self, inner: str) -> str:
        """What is 0, with a brace below that says so."""
        return rf"\underbrace{{{inner}}}_{{=0}}"


def escaped(text: str) -> str:
    """Plain text for LaTeX: nothing in it is read as a command, and no letter is missing from its fonts."""
    return "".join(_escaped_character(char) for char in unicodedata.normalize("NFC", text))


def _escaped_character(char: str) -> str:
    if char in SPECIAL or char in SYMBOLS:
        return SPECIAL.get(char) or SYMBOLS[char]
    if char.isascii():
        return char if char.isprintable() else " "
    parts = unicodedata.normalize("NFD", char)
    accent = TEXT_ACCENTS.get(parts[1:])
    if accent and parts[0].isascii():
        return f"\\{accent}{{{parts[0]}}}"
    return TEXT_LETTERS.get(char, f"[U+{ord(char):04X}]")


TEXT_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u0304": "=", "\u030a": "r",
                "\u030c": "v", "\u0327": "c"}  # fmt: skip
TEXT_LETTERS = {"ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "œ": r"\oe{}", "ł": r"\l{}",
                "’": "'", "‘": "`", "“": "``", "”": "''"}  # fmt: skip


def _plain(name: str) -> str:
    """A word within mathematics; a letter that its fonts do not have is told by its number."""
    return "".join(char if char.isascii() and char.isalnum() else _math_letter(char) for char in name)


def _math_letter(char: str) -> str:
    name = next((name for name, letter in GREEK.items() if letter == char), "")
    if name:
        return f"\\{name} "
    if char == "_":
        return r"\_"
    return char if char == " " else rf"\text{{{_escaped_character(char)}}}"


def _letters(base: str) -> str:
    """A single letter as it is, a Greek one by its command, a word upright."""
    name = base if base in GREEK else next((name for name, letter in GREEK.items() if letter == base), "")
    if name:
        return f"\\{name}" if name != "omicron" else "o"
    if len(base) == 1:
        return base if base.isascii() else _math_letter(base)
    return rf"\mathrm{{{_plain(base)}}}"


def _script(text: str) -> str:
    """What is set above: brackets, digits and letters as they are."""
    return "".join(
        char if char in "()+-" or (char.isascii() and char.isalnum()) else _math_letter(char) for char in text
    )


def _subscripts(parts: Sequence[str]) -> str:
    """Numbers of one digit side by side, others with commas; a name is a symbol of its own."""
    written = [part if part.isdigit() or (len(part) == 1 and part.isascii()) else _subscript(part) for part in parts]
    apart = len(parts) > 1 and any(len(part) > 1 for part in parts)
    return ("," if apart else "").join(written)


def _subscript(part: str) -> str:
    return Latex().symbol(symbol_of(part)) if re.fullmatch(r"[^\W\d]\w*", part) else _script(part)


def _power_of_ten(text: str) -> str:
    middle, plus_minus, spread = text.partition("±")
    if plus_minus:
        return rf"{middle} \pm {_power_of_ten(spread)}"
    mantissa, _, exponent = text.partition("e")
    factor = "" if mantissa == "1" else rf"{mantissa} \times "
    return rf"{factor}10^{{{int(exponent)}}}"
