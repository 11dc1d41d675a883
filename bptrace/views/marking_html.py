"""A marked register as a page: the person's column beside the right one, the first mistake above the working."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from bptrace.engine.sentence_parts import Named, Sentence, plain
from bptrace.marking.record import mark_text
from bptrace.marking.report import Explained, Report, counted_verdicts
from bptrace.marking.verdicts import FOLLOWS, MISSING, RIGHT, ROUNDED, SLIP, UNKNOWN, UNREADABLE, WRONG, MarkedRow
from bptrace.typeset.tags import Tagged, tag, tagged
from bptrace.views.html import write_page
from bptrace.views.html_register import Beside
from bptrace.views.marking import marks_text

SIGNS = {
    RIGHT: "✓",
    ROUNDED: "✓",
    FOLLOWS: "↳",
    SLIP: "✗",
    WRONG: "✗",
    MISSING: "–",
    UNKNOWN: "?",
    UNREADABLE: "?",
}
"""What tells each verdict without a colour."""


def write_html_marking(report: Report, out: TextIO, marks: bool = False) -> None:
    """Write one marked register; `marks`: with the marks of each row, and their total."""
    marking = _Marking(report, marks)
    write_page(report.working.trace, out, beside=Beside("written", marking.cell, marking.section()))


class _Marking:
    """What a page says of a report, in its rows and above them."""

    def __init__(self, report: Report, marks: bool) -> None:
        self.report = report
        self.marks = marks
        self.order = report.working.order
        self.places: dict[str, list[int]] = {}
        for place, row in enumerate(report.rows):
            self.places.setdefault(row.name, []).append(place)

    def cell(self, name: str) -> Tagged:
        """What is written for a row of the register, once or more, and what is said of it."""
        return tagged(*map(self._written, self.places.get(name, ())))

    def _written(self, place: int) -> Tagged:
        row = self.report.rows[place]
        given = tag("span", row.answer.given, class_="given") if row.answer and row.answer.given else ""
        return tag("div", given, *self._told(place), class_=f"answer {row.verdict}")

    def _told(self, place: int) -> Iterator[Tagged]:
        """The verdict in words, marks, and remarks."""
        report, row, own = self.report, self.report.rows[place], self.report.marks[place]
        yield tag("span", tag("span", SIGNS[row.verdict], aria_hidden="true"), " ", self._text(report.words(row)),
                  class_="verdict")  # fmt: skip
        if self.marks and own:
            yield tag("span", f"{mark_text(own.got)} of {mark_text(own.of)}", class_="marks")
        yield from (tag("span", self._text(remark), class_="remark") for of, remark in report.remarks() if of is row)

    def _text(self, told: Sentence) -> Tagged:
        """A sentence; a row of the register that it names is a link to it."""
        return tagged(*(self._part(told[place : place + 1]) for place in range(len(told))))

    def _part(self, told: Sentence) -> str:
        text, part = plain(told, self.report.notation), told[0]
        known = isinstance(part, Named) and part.name in self.order
        return tag("a", text, href=f"#row-{self.order[text] + 1}") if known else text

    def section(self) -> Tagged:
        """What stands above the working: how many rows have which verdict, the first mistake, what is no row of it."""
        report = self.report
        total = f"; {marks_text(report.total)}" if self.marks else ""
        explained = report.explained()
        return tag(
            "section",
            tag("h2", f"{report.marked.file}, marked", id="marking-heading"),
            tag("p", tag("strong", counted_verdicts(report.verdicts)), total),
            *(tag("p", self._text(remark), class_="remark") for remark in report.marked.remarks),
            *(self._explained(explained) if explained else ()),
            *(tag("pre", *_lines(str(problem)), tabindex=0) for _, problem in report.problems()),
            *self._others(),
            id="marking",
            class_="good" if report.marked.is_good else None,
            aria_labelledby="marking-heading",
        )

    def _explained(self, explained: Explained) -> Iterator[Tagged]:
        """The first mistake: the wrong rule, the right one, and sentences about both."""
        yield tag("h3", self._text(explained.heading))
        rules = {"wrong": explained.wrong, "right": explained.right}
        lines = [
            tagged(tag("dt", label), tag("dd", " ".join(self.report.sides(rule))))
            for label, rule in rules.items()
            if rule
        ]
        if lines:
            yield tag("dl", *lines, class_="rules")
        if explained.sentences:
            yield tag("p", *(part for told in explained.sentences for part in (self._text(told), " ")))

    def _others(self) -> Iterator[Tagged]:
        """What is written of givens and of nothing in the network."""
        places = [place for place, row in enumerate(self.report.rows) if row.name not in self.order]
        if not places:
            return
        head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in ("quantity", "written"))))
        rows = (tag("tr", tag("th", _called(self.report.rows[place]), scope="row"), tag("td", self._written(place)))
                for place in places)  # fmt: skip
        yield tag("table", tag("caption", "Besides"), head, tag("tbody", *rows), class_="others")


def _called(row: MarkedRow) -> str:
    return row.name or (row.answer.quantity if row.answer else "")


def _lines(text: str) -> Iterator[Tagged]:
    return (tagged(line, Tagged("\n")) for line in text.split("\n"))
