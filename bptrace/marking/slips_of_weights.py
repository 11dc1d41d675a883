"""Slips with weights and biases: which of them stands on a path, and what their gradients are multiplied by."""

from __future__ import annotations

from collections.abc import Iterator

from bptrace.marking.parts import WEIGHTS, Parts, taken_apart
from bptrace.marking.rule_paths import RulePath, with_factor
from bptrace.marking.slip import Slip, SlipExample, SlipGroup
from bptrace.marking.working import SLOPE, Working
from bptrace.numbers.enclosures import ZERO
from bptrace.ops.expr import Expr, Leaf, Number


def _weights(parts: Parts, path: RulePath) -> tuple[Leaf, ...]:
    """The weights that a gradient is multiplied by on its way."""
    return tuple(leaf for leaf in path.reads if parts.kind_of(leaf) == WEIGHTS) if path.upstream else ()


def _not_transposed(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        found = [(leaf, parts.around.transposed(leaf.name)) for leaf in _weights(parts, path)]
        for leaf, other in found:
            path = path.exchanged(leaf, parts.working.leaf(other)) if other else path
        return path if any(other for _, other in found) else None

    if parts.of_quantity:
        yield from parts.everywhere(change)


def _gradient_transposed(parts: Parts) -> Iterator[Expr]:
    other = parts.around.transposed(parts.line.name) if parts.of_weight else ""
    if other:
        yield parts.working.lines[other].rule


def _weight_forgotten(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        found = _weights(parts, path)
        return path.without(*found) if found else None

    if parts.of_quantity:
        yield from parts.everywhere(change)


def _updated_weights(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        made = path
        for leaf in _weights(parts, path):
            new = parts.around.renewed(leaf.name)
            if new and not parts.around.hangs_on(new, parts.line.name):
                made = made.exchanged(leaf, parts.working.leaf(new))
        return made if made is not path else None

    if parts.of_quantity:
        yield from parts.everywhere(change)


# What a weight's gradient is multiplied by


def _inputs(parts: Parts, path: RulePath) -> tuple[Leaf, ...]:
    """What a weight was multiplied by."""
    return tuple(leaf for leaf in path.reads if parts.kind_of(leaf) != SLOPE) if path.upstream else ()


def _argument_for_input(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        made = path
        for leaf in _inputs(parts, path):
            found = parts.around.activation_to.get(leaf.name)
            made = made.exchanged(leaf, parts.working.leaf(found.subject)) if found else made
        return made if made is not path else None

    if parts.of_weight:
        yield from parts.everywhere(change)


def _own_output(parts: Parts) -> Iterator[Expr]:
    def output(path: RulePath) -> RulePath | None:
        target, inputs = parts.target_of(path), _inputs(parts, path)
        made = parts.output_of(target)
        return path.exchanged(inputs[0], made) if made and len(inputs) == 1 else None

    def sum_before(path: RulePath) -> RulePath | None:
        target, inputs = parts.target_of(path), _inputs(parts, path)
        return path.exchanged(inputs[0], parts.working.leaf(target)) if target and len(inputs) == 1 else None

    if parts.of_weight:
        yield from parts.everywhere(output)
        yield from parts.everywhere(sum_before)


def _input_forgotten(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        inputs = _inputs(parts, path)
        return path.without(*inputs) if inputs else None

    if parts.of_weight:
        yield from parts.everywhere(change)


# Biases


def _times_input(parts: Parts) -> Iterator[Expr]:
    if parts.of_bias and parts.flows and parts.flows[0].upstream:
        upstream, known = parts.flows[0].upstream.name, parts.working.memory.setdefault("inputs beside", {})
        if upstream not in known:  # many biases may have one
            known[upstream] = _inputs_beside(parts.working, upstream)
        for leaf in known[upstream].values():
            yield from parts.everywhere(with_factor(leaf))


def _inputs_beside(working: Working, upstream: str) -> dict[str, Leaf]:
    """What the weights of a bias's unit are multiplied by, by name."""
    found: dict[str, Leaf] = {}
    for reader in working.readers.get(upstream, ()):
        beside = taken_apart(reader, working)
        for path in beside.flows if beside.of_weight else ():
            if path.upstream and path.upstream.name == upstream:
                found.update((leaf.name, leaf) for leaf in _inputs(beside, path))
    return found


def _zero(parts: Parts) -> Iterator[Expr]:
    if parts.of_bias:
        yield Number(ZERO)


def _itself(parts: Parts) -> Iterator[Expr]:
    if parts.of_bias:
        yield parts.working.leaf(parts.subject)


def _not_updated(parts: Parts) -> Iterator[Expr]:
    gradient = parts.around.gradient_at.get(parts.subject, "") if parts.updates_weight else ""
    if gradient and _is_bias(parts, gradient):
        yield parts.working.leaf(parts.subject)


def _is_bias(parts: Parts, gradient: str) -> bool:
    """Whether a gradient is that of a bias; of a batch's, whether its samples' are."""
    found = taken_apart(gradient, parts.working)
    while found.is_batch:
        name = next((leaf.name for path in found.paths for leaf in [path.upstream] if leaf), "")
        found = taken_apart(name, parts.working)
    return found.of_bias


SLIPS = SlipGroup(
    "Weights and biases",
    (
        Slip(
            "W for Wᵀ",
            "The gradient goes back through the weight matrix as it stands, not through its transpose.",
            "gradients behind a square weight matrix",
            _not_transposed,
            SlipExample("two outputs", "dL/dh1"),
        ),
        Slip(
            "dW transposed",
            "The gradient of a weight stands where that of its mirror image is due.",
            "the gradients of a square weight matrix",
            _gradient_transposed,
            SlipExample("two outputs", "dL/dv12"),
        ),
        Slip(
            "weight on the path forgotten",
            "The gradient goes back through a layer without being multiplied by its weights.",
            "gradients behind a layer",
            _weight_forgotten,
            SlipExample("two outputs", "dL/dh1"),
        ),
        Slip(
            "updated weights in the reverse pass",
            "The gradient goes back through weights that have been updated already.",
            "gradients behind a layer, where there is an update",
            _updated_weights,
            SlipExample("two outputs", "dL/dh1"),
        ),
        Slip(
            "dW with z for h",
            "A weight's gradient is multiplied by its input before the activation.",
            "the gradients of weights behind a hidden layer",
            _argument_for_input,
            SlipExample("two outputs", "dL/dv11"),
        ),
        Slip(
            "dW with its own layer's output",
            "A weight's gradient is multiplied by what its layer puts out, not by what goes in.",
            "the gradients of weights",
            _own_output,
            SlipExample("two outputs", "dL/dw12"),
        ),
        Slip(
            "dW without its input",
            "A weight's gradient is taken like a bias's.",
            "the gradients of weights",
            _input_forgotten,
            SlipExample("two outputs", "dL/dw12"),
        ),
        Slip(
            "bias gradient times an input",
            "A bias's gradient is taken like a weight's.",
            "the gradients of biases",
            _times_input,
            SlipExample("two outputs", "dL/db1"),
        ),
        Slip(
            "bias gradient 0",
            "A bias is taken for a constant.",
            "the gradients of biases",
            _zero,
            SlipExample("two outputs", "dL/db1"),
        ),
        Slip(
            "the bias itself for its gradient",
            "The bias stands where its gradient is due.",
            "the gradients of biases",
            _itself,
            SlipExample("two outputs", "dL/db1"),
        ),
        Slip(
            "bias not updated",
            "Only the weights are moved.",
            "the new values of biases",
            _not_updated,
            SlipExample("two outputs", "b1_new"),
        ),
    ),
)
