"""What is read as people write it on paper or in another language, where it can mean one thing only.

A file's own names come first: what it calls so itself, above or below, is that. None of this changes how a rule prints.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from bptrace.ops.op import OPS, KnownFunctions

SIGNS = {"−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "∕": "/", "ᵀ": ".T", "⊤": ".T"}
"""Another sign, and the one that it is read as."""
BETWEEN_NUMBERS = frozenset("×·⋅∙")
"""Those that mean several things between arrays."""
DIGITS_ABOVE = "⁰¹²³⁴⁵⁶⁷⁸⁹"
RAISED = str.maketrans(f"{DIGITS_ABOVE}⁺⁻", "0123456789+-")
"""What is set above the line is a power: `x²`, `x⁻¹`, `x²³` is x^23."""
FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5",
             "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}  # fmt: skip
ROOT = "√"
FUNCTIONS = {
    ROOT: "sqrt",
    "ln": "log",
    "logistic": "sigmoid",
    "sigma": "sigmoid",
    "σ": "sigmoid",
    "swish": "silu",
}
"""Another word for a function that reduces, counts and scales as this one does; capitals don't matter."""
NUMBERS = {"π": "pi"}
BASE = "e"
"""Read as Euler's number where a power of it stands: `e^(-z)`."""


def function_read(word: str, rows: KnownFunctions) -> str:
    """The function of the table that another spelling of it means; nothing where there is none.

    >>> import bptrace.ops.table
    >>> from bptrace.ops.op import FILE_ROWS
    >>> [function_read(word, FILE_ROWS) for word in ("ReLU", "ln", "MSE")]
    ['relu', 'log', '']
    """
    lower = word.lower()
    name = FUNCTIONS.get(word) or FUNCTIONS.get(lower, lower)
    return name if rows.arities(name) else ""


@lru_cache(maxsize=1_000)
def constant_read(word: str) -> str:
    """The number with a name that a word means, in capitals too; nothing where there is none."""
    name = NUMBERS.get(word, word.lower())
    return name if name in OPS and OPS[name].constant else ""


class Spelling(NamedTuple):
    """What people write, each form by itself, and what is read."""

    written: tuple[str, ...]
    read: str


def spellings() -> list[Spelling]:
    """Everything that is taken in another spelling, for a list of it."""
    words = {read: tuple(f"{word}(z)" for word in FUNCTIONS if FUNCTIONS[word] == read) for read in FUNCTIONS.values()}
    signs = {read: tuple(f"a {sign} b" for sign in SIGNS if SIGNS[sign] == read) for read in ("-", "*", "/")}
    return [
        Spelling(("ReLU(z)", "Sigmoid(z)", "TANH(z)"), "the function, whatever letters are capitals"),
        *(Spelling(written, f"`{read}(z)`") for read, written in words.items()),
        *(Spelling((word, read.capitalize()), f"`{read}`") for word, read in NUMBERS.items()),
        Spelling((f"{BASE}^(-z)",), "`exp(-z)`; `e` is known as the base of a power alone"),
        Spelling(("x²", "x⁻¹", "x²³"), "`x^2`, `x^-1`, `x^23`"),
        Spelling(tuple(FRACTIONS), f"the number: `{'`, `'.join(FRACTIONS.values())}`"),
        *(Spelling(written, f"`a {read} b`{ONLY.get(read, '')}") for read, written in signs.items()),
        Spelling(tuple(f"w{sign}" for sign in SIGNS if SIGNS[sign] == ".T"), "`w.T`"),
        Spelling(("h1", "w12"), "`h[1]`, `w[1,2]`, where the register calls an element so"),
    ]


ONLY = {"*": ", where one of the two is a number; of two arrays it could be `@` as well"}
