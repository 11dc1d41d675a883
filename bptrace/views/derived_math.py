r"""A derivation as typeset mathematics: Markdown with `$$…$$` for GitHub and KaTeX, or a LaTeX document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple, TextIO

from bptrace.derivation import GENERAL, LONGEST_IN_FILE, PATHS, Derivation, Equality, PathsTo, PathText, left_open
from bptrace.escaping import escaped
from bptrace.latex_glyphs import Latex
from bptrace.trace import Trace
from bptrace.views.markdown import prose
from bptrace.widths import extent

TITLE = "The chain rule"
LINE = 445.0
"""How wide a line may be, in points: that of the document, less what the estimate of a formula may miss."""


class Markup(NamedTuple):
    """How a format marks things: mathematics within a line, on a line of its own, on lines with their signs below
    one another; headings; plain words. `fitted`: a right side that may be too wide beside a left side.
    """

    inline: str
    display: str
    aligned: str
    heading: str
    words: Callable[[str], str]
    fitted: Callable[[str, str], str]


def _broken(left: str, right: str) -> str:
    """A right side wider than the page broken over lines; what cannot be broken is made smaller."""
    room = LINE - min(extent(left).whole, LINE / 3) - extent("=").whole
    found = extent(right)
    if found.whole <= room:
        return right
    if found.part > room:
        return f"\\resizebox{{{room:.0f}pt}}{{!}}{{$\\displaystyle {right}$}}"
    return f"\\parbox[t]{{{room:.0f}pt}}{{\\raggedright$\\displaystyle {right}$\\strut}}"


MARKDOWN = Markup(
    "${}$",
    "$$\n{}\n$$",
    "$$\n\\begin{{aligned}}\n{}\n\\end{{aligned}}\n$$",
    "## {}",
    prose,
    lambda left, right: right,
)
LATEX = Markup(
    "${}$",
    "{{\\raggedright\\noindent$\\displaystyle {}$\\par}}",
    "\\begin{{align*}}\n{}\n\\end{{align*}}",
    "\\subsection*{{{}}}",
    escaped,
    _broken,
)


class Words(NamedTuple):
    """Plain words."""

    text: str

    def written(self, markup: Markup) -> str:
        """The words, nothing in them read as markup."""
        return markup.words(self.text)


class Formula(NamedTuple):
    """Mathematics within a line, or on lines of its own."""

    text: str
    alone: bool = False

    def written(self, markup: Markup) -> str:
        """The formula between its signs."""
        return (markup.display if self.alone else markup.inline).format(self.text)


class Aligned(NamedTuple):
    """Equalities below one another at their signs, a little apart."""

    equalities: Sequence[Equality]

    def written(self, markup: Markup) -> str:
        """One display."""
        groups = [" \\\\\n".join(_lines(equality, markup)) for equality in self.equalities]
        return markup.aligned.format(" \\\\[1ex]\n".join(groups))


def _lines(equality: Equality, markup: Markup) -> Iterator[str]:
    if not equality.rights:
        yield f"&{equality.left}"
    for place, right in enumerate(equality.rights):
        yield f"{'' if place else equality.left} &= {markup.fitted(equality.left, right)}"


Piece = Words | Formula | Aligned


def write_markdown(trace: Trace, forms: Collection[str], wanted: Collection[str], out: TextIO) -> None:
    """Write the chain rule of a trace over symbols as Markdown, in some forms, for some gradients or all."""
    out.write(f"# {prose(trace.title or TITLE)}\n")
    _write_body(Derivation(trace, Latex(), wanted, LONGEST_IN_FILE), forms, MARKDOWN, out)


def write_latex(trace: Trace, forms: Collection[str], wanted: Collection[str], out: TextIO) -> None:
    """Write the same as a LaTeX document."""
    from bptrace.views import latex

    latex.write_opening(trace.title or TITLE, out, "graphicx")
    out.write("\\allowdisplaybreaks\n")
    _write_body(Derivation(trace, Latex(), wanted, LONGEST_IN_FILE), forms, LATEX, out)
    latex.write_ending(out)


def _write_body(derivation: Derivation, forms: Collection[str], markup: Markup, out: TextIO) -> None:
    for heading, blocks in _parts(derivation, forms):
        text = "".join(piece.written(markup) for piece in heading)
        out.write(f"\n{markup.heading.format(text)}\n")
        out.writelines(f"\n{block.written(markup)}\n" for block in blocks)
    if derivation.unspecified:
        names = [markup.inline.format(name) for name in derivation.unspecified]
        out.write(f"\n{left_open(names)}.\n")


def _parts(derivation: Derivation, forms: Collection[str]) -> Iterator[tuple[Sequence[Piece], Sequence[Piece]]]:
    """Headings, each with the blocks below it."""
    rows = [form for form in forms if form not in (GENERAL, PATHS)]
    if rows or not forms:
        for section in derivation.sections(rows):
            start = Words(f"{section.number}. {section.phase.capitalize()}: ")
            between: list[Piece] = [piece for title in section.titles for piece in (Words(", "), Formula(title))]
            yield [start, *between[1:]], _block(section.equalities)
    if GENERAL in forms:
        yield [Words("At any index")], _block(list(derivation.general()))
    if PATHS in forms:
        for paths in derivation.paths():
            yield [Formula(paths.left), Words(f": {paths.heading}")], _of_paths(paths)


def _block(equalities: Sequence[Equality]) -> list[Piece]:
    """Equalities below one another at their signs, then what else there is to know."""
    notes = dict.fromkeys(note for equality in equalities for note in equality.notes)
    return [Aligned(equalities), *map(Words, notes)]


def _of_paths(paths: PathsTo) -> list[Piece]:
    blocks: list[Piece] = [_path(path) for path in paths.paths]
    if paths.left_out:
        blocks.append(Words(f"and {paths.left_out:,} more"))
    return blocks + (_block([Equality(paths.left, (paths.total,))]) if paths.total and len(paths.paths) > 1 else [])


def _path(path: PathText) -> Formula:
    more = f"{path.product} = 0, \\quad {path.zero}" if path.zero else f"{path.route}: \\quad {path.product}"
    return Formula(more, alone=True)
