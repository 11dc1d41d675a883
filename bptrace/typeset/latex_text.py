"""Plain text for LaTeX: whatever a user writes comes out as it is, in ASCII, and is no command."""

from __future__ import annotations

import re
import unicodedata

from bptrace.engine.symbols import GREEK

SPECIAL = {char: f"\\{char}" for char in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\char34{}",  # KaTeX has no name for it, and some languages give the bare character a meaning
    "-": "-",
}
SYMBOLS = {char: f"$\\{name}$" for name, char in GREEK.items() if name != "omicron"} | {
    "≈": r"$\approx$",
    "·": r"$\cdot$",
    "×": r"$\times$",
    "⋮": r"$\vdots$",
    "→": r"$\to$",
    "∂": r"$\partial$",
    "…": r"\dots{}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
}


def escaped(text: str) -> str:
    """Plain text for LaTeX: nothing in it is read as a command, and no letter is missing from its fonts."""
    if PLAIN.fullmatch(text):
        return text
    characters = "".join(escaped_character(char) for char in unicodedata.normalize("NFC", text))
    return LIGATURE.sub(r"\1{}", characters)


def escaped_character(char: str) -> str:
    """One character for LaTeX; one that its fonts do not have is told by its number."""
    if char in SPECIAL or char in SYMBOLS:
        return SPECIAL.get(char) or SYMBOLS[char]
    if char.isascii():
        return char if char.isprintable() else " "
    parts = unicodedata.normalize("NFD", char)
    accent = TEXT_ACCENTS.get(parts[1:])
    if accent and parts[0].isascii():
        return f"\\{accent}{{{parts[0]}}}"
    return TEXT_LETTERS.get(char, f"[U+{ord(char):04X}]")


LIGATURE = re.compile(r"(?<!\\)(-(?=-)|'(?=')|,(?=,)|[`?!](?=`))")
"""Characters that LaTeX makes one of with the next."""
PLAIN = re.compile(r"(?:[A-Za-z0-9 .:;()=+*/]|([-',])(?!\1))*")
"""Text that is the same in LaTeX, as most words are."""
TEXT_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u0304": "=", "\u030a": "r",
                "\u030c": "v", "\u0327": "c"}  # fmt: skip
TEXT_LETTERS = {"ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "œ": r"\oe{}", "ł": r"\l{}",
                "’": "'", "‘": "`", "“": "``", "”": "''"}  # fmt: skip
