"""Mathematics where its characters cannot be shown: in ASCII, raised digits after `^`, letters by their names."""

from __future__ import annotations

import re
import unicodedata
from typing import TextIO

from bptrace.engine.symbols import ACCENTS, GREEK, MARKS
from bptrace.typeset.unicode import HIGH, LOW

RAISED = {high: low for low, high in HIGH.items()}
LOWERED = {low: high for high, low in LOW.items() if low != high}
WORDS = {letter: name for name, letter in GREEK.items()} | {
    "∂": "d",
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
}
ACCENTED = re.compile(rf"(?<![^\W\d_])([^\W\d_])([{''.join(ACCENTS.values())}])(?![^\W\d_])")
"""A letter that stands alone: in a word the accent is one of its language."""
DRAWN = "∂⊙≈ᵀ⁽¹⁾₁ⱼ→┌│└…×√"
BRACKETS = str.maketrans("┌┐└┘│⎛⎜⎝⎞⎟⎠", "[][]|((()))")


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
    """The text in ASCII and what else an encoding has; a character without a stand-in is a question mark."""
    text = re.sub(f"[{re.escape(''.join(RAISED))}]+", lambda run: "^" + _swapped(run.group(), RAISED), text)
    text = re.sub(f"[{''.join(LOWERED)}]+", lambda run: "_" + _swapped(run.group(), LOWERED), text)
    text = ACCENTED.sub(lambda found: found[1] + MARKS[found[2]], unicodedata.normalize("NFD", text))
    return _swapped(unicodedata.normalize("NFC", text), WORDS).encode(encoding, "replace").decode(encoding)


def drawn_plainly(text: str) -> str:
    """The text with its drawn brackets in ASCII, each in one character still."""
    return text.translate(BRACKETS)


def _swapped(text: str, table: dict[str, str]) -> str:
    return "".join([table.get(char, char) for char in text])
