"""Settings on the command line: a network with some givens set anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bptrace.engine.model import Given
from bptrace.engine.network import Network
from bptrace.engine.notes import KINDS
from bptrace.engine.optimizers import setting_problem
from bptrace.engine.quantity import Places, PlacesByName
from bptrace.errors import Mark, Source, SpecError, listed, shortened, suggestion
from bptrace.numbers.arrays import Index, Shape, placed, size
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import UNKNOWN
from bptrace.ops.expr import shape_text
from bptrace.spec.nodes import Nodes
from bptrace.spec.yaml_text import compose

EXAMPLE_LENGTH = 4


def assigned(network: Network, settings: Sequence[str]) -> Network:
    """The network with some givens set anew, whole or element by element: `x=[2,1]`, `w11=3`.

    Raises SpecError that quotes the setting: an unknown name, another shape, no number.
    """
    return _assigned(network, [Source("--set", setting) for setting in settings])


def with_python_values(network: Network, values: Mapping[str, object]) -> Network:
    """The network with some givens set to numbers of Python's, whole or element by element.

    Raises SpecError that names the path: an unknown name, another shape, no number.
    """
    from bptrace.spec.python_data import setting_source

    if not isinstance(values, Mapping):
        message = f"values are a dict, by the names of givens, not of type {type(values).__name__}"
        name, _, value = setting_example(network).partition("=")
        raise SpecError(message, None, f"as in {{'{name}': {value}}}")
    return _assigned(network, [setting_source(name, value, "values") for name, value in values.items()])


def _assigned(network: Network, settings: Sequence[Source]) -> Network:
    if not settings:
        return network
    values, decimal = {given.key: given.value for given in network.givens}, False
    for setting in settings:
        name, equals, _ = setting.text.partition("=")
        start = Mark(setting, 0)
        if not equals:
            raise SpecError("a setting is NAME=VALUE", start, f"as in {setting_example(network)}")
        given, index = given_named(network, name.strip(), start)
        nodes = _value_in(start.source, len(name) + 1, f"as in {name.strip()}={_example(given.shape[len(index) :])}")
        items = _items(nodes, name.strip(), given, index)
        if index and values[given.key] is UNKNOWN:
            message = f"{given.key} has no value yet, so no element of it can be set alone"
            raise SpecError(message, start, f"set all of it: {given.key}=..., {shape_text(given.shape)}")
        values[given.key] = placed(values[given.key], given.shape, index, items)
        decimal = decimal or nodes.decimal
    return network.replaced(values, decimal)


def _items(nodes: Nodes, name: str, given: Given, index: Index) -> list[Scalar]:
    """The entries of a setting's value. Raises SpecError: not of the shape of what is set, or beyond what it can be.

    The one element of an array may stand without brackets: the register calls it as it calls the array.
    """
    shape, items = nodes.array(nodes.root, given.section)
    wanted = given.shape[len(index) :]
    if shape != wanted and (shape or size(wanted) > 1):
        message = f"{name} is {shape_text(wanted)}, not {shape_text(shape)}"
        raise nodes.error(message, nodes.root, f"as in {name}={_example(wanted)}")
    problem = setting_problem(given.key, items[0]) if given.section == "update" else None
    if problem:
        message, example = problem
        raise nodes.error(message, nodes.root, f"as in {name}={example}")
    return items


def setting_example(network: Network) -> str:
    """A setting that the network takes, of its first weight if it has one: `w11=3`."""
    given = main_given(network)
    if not given:
        return "NAME=VALUE"
    name = network.program().quantities[given.key].element((0,) * len(given.shape))
    return f"{name}={_example(())}"


def main_given(network: Network) -> Given | None:
    """The given to speak of in an example: the first weight, else the first of all; None where nothing is given."""
    weights = [given for given in network.givens if given.section == "weights"]
    return next(iter([*weights, *network.givens]), None)


def _example(shape: Shape) -> str:
    """A value of a shape, cut where it is long: `3`, `[3,3,...]`."""
    if not shape:
        return "3"
    items = [_example(shape[1:])] * min(shape[0], EXAMPLE_LENGTH) + ["..."] * (shape[0] > EXAMPLE_LENGTH)
    return f"[{','.join(items)}]"


def without_notes(network: Network, kinds: Sequence[str]) -> Network:
    """The network without notes of these kinds. Raises SpecError that quotes one that there is not."""
    for kind in kinds:
        if kind not in KINDS:
            hints = [f"known here: {', '.join(KINDS)}", *suggestion(kind, KINDS)]
            raise SpecError(f"unknown kind of notes {shortened(kind)}", Mark(Source("--ignore", kind), 0), *hints)
    return replace(network, ignored=network.ignored | set(kinds)) if kinds else network


def option_number(option: str, text: str) -> tuple[Source, Scalar, bool]:
    """The number that an option gives, where it stands, and whether it is a decimal. Raises SpecError."""
    source = Source(option, text)
    if not text.strip():
        raise SpecError("a value is missing", Mark(source, 0), f"as in {option} 1/1000")
    nodes = _value_in(source, 0, f"as in {option} 1/1000")
    return source, nodes.number(nodes.root), nodes.decimal


def _value_in(source: Source, start: int, example: str) -> Nodes:
    """The value that stands in a setting from `start` on; its marks are those of the setting."""
    missing = SpecError("a value is missing", Mark(source, start), example)
    if not source.text[start:].strip():
        raise missing
    try:
        root = compose(Source(source.name, " " * start + source.text[start:]))
    except SpecError as problem:
        if "is empty" in problem.message:
            raise missing from None
        mark = Mark(source, problem.mark.offset if problem.mark else start)
        raise SpecError(problem.message, mark, *problem.hints) from None
    return Nodes(source, root)


def given_named(network: Network, name: str, mark: Mark) -> tuple[Given, Index]:
    """The given of that name, or the one with an element of that name and its index. Raises SpecError at the mark."""
    quantities = network.program().quantities
    givens = {given.key: given for given in network.givens}
    if not name:
        raise SpecError("a name is missing", mark, f"as in {setting_example(network)}")
    if name in givens:
        return givens[name], ()
    places = PlacesByName([quantities[key] for key in givens])
    found = places.get(name)
    if found is None:
        problem = (
            f"{name} is worked out, not given" if _is_computed(network, name) else f"unknown name {shortened(name)}"
        )
        known = [given.key for given in network.givens]
        raise SpecError(problem, mark, f"given here: {listed(known)}", *suggestion(name, places))
    return givens[found.key], found.at or ()


def _is_computed(network: Network, name: str) -> bool:
    quantities = network.program().quantities
    return name in quantities or name in Places(quantities.values())
