"""What lint finds, as people read it: each finding with its line of the file, then how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from bptrace.marking.lint import Linted
from bptrace.views.marking import write_lines
from bptrace.views.sheet import Sheet


def write_lint(files: Sequence[Linted], out: TextIO) -> None:
    """Write the findings in files; of one alone also what no numbers would show."""
    for linted in files:
        for finding in linted.findings:
            out.write(f"{finding}\n")
    findings = sum(len(linted.findings) for linted in files)
    out.write(f"{_counted(len(files), 'file')}, {_counted(findings, 'finding')}\n")
    if len(files) == 1:
        _write_never(files[0], out)


def _write_never(linted: Linted, out: TextIO) -> None:
    """Write which slips stay unseen on such a network, whatever its numbers are."""
    sheet, never = Sheet(out), linted.never
    if never.hidden:
        write_lines(sheet, f"No numbers that were tried show: {', '.join(never.hidden)}.", "dim", indent=0)
    for group in never.alike:
        write_lines(sheet, f"None tell apart: {', '.join(group)}.", "dim", indent=0)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
