"""How wide a text comes out in a picture: at least as wide as in any of the fonts that it may be shown in.

A picture that is read elsewhere is set in the fonts of that place. Each width here is that of the wider of DejaVu Sans
and DejaVu Serif, rounded up: Arial, Helvetica, Times and what stands in for them are narrower.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

SCRIPT = 0.72
"""How large raised and lowered letters are, against those beside them."""
WIDEST = 1200
"""What a character takes that is in no row here: CJK, pictures."""
ADVANCES = {
    250: "ᵢ′⁽⁾ₗ",
    300: "'ₜⱼ",
    350: " ,./:;\\ijl|¦·\N{NO-BREAK SPACE}ıłᵣ",
    400: "()-I[]fΙιₐₛ",
    450: "!Jt¡²³¹ᵀᵤᵥ⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ₑₒₓₕₖₙₚ",
    500: '"*_`r§¨ª¯°´¸º',
    550: "?sz¿εζ⁻∂",
    600: "cvxyγξς",
    650: "$0123456789abdeghknopqu{}¢£¤¥«µ¶»ðøþβδηθκλμνορτυχₘ√đħĸ",
    700: "FLPSTYZÞßŁΓΖΡΤΥαπσ∇",
    750: "ABEKVXΑΒΔΕΚΛΞΣΧφ∑",
    800: "CGRψ",
    850: "#+<=>DOQU^~¬±×÷ÐØΘΟΦΩω→−∞≈≤≥⊙ℝ",
    900: "&HNwΗΝΠΨ∈",
    950: "Ħ",
    1000: "%@m©®¼½¾æ…⋮",
    1050: "MWÆŒœΜ",
}
"""The widths of characters, in thousandths of the font's size; a letter with an accent is as wide as without."""
_WIDTHS = {char: width for width, chars in ADVANCES.items() for char in chars}


def advance_width(text: str, size: float, level: int = 0) -> float:
    """How much room a text takes in a font of a size. `level`: by so many steps raised or lowered, it is smaller.

    >>> advance_width("W", 20), advance_width("", 20)
    (21.0, 0.0)
    """
    return sum(map(_advance, text)) * size * SCRIPT ** abs(level) / 1000


@lru_cache(maxsize=1024)
def _advance(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return _WIDTHS.get(char) or _WIDTHS.get(unicodedata.normalize("NFD", char)[0], WIDEST)
