r"""A derivation as typeset mathematics: Markdown with `$$…$$` for GitHub and KaTeX, or a LaTeX document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple, TextIO

from bptrace.derivation import GENERAL, PATHS, Derivation, Equality, PathsTo, PathText, left_open
from bptrace.escaping import escaped
from bptrace.glyphs import Latex
from bptrace.trace import Trace
from bptrace.views.markdown import prose

TITLE = "The chain rule"


class Markup(NamedTuple):
    """How a format marks things: mathematics within a line and on lines of its own, headings, plain words."""

    inline: str
    display: str
    heading: str
    words: Callable[[str], str]


MARKDOWN = Markup("${}$", "$$\n{}\n$$", "## {}", prose)
LATEX = Markup("${}$", "\\[\n{}\n\\]", "\\subsection*{{{}}}", escaped)


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


Piece = Words | Formula


def write_markdown(trace: Trace, forms: Collection[str], wanted: Collection[str], out: TextIO) -> None:
    """Write the chain rule of a trace over symbols as Markdown, in some forms, for some gradients or all."""
    out.write(f"# {prose(trace.title or TITLE)}\n")
    _write_body(Derivation(trace, Latex(), wanted), forms, MARKDOWN, out)


def write_latex(trace: Trace, forms: Collection[str], wanted: Collection[str], out: TextIO) -> None:
    """Write the same as a LaTeX document."""
    from bptrace.views import latex

    latex.write_opening(trace.title or TITLE, out)
    _write_body(Derivation(trace, Latex(), wanted), forms, LATEX, out)
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
            yield [start, Formula(section.title)], _block(section.equalities)
    if GENERAL in forms:
        yield [Words("At any index")], _block(list(derivation.general()))
    if PATHS in forms:
        for paths in derivation.paths():
            yield [Formula(paths.left), Words(f": {paths.heading}")], _of_paths(paths)


def _block(equalities: Sequence[Equality]) -> list[Piece]:
    """Equalities below one another at their signs, then what else there is to know."""
    lines = " \\\\\n".join(line for equality in equalities for line in _lines(equality))
    notes = dict.fromkeys(note for equality in equalities for note in equality.notes)
    return [Formula(f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}", alone=True), *map(Words, notes)]


def _lines(equality: Equality) -> Iterator[str]:
    if not equality.rights:
        yield f"&{equality.left}"
    for place, right in enumerate(equality.rights):
        yield f"{'' if place else equality.left} &= {right}"


def _of_paths(paths: PathsTo) -> list[Piece]:
    blocks: list[Piece] = [_path(path) for path in paths.paths]
    if paths.left_out:
        blocks.append(Words(f"and {paths.left_out:,} more"))
    return blocks + (_block([Equality(paths.left, (paths.total,))]) if paths.total and len(paths.paths) > 1 else [])


def _path(path: PathText) -> Formula:
    if path.zero:
        return Formula(f"{path.product} = 0, \\quad {path.zero}", alone=True)
    return Formula(f"{path.route}: \\quad {path.product}", alone=True)
