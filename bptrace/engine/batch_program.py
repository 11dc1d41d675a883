"""From the program of one sample to that of a batch: the loss and the gradients over all samples, and the update.

The samples' own results are the inputs here: `dL/dw(2)` is the gradient at w in the second sample, and
`dL/dw` is defined by all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from bptrace.engine.forms import Forms
from bptrace.engine.intermediates import leaves_rationals
from bptrace.engine.model import Definition, Given
from bptrace.engine.plans import BATCH, Blocks, Plan, alone
from bptrace.engine.program import Program, update_plans, updated
from bptrace.engine.quantity import Quantities, Quantity, by_key, of_sample
from bptrace.engine.sentence_parts import names_listed, sentence
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Call, Expr, Name, Number
from bptrace.ops.table import call

if TYPE_CHECKING:
    from bptrace.engine.optimizers import Optimizer

REDUCTIONS: dict[str, Callable[[Expr, int], Expr]] = {
    "mean": lambda total, count: Call("/", (total, Number(Rational(count)))),
    "sum": lambda total, count: total,
}
"""What becomes of the sum over so many samples, by the name that a file gives it."""


def reduced_keys(sample: Program, shared: Collection[str]) -> list[str]:
    """What a batch reduces: the loss, and the gradients of what all samples share."""
    return [sample.loss, *(gradient for key, gradient in sample.gradients.items() if key in shared)]


def reduced(
    sample: Program,
    shared: Sequence[Given],
    own: Sequence[Quantity],
    count: int,
    reduction: str,
    optimizer: Optimizer | None,
    taken: set[str],
) -> Program:
    """The program of a batch of so many samples, each worked out by the program `sample`.

    `shared` holds what the samples share, `own` what the samples' own givens are called; with an optimizer, the
    weights move by the reduced gradients. `taken`: the file's own names.
    """
    bases = {given.key: sample.quantities.get(given.key, Quantity(given.key, given.shape)) for given in shared}
    keys = reduced_keys(sample, bases)
    results = {key: _over_samples(sample.quantities[key], count, reduction) for key in keys}
    gradients = {key: results[gradient] for key, gradient in sample.gradients.items() if gradient in results}
    plans = list(_plans(sample, results, gradients, (f"{reduction} of ", f" over {_samples(count)}")))
    parts = [sample.quantities[key]._replace(sample=n) for n in range(1, count + 1) for key in keys]
    named = by_key((*own, *parts, *(sample.quantities[key] for key in keys)))
    moving = {
        item.key: gradients[item.key].key for item in shared if item.section == "weights" and item.key in gradients
    }
    updates = updated(optimizer, moving, bases | named, taken)
    return Program(
        (*results.values(), *updates.definitions()),
        (*plans, *update_plans(updates, plans, moving)),
        Quantities({**bases, **named, **updates.quantities}),
        (),
        {key: definition.key for key, definition in gradients.items()},
        sample.loss,
        sample.real or any(leaves_rationals(item.expr) for item in updates.definitions()),
        updates.replacements,
        Forms(),
    )


def _over_samples(quantity: Quantity, count: int, reduction: str) -> Definition:
    parts = [Name(of_sample(quantity.key, number), quantity.shape) for number in range(1, count + 1)]
    if count == 1:
        return Definition(quantity.key, parts[0])
    return Definition(quantity.key, REDUCTIONS[reduction](call("sum of samples", *parts), count))


def _plans(
    sample: Program, results: Mapping[str, Definition], gradients: Mapping[str, Definition], around: tuple[str, str]
) -> Iterator[Plan]:
    """The loss, then the gradients in the order in which a sample's register has them; `around`: words for both."""
    before, after = around
    loss = results[sample.loss]
    yield Plan(BATCH, sentence(before, "the loss", after), Blocks([alone(loss)]))
    blocks = [block for plan in sample.plans for block in plan.blocks if block.definitions[0].key in results]
    shown = Blocks(
        block._replace(definitions=tuple(results[item.key] for item in block.definitions))
        for block in blocks
        if loss.key != block.definitions[0].key
    )
    keys = {definition.key: key for key, definition in gradients.items()}
    if shown:
        names = [keys[item.key] for block in shown for item in block.definitions]
        yield Plan(BATCH, sentence(before, "the gradients of ", names_listed(names), after), shown)


def _samples(count: int) -> str:
    return f"{count} sample{'s' * (count > 1)}"
