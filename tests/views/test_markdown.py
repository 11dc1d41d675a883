"""Markdown: what a CommonMark reader with tables makes of it is what the trace says."""

from __future__ import annotations

import io
import re
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bptrace import Step, Trace, load, loads
from bptrace.engine import sentence_parts
from bptrace.engine.optimizers import SETTINGS
from bptrace.explain.headings import Headings
from bptrace.explain.sentences import step_words
from bptrace.explain.summary import summarize
from bptrace.ops.notation import TERMS
from bptrace.views.markdown import write_markdown
from tests.conftest import NETWORKS, RELU, traced

TIE = "weights: {w: 0}\nloss: relu(w)"


def parsed(trace: Trace) -> list[Token]:
    out = io.StringIO()
    write_markdown(trace, out)
    return MarkdownIt("commonmark").enable("table").parse(out.getvalue())


def plain(token: Token) -> str:
    """The text of an inline token as a reader sees it."""
    return "".join(child.content for child in token.children or [])


def texts(tokens: list[Token], opening: str) -> list[str]:
    """The text of every element that opens so."""
    return [plain(inline) for token, inline in pairwise(tokens) if token.type == opening]


def tables(tokens: list[Token]) -> list[list[list[str]]]:
    """The cells of every table, row by row."""
    found: list[list[list[str]]] = []
    for token, inline in pairwise(tokens):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("th_open", "td_open"):
            found[-1][-1].append(plain(inline))
    return found


def summary_of(trace: Trace) -> list[str]:
    """The items of the summary: what each result is, what is blocked, what is exact."""
    summary = summarize(trace)
    results = [shown.of(key) if not counted else f"{key}: {shown.digits}" for key, shown, counted in summary.results]
    remarks = [sentence_parts.plain((*start, *rest)) for start, rest, _ in summary.remarks()]
    return [*results, *remarks, sentence_parts.plain(summary.exactness)]


def told_in(trace: Trace, step: Step) -> list[str]:
    """What is said of a step, without the rule in general."""
    told = trace.shortened(TERMS)
    return [sentence_parts.plain(each, told.of(step).notation) for each in step_words(told, step).instances]


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_reader_sees_the_trace(path: str) -> None:
    trace = traced(path, inputs=True)
    tokens = parsed(trace)
    givens, *steps = tables(tokens)
    sections = {"input": "input", "weights": "weight", "target": "target", "state": "state before the update"}
    kinds = {given.key: sections.get(given.section) or SETTINGS[given.key].about for given in trace.givens}
    assert givens[0] == ["name", "kind", "value"]
    assert givens[1:] == [[given.key, kinds[given.key], trace.text(given.key)] for given in trace.givens]
    for step, (header, *cells) in zip(trace.steps, steps, strict=True):
        assert header == ["quantity", "formula", "rule", "value"]
        assert cells == [list(row.texts()) for row in step]
    headings = [(step, Headings(trace).of(step)) for step in trace.steps]
    titles = [
        f"{step.number}. {step.phase.capitalize()}{own.sign}{sentence_parts.plain(own.text)}" for step, own in headings
    ]
    assert texts(tokens, "heading_open") == [trace.title, "Givens", "Equations", *titles, "Summary"]
    items = [plain(token) for token, end in zip(tokens, tokens[2:], strict=False) if end.type == "list_item_close"]
    told = [sentence for step in trace.steps for sentence in told_in(trace, step)]
    assert items == [*trace.equations, *told, *summary_of(trace)]


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_formulas_and_numbers_are_code(path: str) -> None:
    tokens = parsed(traced(path))
    cells = [inline for token, inline in pairwise(tokens) if token.type == "td_open"]
    children = [[child.type for child in cell.children or []] for cell in cells]
    assert {tuple(types) for types in children} == {("code_inline",), ("text",)}
    assert children.count(["text"]) == len(load(path).givens)


@pytest.mark.parametrize(
    "title",
    [
        "plain",
        "*stars* and _underlines_ and __both__",
        "`code` and ``more``",
        "a | b || c",
        "[link](http://x) ![image](y) <b>bold</b> <http://x>",
        "# hash #",
        "back\\slash \\* \\",
        "$x$ ~~struck~~",
        "AT&amp;T &lt; &#35; & more",
        "1. one - two + three > four",
        "quote ' and \" and =====",
        "漢字 é 𝐱",
    ],
)
def test_a_title_is_read_as_it_was_written(title: str) -> None:
    network = loads("title: " + "'" + title.replace("'", "''") + "'\nloss: 1")
    assert network.title == title
    assert texts(parsed(network.trace()), "heading_open")[0] == title


def test_a_network_without_a_title_gets_one() -> None:
    assert texts(parsed(loads("loss: 1").trace()), "heading_open")[0] == "Backpropagation, step by step"


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (TIE, ["w is exactly 0: ReLU'(0) is taken as 0"]),
        ("weights: {w: [0, 0]}\nloss: sum(relu(w))", [f"w{n} is exactly 0: ReLU'(0) is taken as 0" for n in (1, 2)]),
        ("weights: {w1: [0, 1]}\nloss: sum(abs(w1))", ["w1[1] is exactly 0: abs has no slope at 0; 0 is taken"]),
        ("weights: {w: 1}\nloss: relu(w)", []),
    ],
)
def test_a_tie_is_a_note_below_its_table(text: str, notes: list[str]) -> None:
    tokens = parsed(loads(text).trace())
    found = [
        token for token in tokens if token.type == "inline" and any(c.type == "em_open" for c in token.children or [])
    ]
    assert [plain(token) for token in found] == notes


@pytest.mark.parametrize("place", range(1, 22))
def test_of_a_step_that_is_not_finished_nothing_more_is_told(place: int) -> None:
    trace = load(RELU).trace()
    out = io.StringIO()
    write_markdown(trace.until(place), out)
    named = set(re.findall(r"[\w/']+(?:\(\w+\))?", out.getvalue().partition("## 1.")[2]))
    assert not (named) & set(trace.quantities(place))
    assert "of the second unit" not in out.getvalue()


def test_in_brief_a_step_has_one_or_two_sentences_and_no_list() -> None:
    out = io.StringIO()
    trace = load(RELU).trace()
    write_markdown(trace, out, steps=trace.steps[6:], brief=True)
    assert out.getvalue().endswith(
        "\n\ndL/dz1 = -2; times x1 = 1 and x2 = 2 gives dL/dw11 = -2 and dL/dw12 = -4.\n"
        "\ndL/dz2 = 0, so every weight and bias gradient of the second unit is exactly 0.\n"
    )
