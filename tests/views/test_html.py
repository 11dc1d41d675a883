"""The page: what a reader of its HTML finds is what the trace says, and whatever a file says is text."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bptrace import Trace, loads
from bptrace.explain.headings import Headings
from bptrace.page.assets import policy, script, styles
from bptrace.views.html import write_html
from tests.conftest import NETWORKS, RELU, traced

VOID = {"meta", "input", "path"}
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
        made = Element(tag, dict(attrs))
        self.open[-1].inner.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:  # `<path/>` closes itself
            assert self.open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].inner.append(data)


def page(trace: Trace, brief: bool = False) -> Element:
    out = io.StringIO()
    write_html(trace, out, brief)
    reader = Reader()
    reader.feed(out.getvalue())
    [whole] = reader.open
    return whole


@cache
def page_of(path: Path) -> Element:
    return page(traced(path))


def steps(whole: Element) -> list[Element]:
    return [section for section in whole.all("section") if section.attributes.get("class") == "step"]


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_reader_sees_the_register(path: Path) -> None:
    trace = traced(path)
    assert page_of(path).all("h1")[0].text == (trace.title or "Backpropagation, step by step")
    for step, section in zip(trace.steps, steps(page_of(path)), strict=True):
        [table] = section.all("table")
        cells = [[cell.text for cell in row.all("th") + row.all("td")] for row in table.all("tr")[1:]]
        assert cells == [list(row.texts())[: 2 if trace.symbolic else 4] for row in step]
        assert section.all("h3")[0].text.startswith(f"{step.number}. {step.phase.capitalize()}")


def test_every_id_is_there_once_and_every_label_leads_to_one() -> None:
    elements = page_of(NETWORKS[0]).all
    names = [name for kind in ("section", "h2", "h3", "tr", "input") for each in elements(kind)
             if (name := each.attributes.get("id"))]  # fmt: skip
    assert len(names) == len(set(names))
    assert {each.attributes.get("aria-labelledby") for each in elements("section")} <= set(names)


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
