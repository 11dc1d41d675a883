"""What a notebook shows as HTML: tables with mathematics in MathML, in whatever colours the notebook has."""

from __future__ import annotations

from collections.abc import Sequence

from bptrace.engine.trace import Trace
from bptrace.notebook.medium import Medium, ShownTable, TableBlock
from bptrace.typeset.markup import Mml
from bptrace.typeset.mathml import MathMl
from bptrace.typeset.tags import Tagged, tag, tagged
from bptrace.views.html_cells import MATH_STYLE, HtmlSentences

STYLE = f"""\
.bptrace {{ overflow-x: auto; }}
.bptrace table {{ border-collapse: collapse; margin: 0; font-size: inherit; border: none; }}
.bptrace table caption {{ font-weight: 600; padding: 0.4em 0.6em; color: inherit; }}
.bptrace table th, .bptrace table td {{ vertical-align: middle; padding: 0.3em 0.8em; }}
.bptrace table caption, .bptrace table th, .bptrace table td {{ text-align: left !important; }}
.bptrace table th {{ font-weight: 600; }}
.bptrace table tr {{ border-bottom: 1px solid rgba(128, 128, 128, 0.3); background: none !important; }}
.bptrace table tr.heading {{ border-bottom: 2px solid rgba(128, 128, 128, 0.6); }}
.bptrace table tr.heading th {{ padding-top: 1em; }}
.bptrace table td.left-out, .bptrace table td.note {{ font-style: italic; }}
.bptrace math {{ font-size: 1.2em; }}
.bptrace p {{ margin: 0.5em 0.6em; max-width: 60em; }}
{MATH_STYLE}"""


class HtmlMedium(Medium[Mml]):
    """Tables, and mathematics in `<math>`."""

    form = MathMl()

    def sentences(self, trace: Trace) -> HtmlSentences:
        """What writes sentences about a trace."""
        return HtmlSentences(trace, linked=False)

    def words(self, text: str) -> Tagged:
        """Words, nothing in which is read as a tag."""
        return tagged(text)

    def math(self, piece: Mml) -> Tagged:
        """Mathematics in a cell of a table."""
        return piece.math

    def alone(self, piece: Mml) -> Tagged:
        """Mathematics that is all there is to show."""
        return tag("div", piece.math, class_="bptrace")

    def table(self, table: ShownTable) -> Tagged:
        """A whole table, with what it needs of style."""
        width = len(table.header) or max(len(line) for block in table.blocks for line in block.lines)
        parts = [tag("caption", table.title)] if table.title else []
        if table.header:
            columns = (tag("th", name, scope="col") for name in map(self.words, table.header))
            parts.append(tag("thead", tag("tr", *columns)))
        parts += [_block(block, width) for block in table.blocks]
        remarks = (tag("p", remark) for remark in table.remarks)
        return tag("div", tag("style", Tagged(STYLE)), tag("table", *parts), *remarks, class_="bptrace")


def _block(block: TableBlock, width: int) -> Tagged:
    heading = [tag("tr", tag("th", block.heading, colspan=width, scope="rowgroup"), class_="heading")]
    notes = [_across(note, "note", width) for note in block.notes]
    return tag("tbody", *(heading if block.heading else []), *(_line(line, width) for line in block.lines), *notes)


def _line(line: Sequence[str] | str, width: int) -> Tagged:
    return _across(line, "left-out", width) if isinstance(line, str) else tag("tr", *(tag("td", cell) for cell in line))


def _across(text: str, kind: str, width: int) -> Tagged:
    return tag("tr", tag("td", text, class_=kind, colspan=width))
