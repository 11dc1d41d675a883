r"""A piece of LaTeX mathematics: its text, how wide it comes out, where a line can break in it, and how high it is.

Widths are in points of a text of 10 points, near enough to choose columns by and to tell what may stand unbroken. Lines
break after an operator, a relation or `\allowbreak` that stands in no group: not in a fraction, not raised.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

SMALLER = 0.8
"""How large raised and lowered text is."""
OPERATOR, RELATION, DOT = 12.5, 13.5, 7.5
"""What a line breaks after, with the space around it."""
COMMA, SPACE, THIN, BAR, SIGN, LETTER = 4.0, 0.0, 3.5, 3.5, 7.8, 5.8
"""`SIGN`: a minus with nothing before it that it would be taken from."""
LOW, RAISED, FRACTION, BLOCK = 0.0, 0.8, 2.2, 3.5
"""How high a piece is: how much further apart the rows of a matrix are that has it, in ex."""
WIDTHS = {
    **dict.fromkeys("()|,;:.", COMMA),
    **dict.fromkeys(["{", "}", r"\text", r"\mathrm", r"\operatorname", r"\hat", r"\bar", r"\tilde"], 0.0),
    **dict.fromkeys(["'", r"\,", r"\ "], THIN),
    **dict.fromkeys([r"\exp", r"\log", r"\max", r"\min", r"\sin", r"\cos", r"\sinh", r"\cosh", r"\tanh"], 21.0),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZmw", 7.3),
    **dict.fromkeys("MW", 9.5),
    r"\infty": 10.0,
    **dict.fromkeys("ijlt", 4.0),
    **dict.fromkeys("0123456789", 5.0),
    **dict.fromkeys("+-", OPERATOR),
    **dict.fromkeys("<>=", RELATION),
}
CHARACTER = re.compile(r"\\[a-zA-Z]+|\\.|\S")


class Tex(NamedTuple):
    """A piece of LaTeX. Two are equal where their texts are.

    `width` of all of it in one line; `head` up to the first place where a line can break, all of it where there is none
    (`broken`); `tail` from the last one on; `rest` the widest part between breaks behind the first.
    `minus`, `digit`: it begins with one; `opens`: a minus behind it is a sign; `single`: a number, a symbol or a
    function, with no operator; `raised`: something is set above it as a whole; `height`; `tall`: brackets around it
    grow; `fractions`: it has fractions of numbers; `flat`: the text in an exponent, where that is another;
    `scripts`: how wide what is raised and lowered at its end is; `label`: how much of the width is of shapes below
    symbols that take no more room than those; `sizes`: the rows and columns of its matrices; `terms`: of a sum outside
    all groups the terms, of a chain of equals the forms, each with the key of the sign before it.
    """

    text: str
    width: float
    head: float
    tail: float
    rest: float = 0.0
    broken: bool = False
    minus: bool = False
    digit: bool = False
    opens: bool = False
    single: bool = False
    raised: bool = False
    height: float = LOW
    tall: bool = False
    fractions: bool = False
    flat: str = ""
    scripts: float = 0.0
    label: float = 0.0
    sizes: tuple[tuple[int, int], ...] = ()
    terms: tuple[tuple[str, Tex], ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tex) and self.text == other.text

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.text)

    @classmethod
    def row(cls, pieces: Sequence[Tex], terms: tuple[tuple[str, Tex], ...] = ()) -> Tex:
        """Pieces one behind the other. `terms`: those of the sum that they are."""
        if len(pieces) == 1:
            return pieces[0]
        start, end = pieces[0], pieces[-1]
        return cls(
            "".join([piece.text for piece in pieces]),
            *_extent(pieces),
            minus=start.minus,
            digit=start.digit,
            opens=end.opens,
            raised=True in [piece.raised for piece in pieces],
            height=max([piece.height for piece in pieces], default=LOW),
            tall=True in [piece.tall for piece in pieces],
            fractions=True in [piece.fractions for piece in pieces],
            scripts=end.scripts,
            label=sum([piece.label for piece in pieces]),
            sizes=tuple([size for piece in pieces for size in piece.sizes]),
            terms=terms,
        )

    @property
    def part(self) -> float:
        """How wide its widest part is that no line breaks in."""
        return max(self.head, self.rest)

    def unbroken(self, text: str, width: float) -> Tex:
        """A group that holds the piece: nothing breaks in it, and it stands for itself."""
        return Tex(
            text,
            width,
            width,
            width,
            height=self.height,
            tall=self.tall,
            fractions=self.fractions,
            label=self.label,
            sizes=self.sizes,
            single=True,
        )

    def followed(self, text: str, width: float) -> Tex:
        """The piece with something behind it that no line breaks before."""
        head = self.head if self.broken else self.head + width
        tail = self.tail + width
        rest = max(self.rest, tail) if self.broken else 0.0
        return self._replace(text=self.text + text, width=self.width + width, head=head, tail=tail, rest=rest, flat="")


def text_width(text: str) -> float:
    """How wide a word, a symbol or a number is; spaces in it take no room."""
    if text.isascii() and text.isdecimal():  # as most are, and some of thousands of digits
        return WIDTHS["0"] * len(text)
    return sum(WIDTHS.get(character, LETTER) for character in CHARACTER.findall(text))


def atom(text: str, width: float | None = None, single: bool = True) -> Tex:
    """A piece that nothing breaks in."""
    width = text_width(text) if width is None else width
    return Tex(text, width, width, width, single=single)


def separator(text: str, width: float, breaks: bool = True, opens: bool = True) -> Tex:
    """What stands between pieces. `breaks`: a line can break behind it."""
    return Tex(text, width, width, 0.0 if breaks else width, broken=breaks, opens=opens)


def _extent(pieces: Sequence[Tex]) -> tuple[float, float, float, float, bool]:
    """Of pieces one behind the other, how wide they are and the parts between breaks: the first, last and widest."""
    width = tail = widest = 0.0
    head, opens = -1.0, True
    for piece in pieces:
        first = piece.head
        if piece.minus and not opens:  # it is taken from what stands before it, and a line can break behind it
            width += OPERATOR - SIGN
            first -= SIGN
            head, tail, widest = _ended(head, tail + OPERATOR, widest)
        width += piece.width
        if piece.broken:
            head, tail, widest = _ended(head, tail + first, widest)
            widest, tail = max(widest, piece.rest), piece.tail
        else:
            tail += first
        opens = piece.opens
    broken = head >= 0
    return width, head if broken else tail, tail, max(widest, tail) if broken else 0.0, broken


def _ended(head: float, part: float, widest: float) -> tuple[float, float, float]:
    """The first part, the one that begins, and the widest behind the first, where a part ends so wide."""
    return (part, 0.0, widest) if head < 0 else (head, 0.0, max(widest, part))
