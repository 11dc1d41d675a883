"""Variants of a network, whose numbers are searched for, and the folder that they and their worksheets fill."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TextIO, TypeAlias

from bptrace.cli.files import FilesRead, amount, check_writable, tell_written, write_as_it_is, write_whole
from bptrace.cli.processes import in_processes
from bptrace.engine.network import Network
from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError, shortened_path
from bptrace.explain.summary import summarize
from bptrace.marking.discrimination import Unseen
from bptrace.marking.draws import FileSearch
from bptrace.marking.worksheets import Worksheet
from bptrace.spec.reader import loads
from bptrace.views import WORKSHEETS
from bptrace.views.progress import Bar

TABLE = "variants.csv"
Write: TypeAlias = Callable[[TextIO], object]
"""(stream) writes a file."""
NOTHING = Unseen((), ())


class Variant(NamedTuple):
    """A network, its text, and what its numbers do not show; nothing is said of numbers that were not searched for."""

    network: Network
    text: str = ""
    left: Unseen | None = None


class Looks(NamedTuple):
    """What worksheets leave out, how they show numbers, and whether what is handed out is written, and its key."""

    blank: str
    numbers: str
    digits: int
    decimals: int | None
    inputs: bool
    sheet: bool
    key: bool

    def worksheet(self, variant: Variant, number: int | None = None) -> Worksheet:
        """The worksheet of a variant. Raises SpecError."""
        trace = variant.network.trace(self.numbers, self.inputs, self.digits, decimals=self.decimals)
        return Worksheet(trace, self.blank, number, variant.left)

    def parts(self) -> list[tuple[Looks, str, str]]:
        """What is written, each part with the name of the file that has all of it, and the ending of one of its own."""
        sheets, keys = self._replace(key=False), self._replace(sheet=False)
        return [(sheets, "worksheets", "")] * self.sheet + [(keys, "keys", "_key")] * self.key

    def write(self, name: str, sheets: Sequence[Worksheet], out: TextIO) -> None:
        """Write worksheets in a format."""
        WORKSHEETS[name].worksheets()(sheets, out, self.sheet, self.key)


def variants(search: FileSearch, seed: int, count: int) -> list[Variant]:
    """So many variants, the same for the same seed. Raises BptraceError where no numbers are found."""
    numbers = partial(_numbers, search, seed)
    if count == 1:
        found = [numbers(1)]
    else:
        with Bar(count, "variant") as bar:
            found = list(bar.counted(in_processes(numbers, range(1, count + 1))))
    return [Variant(loads(text, search.source.name), text, left) for text, left in found]


def _numbers(search: FileSearch, seed: int, number: int) -> tuple[str, Unseen]:
    """What can be sent from one process to another of a variant."""
    draw = search.drawn(f"{seed}.{number}")
    return draw.text, draw.left


def write_worksheets(folder: str, found: Sequence[Variant], looks: Looks, name: str, read: FilesRead = ()) -> None:
    """Write variants into a folder, which is made if need be: their networks, worksheets and keys, and a table.

    In a format whose files hold one register there is a file for each; else all worksheets are in one, all keys in
    another. Raises BptraceError where one cannot be written, before any is where that can be told.
    """
    sheets = [looks.worksheet(variant, number) for number, variant in enumerate(found, 1)]
    files = _names(found)
    view, written = WORKSHEETS[name], _networks(files, found, [sheet.trace for sheet in sheets])
    for part, whole, ending in looks.parts():
        groups = {f"{file}{ending}": [sheet] for file, sheet in zip(files, sheets, strict=True)}
        for file, some in (groups if view.alone else {whole: sheets}).items():
            written[f"{file}{view.suffixes[0]}"] = partial(part.write, name, some)
    _write_all(folder, written, len(found), read)


def write_networks(folder: str, found: Sequence[Variant], traces: Sequence[Trace], read: FilesRead = ()) -> None:
    """Write the networks of variants into a folder, which is made if need be, and a table of them.

    Raises BptraceError where one cannot be written, before any is where that can be told.
    """
    _write_all(folder, _networks(_names(found), found, traces), len(found), read)


def _names(found: Sequence[Variant]) -> list[str]:
    """What the files of variants are called, without their endings."""
    width = len(str(len(found)))
    return [f"variant_{number:0{width}}" for number in range(1, len(found) + 1)]


def _networks(files: Sequence[str], found: Sequence[Variant], traces: Sequence[Trace]) -> dict[str, Write]:
    """What writes each network, by the name of its file, and the table of them."""
    networks = {
        f"{file}.yaml": partial(write_as_it_is, variant.text) for file, variant in zip(files, found, strict=True)
    }
    return {**networks, TABLE: partial(_write_table, files, found, traces)}


def _write_all(folder: str, written: Mapping[str, Write], count: int, read: FilesRead) -> None:
    _make(folder)
    paths = {os.path.join(folder, file): write for file, write in written.items()}
    check_writable(paths, read)
    for path, write in paths.items():
        write_whole(path, write, read)
    tell_written(os.path.join(folder, TABLE), amount(count, "variant"))


def _make(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", "") or problem
        raise BptraceError(
            f"error: cannot make the folder {shortened_path(folder)}: {reason}\n   another folder, with -o DIR"
        ) from None


def _write_table(files: Sequence[str], found: Sequence[Variant], traces: Sequence[Trace], out: TextIO) -> None:
    """A line a variant: its givens, what the loss and the gradients come to, and what its numbers do not show."""
    writer = csv.writer(out, lineterminator="\n")
    for number, (file, variant, trace) in enumerate(zip(files, found, traces, strict=True)):
        keys = [given.key for given in trace.givens]
        keys += [result.key for result in summarize(trace).results]
        if not number:
            writer.writerow(("variant", *keys, "hidden", "alike"))
        left = variant.left or NOTHING
        writer.writerow((file, *map(trace.text, keys), "; ".join(left.hidden), "; ".join(map(" or ".join, left.alike))))
