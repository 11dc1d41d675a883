"""Mathematics where its characters cannot be shown: in ASCII, raised digits after `^`, letters by their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TextIO

from bptrace.engine.symbols import ACCENTS, GREEK, MARKS, Symbol, symbol_of
from bptrace.typeset.glyphs import OUTER_EACH, Glyphs
from bptrace.typeset.unicode import HIGH, LOW, Unicode, is_lowered, signs_of

RAISED = {high: low for low, high in HIGH.items()}
NORMAL = {low: char for char, low in LOW.items() if low != char}
LOWERED = {char for char in LOW if char != "·"}
WORDS = {letter: name for name, letter in GREEK.items()} | {
    "∂": "d",
    "∇": "grad ",
    "∈": "in",
    "ℝ": "R",
    "·": "*",
    "×": "x",
    "⊙": "(*)",
    "≈": "~",
    "≤": "<=",
    "≥": ">=",
    "√": "sqrt",
    "∑": "sum",
    "→": "->",
    "ᵀ": "^T",
    "…": "...",
    "∞": "inf",
}
ACCENTED = re.compile(rf"(?<![^\W\d_])([^\W\d_])([{''.join(ACCENTS.values())}])(?![^\W\d_])")
"""A letter that stands alone: in a word the accent is one of its language."""
DRAWN = "∂∇⊙≈ᵀ⁽¹⁾₁ⱼ→┌│└…×√"


def poor_encoding(out: TextIO) -> str:
    """The encoding of an output that lacks what mathematics is drawn with; nothing where it has all of that."""
    encoding = out.encoding or "utf-8"
    try:
        DRAWN.encode(encoding)
    except UnicodeEncodeError:
        return encoding
    except LookupError:
        return "ascii"
    return ""


def plainly(text: str, encoding: str = "ascii") -> str:
    """Words in ASCII and what else an encoding has; a character without a stand-in is a question mark."""
    text = re.sub(f"[{re.escape(''.join(RAISED))}]+", lambda run: "^" + _swapped(run.group(), RAISED), text)
    text = re.sub(f"[{''.join(NORMAL)}]+", lambda run: "_" + _swapped(run.group(), NORMAL), text)
    text = ACCENTED.sub(lambda found: found[1] + MARKS[found[2]], unicodedata.normalize("NFD", text))
    return _swapped(unicodedata.normalize("NFC", text), WORDS).encode(encoding, "replace").decode(encoding)


def _swapped(text: str, table: dict[str, str]) -> str:
    return "".join([table.get(char, char) for char in text])


class Ascii(Unicode):
    """Mathematics in ASCII; names and words in what else an encoding has."""

    signs = signs_of("*", Glyphs.of(OUTER_EACH, "(*) "), "->", "<=", ">=", "~")
    half = None
    change, radical, sigma, turned, by = "d", "sqrt", "sum", "^T", "x"

    def __init__(self, encoding: str = "ascii") -> None:
        self.encoding = encoding

    def said(self, text: str) -> str:
        """A name, a number or words in the characters that there are."""
        return plainly(text, self.encoding)

    def raised(self, text: str) -> str:
        """Digits and brackets after `^`; nothing for anything else."""
        return f"^{text}" if text and all(char in HIGH for char in text) else ""

    def lowered(self, parts: Sequence[str | Symbol]) -> str:
        """Letters and numbers side by side after a line; a word or a name after one of its own."""
        found, is_low = "", False
        for part in parts:
            pieces = list(part) if isinstance(part, str) and is_lowered(part) else [self._after_a_line(part)]
            for piece in pieces:
                starts_run = piece in LOWERED and not is_low
                found += ("_" if starts_run else "") + ("*" if piece == "·" else piece)
                is_low = piece in LOWERED or (len(piece) > 1 and self._ends_low(part))
        return found

    def _ends_low(self, part: str | Symbol) -> bool:
        """Whether the last that is seen of a subscript is lowered."""
        if isinstance(part, str) and is_lowered(part):
            return part[-1] in LOWERED
        symbol = part if isinstance(part, Symbol) else symbol_of(part)
        return bool(symbol.below) and not symbol.primes and self._ends_low(symbol.below[-1])

    def _base(self, symbol: Symbol) -> str:
        return self.said(symbol.base) + symbol.accent
