"""Rows, equations and sentences for HTML: words as they are, mathematics in `<math>`, quantities by their names.

What names a quantity has its name in the register as `data-name`.
"""

from __future__ import annotations

from bptrace.engine.sentence_parts import Sentence, Words
from bptrace.engine.trace import Trace
from bptrace.typeset.markup import Mml
from bptrace.typeset.mathml import LinkedNames, MathMl
from bptrace.typeset.names import Names
from bptrace.typeset.tags import Tagged, tag, tagged
from bptrace.views.register_cells import RegisterCells
from bptrace.views.sentences import MathSentences

MATH_STYLE = """\
mfrac:not([displaystyle]) { math-style: normal; }
.cases mtd { text-align: left; }
.together { white-space: nowrap; }
.together wbr { white-space: normal; }
"""
"""The rules of style that what is written here needs."""
CLOSING = ".,;:!?)"


def in_math(piece: Mml) -> Tagged:
    """Mathematics within HTML."""
    return piece.math


def shortest(piece: Mml) -> Tagged:
    """Mathematics within HTML, in a font for it: numbers and signs alone as plain text, in which lines break."""
    return piece.math if piece.plain is None else Tagged(piece.plain)


def html_names(trace: Trace, inline: bool = False, linked: bool = True) -> Names[Mml]:
    """What quantities are called. `inline`: no higher than a line; `linked`: for a page, each says which it is."""
    return LinkedNames(trace, MathMl(inline, styled=True)) if linked else Names(trace, MathMl(inline))


def html_cells(trace: Trace, inline: bool = False, linked: bool = True) -> RegisterCells[Mml]:
    r"""The cells of a trace's rows, with such names.

    >>> import bptrace
    >>> trace = bptrace.loads("weights: {w: 2}\nloss: w^2").trace()
    >>> html_cells(trace, linked=False).formula(next(trace.rows())).math
    '<math><msup><mi>w</mi><mn>2</mn></msup></math>'
    """
    return RegisterCells(trace, html_names(trace, inline, linked))


class HtmlSentences(MathSentences[Mml]):
    """Writes sentences in HTML. `linked`: each name says which quantity it is."""

    def __init__(self, trace: Trace, linked: bool = True) -> None:
        super().__init__(trace, html_names(trace, inline=True, linked=linked), tagged, in_math)
        self.linked = linked

    def write(self, sentence: Sentence) -> Tagged:
        """A sentence as HTML: no line breaks between mathematics and a full stop or a comma behind it."""
        written, shown = list[str](), Tagged()
        for part in sentence:
            if isinstance(part, Words):
                rest = part.text.lstrip(CLOSING) if shown else part.text
                written += [_together(shown, part.text.removesuffix(rest)), rest]
                shown = Tagged()
            else:
                written.append(shown)
                shown = Tagged(self.part(part))
        return tagged(*written, shown)


def _together(shown: Tagged, ending: str) -> Tagged:
    return tag("span", shown, ending, class_="together") if ending else shown
