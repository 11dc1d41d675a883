"""Slips in layers of several elements: batches, softmax, norms, pooling, convolution, dropout, gated cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import cast

from bptrace.marking.parts import INPUT, WEIGHTS, Parts
from bptrace.marking.rule_paths import RulePath, exchange, is_call, parts_changed, reads_any, sum_of_paths
from bptrace.marking.slip import Slip, SlipExample, SlipGroup
from bptrace.marking.working import DEFINED, SLOPE, Working
from bptrace.numbers.arrays import indices
from bptrace.numbers.enclosures import ONE, ZERO, is_enclosure
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, above, below, lift, nodes, number, plus, times
from bptrace.ops.table import OPS

# Sums and means


def _not_summed(parts: Parts) -> Iterator[Expr]:
    if parts.of_bias and len(parts.paths) > 1:
        yield from (path.term for path in parts.paths)


def _count(parts: Parts) -> Number | None:
    """By how much a mean divides that a line hangs on: a batch's, the loss's, or that of what is upstream."""
    if parts.is_batch:
        return _divisor(parts.rule)
    divisors = _divisors(parts.working)
    names: Iterable[str] = map(parts.target_of, parts.flows)
    if parts.is_first:
        averaging = (line.name for line in parts.working.forward if line.name in divisors)
        names = (name for name in averaging if parts.around.hangs_on(name, parts.subject))
    return next((divisors[name] for name in names if name in divisors), None)


def _divisors(working: Working) -> Mapping[str, Number]:
    """The lines with a mean in them, each with the number that it divides by; found once."""
    if "divisors" not in working.memory:
        found = ((line.name, _divisor(line.rule)) for line in working.lines.values())
        working.memory["divisors"] = {name: divisor for name, divisor in found if divisor}
    return cast(Mapping[str, Number], working.memory["divisors"])


def _divisor(rule: Expr) -> Number | None:
    for node in nodes(rule):
        if is_call(node, "/") and is_call(node.args[0], "+", "sum of samples"):
            top, divisor = node.args
            if isinstance(divisor, Number) and isinstance(top, Call) and divisor.value == len(top.args):
                return divisor
    return None


def _mean_changed(parts: Parts, twice: bool) -> Iterator[Expr]:
    count = _count(parts) if parts.is_batch or parts.is_gradient else None
    if count:
        yield times([Number(ONE / count.value if twice else count.value), parts.rule])


def _summed(parts: Parts) -> Iterator[Expr]:
    if parts.is_batch and is_call(parts.rule, "/"):
        yield parts.rule.args[0]
    else:
        yield from _mean_changed(parts, twice=False)


def _mean_twice(parts: Parts) -> Iterator[Expr]:
    yield from _mean_changed(parts, twice=True)


# Softmax and norms


def _diagonal(parts: Parts) -> Iterator[Expr]:
    """The path through the output at the line's own place alone."""
    paths = parts.flows
    if not parts.of_quantity or len(paths) < 2 or len(paths) != len(parts.paths):
        return
    targets = [parts.target_of(path) for path in paths]
    crossing = all(
        any(reads_any(factor, (target,)) for factor in path.rest) for path, target in zip(paths, targets, strict=True)
    )
    own = parts.around.at(parts.working.quantity(targets[0]).key, parts.line.element, parts.line.sample)
    if crossing and own in targets:
        yield paths[targets.index(own)].term


def _is_statistic(parts: Parts, name: str) -> bool:
    """Whether a name is the mean of several things, or made from one at once: a variance, a standard deviation."""
    line = parts.working.lines.get(name)
    return line is not None and any(_is_mean(parts, node) for node in nodes(line.rule))


def _is_mean(parts: Parts, part: Expr) -> bool:
    """Whether a part is a sum over its number of terms, or one whose terms have numbers or givens that add up to 1."""
    if not isinstance(part, Call) or len(part.args) < 2:
        return False
    top, bottom = part.args[:2]
    if part.op == "/":
        return isinstance(top, Call) and top.op == "+" and number(bottom) == len(top.args)
    shares = [arg.args[0] for arg in part.args if isinstance(arg, Call) and arg.op == "*"] if part.op == "+" else []
    given = [share.value for share in shares if isinstance(share, Leaf) and parts.kind_of(share) == INPUT]
    return len(given) == len(part.args) and sum(given, ZERO) == ONE


def _statistics_constant(parts: Parts) -> Iterator[Expr]:
    """Without the paths through a mean or a variance that the other paths use as well."""
    if not parts.is_gradient or len(parts.flows) < 2:
        return
    targets = {id(path): parts.target_of(path) for path in parts.flows}
    fixed = [path for path in parts.flows if _is_statistic(parts, targets[id(path)])]
    fixed = [
        path for path in fixed if any(parts.around.hangs_on(other, targets[id(path)]) for other in targets.values())
    ]
    groups = [fixed, *([path] for path in fixed)] if len(fixed) > 1 else [fixed]
    for dropped in groups:
        rest = [path for path in parts.paths if path not in dropped]
        if dropped and rest:
            yield sum_of_paths(rest)


# Maxima, pooling, convolution


def _ties(parts: Parts) -> Iterator[Expr]:
    if parts.is_gradient:
        yield parts_changed(parts.rule, _unshared)
        yield from _tied_added(parts)


def _unshared(part: Expr) -> Expr | None:
    """A share of the gradient at a maximum with 1 for the share."""
    if is_call(part, "step"):
        return Cases(part.args[0], [above(0, 1, strict=False), below(0, 0, strict=True)])
    if not isinstance(part, Cases) or not any(is_call(branch.value, "/") for branch in part.branches):
        return None
    whole = [branch._replace(value=lift(1)) if is_call(branch.value, "/") else branch for branch in part.branches]
    return Cases(part.subject, whole)


def _tied_added(parts: Parts) -> Iterator[Expr]:
    """With the gradients at maxima that went to an element before this one."""
    reached = {parts.target_of(path) for path in parts.flows}
    tied = [name for name in parts.working.readers.get(parts.subject, ()) if _is_tied(parts, name)]
    found = [parts.around.gradient_at.get(name, "") for name in tied if name not in reached]
    more = [parts.working.leaf(name) for name in found if name]
    if more:
        yield plus([*(path.term for path in parts.flows), *more])


def _is_tied(parts: Parts, name: str) -> bool:
    """Whether a name is the greatest of several elements, and the subject as great as that."""
    line = parts.working.lines[name]
    rule, own = line.rule, parts.working.value(parts.subject)
    chooses = isinstance(rule, Call) and OPS[rule.op].decides and len(line.reads) == len(rule.args) > 1
    return chooses and not is_enclosure(own) and not is_enclosure(line.value) and own == line.value


def _windows_assigned(parts: Parts) -> Iterator[Expr]:
    """One window's gradient alone, the last one's first."""
    flows, rank = parts.flows, len(parts.line.element)
    if not parts.of_quantity or not rank or not len(flows) == len(parts.paths) > 1:
        return
    targets = [parts.target_of(path) for path in flows]
    shared = {parts.working.quantity(target).key for target in targets}
    plain = all(isinstance(factor, Cases) for path in flows for factor in path.rest)
    if len(shared) == 1 and plain and len(parts.working.element(targets[0])) == rank:
        yield from (path.term for path in flows[::-1])


def _kernel_not_flipped(parts: Parts) -> Iterator[Expr]:
    """The kernel's elements from its other end."""

    def change(path: RulePath) -> RulePath | None:
        found = [leaf for leaf in path.reads if parts.kind_of(leaf) == WEIGHTS]
        output = parts.target_of(path)  # none where the loss itself is differentiated
        if len(found) != 1 or not output or not _is_kernel(parts, found[0].name, output):
            return None
        shape, index = parts.working.quantity(found[0].name).shape, parts.working.element(found[0].name)
        other = parts.around.beside(found[0].name, tuple(n - 1 - i for n, i in zip(shape, index, strict=True)))
        return path.exchanged(found[0], parts.working.leaf(other)) if other else None

    if parts.of_quantity and parts.flows:
        yield from parts.everywhere(change)


def _is_kernel(parts: Parts, weight: str, output: str) -> bool:
    """Whether several elements of an output are made with the same weight, each from another place."""
    key, rank = parts.working.quantity(output).key, len(parts.working.element(output))
    if not rank == len(parts.working.element(weight)) == len(parts.line.element) > 0:
        return False
    readers = (name for name in parts.working.readers.get(weight, ()) if parts.working.quantity(name).key == key)
    return len(list(islice(readers, 2))) == 2


# Dropout


def _masks(parts: Parts, path: RulePath) -> list[Leaf]:
    """The elements of masks that a hidden quantity's gradient is multiplied by."""
    if not parts.of_quantity or parts.subject_kind != DEFINED or not parts.line.element:
        return []
    found = [leaf for leaf in path.reads if parts.kind_of(leaf) == INPUT]
    return [leaf for leaf in found if parts.working.element(leaf.name) == parts.line.element and _is_mask(parts, leaf)]


def _is_mask(parts: Parts, leaf: Leaf) -> bool:
    """Whether a given has some zeros and otherwise one number, which is looked at once for all of its elements."""
    quantity, sample = parts.working.quantity(leaf.name), parts.around.sample(leaf.name)
    kept = parts.working.memory.setdefault("masks", {})
    if (quantity.key, sample) not in kept:
        names = (parts.around.at(quantity.key, index, sample) for index in indices(quantity.shape))
        values = {str(parts.working.value(name)) for name in names if name}
        kept[quantity.key, sample] = len(values) == 2 and "0" in values
    return bool(kept[quantity.key, sample])


def _mask_lost(parts: Parts) -> Iterator[Expr]:
    yield from parts.everywhere(lambda path: path.without(*_masks(parts, path)) if _masks(parts, path) else None)


def _scale_lost(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        if not _masks(parts, path):
            return None
        fixed = [divisor for divisor in path.divisors if number(divisor)]
        scaled = path._replace(divisors=tuple(d for d in path.divisors if d not in fixed))
        return scaled.without(*path.literals) if path.literals or fixed else None

    yield from parts.everywhere(change)


# Gated cells and steps in time


def _other_gate(parts: Parts) -> Iterator[Expr]:
    for slope in parts.slopes if parts.is_gradient else ():
        for other in _other_gates(parts, slope.name):
            yield from parts.everywhere(exchange(slope, parts.working.leaf(other)))


def _other_gates(parts: Parts, slope: str) -> list[str]:
    """The slopes of other quantities that are made from what this one's argument is made from."""
    around, lines = parts.around, parts.working.lines
    own = around.activations[slope].subject
    if own not in lines:
        return []
    fed = {name for name in lines[own].reads if around.kinds[name] != WEIGHTS}
    key, places = parts.working.quantity(own).key, around.places_fed
    place = parts.working.element(own), lines[own].sample
    others = {at: name for part in fed for at, name in places.get((*place, part), ())}
    found = (others[at] for at in sorted(others))
    return [name for name in found if parts.working.quantity(around.activations[name].subject).key != key]


def _carried(parts: Parts) -> list[RulePath]:
    """The paths that come back from a later step in time: through what is made as something earlier was."""
    return [path for path in parts.flows if _is_later(parts, parts.target_of(path))] if parts.of_quantity else []


def _is_later(parts: Parts, target: str) -> bool:
    """Whether what the subject is made from, or the subject itself, has the same rule as a name, with its weights."""
    around = parts.around
    shape = around.shape_of_rule(target)
    if parts.subject not in parts.working.lines or shape is None:
        return False
    weights = around.weights_of(target)
    if around.shape_of_rule(parts.subject) == shape and _base(parts, parts.subject) != _base(parts, target):
        return not weights or weights == around.weights_of(parts.subject)
    return bool(weights & around.weights_behind(parts.subject))


def _base(parts: Parts, name: str) -> str:
    return parts.working.quantity(name).key


def _carried_lost(parts: Parts) -> Iterator[Expr]:
    carried = _carried(parts)
    rest = [path for path in parts.paths if path not in carried]
    if carried and rest:
        yield sum_of_paths(rest)


def _carried_alone(parts: Parts) -> Iterator[Expr]:
    carried = _carried(parts)
    if carried and len(carried) < len(parts.paths):
        yield sum_of_paths(carried)


def _reset_skipped(parts: Parts) -> Iterator[Expr]:
    """Without a gate beside a weight, or one that is made from what it is multiplied by."""

    def change(path: RulePath) -> RulePath | None:
        gates = [leaf for leaf in path.reads if leaf.name in parts.around.activation_to]
        others = [leaf for leaf in path.reads if leaf not in gates and parts.kind_of(leaf) != SLOPE]
        skipped = gates if others else [gate for gate in gates if _resets(parts, gate, parts.target_of(path))]
        return path.without(*skipped) if skipped and path.upstream else None

    if parts.is_gradient and not parts.slopes:
        yield from parts.everywhere(change)


def _resets(parts: Parts, gate: Leaf, target: str) -> bool:
    """Whether a target is a gate times what the line is the gradient at, which the gate itself reads."""
    lines, argument = parts.working.lines, parts.around.activation_to[gate.name].subject
    is_product = target in lines and is_call(lines[target].rule, "*")
    return is_product and argument in lines and parts.subject in lines[argument].reads


SLIPS = SlipGroup(
    "Layers",
    (
        Slip(
            "broadcast not summed",
            "A bias that is added in several places gets the gradient of one of them.",
            "biases of several samples or units",
            _not_summed,
            SlipExample("matrix batch", "dL/db1"),
        ),
        Slip(
            "summed where it is a mean",
            "The gradients are added up, but not divided by their number.",
            "batches, and losses that are means",
            _summed,
            SlipExample("samples", "dL/dw"),
        ),
        Slip(
            "mean twice",
            "What is a mean already is divided by the number once more.",
            "batches, and losses that are means",
            _mean_twice,
            SlipExample("samples", "dL/dw"),
        ),
        Slip(
            "softmax's diagonal only",
            "Each probability is taken to hang on its own logit alone.",
            "the gradient behind a softmax",
            _diagonal,
            SlipExample("softmax", "dL/dz1"),
        ),
        Slip(
            "mean and variance of a norm taken as constants",
            "The gradient does not go back through the mean or the variance.",
            "the gradient behind a normalisation",
            _statistics_constant,
            SlipExample("norm", "dL/du1"),
        ),
        Slip(
            "ties of a max all given the whole gradient",
            "Every one of the greatest elements gets the whole gradient.",
            "a maximum of equal elements",
            _ties,
            SlipExample("tied maximum", "dL/dc1"),
        ),
        Slip(
            "pooling windows assigned instead of added",
            "An element in several windows keeps the gradient of one of them.",
            "pooling with windows that overlap",
            _windows_assigned,
            SlipExample("convolution", "dL/dh2"),
        ),
        Slip(
            "kernel not flipped in dx",
            "The gradient goes back through the kernel from the wrong end.",
            "the gradient at what a convolution reads",
            _kernel_not_flipped,
            SlipExample("convolution", "dL/dx2"),
        ),
        Slip(
            "dropout mask lost",
            "The gradient passes what the mask has switched off.",
            "the gradient behind a dropout",
            _mask_lost,
            SlipExample("dropout", "dL/dh1"),
        ),
        Slip(
            "dropout scale lost",
            "What is left is scaled up on the way forward only.",
            "the gradient behind a dropout",
            _scale_lost,
            SlipExample("dropout", "dL/dh2"),
        ),
        Slip(
            "another gate's slope",
            "A gate's gradient is multiplied by the slope of another gate.",
            "LSTM, GRU and other gated cells",
            _other_gate,
            SlipExample("LSTM", "dL/dz_i2"),
        ),
        Slip(
            "the carried dc or dh lost",
            "The gradient that comes back from the next step is left out.",
            "LSTM and other recurrences",
            _carried_lost,
            SlipExample("LSTM", "dL/dc1"),
        ),
        Slip(
            "dc replaced instead of added",
            "The gradient that comes back from the next step replaces that of this one.",
            "LSTM and other recurrences",
            _carried_alone,
            SlipExample("LSTM", "dL/dc1"),
        ),
        Slip(
            "reset gate skipped",
            "The gradient passes the reset gate as if it were open.",
            "GRU",
            _reset_skipped,
            SlipExample("GRU", "dL/dun"),
        ),
    ),
)
