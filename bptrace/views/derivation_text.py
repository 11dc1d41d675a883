"""A derivation on the terminal: a heading a step, an equality a row, each form below the one before, at its sign."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.text import Text

from bptrace.engine.sentence_parts import plain
from bptrace.engine.trace import Trace
from bptrace.typeset.ascii import Ascii, poor_encoding
from bptrace.typeset.cells import wrapped
from bptrace.typeset.derivation import GENERAL, LONGEST, PATHS, Derivation, left_open
from bptrace.typeset.derivatives import EVERYTHING, Derivatives, Request, derivatives
from bptrace.typeset.equality import Equality
from bptrace.typeset.glyphs import EQUALITY, Glyphs
from bptrace.typeset.lines import Part, broken, broken_glyphs, in_words, parts_of
from bptrace.typeset.unicode import Unicode
from bptrace.typeset.valued import derivations
from bptrace.typeset.written_paths import PathsTo, WrittenPath
from bptrace.views.sentences import MathSentences, text_sentences
from bptrace.views.sheet import Sheet

INDENT = 2
WIDEST_LEFT = 24
NARROWEST = 24
SIGN = " = "
RESULT = "bold"
APART = "   "
"""What stands between a formula and what is said beside it."""
NOTHING = Part("= 0", " ", (0, EQUALITY))


def write_derivation_text(trace: Trace, out: TextIO, request: Request = EVERYTHING) -> None:
    """Write the chain rule of a trace over symbols, or what of it is asked for; of one with values a line a row."""
    encoding = poor_encoding(out)
    form = Ascii(encoding) if encoding else Unicode()
    screen = Sheet(out)
    screen.write_text(Text(form.said(trace.title or "The chain rule"), style="bold"))
    for heading, derivation in derivations(trace, form, request.wanted, LONGEST, request.levels, request.explain):
        if heading:
            screen.write()
            screen.write_text(Text(heading, style="bold"))
        if request.has_gradients:
            _write_gradients(derivation, request, screen)
        for each in derivatives(derivation, request.pairs):
            _write_derivatives(each, request, screen)
        _write_ending(derivation, screen, request.is_part)
    if trace.notes:
        screen.write()
        screen.write_text(Text("Notes", style="bold"))
    for note in trace.notes:
        screen.write_text(Text(f"  {form.said(plain(note.placed))}", style="yellow"))


def _write_gradients(derivation: Derivation[Glyphs], request: Request, screen: Sheet) -> None:
    if request.has_rows:
        _write_sections(derivation, request.rows, screen)
    if GENERAL in request.forms:
        screen.write()
        screen.write_text(Text(derivation.general_heading, style="bold"))
        _write_equalities(derivation.general(), screen, text_sentences(derivation.trace, derivation.format))
    if PATHS in request.forms:
        for paths in derivation.paths():
            _write_paths(paths, screen)


def _write_derivatives(found: Derivatives[Glyphs], request: Request, screen: Sheet) -> None:
    if request.has_rows:
        screen.write()
        _write_equalities(found.equalities(request.rows), screen, text_sentences(found.trace, found.format))
    if PATHS in request.forms:
        for paths in found.paths():
            _write_paths(paths, screen)


def _write_ending(derivation: Derivation[Glyphs], screen: Sheet, is_part: bool) -> None:
    """What the reader of a part of a derivation has not been shown, and what nobody is."""
    unnamed = derivation.unnamed() if is_part else []
    told = [f"where {_with_commas(unnamed)}"] if unnamed else []
    functions = derivation.unspecified()
    told += [left_open([each.text for each in functions])] if functions else []
    if told:
        screen.write()
    for line in told:
        screen.write_text(Text(line, style="dim"))


def _with_commas(spans: Iterable[Glyphs]) -> str:
    return ", ".join(span.text for span in spans)


def _write_sections(derivation: Derivation[Glyphs], forms: Collection[str], screen: Sheet) -> None:
    names = None if derivation.trace.symbolic else derivation.names  # where functions are open, those written count
    sentences = text_sentences(derivation.trace, derivation.format, names)
    for section in derivation.sections(forms):
        titles = [f"  {_with_commas(section.titles)}"] if section.titles else []
        screen.write()
        screen.write_text(Text.assemble((f"{section.number}. {section.phase}", "bold"), *titles))
        _write_equalities(section.equalities, screen, sentences)


def _write_equalities(found: Iterable[Equality[Glyphs]], screen: Sheet, sentences: MathSentences[Glyphs]) -> None:
    """The left sides with their signs one below the other; below all of them the conventions, and what has no form.

    `sentences` writes the reasons, which stand below what they are for, and the conventions.
    """
    equalities = list(found)
    lefts = [cell_len(equality.left.text) for equality in equalities if equality.rights]
    width = min(max(lefts, default=0), WIDEST_LEFT, screen.width // 3)
    for equality in equalities:
        if not equality.missing:
            screen.write_texts(_equality_lines(equality, width, screen.width))
        told = [sentences.write(reason) for reason in equality.reasons]
        for line in (line for text in told for line in wrapped(text, max(screen.width - 2 * INDENT, NARROWEST))):
            screen.write_text(Text(" " * 2 * INDENT) + Text(line, style="italic"))
    notes = dict.fromkeys(sentences.write(note) for equality in equalities for note in equality.notes)
    for note in [*(f"{each.left.text}: {each.missing}" for each in equalities if each.missing), *notes]:
        screen.write_text(Text(" " * INDENT + note, style="yellow"))


def _equality_lines(equality: Equality[Glyphs], width: int, window: int) -> Iterator[Text]:
    left = Text(equality.left.text, style="cyan")
    if not equality.rights:
        yield Text(" " * INDENT) + left
    start = INDENT + width + 1  # where the sign stands that lines below go on from
    room = max(window - start, NARROWEST)
    for place, (right, beside) in enumerate(equality.lines, 1):
        behind = max(cell_len(left.plain) - width, 0) + len(SIGN) - 1
        style = RESULT if equality.has_result and place == len(equality.rights) else ""
        lines = [Text(line, style=style) for line in broken_glyphs(right, room, behind)]
        lines = _with_beside(lines, beside, room, behind) if beside else lines
        yield Text(" " * INDENT) + left + Text(f"{' ' * (width - cell_len(left.plain))}{SIGN}") + lines[0]
        yield from (Text(" " * start) + line for line in lines[1:])
        left = Text()


def _with_beside(lines: Sequence[Text], beside: Glyphs, room: int, first: int) -> list[Text]:
    """The lines of a formula with what is said beside it: behind the last one, or below all where that has no room.

    The first line begins so far behind the others.
    """
    *others, last = lines
    if (0 if others else first) + cell_len(last.plain) + len(APART) + cell_len(beside.text) <= room:
        return [*others, last + Text(APART) + Text(beside.text, style="dim")]
    below = broken(in_words(parts_of(beside)), room - first)
    return [*lines, *(Text(" " * first) + Text(line, style="dim") for line in below)]


def _write_paths(paths: PathsTo[Glyphs], screen: Sheet) -> None:
    screen.write()
    screen.write_text(Text.assemble((paths.left.text, "bold cyan"), (f": {paths.heading}", "bold")))
    for path in paths.paths:
        _write_path(path, screen)
    if paths.left_out:
        screen.write_text(Text(f"{' ' * INDENT}and {paths.left_out:,} more"))
    if paths.total and len(paths.paths) > 1:
        total = Equality(paths.left, (paths.total,))
        screen.write_texts(_equality_lines(total, cell_len(paths.left.text), screen.width))


def _write_path(path: WrittenPath[Glyphs], screen: Sheet) -> None:
    style, room = "dim" if path.zero else "", max(screen.width - 2 * INDENT, NARROWEST)
    screen.write_text(Text(" " * INDENT + path.route.text, style=style))
    for line in broken([*parts_of(path.product), *([NOTHING] if path.zero else [])], room):
        screen.write_text(Text(" " * 2 * INDENT + line, style=style))
    for line in broken(in_words(parts_of(path.zero)), room) if path.zero else []:
        screen.write_text(Text(" " * 2 * INDENT + line, style="yellow"))
