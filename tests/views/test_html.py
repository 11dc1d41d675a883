"""The page: what a reader of its HTML finds is what the trace says, and whatever a file says is text."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bptrace import Trace, load, loads
from bptrace.explain.headings import Headings
from bptrace.marking.working import Working
from bptrace.page.assets import policy, script, styles
from bptrace.views.html import write_html
from bptrace.views.html_cells import html_cells
from tests.conftest import NETWORKS, RELU, SYMBOLIC, traced

ENDED_BY = {"th": ("th", "td"), "td": ("th", "td"), "tr": ("th", "td", "tr"), "/tr": ("th", "td"),
            "/tbody": ("th", "td", "tr"), "/thead": ("th", "td", "tr"), "/th": (), "/td": ()}  # fmt: skip
VOID = {"meta", "input", "path", "wbr"}
HOSTILE = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>&\"'"


@dataclass
class Element:
    name: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    inner: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.inner)

    def all(self, name: str) -> list[Element]:
        own = [part for part in self.inner if isinstance(part, Element)]
        return [found for part in own for found in ([part] if part.name == name else []) + part.all(name)]


class Reader(HTMLParser):
    """What stands in a page as a tree."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.end_before(tag)
        made = Element(tag, dict(attrs))
        self.open[-1].inner.append(made)
        if tag not in VOID:
            self.open.append(made)

    def end_before(self, tag: str) -> None:
        """Cells and rows end where the next begins, or their table."""
        while self.open[-1].name in ENDED_BY.get(tag, ()):
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:  # `<path/>` closes itself
            self.end_before(f"/{tag}")
            assert self.open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].inner.append(data)


def page(trace: Trace, brief: bool = False) -> Element:
    out = io.StringIO()
    write_html(trace, out, brief)
    return read(out.getvalue())


def read(text: str) -> Element:
    reader = Reader()
    reader.feed(text)
    [whole] = reader.open
    return whole


@cache
def page_of(path: Path) -> Element:
    return page(traced(path))


def steps(whole: Element) -> list[Element]:
    return [section for section in whole.all("section") if section.attributes.get("class") == "step"]


def shown(text: str) -> str:
    """What is seen of a text: blanks are spacing."""
    return re.sub(r"[\s\u2061\u2062]", "", text)


@pytest.mark.parametrize("path", [*NETWORKS, *SYMBOLIC], ids=lambda path: path.stem)
def test_a_reader_sees_the_register(path: Path) -> None:
    trace = load(path).derived() if path in SYMBOLIC else traced(path)
    whole = page(trace)
    assert whole.all("h1")[0].text == (trace.title or "Backpropagation, step by step")
    for step, section in zip(trace.steps, steps(whole), strict=True):
        cells, flat = html_cells(trace.of(step)), html_cells(trace.of(step), inline=True)
        [table] = section.all("table")
        rows = [[shown(cell.text) for cell in row.all("th") + row.all("td")] for row in table.all("tr")[1:]]
        written = (
            [cells.quantity(row), cells.formula(row)] + ([] if trace.symbolic else [flat.rule(row), flat.value(row)])
            for row in step
        )
        assert rows == [[shown(read(piece.math).text) for piece in row] for row in written]
        assert section.all("h3")[0].text.startswith(f"{step.number}. {step.phase.capitalize()}")


def test_numbers_and_signs_are_plain_text() -> None:
    rule = [row.all("td")[1] for row in steps(page(traced(RELU)))[0].all("tr")[1:]]
    assert [cell.inner for cell in rule] == [
        [each] for each in ("0\u202f⋅\u202f1 + 1\u202f⋅\u202f2 + 0", "1\u202f⋅\u202f1 + (−1)\u202f⋅\u202f2 + 0")
    ]


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_given_has_a_cell_with_its_name_and_its_value(path: Path) -> None:
    trace = traced(path)
    found = {name: cell.text for cell in page_of(path).all("td") if (name := cell.attributes.get("data-given"))}
    working = Working(trace)
    assert found.keys() == working.givens.keys()
    assert found == {name: trace.notation.shown(value).text for name, value in working.givens.items()}


def test_every_id_is_there_once_and_every_label_leads_to_one() -> None:
    elements = page_of(NETWORKS[0]).all
    names = [name for kind in ("section", "h2", "tr", "input") for each in elements(kind)
             if (name := each.attributes.get("id"))]  # fmt: skip
    assert len(names) == len(set(names))
    assert {label for each in elements("section") if (label := each.attributes.get("aria-labelledby"))} <= set(names)


def test_whatever_the_file_says_is_text() -> None:
    trace = loads(f"title: {HOSTILE!r}\nweights: {{w: 2}}\nloss: w^2".replace("\\'", "''")).trace()
    whole = page(trace)
    assert [whole.all("title")[0].text, whole.all("h1")[0].text] == [HOSTILE, HOSTILE]
    assert not whole.all("img")
    assert [each.attributes for each in whole.all("script")] == [{"type": "application/json", "id": "data"}, {}]


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_it_is_one_short_file_under_a_policy_that_fits_it(path: Path) -> None:
    out = io.StringIO()
    write_html(traced(path), out)
    text = out.getvalue()
    assert len(text.encode()) < 250_000
    whole = page_of(path)
    assert whole.all("meta")[1].attributes["content"] == policy(script(), styles())
    assert whole.all("style")[0].text == styles()
    assert whole.all("script")[1].text == script()
    assert not re.search(r"<[^>]* (on\w+|style|src)=", text.partition("<script")[0])


def test_in_brief_there_is_less() -> None:
    trace = traced(RELU)
    assert len(steps(page(trace, brief=True))[4].all("p")) < len(steps(page(trace))[4].all("p"))


def test_a_step_has_its_heading() -> None:
    trace = traced(RELU)
    heading = Headings(trace).of(trace.steps[5])
    assert steps(page(trace))[5].all("h3")[0].text == "6. Reverse, error at the hidden layer: gradient at h"
    assert heading.sign == ", "
