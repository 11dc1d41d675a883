"""Mathematics in MathML Core, as browsers show it: `<mfrac>…</mfrac>`; nothing in it needs a style or a script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bptrace.engine.quantity import Quantity
from bptrace.engine.symbols import GREEK, Symbol, symbol_of
from bptrace.numbers.arrays import Index
from bptrace.numbers.digits import INFINITE, Numeral
from bptrace.numbers.exact import ABSENT
from bptrace.ops.format import POWER, PRODUCT
from bptrace.typeset.format import Format, is_place, stand_apart
from bptrace.typeset.markup import BLOCK, FRACTION, LINE, READILY, SELDOM, TALL, Mml, element, token
from bptrace.typeset.names import Names
from bptrace.typeset.tags import tagged

FITS = 24
"""So many characters stand one above the other, or in a cell, at most."""
WIDEST = 60
"""So many stand under a root, or in brackets that grow with them."""
GROUPED = 24
"""A number of more digits can be broken between any twelve."""
ACCENTS = {"hat": "^", "bar": "\N{MACRON}", "tilde": "~"}
FUNCTIONS = {"sigmoid": "σ"}


def _sign(text: str, rank: int = READILY, width: int = 3, before: str = " ", behind: str = " ") -> Mml:
    plain = f"{before}{tagged(text)}{behind}"
    return token("mo", text)._replace(width=width, single=False, plain=plain).breaking(rank)


def _invisible(code: int) -> Mml:
    return Mml(f"<mo>&#x{code:x};</mo>", 0, plain="")


MINUS = "\N{MINUS SIGN}"
NARROW, THIN = "\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}"
APPLIED, TIMES = _invisible(0x2061), _invisible(0x2062)
OPENING, CLOSING, NEGATIVE = (Mml(f"<mi>{sign}</mi>", 1, plain=sign) for sign in ("(", ")", MINUS))
SLASH = Mml("<mi>/</mi>", 1, plain="/")
"""These neither grow nor have room around them, which an `<mo>` would have to be told each time."""
NOTHING = Mml("", 0, 0)
COMMA = _sign(",", width=2, before="", behind=THIN)
IF, AS = (token("mtext", f" {word} ")._replace(single=False).breaking() for word in ("if", "as"))
COLON = _sign(":", width=2, before="")
SIGNS = {
    **{each: _sign("+") for each in ("+", " + ")},
    **{each: _sign(MINUS) for each in ("-", " - ")},
    **{each: _sign(sign) for each, sign in {"<": "<", ">": ">", "<=": "≤", ">=": "≥", "∈": "∈"}.items()},
    **{each: _sign("=") for each in ("=", " = ")},
    **{each: _sign("≈") for each in ("≈", " ≈ ")},
    **{each: _sign("\N{DOT OPERATOR}", SELDOM, before=NARROW, behind=NARROW) for each in ("*", "then")},
    "about": Mml('<mo lspace="0">≈</mo>', 2, plain=f"≈{NARROW}"),
    "each": _sign("⊙", SELDOM),
    "beside": TIMES,
    "/": SLASH.breaking(SELDOM),
    "->": _sign("→"),
    **dict.fromkeys((":", ": "), COLON),
    ",": COMMA,
    "as": Mml.row([COMMA, AS]),
}
"""What stands between pieces, by its key."""


class MathMl(Format[Mml]):
    """Mathematics in MathML Core.

    `inline`: as it stands in running text, no higher than a line: quotients and derivatives with a slash. `styled`: a
    style sheet says that fractions have their full size.
    """

    stacked = True
    signs = SIGNS

    def __init__(self, inline: bool = False, styled: bool = False) -> None:
        self.inline = inline
        self.fraction_tag = "mfrac" if styled else 'mfrac displaystyle="true"'

    def row(self, parts: Sequence[Mml]) -> Mml:
        """Pieces one behind the other."""
        return Mml.row(parts)

    # what is possible

    @property
    def derivative_strength(self) -> int:
        """A fraction holds together as a power does; with a slash, as a product does."""
        return PRODUCT if self.inline else POWER

    def fits(self, *parts: Mml) -> bool:
        """Where each is short: no line breaks within."""
        return all(part.width <= FITS for part in parts)

    def stacks(self, *parts: Mml) -> bool:
        """Where they fit and hold no fraction, which would be too small to read there. Never in a line."""
        return not self.inline and self._is_small(*parts)

    def _is_small(self, *parts: Mml) -> bool:
        return self.fits(*parts) and all(part.height < FRACTION for part in parts)

    def roots(self, inner: Mml) -> bool:
        """Where it is no longer than a line."""
        return inner.width <= WIDEST

    def raises(self, exponent: Mml) -> bool:
        """Where it could stand in a fraction and holds none, but may be one of two numbers."""
        return self.fits(exponent) and (bool(exponent.slashed) or exponent.height == LINE)

    def slashes(self, number: Numeral) -> bool:
        """Where its fraction is too wide to stand one above the other."""
        return bool(number.bottom) and not self.stacks(token("mn", number.digits), token("mn", number.bottom))

    def is_one_thing(self, part: Mml) -> bool:
        """Whether no operator parts it outside all groups."""
        return part.single

    def begins_with_digit(self, part: Mml) -> bool:
        """Whether its first character is one."""
        return part.digit

    # names

    def symbol(self, symbol: Symbol, note: str = "") -> Mml:
        """The letter with its accent, what is above it, what is below it, its primes; a word behind what is below."""
        return _symbol(symbol, note)

    def letter(self, text: str) -> Mml:
        """The letter as it is."""
        return token("mi", text)

    def function(self, name: str) -> Mml:
        """A function's name, upright where it has more than a letter."""
        return token("mi", FUNCTIONS.get(name) or GREEK.get(name, name))

    def partial(self, loss: Mml, quantity: Mml) -> Mml:
        """How one quantity changes with another."""
        change = token("mi", "∂")
        return self._over(Mml.row([change, loss]), Mml.row([change, quantity]))

    def _over(self, top: Mml, bottom: Mml) -> Mml:
        if self.inline:
            return Mml.row([top, SLASH, bottom]).grouped
        return self.fraction(top, bottom)

    def nabla(self, loss: Mml) -> Mml:
        """A nabla before the loss."""
        return Mml.row([token('mi mathvariant="normal"', "∇"), loss])

    def derivative(self, function: Mml) -> Mml:
        """A function with a prime."""
        return _primed(function, 1)

    def noted(self, derivative: Mml, word: str) -> Mml:
        """A derivative with a word above it."""
        return self.power(self.brackets(derivative), token("mtext", word))

    def sized(self, symbol: Mml, rows: int, columns: int) -> Mml:
        """The symbol with the shape below it."""
        return element("munder", symbol, _lengths(f"{rows}×{columns}"))

    def put_in(self, inner: Mml, name: Mml) -> Mml:
        """What stands where a name was, with a brace below that has the name; no brace where it would be wide."""
        return _braced(inner, name) if self.fits(inner) else inner

    def zero(self, inner: Mml) -> Mml:
        """What is 0, with a brace below that says so."""
        return self.vanishing(inner)

    def vanishing(self, inner: Mml) -> Mml:
        """What is 0, with a brace below that says so."""
        return _braced(inner, Mml.row([token("mo", "="), token("mn", "0")]))

    def differentiated(self, inner: Mml, quantity: Mml) -> Mml:
        """The derivative of a formula in square brackets."""
        change = token("mi", "∂")
        operator = self._over(change, Mml.row([change, quantity]))
        return Mml.row([operator, Mml.row([token("mo", "["), inner, token("mo", "]")]).grouped])

    def real_space(self, lengths: str) -> Mml:
        """A letter with a double stroke, the lengths raised."""
        real = token("mi", "ℝ")
        return element("msup", real, _lengths(lengths)) if lengths else real

    # numbers and words

    def number(self, number: Numeral) -> Mml:
        """The number, its fraction one above the other and its exponent raised; a long one can be broken."""
        minus, digits, bottom, exponent, radius = number
        if digits == ABSENT:
            return self.words(digits)
        if number is INFINITE:
            piece = token("mi", "∞")
        elif bottom and not self.slashes(number):
            piece = element('mfrac displaystyle="false"', token("mn", digits), token("mn", bottom))
            slashed = Mml.row([token("mn", digits), SLASH, token("mn", bottom)])
            piece = piece._replace(width=max(len(digits), len(bottom)), height=TALL, slashed=slashed.text)
        elif bottom:
            slash = SIGNS["/"] if len(digits + bottom) > GROUPED else SLASH
            piece = Mml.row([_breakable(digits), slash, _breakable(bottom)])
        elif exponent or radius:
            piece = _with_power_of_ten(digits, "×" if exponent else "±", exponent or radius)
        else:
            piece = _breakable(digits)
        piece = piece._replace(digit=True, raised=bool(exponent or radius))
        return self.negative(piece) if minus else piece

    def words(self, text: str) -> Mml:
        """Upright words within mathematics."""
        return token("mtext", text)

    # what is put together

    def negative(self, inner: Mml) -> Mml:
        """A minus before a piece."""
        return Mml.row([NEGATIVE, inner])._replace(slashed=inner.slashed and NEGATIVE.text + inner.slashed)

    def brackets(self, inner: Mml) -> Mml:
        """Round brackets that grow with what is higher than a line; lines break only within those that do not."""
        if inner.height and inner.width <= WIDEST:
            piece = Mml.row([token("mo", "("), inner, token("mo", ")")]).grouped
        else:
            piece = Mml.row([OPENING, inner, CLOSING])
        return piece._replace(single=True, raised=False, digit=False, slashed="")

    def fraction(self, top: Mml, bottom: Mml) -> Mml:
        """One above the other, in full size so that all of it can be read; a number is smaller."""
        piece = element(self.fraction_tag, top, bottom)
        return piece._replace(width=max(top.width, bottom.width), height=FRACTION)

    def power(self, base: Mml, exponent: Mml) -> Mml:
        """A raised exponent, a fraction in it with a slash; a base that is raised already is bracketed."""
        if exponent.slashed:
            exponent = Mml(exponent.slashed, exponent.width, 2)
        below = self.brackets(base) if base.raised else base
        return element("msup", below, exponent)._replace(raised=True)

    def power_of_e(self, exponent: Mml) -> Mml:
        """A raised exponent."""
        return self.power(token('mi mathvariant="normal"', "e"), exponent)

    def root(self, inner: Mml) -> Mml:
        """A root sign."""
        piece = element("msqrt", inner)
        return piece._replace(width=inner.width + 1)

    def size(self, inner: Mml) -> Mml:
        """The absolute value."""
        opening, closing = (Mml(f'<mo form="{form}">|</mo>', 1) for form in ("prefix", "postfix"))
        return Mml.row([opening, inner, closing]).grouped._replace(single=True)

    def transposed(self, inner: Mml) -> Mml:
        """A raised top sign, as textbooks have it."""
        return self.power(inner, token("mo", "⊤"))

    def part(self, whole: Mml, below: Mml) -> Mml:
        """An element of an array, its place below."""
        return element("msub", whole, below)

    def total(self, body: Mml, letter: str = "", along: str = "") -> Mml:
        """A sum sign; the letter that it runs over stands below it."""
        sigma = token("mo", "∑")
        if letter or along:
            sigma = element("munder", sigma, token("mi", letter) if letter else token("mtext", along))
        return Mml.row([sigma, body])

    def called(self, function: Mml, args: Sequence[Mml]) -> Mml:
        """A function of its arguments."""
        inner = Mml.row([piece for arg in args for piece in (COMMA, arg)][1:])
        return Mml.row([function, APPLIED, self.brackets(inner)])._replace(single=function.single)

    def cases(self, branches: Sequence[tuple[Mml, Mml]]) -> Mml:
        """A brace before value and condition, a line each; side by side where they are long."""
        if self.inline or not all(self.fits(*branch) for branch in branches):
            lines = [Mml.row([value, IF, held]) for value, held in branches]
            return Mml.row([piece for line in lines for piece in (COMMA, line)][1:])
        rows = [[value, Mml.row([token("mtext", "if "), held])] for value, held in branches]
        brace = Mml('<mo form="prefix">{</mo>', 1)
        return Mml.row([brace, _table(rows, ' class="cases"')]).grouped._replace(height=BLOCK)

    def matrix(self, rows: Sequence[Sequence[Mml]]) -> Mml:
        """Rows in round brackets."""
        piece = Mml.row([token("mo", "("), _table(rows), token("mo", ")")])
        return piece.grouped._replace(height=BLOCK)


class LinkedNames(Names[Mml]):
    """Names that say which quantity they are: each is an element with its name in the register as `data-name`."""

    def at(self, quantity: Quantity, index: Index) -> Mml:
        """An element, by its 0-based index."""
        return super().at(quantity, index).named(quantity.element(index))

    def whole(self, key: str) -> Mml:
        """A whole quantity, by its key."""
        return super().whole(key).named(key)


# symbols


@lru_cache(maxsize=4096)
def _symbol(symbol: Symbol, note: str = "") -> Mml:
    below = [] if symbol.verbatim else _subscripts(symbol.below)
    if note:
        below += [*([COMMA] if below else []), token("mtext", note)]
    piece = _with_scripts(_base(symbol), Mml.row(below) if below else NOTHING, _script(symbol.above))
    return piece if symbol.verbatim or not symbol.primes else _primed(piece, symbol.primes)


def _base(symbol: Symbol) -> Mml:
    """The letter with its accent; a name that is written as the register has it, with its index."""
    if symbol.verbatim:
        below = f"[{','.join(map(str, symbol.below))}]" if symbol.below else ""
        return token('mi mathvariant="normal"', symbol.base + below)
    base = token("mi", GREEK.get(symbol.base, symbol.base))
    if not symbol.accent:
        return base
    accent = Mml(f'<mo stretchy="false">{ACCENTS[symbol.accent]}</mo>', 0)
    return element('mover accent="true"', base, accent)


def _script(text: str) -> Mml:
    """What is set above: numbers, letters and brackets as they are."""
    parts = re.findall(r"\d+|\w|\S", text)
    kinds = ("mn" if part.isdigit() else "mi" if part.isalpha() else "mo" for part in parts)
    return Mml.row(list(map(token, kinds, parts))) if parts else NOTHING


def _subscripts(parts: Sequence[str | Symbol]) -> list[Mml]:
    """Letters and numbers of one digit side by side, others with commas; a name is a symbol of its own."""
    single = all(isinstance(part, str) and (len(part) == 1 or (part.isdigit() and len(parts) == 1)) for part in parts)
    places = [part for part in parts if isinstance(part, str) and is_place(part)]
    if single and parts:
        return [_script("".join(map(str, parts)))]
    if stand_apart(places):
        return _in_turn(map(_subscript, parts))
    before = list(map(_subscript, parts[: len(parts) - len(places)]))
    return _in_turn([*before, *([_script("".join(places))] if places else [])])


def _in_turn(pieces: Iterable[Mml]) -> list[Mml]:
    return [piece for each in pieces for piece in (COMMA, each)][1:]


def _subscript(part: str | Symbol) -> Mml:
    if part == "·":
        return token("mo", part)
    if isinstance(part, str) and not re.fullmatch(r"[^\W\d]\w*", part):
        return _script(part)
    return _symbol(part if isinstance(part, Symbol) else symbol_of(part))


def _with_scripts(base: Mml, below: Mml, above: Mml) -> Mml:
    if below.text and above.text:
        piece = element("msubsup", base, below, above)
    elif below.text or above.text:
        piece = element("msub", base, below) if below.text else element("msup", base, above)
    else:
        return base
    return piece._replace(raised=bool(above.text))


def _primed(piece: Mml, primes: int) -> Mml:
    return element("msup", piece, token("mo", "′" * primes))._replace(raised=True)


# numbers, arrays, braces


def _breakable(digits: str) -> Mml:
    """A number that a line can break in, if it is a long one."""
    if len(digits) <= GROUPED:
        return token("mn", digits)
    groups = [token("mn", digits[start : start + 12]) for start in range(0, len(digits), 12)]
    plain = "<wbr>".join([group.plain or "" for group in groups])
    return Mml.row([group.breaking(SELDOM) for group in groups])._replace(single=True, plain=plain)


def _with_power_of_ten(digits: str, sign: str, exponent: str) -> Mml:
    minus = [NEGATIVE] if exponent.startswith("-") else []
    power = element("msup", token("mn", "10"), Mml.row([*minus, token("mn", exponent.removeprefix("-"))]))
    is_alone = digits == "1" and sign == "×"
    return power if is_alone else Mml.row([token("mn", digits), _sign(sign), power])


def _lengths(text: str) -> Mml:
    """The lengths of axes: `2×3`."""
    return Mml.row([token("mn" if part.isdigit() else "mo", part) for part in re.findall(r"\d+|\S", text)])


def _table(rows: Sequence[Sequence[Mml]], attributes: str = "") -> Mml:
    """Columns side by side, each as wide as its widest cell."""
    cells = [cell for row in rows for cell in row]
    lines = ["".join([f"<mtd>{cell.text}</mtd>" for cell in row]) for row in rows]
    width = sum(max(cell.width for cell in column) + 2 for column in zip(*rows, strict=True))
    return Mml(
        f"<mtable{attributes}>{''.join(f'<mtr>{line}</mtr>' for line in lines)}</mtable>",
        width,
        raised=any(cell.raised for cell in cells),
        height=max(LINE, *(cell.height for cell in cells)),
    )


def _braced(inner: Mml, below: Mml) -> Mml:
    brace = element("munder", inner, Mml('<mo stretchy="true">⏟</mo>', 0))
    return element("munder", brace, below, width=max(inner.width, below.width))
