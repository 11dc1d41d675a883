"""Symbols, the names of functions, and words within LaTeX mathematics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bptrace.engine.symbols import GREEK, Symbol, symbol_of
from bptrace.typeset import tex
from bptrace.typeset.format import is_place, stand_apart
from bptrace.typeset.latex_text import escaped, escaped_character
from bptrace.typeset.tex import RAISED, SMALLER, THIN, Tex, atom

NAMED = ("exp", "log", "sin", "cos", "sinh", "cosh", "tanh", "max", "min")
TITLES = {"sigmoid": r"\sigma"}


def upright(text: str) -> Tex:
    """Upright words within mathematics, nothing in them read as a command."""
    plain = rf"\text{{{escaped(text)}}}"
    return atom(plain)


def _plain(name: str) -> str:
    """A word within mathematics, as text where its letters are none of mathematics."""
    if name.isascii():
        return "".join({"_": r"\_", " ": r"\ "}.get(char, char) for char in name)
    return rf"\text{{{escaped(name)}}}"


def _math_letter(char: str) -> str:
    name = next((name for name, letter in GREEK.items() if letter == char), "")
    return f"\\{name} " if name else rf"\text{{{escaped_character(char)}}}"


def _letter_or_word(base: str) -> str:
    """A single letter as it is, a Greek one by its command, a word upright."""
    name = base if base in GREEK else next((name for name, letter in GREEK.items() if letter == base), "")
    if name:
        return f"\\{name}" if name != "omicron" else "o"
    if len(base) == 1:
        return base if base.isascii() and base.isalnum() else _math_letter(base)
    return rf"\mathrm{{{_plain(base)}}}" if base.isascii() else _plain(base)


@lru_cache(maxsize=1024)
def function_named(name: str) -> Tex:
    """A function's name: a sign or a letter where it has one, else upright."""
    if name in NAMED:
        return atom(f"\\{name}")
    if name in GREEK or name in GREEK.values() or (len(name) == 1 and name not in TITLES):
        return atom(_letter_or_word(name))
    return atom(TITLES.get(name) or rf"\operatorname{{{_plain(name)}}}")


def typeset_symbol(symbol: Symbol, note: str = "") -> Tex:
    """The letter with its accent, what is above it, what is below it, its primes; a word behind what is below.

    >>> typeset_symbol(Symbol("W", below=("1", "2"), above="(1)")).text
    'W^{(1)}_{12}'
    """
    above, below = _script(symbol.above), atom("") if symbol.verbatim else _subscripts(symbol.below)
    if note:
        below = _in_turn([*([below] if below.text else []), upright(note)], ",")
    return _with_scripts(_base(symbol), above, below, 0 if symbol.verbatim else symbol.primes)


def _base(symbol: Symbol) -> Tex:
    """The letter with its accent; a name that is written as the register has it, with its index."""
    if symbol.verbatim:
        below = f"[{','.join(map(str, symbol.below))}]" if symbol.below else ""
        return atom(rf"\mathrm{{{_plain(symbol.base)}}}{below}")
    base = _letter_or_word(symbol.base)
    return atom(f"\\{symbol.accent}{{{base}}}" if symbol.accent else base)


def _script(text: str) -> Tex:
    """What is set above: brackets, digits and letters as they are."""
    return atom(
        "".join(char if char in "()+-" or (char.isascii() and char.isalnum()) else _math_letter(char) for char in text)
    )


def _subscripts(parts: Sequence[str | Symbol]) -> Tex:
    """Letters and numbers of one digit side by side, others with commas; a name is a symbol of its own."""
    single = all(isinstance(part, str) and (len(part) == 1 or (part.isdigit() and len(parts) == 1)) for part in parts)
    places = [part for part in parts if isinstance(part, str) and is_place(part)]
    if single or stand_apart(places):
        return _in_turn(map(_subscript, parts), "" if single else ",")
    numbers = _in_turn(map(_subscript, places), "")
    pieces = [*map(_subscript, parts[: len(parts) - len(places)]), numbers]
    return _in_turn([piece for piece in pieces if piece.text], ",")


def _in_turn(pieces: Iterable[Tex], between: str) -> Tex:
    comma = atom(between)
    return Tex.row([atom(""), *[piece for each in pieces for piece in (comma, each)][1:]])


def _subscript(part: str | Symbol) -> Tex:
    if part == "·":
        return atom(r"\cdot", tex.DOT)
    if isinstance(part, str) and not re.fullmatch(r"[^\W\d]\w*", part):
        return _script(part)
    return typeset_symbol(part if isinstance(part, Symbol) else symbol_of(part))


def _with_scripts(base: Tex, above: Tex, below: Tex, primes: int) -> Tex:
    widths = [SMALLER * each.width for each in (above, below) if each.text]
    text = base.text + (f"^{{{above.text}}}" if above.text else "") + (f"_{{{below.text}}}" if below.text else "")
    piece = base.followed(text.removeprefix(base.text), max(widths, default=0.0))
    piece = piece._replace(
        raised=bool(above.text),
        scripts=max(widths, default=0.0),
        height=RAISED if (above.text and below.text and not set("{}") & set(above.text)) or below.height else tex.LOW,
    )
    if above.text and primes:
        piece = piece._replace(text=f"{{{piece.text}}}")
    return piece.followed("'" * primes, THIN * primes)._replace(raised=True, scripts=0.0) if primes else piece
