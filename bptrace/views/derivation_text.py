"""A derivation on the terminal: a heading a step, an equality a row, each form below the one before, at its sign."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bptrace.engine.trace import Trace
from bptrace.typeset.ascii import plainly, poor_encoding
from bptrace.typeset.derivation import GENERAL, PATHS, Derivation, Equality, PathsTo, PathText, left_open
from bptrace.typeset.unicode import Unicode
from bptrace.views.sheet import Sheet

INDENT = 2
WIDEST_LEFT = 24
NARROWEST = 24
SIGN = " = "
BREAKS = ("+", "·", "*")


class _Page:
    """A console, and what is written on it in the characters that it can show."""

    def __init__(self, out: TextIO) -> None:
        self.screen = Sheet(out).console
        self.encoding = poor_encoding(out)

    def said(self, text: str) -> str:
        return plainly(text, self.encoding) if self.encoding else text

    def equality(self, equality: Equality) -> Equality:
        left, rights, notes, missing = equality
        return Equality(self.said(left), tuple(map(self.said, rights)), tuple(map(self.said, notes)), missing)

    def paths(self, paths: PathsTo) -> PathsTo:
        told = tuple(PathText(*map(self.said, path)) for path in paths.paths)
        return paths._replace(left=self.said(paths.left), paths=told, total=self.said(paths.total))


def write_derivation_text(trace: Trace, out: TextIO, forms: Collection[str], wanted: Collection[str]) -> None:
    """Write the chain rule of a trace over symbols, in some forms, for some gradients or all."""
    derivation, page = Derivation(trace, Unicode(), wanted), _Page(out)
    screen = page.screen
    screen.print(Text(page.said(trace.title or "The chain rule"), style="bold"))
    rows = [form for form in forms if form not in (GENERAL, PATHS)]
    if rows or not forms:
        _write_sections(derivation, rows, page)
    if GENERAL in forms:
        screen.print()
        screen.print(Text("At any index", style="bold"))
        _write_equalities(map(page.equality, derivation.general()), screen)
    if PATHS in forms:
        for paths in derivation.paths():
            _write_paths(page.paths(paths), screen)
    _write_ending(derivation, page, bool(forms or wanted))


def _write_ending(derivation: Derivation, page: _Page, is_part: bool) -> None:
    """What the reader of a part of a derivation has not been shown, and what nobody is."""
    unnamed = derivation.unnamed() if is_part else []
    told = [f"where {', '.join(unnamed)}"] if unnamed else []
    told += [left_open(derivation.unspecified)] if derivation.unspecified else []
    if told:
        page.screen.print()
    for line in told:
        page.screen.print(Text(page.said(line), style="dim"))


def _write_sections(derivation: Derivation, forms: Collection[str], page: _Page) -> None:
    for section in derivation.sections(forms):
        titles = page.said(", ".join(section.titles))
        page.screen.print()
        page.screen.print(Text.assemble((f"{section.number}. {section.phase}", "bold"), f"  {titles}"))
        _write_equalities(map(page.equality, section.equalities), page.screen)


def _write_equalities(found: Iterable[Equality], screen: Console) -> None:
    """The left sides with their signs one below the other; below all of them the conventions, and what has no form."""
    equalities = list(found)
    lefts = [cell_len(equality.left) for equality in equalities if equality.rights]
    width = min(max(lefts, default=0), WIDEST_LEFT, screen.width // 3)
    for equality in equalities:
        if not equality.missing:
            screen.print(*_lines(equality, width, screen.width), sep="\n")
    notes = dict.fromkeys(note for equality in equalities for note in equality.notes)
    for note in [*(f"{each.left}: {each.missing}" for each in equalities if each.missing), *notes]:
        screen.print(Text(" " * INDENT + note, style="yellow"))


def _lines(equality: Equality, width: int, window: int) -> Iterator[Text]:
    left = Text(equality.left, style="cyan")
    if not equality.rights:
        yield Text(" " * INDENT) + left
    for right in equality.rights:
        pad = " " * (width - cell_len(left.plain))
        first, *rest = _wrapped(right, window - INDENT - max(width, cell_len(left.plain)) - len(SIGN))
        yield Text(" " * INDENT) + left + Text(f"{pad}{SIGN}{first}")
        yield from (Text(" " * (INDENT + width + len(SIGN)) + line) for line in rest)
        left = Text()


def _wrapped(text: str, width: int) -> list[str]:
    """The text in lines that fit, broken before a plus sign or a dot where that is possible."""
    room = max(width, NARROWEST)
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if line and cell_len(line) + cell_len(word) > room:
            lines.append(line.rstrip())
            line = ""
        line += word
    return [*lines, line.rstrip()]


def _words(text: str) -> Iterable[str]:
    """The parts that a line can be broken between, each with the space after it: a sign goes with what follows it."""
    word = ""
    for part in text.split(" "):
        word += f"{part} "
        if part not in BREAKS:
            yield word
            word = ""
    if word:
        yield word


def _write_paths(paths: PathsTo, screen: Console) -> None:
    screen.print()
    screen.print(Text.assemble((paths.left, "bold cyan"), (f": {paths.heading}", "bold")))
    for path in paths.paths:
        _write_path(path, screen)
    if paths.left_out:
        screen.print(Text(f"{' ' * INDENT}and {paths.left_out:,} more"))
    if paths.total and len(paths.paths) > 1:
        screen.print(*_lines(Equality(paths.left, (paths.total,)), cell_len(paths.left), screen.width), sep="\n")


def _write_path(path: PathText, screen: Console) -> None:
    screen.print(Text(" " * INDENT + path.route, style="dim" if path.zero else ""))
    room = screen.width - 2 * INDENT
    for line in _wrapped(path.product + (" = 0" if path.zero else ""), room):
        screen.print(Text(" " * 2 * INDENT + line, style="dim" if path.zero else ""))
    if path.zero:
        for line in _wrapped(path.zero, room):
            screen.print(Text(" " * 2 * INDENT + line, style="yellow"))
