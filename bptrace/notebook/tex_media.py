r"""What a notebook shows as Markdown and as LaTeX, where it does not show HTML: mathematics between dollars.

MathJax, which shows it there, does not know where a line may break: `\allowbreak` and `\nobreak` are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bptrace.engine.trace import Trace
from bptrace.notebook.medium import Medium, ShownTable, TableBlock
from bptrace.typeset.latex import Latex
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.names import Names
from bptrace.typeset.tex import Tex
from bptrace.views.markdown import piped, prose
from bptrace.views.sentences import MathSentences

BREAKS = re.compile(r"\\(?:allow|no)break\s?")


def unbroken(piece: Tex) -> str:
    """The text of a piece without the places where a line may break."""
    return BREAKS.sub("", piece.text)


def _in_line(piece: Tex) -> str:
    return f"${unbroken(piece)}$"


class MarkdownMedium(Medium[Tex]):
    """Tables in Markdown, mathematics between dollars."""

    form = Latex(inline=True)

    def sentences(self, trace: Trace) -> MathSentences[Tex]:
        """What writes sentences about a trace."""
        return MathSentences(trace, Names(trace, self.form), prose, _in_line)

    def words(self, text: str) -> str:
        """Words, nothing in which is read as Markdown."""
        return prose(text)

    def math(self, piece: Tex) -> str:
        """Mathematics in a cell of a table."""
        return _in_line(piece)

    def alone(self, piece: Tex) -> str:
        """Mathematics that is all there is to show."""
        return f"$${unbroken(piece)}$$"

    def table(self, table: ShownTable) -> str:
        """A whole table: one for each block, under its heading."""
        parts = [f"**{table.title}**"] if table.title else []
        for block in table.blocks:
            parts += [f"**{block.heading}**"] if block.heading else []
            parts += [*self._pieces(table.header, block), *(f"*{note}*" for note in block.notes)]
        return "\n\n".join([*parts, *table.remarks])

    def _pieces(self, header: Sequence[str], block: TableBlock) -> Iterator[str]:
        width = len(header) or len(block.lines[0])
        lines = ([line, *[""] * (width - 1)] if isinstance(line, str) else line for line in block.lines)
        yield "".join([piped(header or [""] * width), piped(["---"] * width), *map(piped, lines)]).rstrip()


class LatexMedium(Medium[Tex]):
    r"""Tables as arrays, which are mathematics between dollars: MathJax has no `tabular`."""

    form = Latex(inline=True)

    def sentences(self, trace: Trace) -> MathSentences[Tex]:
        """What writes sentences about a trace."""
        return MathSentences(trace, Names(trace, self.form), escaped, _in_line)

    def words(self, text: str) -> str:
        """Words, nothing in which is read as a command."""
        return escaped(text)

    def label(self, text: str) -> str:
        """Words in a cell of an array."""
        return rf"\text{{{escaped(text)}}}"

    def math(self, piece: Tex) -> str:
        """Mathematics in a cell of an array."""
        return unbroken(piece)

    def alone(self, piece: Tex) -> str:
        """Mathematics that is all there is to show."""
        return rf"$\displaystyle {unbroken(piece)}$"

    def table(self, table: ShownTable) -> str:
        """A whole table: an array for each block, under its heading."""
        parts = [table.title] if table.title else []
        for block in table.blocks:
            parts += [block.heading] if block.heading else []
            parts += [self._array(block), *block.notes]
        return "\n\n".join([*parts, *table.remarks])

    def _array(self, block: TableBlock) -> str:
        width = max((len(line) for line in block.lines if not isinstance(line, str)), default=1)
        lines = [rf"\text{{{line}}}" if isinstance(line, str) else " & ".join(line) for line in block.lines]
        return f"$\\begin{{array}}{{{'l' * width}}}\n" + " \\\\\n".join(lines) + "\n\\end{array}$"
