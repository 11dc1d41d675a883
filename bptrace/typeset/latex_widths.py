r"""How wide LaTeX mathematics comes out, near enough to choose columns by and to tell what may stand unbroken.

Lines break after an operator, a relation or `\allowbreak` that stands in no group: not in a fraction, not raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

NEXT_ROW = re.compile(r"\\\\(?:\[[\d.]+ex\])?")
"""What ends a row, and how much further apart the next one is."""
TOKEN = re.compile(rf"\\[a-zA-Z]+|{NEXT_ROW.pattern}|\\.|\s+|.", re.DOTALL)
SMALLER = 0.8
FRACTIONS = {r"\frac": SMALLER, r"\tfrac": SMALLER, r"\dfrac": 1.0}
BROAD = {
    **dict.fromkeys([r"\cdot"], 7.5),
    **dict.fromkeys(["+", "-", r"\times", r"\pm", r"\odot"], 12.5),
    **dict.fromkeys(["<", ">", "=", r"\le", r"\ge", r"\approx"], 13.5),
}
"""What a line breaks after, with the space around it."""
UNBROKEN = r"\approx"
r"""It is written with `\nobreak` after it."""
NARROW = {
    **dict.fromkeys("()|,;:.", 4.0),
    **dict.fromkeys(
        [r"\allowbreak", r"\nobreak", r"\mathopen", r"\!", r"\left", r"\right", r"\bigl", r"\bigr", "&"], 0.0
    ),
    **dict.fromkeys(["'", r"\,", r"\ ", r"\lvert", r"\rvert"], 3.5),
    **dict.fromkeys([r"\exp", r"\log", r"\max", r"\min", r"\sin", r"\cos", r"\sinh", r"\cosh", r"\tanh"], 21.0),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZmw", 7.3),
    **dict.fromkeys("MW", 9.5),
    **dict.fromkeys("ijlt", 4.0),
    **dict.fromkeys("0123456789", 5.0),
}
LETTER = 5.8
SIGN = 7.8
"""A minus with nothing before it that it would be taken from."""
WORDS = (r"\text", r"\mathrm", r"\operatorname")


class Extent(NamedTuple):
    """How wide a text is in one line, and its widest part that no line breaks in."""

    whole: float
    part: float


def extent(text: str) -> Extent:
    """How wide the text is, in points of a text of 10 points."""
    tokens = [token for token in TOKEN.findall(text) if not token.isspace()]
    return _sequence(iter([*tokens, "}"]))


def _sequence(tokens: Iterator[str]) -> Extent:
    """The tokens up to the brace that closes them."""
    whole = part = widest = 0.0
    deep = 0
    raised = {"^": 0.0, "_": 0.0}
    before_it = ""
    for token in tokens:
        if token == "}":
            break
        is_sign = token == "-" and (before_it in ("", "(") or before_it in BROAD)
        before_it = before_it if token == r"\nobreak" else token
        if token in raised:
            before, raised[token] = max(raised.values()), SMALLER * _argument(tokens).whole
            width = max(0.0, max(raised.values()) - before)
        else:
            raised = {"^": 0.0, "_": 0.0}
            width = SIGN if is_sign else _width(token, tokens)
        deep += (token == r"\left") - (token == r"\right")
        whole, part = whole + width, part + width
        widest = max(widest, part)
        if not deep and ((token in BROAD and not is_sign and token != UNBROKEN) or token == r"\allowbreak"):
            part = 0.0
    return Extent(whole, widest)


def _width(token: str, tokens: Iterator[str]) -> float:
    if token in FRACTIONS:
        return FRACTIONS[token] * max(_argument(tokens).whole, _argument(tokens).whole) + 2.4
    if token == r"\begin":
        return _environment(tokens)
    if token == r"\sqrt":
        return _argument(tokens).whole + 8.5
    if token == "{" or token in WORDS:
        return _sequence(tokens if token == "{" else _opened(tokens)).whole
    if token in (r"\hat", r"\bar", r"\tilde"):
        return _argument(tokens).whole
    return BROAD.get(token) or NARROW.get(token, LETTER)


def _opened(tokens: Iterator[str]) -> Iterator[str]:
    next(tokens)
    return tokens


def _argument(tokens: Iterator[str]) -> Extent:
    """A group, or a single token."""
    token = next(tokens)
    return _sequence(tokens) if token == "{" else Extent(_width(token, tokens), 0.0)


def _environment(tokens: Iterator[str]) -> float:
    """A matrix or cases: columns side by side, each as wide as its widest cell."""
    next(tokens)
    frame = 9.0 if "".join(iter(tokens.__next__, "}")) == "cases" else 15.0
    columns: dict[int, float] = {}
    place, cell, depth = 0, "", 0
    for token in tokens:
        depth += (token == r"\begin") - (token == r"\end")
        if depth < 0:
            break
        if (token == "&" or token.startswith(r"\\")) and not depth:
            columns[place] = max(columns.get(place, 0.0), extent(cell).whole)
            place, cell = place + 1 if token == "&" else 0, ""
        else:
            cell += token + " " * token.startswith("\\")
    columns[place] = max(columns.get(place, 0.0), extent(cell).whole)
    _argument(tokens)
    return sum(columns.values()) + 10.0 * (len(columns) - 1) + frame
