"""The table of slips on the terminal, and one slip with an example that is worked out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from bptrace.marking.report import equation_sides
from bptrace.marking.slip import Slip
from bptrace.marking.slips import GROUP_OF
from bptrace.marking.worked_slips import worked_slip
from bptrace.views.marking import INDENT, write_lines, write_rule
from bptrace.views.sheet import Sheet

LABELS = ("wrong", "or", "or")
"""What stands before each wrong rule."""


def write_slips(slips: Iterable[Slip], out: TextIO) -> None:
    """Write slips by the place where they are made: the name of each, and what is done wrong."""
    sheet, group = Sheet(out), ""
    for slip in slips:
        if GROUP_OF[slip.name] != group:
            sheet.write(end="\n" * bool(group))
            group = GROUP_OF[slip.name]
            sheet.write((group, "bold"))
        _write_row(sheet, slip)


def _write_row(sheet: Sheet, slip: Slip) -> None:
    write_lines(sheet, slip.name, "cyan")
    write_lines(sheet, slip.sentence, indent=2 * INDENT)


def write_slip(slip: Slip, out: TextIO) -> None:
    """Write what a slip is and where it is made, and the right and the wrong rule on its smallest network."""
    sheet, worked = Sheet(out), worked_slip(slip)
    sheet.write((slip.name, "bold"), f"  {GROUP_OF[slip.name]}", end="\n\n")
    write_lines(sheet, slip.sentence, indent=0)
    write_lines(sheet, f"It can be made in {slip.where}.", indent=0)
    sheet.write()
    sheet.write("At the second update of" if worked.is_second else "In", " this network:", end="\n\n")
    for line in worked.network.split("\n"):
        sheet.write(" " * INDENT, (line, "dim"))
    sheet.write()
    write_rule(sheet, ("right  ", "green"), equation_sides(worked.right, worked.notation))
    for label, wrong in zip(LABELS, worked.wrong, strict=False):
        write_rule(sheet, (f"{label:<7}", "red"), equation_sides(wrong, worked.notation))
    if worked.written:
        write_lines(sheet, f"The value is written as {worked.written}.")
