"""JSON to `Trace`: the network in it is read and worked out anew, and everything that the JSON says is compared.

So nothing in the text is taken at its word: what does not come out again is an error that says where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import NoReturn

from bptrace.engine.model import Given
from bptrace.engine.network import Network
from bptrace.engine.precision import BIT_LIMIT
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.errors import Mark, Source, SpecError, cut, shortened, shortened_path
from bptrace.numbers.arrays import Shape, Value, array
from bptrace.numbers.enclosures import Scalar, of_parts
from bptrace.numbers.exact import NumberError, of_exact_text
from bptrace.spec import json_text, trace_json
from bptrace.spec.json_text import JsonPath, Plain
from bptrace.spec.reader import embedded
from bptrace.version import __version__

EXPONENT_LIMIT = 10_000_000
"""Beyond what a value of a million digits takes."""
SMALLEST_EXPONENT = -(10**18)
"""What a value near 0 may take that an update has made."""
WIDTH_LIMIT = 100_000
NOT_SO_MUCH = "smaller arrays, or fewer samples"
"""What helps where memory is too short."""
STYLES = (trace_json.FRACTION, trace_json.DECIMAL)


def _between(low: int, high: int) -> Callable[[Plain], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _is_count(value: Plain) -> bool:
    return value is None or _between(1, 10**9)(value)


OPTIONS: dict[str, tuple[Callable[[Plain], bool], str]] = {
    "numbers": (STYLES.__contains__, "fraction or decimal"),
    "written": (STYLES.__contains__, "fraction or decimal"),
    "digits": (_between(1, 10_000), "a whole number from 1 to 10,000"),
    "gradients": (lambda value: isinstance(value, list), "a list of sections"),
    "update": (lambda value: type(value) is bool, "true or false"),
    "bits": (_between(0, 2 * BIT_LIMIT), "a number of bits"),
    "width": (_between(0, WIDTH_LIMIT), "a whole number from 0 to 100,000"),
    "terms": (_is_count, "a whole number, or null"),
    "last": (_is_count, "a whole number, or null"),
    "symbolic": (lambda value: type(value) is bool, "true or false"),
}
"""What each option may be, before it is known whether it is what the trace comes out with."""


def restored(text: str | bytes, name: str = "<json>") -> Trace:
    """The trace that a JSON text holds. Raises SpecError where it is not what comes out when it is worked out anew."""
    with suppress(MemoryError):
        return _Restored(Source(name, _decoded(text, name))).trace()
    raise SpecError(f"not enough memory for {shortened_path(name)}, of {len(text):,} characters", None, NOT_SO_MUCH)


def _decoded(text: str | bytes, name: str) -> str:
    if not isinstance(text, str | bytes | bytearray):
        raise SpecError(f"a trace is a JSON text, not of type {type(text).__name__}", None, json_text.EXPORTED)
    try:
        found = text if isinstance(text, str) else text.decode("utf-8")
    except UnicodeDecodeError as problem:
        before = problem.object[: problem.start].decode("utf-8")
        mark = Mark(Source(name, before + problem.object[problem.start :].decode("utf-8", "replace")), len(before))
        message = f"byte 0x{problem.object[problem.start]:02x} is not UTF-8"
        raise SpecError(message, mark, json_text.EXPORTED) from None
    return found.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


class _Restored:
    """A JSON text being read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: Plain = None

    def trace(self) -> Trace:
        """The trace, once everything is compared. Raises SpecError."""
        self.found = json_text.read(self.source)
        self.check_form()
        with self.about_the_network():
            trace = self.worked_out(self.network())
        self.compare(trace)
        return trace

    # what has to be known before anything is worked out

    def check_form(self) -> None:
        """Raise SpecError where this is no trace at all, or where what it is made from has another form."""
        self.check_kind(self.found, dict, ())
        self.same(
            {"$schema": trace_json.SCHEMA}, {key: self.found[key] for key in ["$schema"] if key in self.found}, ()
        )
        for key, kind in (("network", dict), ("values", dict), ("options", dict), ("steps", list), ("bptrace", str)):
            self.check_field(self.found, key, kind, ())
        given = self.found["options"]
        self.same(dict.fromkeys(OPTIONS), dict.fromkeys(given), ("options",))
        for option, (fits, what) in OPTIONS.items():
            if not fits(given[option]):
                self.fail(("options", option), f"'{option}' is {what}, not {json_text.shown(given[option])}")

    def check_field(self, found: Plain, key: str, kind: type, path: JsonPath) -> None:
        """Raise SpecError where an object lacks a field of that kind."""
        if key not in found:
            self.fail(path, f"missing field '{key}'")
        self.check_kind(found[key], kind, (*path, key))

    def check_kind(self, found: Plain, kind: type, path: JsonPath) -> None:
        """Raise SpecError where something is not of a kind, which an object with a name twice is not either."""
        if type(found) is not kind:
            if isinstance(found, json_text.Twice):
                self.fail((*path, found.name), json_text.TWICE)
            self.fail(path, f"{json_text.shown(found)} where {json_text.KINDS[kind]} belongs")

    # working out anew

    def network(self) -> Network:
        """The network in the text with the values in it."""
        network = embedded(json_text.written(self.found["network"]), self.source.name)
        given = {item.key: item for item in network.givens}
        for key in self.found["values"]:
            if key not in given:
                self.fail(("values", key), f"the network has no given {shortened(key)}")
        values = {key: self.value(given[key], value) for key, value in self.found["values"].items()}
        network = network.replaced(values, decimal=self.found["options"]["written"] == trace_json.DECIMAL)
        bits = self.found["options"]["bits"]
        return network.at_precision(bits) if bits else network

    def value(self, given: Given, found: Plain) -> Value:
        """A given's value, exactly."""
        path = ("values", given.key)
        items = [self.scalar(item, inner) for item, inner in self.entries(found, given.shape, path)]
        return array(given.shape, items)

    def entries(self, found: Plain, shape: Shape, path: JsonPath) -> Iterator[tuple[Plain, JsonPath]]:
        """The entries in row order, each with its path. Raises SpecError where the shape is another."""
        if not shape:
            yield found, path
            return
        if type(found) is not list or len(found) != shape[0]:
            self.fail(path, f"expected a list of {shape[0]}")
        for place, item in enumerate(found):
            yield from self.entries(item, shape[1:], (*path, place))

    def scalar(self, found: Plain, path: JsonPath) -> Scalar:
        """A number, or the middle and the radius of an enclosure."""
        try:
            if type(found) is dict:
                return of_parts(*(self.part(found.get(name), path) for name in ("middle", "radius")))
            return of_exact_text(found if type(found) is str else "")
        except NumberError as problem:
            self.fail(path, f"{json_text.shown(found)}: {problem}")

    def part(self, found: Plain, path: JsonPath) -> tuple[Scalar, int]:
        """A whole number, and the power of 2 that it is times."""
        if type(found) is not list or len(found) != 2 or not _between(SMALLEST_EXPONENT, EXPONENT_LIMIT)(found[1]):
            self.fail(path, "expected a middle and a radius, each the digits of a number and a power of 2")
        return of_exact_text(found[0] if type(found[0]) is str else "").p, found[1]

    def worked_out(self, network: Network) -> Trace:
        """The trace of the network, as the options have it."""
        asked = self.found["options"]
        inputs, update = "input" in asked["gradients"], asked["update"]
        if asked["symbolic"]:
            trace = network.derived(inputs, update=update).with_digits(asked["digits"])
            trace = trace.with_numbers(asked["numbers"] == trace_json.DECIMAL)
        else:
            trace = network.trace(asked["numbers"], inputs, asked["digits"], update=update)
        trace = trace.with_closed_forms(asked["width"]).shortened(asked["terms"])
        return trace if asked["last"] is None else trace.until(asked["last"])

    # comparing

    def compare(self, trace: Trace) -> None:
        """Raise SpecError at the first place where the text says something else than the trace."""
        whole = {
            **trace_json.head(trace),
            "bptrace": self.found["bptrace"],
            "quantities": list(trace_json.quantities(trace)),
        }
        if trace.notes:
            whole["notes"] = list(trace_json.notes(trace))
        if trace.samples:
            whole["sample_quantities"] = list(trace_json.quantities(trace.samples[0]))
        steps = self.found["steps"]
        self.same({**whole, "steps": []}, {**self.found, "steps": []}, ())
        self.same([{}] * len(trace.steps), [{} for _ in steps], ("steps",))
        for number, step in enumerate(trace.steps):
            self.compare_step(step, steps[number], ("steps", number))

    def compare_step(self, step: Step, found: Plain, path: JsonPath) -> None:
        """Raise SpecError at the first place where a step's text says something else; rows are made one at a time."""
        self.check_kind(found, dict, path)
        self.check_field(found, "rows", list, path)
        rows, inner = found["rows"], (*path, "rows")
        self.same({**trace_json.plain_step(step), "rows": []}, {**found, "rows": []}, path)
        self.same([{}] * len(step), [{} for _ in rows], inner)
        for place, row in enumerate(step):
            self.same(trace_json.plain_row(row), rows[place], (*inner, place))

    def same(self, wanted: Plain, found: Plain, path: JsonPath) -> None:
        """Raise SpecError where the text has something else than what is wanted."""
        problem = json_text.difference(wanted, found, path)
        if problem:
            self.fail(problem.path, problem.message, *problem.hints, *self.written_by)

    # complaints

    @property
    def written_by(self) -> list[str]:
        """Another version of bptrace that wrote the text, and may have worked otherwise."""
        version = self.found.get("bptrace") if isinstance(self.found, Mapping) else None
        if not isinstance(version, str) or version == __version__:
            return []
        return [f"written by bptrace {cut(version, 40)}; this is {__version__}"]

    def fail(self, path: JsonPath, message: str, *hints: str) -> NoReturn:
        place = _path_text(path)
        mark = Mark(self.source, json_text.place(self.source.text, path))
        raise SpecError(f"{place}: {message}" if place else message, mark, *(hints or [json_text.EXPORTED]))

    @contextmanager
    def about_the_network(self) -> Iterator[None]:
        """Say of a complaint about the network, which is read from a text of its own, where that is in this one."""
        try:
            yield
        except SpecError as problem:
            inner = problem.mark
            if inner and inner.source is self.source:
                raise
            start = json_text.place(self.source.text, ("network",))
            if inner and self.source.text.startswith(inner.source.text, start):
                place = Mark(self.source, start + inner.offset)
                raise SpecError(f"network: {problem.message}", place, *problem.hints) from None
            self.fail(("network",), problem.message, *(inner.snippet().split("\n") if inner else []), *problem.hints)


def _path_text(path: JsonPath) -> str:
    """A path for people: `step 2, row 3, rule`."""
    counted = {"steps": "step", "rows": "row"}
    words = []
    for place, part in enumerate(path):
        if isinstance(part, str):
            following = path[place + 1 : place + 2]
            word = counted.get(part, part) if following and isinstance(following[0], int) else part
            words.append(shortened(word)[1:-1])
        else:
            words[-1] += f" {part + 1}"
    return ", ".join(words)
