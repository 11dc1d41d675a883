r"""Mathematics in LaTeX, for amsmath or KaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bptrace.engine.symbols import GREEK, Symbol, symbol_of
from bptrace.numbers.digits import Numeral
from bptrace.typeset.format import Rows, is_place, stand_apart
from bptrace.typeset.latex_text import escaped, escaped_character
from bptrace.typeset.latex_widths import extent

OPERATORS = {"exp", "log", "sin", "cos", "sinh", "cosh", "tanh", "max", "min"}
TITLES = {"sigmoid": r"\sigma"}
LARGE = re.compile(r"\\([dt]frac|begin)\b")
TALL = re.compile(r"\\([dt]?frac|begin|sqrt|sum)\b")
APART = (
    (re.compile(r"\\begin\b"), "[3.5ex]"),
    (re.compile(r"\\dfrac\b"), "[2.2ex]"),
    (re.compile(r"\^\{[^{}]*\}_"), "[0.8ex]"),
)
"""How much further apart rows are that hold something high."""
UNBROKEN = 110.0
"""How many points of a formula may stand without a line break, so that three such columns fit on a page."""
UNMEASURED = 20
"""A text of so few characters is no wider than that."""
GROUPED = 24
"""A number of more digits can be broken between any three."""


class Latex:
    r"""Mathematics in LaTeX, `\frac{\partial L}{\partial W^{(1)}_{12}}`, for amsmath or KaTeX.

    `inline`: as it stands in running text, no higher than a line: quotients with a slash, derivatives small.
    """

    stacked = True
    e = r"\mathrm{e}"
    times = then = r" \cdot "
    arrow = r" \to "
    each = r" \odot "
    over = r"/\allowbreak "
    so = r"\colon \allowbreak "

    def __init__(self, inline: bool = False) -> None:
        self.inline = inline
        self.related = {"<": " < ", "<=": r" \le ", ">": " > ", ">=": r" \ge "}

    def fits(self, *parts: str) -> bool:
        """Where they are not so wide that a column could not hold them."""
        return all(len(part) <= UNMEASURED or extent(part).whole <= UNBROKEN for part in parts)

    def stacks(self, *parts: str) -> bool:
        """Where they fit and hold no fraction but numbers: others would be too small to read there. Never in a line."""
        return not self.inline and self._is_small(*parts)

    def _is_small(self, *parts: str) -> bool:
        return self.fits(*parts) and not any(LARGE.search(part) for part in parts)

    def raises(self, exponent: str) -> bool:
        """Where it could stand in a fraction and holds none, but may be one of two numbers."""
        return self._is_small(exponent) and r"\frac" not in _flat(exponent)

    def symbol(self, symbol: Symbol) -> str:
        """The letter with its accent, what is above it, what is below it, its primes."""
        if symbol.verbatim:
            below = f"[{','.join(map(str, symbol.below))}]" if symbol.below else ""
            return rf"\mathrm{{{_plain(symbol.base)}}}{below}" + (
                f"^{{{_script(symbol.above)}}}" if symbol.above else ""
            )
        base = _letters(symbol.base)
        base = f"\\{symbol.accent}{{{base}}}" if symbol.accent else base
        above = f"^{{{_script(symbol.above)}}}" if symbol.above else ""
        below = f"_{{{_subscripts(symbol.below)}}}" if symbol.below else ""
        if above and symbol.primes:
            return f"{{{base}{above}{below}}}" + "'" * symbol.primes
        return base + above + below + "'" * symbol.primes

    def partial(self, loss: str, quantity: str) -> str:
        """How one quantity changes with another."""
        return rf"\{'tfrac' if self.inline else 'dfrac'}{{\partial {loss}}}{{\partial {quantity}}}"

    def derivative(self, function: str) -> str:
        """A function with a prime."""
        return f"{function}'"

    def noted(self, symbol: str, word: str) -> str:
        """A symbol with a word above it."""
        note = rf"\text{{{escaped(word)}}}"
        if LARGE.match(symbol):
            return self.power(self.brackets(symbol), note)
        own = re.fullmatch(r"([^_^{][^_^]*)\^\{([^{}]*)\}(.*)", symbol)
        if own:
            return rf"{own[1]}^{{{own[2]}\,{note}}}{own[3]}"
        return f"{{{symbol}}}^{{{note}}}" if _is_raised(symbol) else f"{symbol}^{{{note}}}"

    def part(self, whole: str, below: str) -> str:
        """An element of an array, its place below."""
        return f"{{{whole}}}_{{{below}}}"

    def number(self, number: Numeral) -> str:
        """The number, its fraction one above the other and its exponent raised; a long one can be broken."""
        minus, digits, bottom, exponent, radius = number
        if bottom and self.stacks(digits, bottom):
            return rf"{minus}\frac{{{digits}}}{{{bottom}}}"
        if bottom:
            over = "/" if self.inline and len(digits + bottom) < GROUPED else self.over
            return f"{minus}{_breakable(digits)}{over}{_breakable(bottom)}"
        if exponent:
            return minus + ("" if digits == "1" else rf"{digits} \times ") + f"10^{{{exponent}}}"
        return rf"{digits} \pm 10^{{{radius}}}" if radius else minus + _breakable(digits)

    def fraction(self, top: str, bottom: str) -> str:
        """One above the other, in full size so that all of it can be read; a number is smaller."""
        return rf"\dfrac{{{top}}}{{{bottom}}}"

    def power(self, base: str, exponent: str) -> str:
        """A raised exponent, a fraction in it with a slash; a base that is raised already is bracketed."""
        return f"{self.brackets(base) if _is_raised(base) else base}^{{{_flat(exponent)}}}"

    def root(self, inner: str) -> str:
        """A root sign."""
        return rf"\sqrt{{{inner}}}"

    def size(self, inner: str) -> str:
        """The absolute value."""
        return rf"\lvert {inner} \rvert"

    def transposed(self, inner: str) -> str:
        """A raised top sign, as textbooks have it."""
        return self.power(inner, r"\top")

    def total(self, below: str, body: str) -> str:
        """A sum sign; the letters it runs over stand below it."""
        return rf"\sum_{{{below}}} {body}" if below else rf"\sum {body}"

    def brackets(self, inner: str) -> str:
        """Round brackets that grow with what they hold; lines break only within those that do not stretch."""
        if not TALL.search(inner):
            return f"({inner})"
        stretched = r"\begin" in inner or self.fits(inner)
        return rf"\left({inner}\right)" if stretched else rf"\bigl({inner}\bigr)"

    def called(self, function: str, args: Sequence[str]) -> str:
        """A function of its arguments."""
        inner = ", ".join(args)
        inner = inner if self.fits(function + inner) else r", \allowbreak ".join(args)
        brackets = self.brackets(inner)
        return function + (r"\!" if brackets.startswith(r"\left") else "") + brackets

    def function(self, name: str) -> str:
        """A function's name, upright where it has more than a letter."""
        if name in OPERATORS:
            return f"\\{name}"
        if name in GREEK or name in GREEK.values():
            return _letters(name)
        return TITLES.get(name) or (_letters(name) if len(name) == 1 else rf"\operatorname{{{_plain(name)}}}")

    def cases(self, branches: Sequence[tuple[str, str]]) -> str:
        """A brace before value and condition, a line each; side by side where they need line breaks."""
        branches = [(value, rf"\mathopen{{}}{text}" if text.startswith("-") else text) for value, text in branches]
        texts = [rf"{value} \allowbreak \text{{ if }} {condition}" for value, condition in branches]
        if self.inline or not self.fits(*texts):
            return r", \allowbreak \quad ".join(texts)
        lines = r" \\ ".join(rf"{value} & \text{{if }} {condition}" for value, condition in branches)
        return rf"\begin{{cases}} {lines} \end{{cases}}"

    def matrix(self, rows: Rows) -> str:
        """Rows in round brackets; those that are high are kept apart."""
        apart = next((gap for high, gap in APART if any(high.search(text) for row in rows for text in row)), "")
        lines = rf" \\{apart} ".join(" & ".join(row) for row in rows)
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


def _plain(name: str) -> str:
    """A word within mathematics, as text where its letters are none of mathematics."""
    if name.isascii():
        return "".join({"_": r"\_", " ": r"\ "}.get(char, char) for char in name)
    return rf"\text{{{escaped(name)}}}"


def _math_letter(char: str) -> str:
    name = next((name for name, letter in GREEK.items() if letter == char), "")
    return f"\\{name} " if name else rf"\text{{{escaped_character(char)}}}"


def _letters(base: str) -> str:
    """A single letter as it is, a Greek one by its command, a word upright."""
    name = base if base in GREEK else next((name for name, letter in GREEK.items() if letter == base), "")
    if name:
        return f"\\{name}" if name != "omicron" else "o"
    if len(base) == 1:
        return base if base.isascii() and base.isalnum() else _math_letter(base)
    return rf"\mathrm{{{_plain(base)}}}" if base.isascii() else _plain(base)


def _script(text: str) -> str:
    """What is set above: brackets, digits and letters as they are."""
    return "".join(
        char if char in "()+-" or (char.isascii() and char.isalnum()) else _math_letter(char) for char in text
    )


def _subscripts(parts: Sequence[str | Symbol]) -> str:
    """Letters and numbers of one digit side by side, others with commas; a name is a symbol of its own."""
    single = all(isinstance(part, str) and (len(part) == 1 or (part.isdigit() and len(parts) == 1)) for part in parts)
    places = [part for part in parts if isinstance(part, str) and is_place(part)]
    if single or stand_apart(places):
        return ("" if single else ",").join(map(_subscript, parts))
    numbers = "".join(map(_subscript, places))
    return ",".join(filter(None, [*map(_subscript, parts[: len(parts) - len(places)]), numbers]))


def _subscript(part: str | Symbol) -> str:
    if part == "·":
        return r"\cdot"
    if isinstance(part, str) and not re.fullmatch(r"[^\W\d]\w*", part):
        return _script(part)
    return Latex().symbol(part if isinstance(part, Symbol) else symbol_of(part))


def _is_raised(text: str) -> bool:
    """Whether something is set above the text as a whole: a superscript or a prime outside all groups."""
    depth = 0
    for char in text:
        depth += (char in "{(") - (char in "})")
        if char in "^'" and not depth:
            return True
    return False


def _flat(exponent: str) -> str:
    """An exponent that is a number, with a slash for the bar of a fraction."""
    return re.sub(r"^(-?)\\frac\{(\d+)\}\{(\d+)\}$", r"\1\2/\3", exponent)


def _breakable(digits: str) -> str:
    """A number that a line can break in, if it is a long one."""
    if len(digits) <= GROUPED:
        return digits
    return re.sub(r"(\d{3})(?=\d)", r"\1\\allowbreak ", digits)
