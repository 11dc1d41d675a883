"""HTML: one page with the whole working and a stepper, which needs no network and no other file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from bptrace.engine.optimizers import SETTINGS
from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import Sentence, plain
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.headings import Headings
from bptrace.explain.sentences import StepWords, step_words
from bptrace.explain.summary import summarize
from bptrace.ops.notation import TERMS
from bptrace.page.assets import policy, script, styles, template
from bptrace.page.data import as_json, check_size, page_data
from bptrace.typeset.tags import Tagged, tag, tagged

UNTITLED = "Backpropagation, step by step"
COLUMNS = ("quantity", "formula", "rule", "value")
SECTION_NAMES = {"weights": "weight", "state": "state before the update"}


def write_html(trace: Trace, out: TextIO, brief: bool = False) -> None:
    """Write the page. `brief`: with one or two sentences a step. Raises BptraceError of a very long register."""
    check_size(trace)
    trace = trace.shortened(TERMS)
    parts = {
        "policy": policy(script(), styles()),
        "styles": styles(),
        "script": script(),
        "title": tagged(trace.title or UNTITLED),
        "notes": _notes(trace),
        "network": tagged(_equations(trace), _givens(trace)),
        "register": tagged(*_steps(trace, brief)),
        "summary": _summary(trace) if trace.is_whole else "",
        "data": as_json(page_data(trace)),
    }
    out.write(template().substitute(parts))


def _notes(trace: Trace) -> Tagged:
    """What is probably not meant."""
    items = [tag("li", plain(note.placed)) for note in trace.notes]
    return tag("ul", *items, class_="notes", aria_label="Notes") if items else Tagged()


def _equations(trace: Trace) -> Tagged:
    return tag("ul", *(tag("li", equation) for equation in trace.equations), class_="equations")


def _givens(trace: Trace) -> Tagged:
    rows = [
        tag(
            "tr",
            tag("th", given.key, scope="row"),
            tag("td", SETTINGS[given.key].about if given.section == "update" else _kind(given.section)),
            tag("td", trace.text(given.key)),
        )
        for given in trace.givens
    ]
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in ("name", "kind", "value"))))
    return tag("table", tag("caption", "Givens"), head, tag("tbody", *rows), class_="givens") if rows else Tagged()


def _kind(section: str) -> str:
    return SECTION_NAMES.get(section, section)


def _steps(trace: Trace, brief: bool) -> Iterator[Tagged]:
    """Every step as a section: its heading, its table, what is to be known of rows, what it does."""
    headings = Headings(trace)
    place = 0
    for step in trace.steps:
        heading = headings.of(step)
        named = f"{step.number}. {step.phase.capitalize()}{heading.sign}{plain(heading.text)}"
        words = [] if trace.symbolic else _words(trace, step, step_words(trace, step, brief))
        yield tag(
            "section",
            tag("h3", named, id=f"heading-{step.number}"),
            _table(step, trace, place),
            *words,
            id=f"step-{step.number}",
            class_="step",
            aria_labelledby=f"heading-{step.number}",
        )
        place += len(step)


def _table(step: Step, trace: Trace, place: int) -> Tagged:
    names = COLUMNS[: 2 if trace.symbolic else 4]
    head = tag("thead", tag("tr", *(tag("th", name, scope="col", class_=name) for name in names)))
    rows = list(step)
    body = tag("tbody", *(_row(row, trace, number) for number, row in enumerate(rows, place + 1)))
    notes = dict.fromkeys(note for row in rows for note in row.notes)
    return tagged(tag("table", head, body, class_="rows"), *(tag("p", note, class_="words note") for note in notes))


def _row(row: Row, trace: Trace, number: int) -> Tagged:
    quantity, formula, rule, value = row.texts()
    cells = [tag("th", quantity, scope="row", class_="quantity", tabindex="-1"), tag("td", formula, class_="formula")]
    if not trace.symbolic:
        worked = f"{rule} {row.work}".rstrip() if trace.work else rule
        cells += [tag("td", worked, class_="rule"), tag("td", value, class_="value")]
    return tag("tr", *cells, id=f"row-{number}")


def _words(trace: Trace, step: Step, words: StepWords) -> Sequence[Tagged]:
    """The rule in general, and below it what the step does with its numbers."""
    notation = trace.of(step).notation
    said: Sentence = words.principle
    parts = [tag("p", plain(said, notation), class_="words principle")] if said else []
    return [*parts, *(tag("p", plain(each, notation), class_="words") for each in words.instances)]


def _summary(trace: Trace) -> Tagged:
    """What all comes to."""
    summary = summarize(trace)
    items = [
        tag("li", f"{key}: {shown.digits}" if counted else shown.of(key)) for key, shown, counted in summary.results
    ]
    items += [tag("li", plain((*start, *rest))) for start, rest, _ in summary.remarks()]
    heading = tag("h2", "Summary", id="summary-heading")
    said = tag("p", plain(summary.exactness))
    return tag(
        "section", heading, tag("ul", *items), said, id="summary", class_="at-end", aria_labelledby="summary-heading"
    )
