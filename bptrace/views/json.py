"""JSON: the whole trace as `schemas/trace.schema.json` describes it, one line a row, nothing cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from bptrace.engine.plans import RANK
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError
from bptrace.spec import trace_json
from bptrace.spec.json_text import Plain, in_ascii, written


def write_json(trace: Trace, out: TextIO) -> None:
    """Write the trace as one JSON object; rows stream. Raises BptraceError where it is of no network file."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.writelines(encodable(piece, encoding) for piece in pieces(trace))


def encodable(text: str, encoding: str) -> str:
    """The text as it can be written in an encoding: of a terminal's own, say, that would leave out what it lacks."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(char if char.isascii() else in_ascii(char) for char in text)
    return text


def pieces(trace: Trace) -> Iterator[str]:
    """The text in parts, a row at a time. Raises BptraceError where the trace is of no network file, or by unit."""
    if trace.grouping != RANK:
        raise BptraceError(
            f"error: JSON has steps by {RANK}, not by {trace.grouping}\n   csv, latex and markdown have both"
        )
    trace = trace.with_decimals(None)  # what is read back is exact
    yield "{\n"
    for key, value in trace_json.head(trace).items():
        yield f"{written(key)}: {written(value)},\n"
    if trace.notes:
        yield from _listed("notes", map(written, trace_json.notes(trace)))
    yield from _listed("quantities", map(written, trace_json.quantities(trace)))
    if trace.samples:
        yield from _listed("sample_quantities", map(written, trace_json.quantities(trace.samples[0])))
    yield '"steps": ['
    for step in trace.steps:
        yield "\n" if step.number == 1 else ",\n"
        yield from _written_step(step)
    yield "\n]\n}\n"


def _listed(key: str, items: Iterable[str]) -> Iterator[str]:
    yield f'"{key}": ['
    yield from _separated(items)
    yield "\n],\n"


def _written_step(step: Step) -> Iterator[str]:
    start: dict[str, Plain] = trace_json.plain_step(step)
    yield f'{written(start)[:-1]}, "rows": ['
    yield from _separated(written(trace_json.plain_row(row)) for row in step)
    yield "\n]}"


def _separated(items: Iterable[str]) -> Iterator[str]:
    for number, item in enumerate(items):
        yield f",\n {item}" if number else f"\n {item}"
