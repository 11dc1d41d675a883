r"""A derivation as typeset mathematics: Markdown with `$$…$$` for GitHub and KaTeX, or a LaTeX document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, TextIO

from bptrace.engine.sentence_parts import Calculation, Sentence, Words, plain
from bptrace.engine.trace import Trace
from bptrace.typeset.derivation import (
    GENERAL,
    LONGEST_IN_FILE,
    PATHS,
    Derivation,
    left_open,
)
from bptrace.typeset.derivatives import EVERYTHING, Derivatives, Request, derivatives
from bptrace.typeset.equality import Equality
from bptrace.typeset.latex import BOX, Latex
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.tex import RELATION, Tex, separator
from bptrace.typeset.valued import derivations
from bptrace.typeset.written_paths import PathsTo, WrittenPath
from bptrace.views.latex_page import BETWEEN, document, in_short_lines
from bptrace.views.markdown import prose, write_markdown_notes
from bptrace.views.sentences import LatexSentences, write_latex_notes

TITLE = "The chain rule"
LONG_FORMULA = r"""\newenvironment{longformula}%
  {\par\smallskip\hangindent=4em\hangafter=1\relax\leavevmode\hskip24pt\relax}%
  {\par}
"""
"""A formula that is broken over lines; it begins where displays do."""
KEPT = "\\nopagebreak\n"
NEEDED = 110.0
"""How much of a page there has to be where a heading stands: for it and two lines."""
LINE = 445.0
"""How wide a line may be, in points: that of the document, less what the estimate of a formula may miss."""


FORM = Latex()
EQUALS = Latex.signs["="]
APART = separator(r"\qquad ", 20.0)
"""What stands between a formula and what is said beside it."""


class Markup(NamedTuple):
    """How a format marks things: mathematics within a line, on a line of its own, on lines with their signs below
    one another; headings; plain words. `paged`: a line can be too long, and is then one of its own.
    """

    inline: str
    display: str
    aligned: str
    heading: str
    words: Callable[[str], str]
    paged: bool


MARKDOWN = Markup(
    "${}$",
    "$$\n{}\n$$",
    "$$\n\\begin{{aligned}}\n{}\n\\end{{aligned}}\n$$",
    "## {}",
    prose,
    paged=False,
)
LATEX = Markup(
    "${}$",
    "\\begin{{longformula}}$\\displaystyle {}$\\end{{longformula}}",
    "\\begin{{align*}}\n{}\n\\end{{align*}}",
    f"\\startstep{{{{{NEEDED:.0f}pt}}}}\\subsection*{{{{{{}}}}}}",
    escaped,
    paged=True,
)


class PlainText(NamedTuple):
    """Plain words."""

    text: str

    def written(self, markup: Markup) -> str:
        """The words, nothing in them read as markup."""
        return markup.words(self.text)


class MathText(NamedTuple):
    """Mathematics within a line, or on lines of its own."""

    text: str
    alone: bool = False

    def written(self, markup: Markup) -> str:
        """The formula between its signs."""
        return (markup.display if self.alone else markup.inline).format(self.text)


class TextAndMath(NamedTuple):
    """Mathematics and words within a line; `kept`: on the page of what stands before."""

    pieces: Sequence[MathText | PlainText]
    kept: bool = False

    def written(self, markup: Markup) -> str:
        """The pieces, each in its own way."""
        return KEPT * (markup.paged and self.kept) + "".join(piece.written(markup) for piece in self.pieces)


class FormLine(NamedTuple):
    """One form of an equality; `first`: the first one. Without a right side, nothing is known that it is equal to.

    `said`: what is said beside it. `sign`: what stands before the right side, and where the lines are aligned; what
    goes on from the line before has its own sign, and what is said on a line of its own has none. `result`: it is
    marked.
    """

    left: Tex
    right: Tex | None
    first: bool = True
    said: Tex | None = None
    sign: str = "&="
    result: bool = False

    def within(self, room: float) -> list[FormLine]:
        """The line with what is said behind it, or on a line of its own where that has no room; a long sum in lines."""
        if self.right is None:
            return [self]
        first, *rest = FORM.in_lines(self.right, room)
        if self.result and not rest and first.width + BOX <= room:
            first = FORM.boxed(first)
        lines = [self._replace(right=first), *[FormLine(self.left, line, first=False, sign="&") for line in rest]]
        if self.said is None:
            return lines
        together = Tex.row([rest[-1] if rest else first, APART, self.said])
        if together.width <= room:
            return [*lines[:-1], lines[-1]._replace(right=together)]
        return [*lines, FormLine(self.left, self.said, first=False, sign=rf"&{APART.text}")]

    @property
    def whole(self) -> Tex:
        """The line by itself."""
        if self.sign != "&=":
            return self.right or self.left
        return Tex.row([self.left, EQUALS, self.right]) if self.right else self.left

    def beside(self, left: bool) -> str:
        """The line with its sign marked, below others; its left side may stand in one above."""
        left_text = self.left.text if left else ""
        return f"{left_text} {self.sign} {self.right.text.lstrip()}" if self.right else f"&{self.left.text}"


class Aligned(NamedTuple):
    """Equalities below one another at their signs, a little apart."""

    equalities: Sequence[Equality[Tex]]

    def written(self, markup: Markup) -> str:
        """One display; a line that is too long for it stands alone, where lines and pages can break in it."""
        lines = [line for equality in self.equalities for line in _form_lines(equality)]
        room = LINE - max((line.left.width for line in lines), default=0.0) - RELATION
        lines = [part for line in lines for part in line.within(room)]
        parts: list[str] = []
        for is_long, run in groupby(
            lines, lambda line: markup.paged and line.right is not None and line.right.width > room
        ):
            together = list(run)
            for part in [[line] for line in together] if is_long else [together]:
                if parts:
                    parts.append(_between(part[0], len(parts) == 1 and lines[1] is part[0], markup))
                parts.append(
                    markup.display.format(_shrunk(part[0].whole))
                    if is_long
                    else markup.aligned.format(_below_one_another(part, markup))
                )
        return "".join(parts)


def _form_lines(equality: Equality[Tex]) -> list[FormLine]:
    if not equality.rights:
        return [FormLine(equality.left, None)]
    lines = [FormLine(equality.left, right, not place, beside) for place, (right, beside) in enumerate(equality.lines)]
    return [*lines[:-1], lines[-1]._replace(result=equality.has_result)]


def _below_one_another(lines: Sequence[FormLine], markup: Markup) -> str:
    """Lines below one another; no page breaks within an equality, nor leaves the first or the last one alone."""
    starts = [place for place, line in enumerate(lines) if line.first]
    alone = {*starts[:2], *starts[-1:]}
    written = [lines[0].beside(True)]
    for place, line in enumerate(lines[1:], 1):
        kept = "*" if markup.paged and (not line.first or place in alone) else ""
        written.append(f" \\\\{kept}{'[1ex]' if line.first else ''}\n{line.beside(line.first)}")
    return "".join(written)


def _between(line: FormLine, is_second: bool, markup: Markup) -> str:
    """What stands between displays: a page can break there, but within an equality and behind the first line of all."""
    if not markup.paged:
        return "\n\n"
    return f"\n\n{KEPT}" if is_second or not line.first else f"\n{BETWEEN}"


def _shrunk(formula: Tex) -> str:
    """A formula that no line can break in made as small as it has to be."""
    if formula.part <= LINE:
        return in_short_lines(formula.text)
    return f"\\resizebox{{{LINE:.0f}pt}}{{!}}{{$\\displaystyle {formula.text}$}}"


Paragraph = PlainText | MathText | TextAndMath | Aligned


def write_derivation_markdown(trace: Trace, out: TextIO, request: Request = EVERYTHING) -> None:
    """Write the chain rule of a trace as Markdown, or what of it is asked for."""
    out.write(f"# {prose(trace.title or TITLE)}\n")
    for heading, derivation in derivations(
        trace, Latex(), request.wanted, LONGEST_IN_FILE, request.levels, request.explain
    ):
        _write_derivation(derivation, heading, request, MARKDOWN, out)
    write_markdown_notes(trace, out)


def write_derivation_latex(trace: Trace, out: TextIO, request: Request = EVERYTHING) -> None:
    """Write the chain rule of a trace as LaTeX, or what of it is asked for."""
    with document(trace.title or TITLE, out):
        out.write(LONG_FORMULA)
        for heading, derivation in derivations(
            trace, Latex(), request.wanted, LONGEST_IN_FILE, request.levels, request.explain
        ):
            _write_derivation(derivation, heading, request, LATEX, out)
        write_latex_notes(trace, out)


def _write_derivations(trace: Trace, request: Request, markup: Markup, out: TextIO) -> None:
    longest, levels, explain = LONGEST_IN_FILE, request.levels, request.explain
    for heading, derivation in derivations(trace, FORM, request.wanted, longest, levels, explain):
        _write_derivation(derivation, heading, request, markup, out)


def _write_derivation(
    derivation: Derivation[Tex],
    title: str,
    request: Request,
    markup: Markup,
    out: TextIO,
) -> None:
    if title:
        out.write(f"\n{markup.heading.format(markup.words(title))}\n")
    for heading, blocks in _parts(derivation, request) if request.has_gradients else ():
        text = "".join(piece.written(markup) for piece in heading)
        out.write(f"\n{markup.heading.format(text)}\n")
        out.writelines(f"\n{block.written(markup)}\n" for block in blocks)
    for place, each in enumerate(derivatives(derivation, request.pairs)):
        out.write(BETWEEN * (markup.paged and place > 0))
        out.writelines(f"\n{block.written(markup)}\n" for block in _of_derivatives(each, request))
    unnamed = derivation.unnamed() if request.is_part else []
    if unnamed:
        out.write(f"\nwhere {', '.join(markup.inline.format(each.text) for each in unnamed)}\n")
    functions = derivation.unspecified()
    if functions:
        names = [markup.inline.format(name.text) for name in functions]
        out.write(f"\n{left_open(names)}.\n")


def _parts(derivation: Derivation[Tex], request: Request) -> Iterator[tuple[Sequence[Paragraph], Sequence[Paragraph]]]:
    """Headings, each with the blocks below it."""
    if request.has_rows:
        for section in derivation.sections(request.rows):
            start = f"{section.number}. {section.phase.capitalize()}"
            between: list[Paragraph] = [
                piece for title in section.titles for piece in (PlainText(", "), MathText(title.text))
            ]
            yield (
                [PlainText(f"{start}: " if between else start), *between[1:]],
                _equalities(derivation.trace, section.equalities),
            )
    if GENERAL in request.forms:
        yield [PlainText(derivation.general_heading)], _equalities(derivation.trace, list(derivation.general()))
    if PATHS in request.forms:
        for paths in derivation.paths():
            yield [MathText(paths.left.text), PlainText(f": {paths.heading}")], _of_paths(derivation.trace, paths)


def _of_derivatives(found: Derivatives[Tex], request: Request) -> Iterator[Paragraph]:
    if request.has_rows:
        yield from _equalities(found.trace, list(found.equalities(request.rows)))
    if PATHS in request.forms:
        for paths in found.paths():
            yield TextAndMath([MathText(paths.left.text), PlainText(f": {paths.heading}")])
            yield from _of_paths(found.trace, paths)


def _equalities(trace: Trace, equalities: Sequence[Equality[Tex]]) -> list[Paragraph]:
    """Equalities below one another at their signs, then what else there is to know."""
    told = [equality for equality in equalities if not equality.missing]
    missing = [
        TextAndMath((MathText(each.left.text), PlainText(f": {each.missing}"))) for each in equalities if each.missing
    ]
    reasons = [reason for equality in equalities for reason in equality.reasons]
    notes = dict.fromkeys([*reasons, *(note for equality in equalities for note in equality.notes)])
    written = [_noted(LatexSentences(trace), note)._replace(kept=not place) for place, note in enumerate(notes)]
    return [*([Aligned(told)] if told else []), *missing, *written]


def _noted(sentences: LatexSentences, note: Sentence) -> TextAndMath:
    return TextAndMath(
        [
            MathText(sentences.mathematical(part).text)
            if not isinstance(part, Words | Calculation)
            else PlainText(plain((part,)))
            for part in note
        ]
    )


def _of_paths(trace: Trace, paths: PathsTo[Tex]) -> list[Paragraph]:
    blocks: list[Paragraph] = [_path(path) for path in paths.paths]
    if paths.left_out:
        blocks.append(PlainText(f"and {paths.left_out:,} more"))
    return blocks + (
        _equalities(trace, [Equality(paths.left, (paths.total,))]) if paths.total and len(paths.paths) > 1 else []
    )


def _path(path: WrittenPath[Tex]) -> MathText:
    if path.zero:
        return MathText(f"{path.product.text} = 0, \\quad {path.zero.text}", alone=True)
    return MathText(f"{path.route.text}: \\quad {path.product.text}", alone=True)
