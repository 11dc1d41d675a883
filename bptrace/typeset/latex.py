r"""Mathematics in LaTeX, for amsmath or KaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bptrace.engine.symbols import Symbol
from bptrace.numbers.digits import INFINITE, Numeral
from bptrace.numbers.exact import ABSENT
from bptrace.typeset import tex
from bptrace.typeset.format import Format
from bptrace.typeset.latex_symbols import function_named, typeset_symbol, upright
from bptrace.typeset.tex import BAR, COMMA, LETTER, SIGN, SMALLER, THIN, Tex, atom, separator

UNBROKEN = 110.001
"""How many points of a formula may stand without a line break, so that three such columns fit on a page."""
WIDEST_ROOT = 4 * UNBROKEN
"""How wide a root may be in running text, where lines are longer than in a column."""
BOX = 7.0
"""How much wider a piece is in a box."""
GROUPED = 24
"""A number of more digits can be broken between any three."""
OPENING = separator("(", COMMA, breaks=False)
CLOSING = atom(")")
BRACKETS = {"": (OPENING, CLOSING)} | {
    size: (OPENING._replace(text=rf"\{size}l("), CLOSING._replace(text=rf"\{size}r)"))
    for size in ("big", "Big", "bigg")
}
"""Round brackets of each size."""
COMMAS = {
    False: separator(", ", COMMA, breaks=False, opens=False),
    True: separator(r", \allowbreak ", COMMA, opens=False),
}
"""What stands between arguments, and whether a line can break there."""
SIGNS = {
    **{each: separator(f" {each.strip()} ", tex.OPERATOR) for each in ("+", " + ", "-", " - ")},
    **{each: separator(f" {each} ", tex.RELATION) for each in ("=", "<", ">")},
    "<=": separator(r" \le ", tex.RELATION),
    ">=": separator(r" \ge ", tex.RELATION),
    **{each: separator(r" \cdot ", tex.DOT) for each in ("*", "then")},
    "each": separator(r" \odot ", tex.OPERATOR),
    "beside": separator(" ", 0.0, breaks=False, opens=False),
    "/": separator(r"/\allowbreak ", LETTER, opens=False),
    "->": separator(r" \to ", LETTER, breaks=False, opens=False),
    ":": separator(r"\colon \allowbreak ", LETTER, opens=False),
    ": ": separator(": ", COMMA, breaks=False, opens=False),
    ",": separator(",", COMMA, breaks=False, opens=False),
    **{each: separator(r" \in ", tex.RELATION) for each in ("∈", " ∈ ")},
    "as": separator(r",\ \mathrel{\text{as}} ", COMMA + 4 * LETTER, breaks=False, opens=False),
    " = ": separator(" = ", tex.RELATION),
    " ≈ ": separator(r" \approx ", tex.RELATION),
    "about": separator(r"\approx ", tex.RELATION, breaks=False),
    "≈": separator(r" \approx \nobreak ", tex.RELATION, breaks=False),
}
"""What stands between pieces, by its key."""


class Latex(Format[Tex]):
    r"""Mathematics in LaTeX, `\frac{\partial L}{\partial W^{(1)}_{12}}`, for amsmath or KaTeX.

    `inline`: as it stands in running text, no higher than a line: quotients with a slash, derivatives small.
    `strip`: how many columns of a wider matrix stand side by side, the next ones below; None: all of them.
    """

    stacked = True
    signs = SIGNS

    def __init__(self, inline: bool = False, strip: int | None = None) -> None:
        self.inline = inline
        self.strip = strip

    def row(self, parts: Sequence[Tex]) -> Tex:
        """Pieces one behind the other."""
        return Tex.row(parts)

    def joined(self, parts: Sequence[Tex], sign: str) -> Tex:
        """Pieces with a sign between them; of a sum its terms are kept."""
        if len(parts) < 2 or sign.strip() not in ("+", "-"):
            return super().joined(parts, sign)
        first, *rest = parts
        terms = (*(first.terms or (("", first),)), *[(sign, part) for part in rest])
        return Tex.row([first, *[piece for part in rest for piece in (self.signs[sign], part)]], terms)

    def equated(self, first: Tex, others: Sequence[tuple[str, Tex]]) -> Tex:
        """Forms of one value, each but the first behind its sign; they are kept."""
        return super().equated(first, others)._replace(terms=(("", first), *others))

    def in_lines(self, piece: Tex, room: float) -> list[Tex]:
        """A sum or a chain of equals in lines of at most so many points, all but the first with a sign in front.

        A sum that has a wider term is one line; so is a form in a chain that is wider and no sum.
        """
        if piece.width <= room or not piece.terms:
            return [piece]
        lines: list[Tex] = []
        for sign, term in piece.terms:
            before = [self.signs[sign]] if sign else []
            first, *more = self.in_lines(term, room - sum(each.width for each in before))
            signed = Tex.row([*before, first])
            longer = Tex.row([*lines[-1:], signed])
            lines = [*lines[:-1], longer] if longer.width <= room else [*lines, signed]
            lines += more
        is_sum = piece.terms[1][0].strip() in ("+", "-")
        return [piece] if is_sum and any(line.width > room for line in lines) else lines

    def boxed(self, piece: Tex) -> Tex:
        """What is marked as a result."""
        return piece.unbroken(rf"\boxed{{{piece.text}}}", piece.width + BOX)

    # what is possible

    def fits(self, *parts: Tex) -> bool:
        """Where they are not so wide that a column could not hold them."""
        return all(part.width <= UNBROKEN for part in parts)

    def stacks(self, *parts: Tex) -> bool:
        """Where they fit and hold no fraction but numbers: others would be too small to read there. Never in a line."""
        return not self.inline and self._is_small(*parts)

    def _is_small(self, *parts: Tex) -> bool:
        return self.fits(*parts) and all(part.height < tex.FRACTION for part in parts)

    def roots(self, inner: Tex) -> bool:
        """Where a column could hold it, or a line of running text."""
        return inner.width <= (WIDEST_ROOT if self.inline else UNBROKEN)

    def raises(self, exponent: Tex) -> bool:
        """Where it could stand in a fraction and holds none, but may be one of two numbers."""
        return self._is_small(exponent) and (bool(exponent.flat) or not exponent.fractions)

    def slashes(self, number: Numeral) -> bool:
        """Where its fraction is too wide to stand one above the other."""
        return bool(number.bottom) and not self.stacks(_digits(number.digits, number.minus), _digits(number.bottom))

    def is_one_thing(self, part: Tex) -> bool:
        """Whether no operator parts it outside all groups."""
        return part.single

    def begins_with_digit(self, part: Tex) -> bool:
        """Whether its first character is one."""
        return part.digit

    # names

    def symbol(self, symbol: Symbol, note: str = "") -> Tex:
        """The letter with its accent, what is above it, what is below it, its primes; a word behind what is below."""
        return typeset_symbol(symbol, note)

    def letter(self, text: str) -> Tex:
        """The letter as it is."""
        return atom(text)

    def function(self, name: str) -> Tex:
        """A function's name, upright where it has more than a letter."""
        return function_named(name)

    def partial(self, loss: Tex, quantity: Tex) -> Tex:
        """How one quantity changes with another."""
        change = atom(r"\partial ", LETTER)
        parts = Tex.row([change, loss]), Tex.row([change, quantity])
        return _fraction("tfrac" if self.inline else "dfrac", *parts, SMALLER if self.inline else 1.0)

    def nabla(self, loss: Tex) -> Tex:
        """A nabla before the loss."""
        return Tex.row([atom(r"\nabla ", LETTER), loss])

    def derivative(self, function: Tex) -> Tex:
        """A function with a prime."""
        return function.followed("'", THIN)._replace(raised=True)

    def noted(self, derivative: Tex, word: str) -> Tex:
        """A derivative with a word above it."""
        return self.power(self.brackets(derivative), upright(word))

    def sized(self, symbol: Tex, rows: int, columns: int) -> Tex:
        """The symbol with the shape below it."""
        shape = tex.text_width(f"{rows}{columns}")
        whole = symbol.width + LETTER + shape + tex.OPERATOR
        piece = symbol.unbroken(rf"\underset{{\,{rows} \times {columns}\,}}{{{symbol.text}}}", whole)
        return piece._replace(label=whole - max(symbol.width, SMALLER * (shape + SIGN + THIN)))

    def put_in(self, inner: Tex, name: Tex) -> Tex:
        """What stands where a name was, with a brace below that has the name; no brace where it would be wide."""
        if not self.fits(inner):
            return inner
        piece = self._braced(inner, name)
        return piece.unbroken(f"{{{piece.text}}}", piece.width)  # or else a plus behind it would stand close

    def zero(self, inner: Tex) -> Tex:
        """What is 0, with a brace below that says so."""
        piece = self.vanishing(inner)
        return piece.unbroken(f"{{{piece.text}}}", piece.width)

    def differentiated(self, inner: Tex, quantity: Tex) -> Tex:
        """The derivative of a formula in square brackets."""
        change = atom(r"\partial ", LETTER)
        operator = _fraction("tfrac" if self.inline else "dfrac", change, Tex.row([change, quantity]), 1.0)
        return Tex.row([operator, atom(r"\bigl["), inner, atom(r"\bigr]")])

    def real_space(self, lengths: str) -> Tex:
        """A letter with a double stroke, or a bold one, the lengths raised."""
        real = atom(r"\mathbb{R}")
        return self.power(real, atom(lengths.replace("×", r" \times "))) if lengths else real

    def vanishing(self, inner: Tex) -> Tex:
        """What is 0, with a brace below that says so."""
        return self._braced(inner, atom("=0"))

    def _braced(self, inner: Tex, below: Tex) -> Tex:
        width = LETTER + max(inner.width, SMALLER * below.width)
        return inner.unbroken(rf"\underbrace{{{inner.text}}}_{{{below.text}}}", width)

    # numbers and words

    def number(self, number: Numeral) -> Tex:
        """The number, its fraction one above the other and its exponent raised; a long one can be broken."""
        minus, digits, bottom, exponent, radius = number
        if digits == ABSENT:
            return self.words(digits)
        if bottom and self.stacks(_digits(digits), _digits(bottom)):
            fraction = _fraction("frac", _digits(digits), _digits(bottom), SMALLER)
            fraction = fraction._replace(height=tex.LOW, fractions=True, flat=f"{digits}/{bottom}")
            return self.negative(fraction) if minus else fraction
        piece = atom(r"\infty") if number is INFINITE else _breakable(digits)
        if bottom:
            unbroken = self.inline and len(digits + bottom) < GROUPED
            piece = Tex.row([piece, atom("/") if unbroken else self.signs["/"], _breakable(bottom)])
        elif exponent:
            power = _raised(atom("10"), _digits(exponent.removeprefix("-"), exponent[: exponent.startswith("-")]))
            piece = power if digits == "1" else Tex.row([_digits(digits), separator(r" \times ", tex.OPERATOR), power])
        elif radius:
            power = _raised(atom("10"), _digits(radius.removeprefix("-"), radius[: radius.startswith("-")]))
            piece = Tex.row([_digits(digits), separator(r" \pm ", tex.OPERATOR), power])
        piece = piece._replace(digit=True, raised=bool(exponent or radius))
        return self.negative(piece) if minus else piece

    def words(self, text: str) -> Tex:
        """Upright words within mathematics."""
        return upright(text)

    # what is put together

    def negative(self, inner: Tex) -> Tex:
        """A minus before a piece."""
        flat = f"-{inner.flat}" if inner.flat and not inner.minus else ""
        piece = Tex.row([atom("-", SIGN), inner])
        return piece._replace(minus=True, flat=flat)

    def brackets(self, inner: Tex) -> Tex:
        """Round brackets that grow with what they hold; lines break only within those that do not stretch."""
        if self._stretches(inner):
            whole = Tex.row([OPENING, inner, CLOSING])
            return whole.unbroken(rf"\left({inner.text}\right)", whole.width)
        opening, closing = self._ends(inner)
        return Tex.row([opening, inner, closing])._replace(single=True, raised=False)

    def _stretches(self, inner: Tex) -> bool:
        return inner.tall and (inner.height >= tex.BLOCK or self.fits(inner))

    def _ends(self, inner: Tex) -> tuple[Tex, Tex]:
        """Brackets of one size each, as high as what they hold, which is lower in running text."""
        high, low = ("Big", "big") if self.inline else ("bigg", "Big")
        return BRACKETS[(high if inner.height >= tex.FRACTION else low) if inner.tall else ""]

    def fraction(self, top: Tex, bottom: Tex) -> Tex:
        """One above the other, in full size so that all of it can be read; a number is smaller."""
        return _fraction("dfrac", top, bottom, 1.0)

    def power(self, base: Tex, exponent: Tex) -> Tex:
        """A raised exponent, a fraction in it with a slash; a base that is raised already is bracketed."""
        flat = exponent.flat
        if flat:
            minus = flat[: flat.startswith("-")]
            exponent = Tex.row([*([atom("-", SIGN)] if minus else []), atom(flat.removeprefix("-"))])
        return _raised(self.brackets(base) if base.raised else base, exponent)

    def power_of_e(self, exponent: Tex) -> Tex:
        """A raised exponent."""
        return self.power(atom(r"\mathrm{e}"), exponent)

    def root(self, inner: Tex) -> Tex:
        """A root sign."""
        return inner.unbroken(rf"\sqrt{{{inner.text}}}", inner.width + 8.5)._replace(tall=True)

    def size(self, inner: Tex) -> Tex:
        """The absolute value."""
        return Tex.row([atom(r"\lvert ", BAR), inner, atom(r" \rvert", BAR)])

    def transposed(self, inner: Tex) -> Tex:
        """A raised top sign, as textbooks have it."""
        return self.power(inner, atom(r"\top"))

    def part(self, whole: Tex, below: Tex) -> Tex:
        """An element of an array, its place below."""
        group = whole.unbroken(f"{{{whole.text}}}", whole.width)
        return group.followed(f"_{{{below.text}}}", SMALLER * below.width)._replace(scripts=SMALLER * below.width)

    def total(self, body: Tex, letter: str = "", along: str = "") -> Tex:
        """A sum sign; the letter that it runs over stands below it."""
        below = atom(letter) if letter else self.words(along) if along else None
        sigma = atom(r"\sum ", LETTER)
        if below:
            sigma = atom(rf"\sum_{{{below.text}}} ", LETTER + SMALLER * below.width)
        return Tex.row([sigma, body])._replace(tall=body.tall or not below)

    def called(self, function: Tex, args: Sequence[Tex]) -> Tex:
        """A function of its arguments."""
        inner = self._listed(args, False)
        inner = inner if self.fits(Tex.row([function, inner])) else self._listed(args, True)
        apart = [atom(r"\!", 0.0)] if self._stretches(inner) else []
        return Tex.row([function, *apart, self.brackets(inner)])._replace(single=function.single)

    def _listed(self, args: Sequence[Tex], breaks: bool) -> Tex:
        return Tex.row([piece for arg in args for piece in (COMMAS[breaks], arg)][1:])

    def cases(self, branches: Sequence[tuple[Tex, Tex]]) -> Tex:
        """A brace before value and condition, a line each; side by side where they need line breaks."""
        signed = atom(r"\mathopen{}", 0.0)
        branches = [(value, Tex.row([signed, held]) if held.minus else held) for value, held in branches]
        condition = separator(r" \allowbreak ", 0.0, opens=False), atom(r"\text{ if } ")
        lines = [Tex.row([value, *condition, held]) for value, held in branches]
        if self.inline or not self.fits(*lines):
            between = COMMAS[True], atom(r"\quad ", LETTER)
            return Tex.row([piece for line in lines for piece in (*between, line)][2:])
        rows = [(value, Tex.row([atom(r"\text{if } "), held])) for value, held in branches]
        return _environment("cases", rows, "", 9.0)

    def matrix(self, rows: Sequence[Sequence[Tex]]) -> Tex:
        """Rows in round brackets; those that are high are kept apart."""
        height = max(cell.height for row in rows for cell in row)
        apart = f"[{height}ex]" if height else ""
        whole = _environment("pmatrix", rows, apart, 15.0)
        whole = whole._replace(sizes=((len(rows), len(rows[0])),))
        return whole if self.strip is None or len(rows[0]) <= self.strip else _in_strips(whole, rows, apart, self.strip)


# numbers


@lru_cache(maxsize=4096)
def _digits(digits: str, minus: str = "") -> Tex:
    piece = atom(digits)._replace(digit=True)
    return Tex.row([atom("-", SIGN), piece])._replace(minus=True) if minus else piece


@lru_cache(maxsize=2048)
def _group(digits: str) -> Tex:
    """A few digits between which no line breaks."""
    return atom(digits)


@lru_cache(maxsize=64)  # a number of thousands of digits stands in several rows that follow one another
def _breakable(digits: str) -> Tex:
    """A number that a line can break in, if it is a long one."""
    if len(digits) <= GROUPED:
        return _digits(digits)
    between = separator(r"\allowbreak ", 0.0, opens=False)
    if not digits.isdecimal():
        groups = map(_group, re.sub(r"(\d{3})(?=\d)", r"\1 ", digits).split(" "))
        return Tex.row([piece for group in groups for piece in (between, group)][1:])
    texts = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    first, last, more = _group(texts[0]), _group(texts[-1]), len(texts) - 2  # all but the last are as wide
    ends = Tex.row([first, between, last])
    width, rest = ends.width + more * first.width, max(ends.rest, first.width if more else 0.0)
    return ends._replace(text=between.text.join(texts), width=width, rest=rest)


# scripts, fractions, arrays


def _raised(base: Tex, exponent: Tex) -> Tex:
    """A base with what is set above it, as wide as the wider of that and what is below it already."""
    more = max(0.0, SMALLER * exponent.width - base.scripts)
    piece = base.followed(f"^{{{exponent.text}}}", more)
    return piece._replace(
        raised=True,
        scripts=0.0,
        height=max(base.height, exponent.height),
        tall=base.tall or exponent.tall,
        fractions=base.fractions or exponent.fractions,
        label=base.label + SMALLER * exponent.label,
    )


def _fraction(command: str, top: Tex, bottom: Tex, scale: float) -> Tex:
    width = scale * max(top.width, bottom.width) + 2.4
    piece = top.unbroken(rf"\{command}{{{top.text}}}{{{bottom.text}}}", width)
    return piece._replace(height=tex.FRACTION, tall=True, fractions=top.fractions or bottom.fractions)


def _environment(name: str, rows: Sequence[Sequence[Tex]], apart: str, frame: float) -> Tex:
    """Columns side by side, each as wide as its widest cell."""
    cells = [cell for row in rows for cell in row]
    columns = [max(cell.width for cell in column) for column in zip(*rows, strict=True)]
    lines = rf" \\{apart} ".join([" & ".join([cell.text for cell in row]) for row in rows])
    piece = atom(
        rf"\begin{{{name}}} {lines} \end{{{name}}}", sum(columns) + 10.0 * (len(columns) - 1) + frame, single=False
    )
    return piece._replace(
        height=tex.BLOCK,
        tall=True,
        raised=any(cell.raised for cell in cells),
        fractions=any(cell.fractions for cell in cells),
    )


def _in_strips(whole: Tex, rows: Sequence[Sequence[Tex]], apart: str, length: int) -> Tex:
    """A matrix with its columns in strips, one below the other; dots say that a row goes on."""
    starts = range(0, len(rows[0]), length)
    strips = []
    for start in starts:
        cells = [[f" {cell.text} " for cell in row[start : start + length]] for row in rows]
        more = r" & \cdots" if start != starts[-1] else ""
        strips.append(rf" \\{apart} ".join(["&".join(row) + more for row in cells]))
    inner = r" \\[2ex] ".join(rf"\begin{{matrix}} {strip} \end{{matrix}}" for strip in strips)
    return whole._replace(text=rf"\left(\begin{{array}}{{l}} {inner} \end{{array}}\right)")
