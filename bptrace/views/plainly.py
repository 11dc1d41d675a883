"""Mathematics where only ASCII can be shown: raised digits after `^`, letters by their names."""

from __future__ import annotations

import re
import unicodedata

from bptrace.symbols import ACCENTS, GREEK
from bptrace.unicode_glyphs import HIGH, LOW

RAISED = {high: low for low, high in HIGH.items()} | {"ᵀ": "T"}
LOWERED = {low: high for high, low in LOW.items()}
WORDS = {letter: name for name, letter in GREEK.items()} | {
    "∂": "d",
    "·": "*",
    "×": "x",
    "⊙": "(*)",
    "≈": "~",
    "≤": "<=",
    "≥": ">=",
    "√": "sqrt",
    "Σ": "sum",
    "…": "...",
    **{accent: name for name, accent in ACCENTS.items()},
}
DRAWN = str.maketrans("┌┐└┘│⎛⎜⎝⎞⎟⎠", "[][]|((()))")


def plainly(text: str) -> str:
    """The text in ASCII; a character without a stand-in is a question mark."""
    text = re.sub(f"[{re.escape(''.join(RAISED))}]+", lambda run: "^" + _swapped(run.group(), RAISED), text)
    text = re.sub(f"[{''.join(LOWERED)}]+", lambda run: "_" + _swapped(run.group(), LOWERED), text)
    text = _swapped(unicodedata.normalize("NFD", text), WORDS)
    return text.encode("ascii", "replace").decode()


def drawn_plainly(text: str) -> str:
    """The text with its drawn brackets in ASCII, each in one character still."""
    return text.translate(DRAWN)


def _swapped(text: str, table: dict[str, str]) -> str:
    return "".join([table.get(char, char) for char in text])
