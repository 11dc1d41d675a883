"""A trace as plain data: the network that it is of, how it was asked for, its quantities, its steps and rows.

It is whole: from what stands here alone the trace is worked out anew (`restore` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bptrace.engine.batch import Batch
from bptrace.engine.model import Given
from bptrace.engine.network import Network, Stated
from bptrace.engine.optimizers import GRID
from bptrace.engine.plans import ranks
from bptrace.engine.programs import Scope
from bptrace.engine.quantity import of_sample
from bptrace.engine.row import Row
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError
from bptrace.numbers.arrays import Shape, Value, entries
from bptrace.numbers.digits import exact_numeral
from bptrace.numbers.enclosures import MINUS_INFINITY, Scalar, is_enclosure, parts
from bptrace.numbers.exact import UNKNOWN, bounds, exact_text
from bptrace.ops.expr import names
from bptrace.spec.json_text import Plain, of_node
from bptrace.spec.yaml_text import compose
from bptrace.version import __version__

SCHEMA = "urn:bptrace:schema:trace:1"
FRACTION, DECIMAL = "fraction", "decimal"
SAMPLE = "sample"
"""The section of a quantity of the batch that some sample has worked out: `dL/dw(2)`."""


class Origin(NamedTuple):
    """The network that a trace is of, what its file says, and what the trace was asked for."""

    network: Network
    stated: Stated
    scope: Scope


def origin(trace: Trace) -> Origin:
    """Where a trace comes from. Raises BptraceError where that is no network file."""
    network = trace.source
    if not isinstance(network, Network) or network.stated is None:
        raise BptraceError("error: no network file says how this trace came to be\n   load one, and trace it")
    scope = network.scope_of(trace)
    if scope is None:
        raise BptraceError("error: the trace is not one of its network's own\n   network.trace() gives one")
    return Origin(network, network.stated, scope)


def head(trace: Trace) -> dict[str, Plain]:
    """What stands before the quantities and the steps. Raises BptraceError where the trace is of no network file."""
    of = origin(trace)
    return {
        "$schema": SCHEMA,
        "bptrace": __version__,
        "title": trace.title,
        "network": network(of),
        "values": values(trace, of.stated),
        "options": options(trace, of),
    }


def notes(trace: Trace) -> Iterator[Plain]:
    """What is probably not meant. A place in the file is none in this text, so there is none."""
    return ({"kind": note.kind, "text": note.text} for note in trace.notes)


# The network


def network(of: Origin) -> dict[str, Plain]:
    """The network file, aliases and samples written out; with the grid where another was asked for."""
    found: dict[str, Plain] = of_node(compose(of.stated.source))
    if isinstance(of.network, Batch) and not isinstance(found["samples"], list):
        found["samples"] = list(_plain_samples(of.network, of.stated))
    grid = of.network.optimizer.grid if of.network.optimizer else None
    if grid is not None and grid != of.stated.grid:
        found["update"] = {**found["update"], GRID: exact_text(grid)}
    if sorted(of.network.ignored) != sorted(found.get("ignore", [])):
        found["ignore"] = sorted(of.network.ignored)
    return found


def _plain_samples(batch: Batch, stated: Stated) -> Iterator[Plain]:
    """The samples of a table as a list of them."""
    given = {given.key: given for given in stated.givens}
    for number, sample in enumerate(batch.samples, 1):
        sections: dict[str, Plain] = {}
        for item in sample:
            value = given[of_sample(item.key, number)].value
            sections.setdefault(item.section, {})[item.key] = _arranged(
                [exact_numeral(entry, batch.decimal).text for entry in entries(value, item.shape)], item.shape
            )
        yield sections


def _arranged(items: list[Plain], shape: Shape) -> Plain:
    """Entries in row order as a number, a list or a list of rows."""
    if len(shape) < 2:
        return items if shape else items[0]
    return [items[start : start + shape[1]] for start in range(0, len(items), shape[1])]


# What differs from the file, and how it was asked for


def values(trace: Trace, stated: Stated) -> dict[str, Plain]:
    """The givens whose values are not those that the file states, exactly."""
    current = {given.key: given.value for given in trace.givens} if trace.symbolic else trace.values
    changed = [given for given in stated.givens if not _is_stated(current[given.key], given)]
    return {
        given.key: _arranged(list(map(_plain_scalar, entries(current[given.key], given.shape))), given.shape)
        for given in changed
    }


def _is_stated(value: Value, given: Given) -> bool:
    if value is UNKNOWN or given.value is UNKNOWN:
        return value is given.value
    return entries(value, given.shape) == entries(given.value, given.shape)


def _plain_scalar(value: Scalar) -> Plain:
    if not is_enclosure(value):
        return exact_text(value)
    middle, radius = ([str(number), exponent] for number, exponent in parts(value))
    return {"middle": middle, "radius": radius}


def options(trace: Trace, of: Origin) -> dict[str, Plain]:
    """What the trace was asked for, and how it shows its numbers."""
    return {
        "numbers": DECIMAL if trace.decimal else FRACTION,
        "written": DECIMAL if of.network.decimal else FRACTION,
        "digits": trace.digits,
        "gradients": sorted(of.scope.sections),
        "update": of.scope.update,
        "bits": trace.bits if of.network.least_bits or trace.proven else 0,
        "width": trace.width,
        "terms": trace.terms,
        "last": trace.last,
        "symbolic": trace.symbolic,
    }


# Quantities


def quantities(trace: Trace) -> Iterator[dict[str, Plain]]:
    """Every quantity: its shape, where it comes from, and which others are made of it."""
    program, about = trace.program, _About(trace)
    for key, quantity in program.quantities.items():
        yield {
            "name": key,
            "shape": list(quantity.shape),
            **about.kind(key),
            "rank": about.ranks.get(key, 0),
            "consumers": about.consumers.get(key, []),
        }


class _About:
    """What is known of a program's quantities, looked up once."""

    def __init__(self, trace: Trace) -> None:
        program = trace.program
        self.sections, self.gradients = trace.sections, trace.differentiated
        self.slopes = {slope.definition.key: slope.subject for slope in program.slopes}
        self.ranks = ranks(program.definitions)
        self.phases = {
            item.key: plan.phase for plan in program.plans for block in plan.blocks for item in block.definitions
        }
        self.consumers: dict[str, list[str]] = {}
        for definition in program.definitions:
            for key in names(definition.expr):
                self.consumers.setdefault(key, []).append(definition.key)

    def kind(self, key: str) -> dict[str, Plain]:
        """The section that gives it, or the phase that works it out; and of what it is the gradient or the slope."""
        found = {"phase": self.phases[key]} if key in self.phases else {"section": self.sections.get(key, SAMPLE)}
        found |= {"gradient_of": self.gradients[key]} if key in self.gradients else {}
        return found | ({"slope_of": self.slopes[key]} if key in self.slopes else {})


# Steps


def plain_step(step: Step) -> dict[str, Plain]:
    """A step without its rows."""
    sample = {} if step.sample is None else {SAMPLE: step.sample}
    return {"number": step.number, "phase": step.phase, "title": step.title, **sample}


def plain_row(row: Row) -> dict[str, Plain]:
    """A row: its texts as the register prints them, and its value by exact numbers."""
    quantity, formula, rule, value = row.texts()
    found = {"quantity": quantity, "formula": formula, "rule": rule, "value": value, "exact": row.exact}
    notes = row.notes
    return {**found, **_exact_parts(row.scalar), **({"notes": notes} if notes else {})}


def _exact_parts(value: Scalar) -> dict[str, Plain]:
    if value is UNKNOWN or value is MINUS_INFINITY:
        return {}
    if not is_enclosure(value):
        return {"numerator": str(value.p), "denominator": str(value.q)}
    lower, upper = bounds(value)
    return {"lower": exact_text(lower), "upper": exact_text(upper)}
