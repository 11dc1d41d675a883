"""A marked register as Markdown: a table, then the first mistake explained; of many files a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from bptrace.errors import printable
from bptrace.marking.record import FileRecord, mark_text
from bptrace.marking.report import Report, counted_verdicts
from bptrace.marking.verdicts import MarkedRow
from bptrace.views.markdown import code, piped, prose
from bptrace.views.marking import marks_text, short_names, slip_rows, summary_of


def write_markdown_marking(report: Report, out: TextIO, marks: bool = False) -> None:
    """Write one marked register under a heading; `marks`: with the marks of each row, and their total."""
    out.write(f"# {prose(printable(report.marked.file))}: {prose(report.title)}\n\n")
    names = ["quantity", "written", *(["value"] * (not report.hints)), "verdict", *(["marks"] * marks)]
    sides = ["---:" if name in ("written", "value", "marks") else "---" for name in names]
    out.write(piped(names) + piped(sides))
    for row, own in zip(report.rows, report.marks, strict=True):
        cells = [*_cells(report, row), *([mark_text(own.got) if own else ""] if marks else [])]
        out.write(piped(cells))
    out.writelines(f"\n{text}\n" for text in _words(report))
    total = f"; {marks_text(report.total)}" if marks else ""
    out.write(f"\n**{prose(counted_verdicts(report.verdicts))}**{total}\n")


def _cells(report: Report, row: MarkedRow) -> Iterator[str]:
    answer, value = row.answer, report.value(row)
    yield code(printable(row.name or (answer.quantity if answer else "")))
    yield code(printable(answer.given)) if answer and answer.given else ""
    if not report.hints:
        yield "" if value is None else code(report.notation.short(value).text)
    yield prose(report.text(report.words(row)))


def _words(report: Report) -> Iterator[str]:
    """What stands below the table, a paragraph each."""
    yield from (prose(report.text(remark)) for remark in report.marked.remarks)
    yield from (f"```text\n{problem}\n```" for _, problem in report.problems())
    yield from (f"{code(row.name)}: {prose(report.text(remark))}" for row, remark in report.remarks())
    explained = report.explained()
    if not explained:
        return
    yield f"## {prose(report.text(explained.heading))}"
    rules = {"wrong": explained.wrong, "right": explained.right}
    if any(rules.values()):
        yield "\n".join(f"- {label}: {code(' '.join(report.sides(rule)))}" for label, rule in rules.items() if rule)
    if explained.sentences:
        yield " ".join(prose(report.text(told)) for told in explained.sentences)


def write_markdown_markings(records: Sequence[FileRecord], out: TextIO, marks: bool = False) -> None:
    """Write a table with a line a file, and one of the slips that are made."""
    called = short_names(records)
    out.write(piped(["file", "rows", *(["marks"] * marks)]) + piped(["---", "---", *(["---:"] * marks)]))
    for record in records:
        told = record.unmarked or counted_verdicts(record.verdicts)
        out.write(piped([code(called[record.file]), prose(told), *([record.marks] * marks)]))
    out.write(f"\n**{prose(summary_of(records))}**\n")
    slips = slip_rows(records, called)
    if slips:
        out.write("\n" + piped(["slip", "files", "who"]) + piped(["---", "---:", "---"]))
        out.writelines(piped(map(prose, cells)) for cells in slips)
