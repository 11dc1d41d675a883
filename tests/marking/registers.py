"""Registers that are marked by hand, for what shows them: verdicts are given, nothing is judged."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from bptrace import load, loads
from bptrace.errors import Mark, Source, SpecError
from bptrace.marking.report import Report
from bptrace.marking.verdicts import UNREADABLE, Answer, Marked, MarkedRow, WrittenNumber
from bptrace.marking.working import Working
from bptrace.numbers.exact import rational


class Given(NamedTuple):
    """A row: what is written, and what is said of it, the fields of MarkedRow by their names."""

    value: str
    verdict: str
    others: Mapping[str, Any] = MappingProxyType({})


def working(net: str) -> Working:
    """The working of a network in a file, or of one that is written out."""
    return Working((loads(net) if "\n" in net else load(net)).trace(inputs=True))


def marked(rows: dict[str, Given], file: str = "anna.csv") -> Marked:
    """A register of these rows, a line each; one that has a `problem` cannot be read."""
    source = Source(file, "".join(f"{name},{given.value}\n" for name, given in rows.items()))
    return Marked(file, tuple(_row(source, line, *item) for line, item in enumerate(rows.items())))


def _row(source: Source, line: int, name: str, given: Given) -> MarkedRow:
    others = dict(given.others)
    mark = Mark(source, sum(len(each) + 1 for each in source.text.split("\n")[:line]))
    problem = others.pop("problem", None)
    if problem:
        known = name if given.verdict == UNREADABLE else ""
        answer = Answer(
            name, mark, known, given.value, line=line + 1, problem=SpecError(str(problem), mark, "as in -2.1")
        )
    else:
        answer = Answer(name, mark, name, given.value, _number(given.value), line=line + 1)
    return MarkedRow(name, given.verdict, answer if given.value else None)._replace(**others)


def _number(text: str) -> WrittenNumber | None:
    decimals = len(text.partition(".")[2]) if "/" not in text else None
    return WrittenNumber(rational(text), decimals, 3) if text else None


def report(net: str, rows: dict[str, Given], hints: bool = False) -> Report:
    """The report on a register of these rows."""
    return Report(marked(rows), working(net), net, hints=hints)
