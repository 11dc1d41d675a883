"""Training: one update after another, exactly, and how long the numbers get on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from bptrace.engine.model import Given
from bptrace.engine.network import Network
from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError, SizeError, SpecError
from bptrace.numbers.arrays import entries, indices
from bptrace.numbers.digits import DIGITS, EQUAL, Shown, digit_count, height, norm, shown_norm
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import Missing
from bptrace.numbers.public import PublicNumber, public

MOST_UPDATES = 1_000_000
MOST_DIGITS = 1_000_000
LONG = 10_000
GRADIENT = "|gradient|"
BITS_A_DIGIT = 3
"""Whatever has no more than three bits a digit has no more digits than that."""


class Longest(NamedTuple):
    """The quantity whose value has the most digits, above or below the bar, and how many these are."""

    quantity: str
    digits: int

    def __str__(self) -> str:
        return f"{self.quantity} has {self.digits:,} digits"


class Moment(NamedTuple):
    """The network after so many of `total` updates. Its trace ends with the next update, but for the last.

    `longest` is None where no value has more than LONG digits.
    """

    updates: int
    total: int
    trace: Trace
    longest: Longest | None

    @property
    def last(self) -> bool:
        """Whether no update follows."""
        return self.updates == self.total

    @property
    def heading(self) -> str:
        """What stands above the register of its update: `update 1 of 20`."""
        return f"update {self.updates + 1:,} of {self.total:,}"

    @property
    def loss(self) -> PublicNumber:
        """The loss before the next update: a Fraction where it is exact, else an Enclosure."""
        return public(self.loss_scalar)

    @property
    def loss_scalar(self) -> Scalar:
        """The loss as the arithmetic holds it."""
        (loss,) = _entries(self.trace, [self.trace.program.loss])
        return loss

    @property
    def place(self) -> str:
        """Where in the training this is."""
        return _at_step(self.updates)


class Record(NamedTuple):
    """A moment as a line of a table. `gradient`: how long it is, `length` as a number.

    `exact`: whether every number of the line is.
    """

    step: int
    loss: Scalar
    parameters: list[Scalar]
    gradient: Shown
    exact: bool
    length: Scalar

    def texts(self, shown: Callable[[Scalar], Shown]) -> list[str]:
        """The line's columns, its numbers written by a function."""
        return [str(self.step), *(shown(value).text for value in (self.loss, *self.parameters)), self.gradient.text]

    @property
    def numbers(self) -> list[Scalar]:
        """All of the line but the step."""
        return [self.loss, *self.parameters, self.length]


def trained(
    network: Network,
    updates: int,
    numbers: str = "auto",
    max_digits: int = MOST_DIGITS,
    digits: int = DIGITS,
    proven: int = 0,
    *,
    partial: bool = False,
    decimals: int | None = None,
) -> Iterator[Moment]:
    """The network before each of so many updates, and after the last one.

    `numbers`, `digits`, `partial` and `decimals` are those of `Network.trace`: where a value does not exist, the moment
    that lacks it is the last one before that is raised. `proven`: at least so many digits are, though not shown.

    Raises BptraceError: no update, too many, a value of more than `max_digits` digits, a division by zero.
    """
    asked = _Asked(updates, numbers, max_digits, digits, proven, partial, decimals)
    if not 1 <= updates <= MOST_UPDATES:
        hint = "fewer, and then more from the values at the end"
        raise BptraceError(f"error: there can be 1 to {MOST_UPDATES:,} updates, not {updates:,}\n   {hint}")
    network.its_optimizer()
    for done in range(updates):
        moment = _moment(network, done, asked)
        following = None if moment.trace.problem else network.stepped(moment.trace)
        yield moment
        if following is None:
            break
        network = following
    else:
        moment = _moment(network, updates, asked)
        yield moment
    if moment.trace.problem:
        raise moment.trace.problem.within(moment.place)


def advice(network: Network) -> list[str]:
    """What keeps numbers short, where they are not kept short yet."""
    if network.optimizer and network.optimizer.grid is not None:
        return []
    return ["exact numbers grow with every update: --round 1/1000 keeps them short"]


def parameter_names(trace: Trace) -> list[str]:
    """Every element of every weight, in the file's order."""
    quantities = [trace.program.quantities[given.key] for given in _weights(trace)]
    return [quantity.element(index) for quantity in quantities for index in indices(quantity.shape)]


def column_names(trace: Trace) -> list[str]:
    """What the columns of a training's table are called."""
    return ["step", trace.program.loss, *parameter_names(trace), GRADIENT]


def registers(moments: Iterable[Moment]) -> Iterator[Moment]:
    """The moments that an update follows, each with every row checked before it is given on."""
    for moment in moments:
        if not moment.last:
            moment.trace.audit()
            yield moment


def record(moment: Moment, most: int | None = None) -> Record:
    """A moment as a line of a table, with the first `most` parameters or all of them."""
    trace, gradients = moment.trace, moment.trace.program.gradients
    parameters = list(islice(_entries(trace, [given.key for given in _weights(trace)]), most))
    steps = list(_entries(trace, [gradients[given.key] for given in _weights(trace)]))
    gap = next((item for item in steps if isinstance(item, Missing)), None)
    length = gap or norm(steps)
    gradient = Shown(EQUAL, f"no {gap.name}{gap.because}") if gap else _shown_length(trace, length)
    exact = gradient.sign == EQUAL and not any(map(trace.notation.is_about, (moment.loss_scalar, *parameters)))
    return Record(moment.updates, moment.loss_scalar, parameters, gradient, exact, length)


def _shown_length(trace: Trace, length: Scalar) -> Shown:
    return shown_norm(length, trace.decimal) if trace.places is None else trace.notation.shown(length)


def _entries(trace: Trace, keys: Sequence[str]) -> Iterator[Scalar]:
    shapes = trace.program.quantities
    return chain.from_iterable(entries(trace.values[key], shapes[key].shape) for key in keys)


def _weights(trace: Trace) -> list[Given]:
    return [given for given in trace.givens if given.section == "weights"]


class _Asked(NamedTuple):
    """What is asked for: so many updates, in which numbers, how long at most, and whether a value may be missing."""

    updates: int
    numbers: str
    max_digits: int
    digits: int
    proven: int
    partial: bool
    decimals: int | None


def _moment(network: Network, done: int, asked: _Asked) -> Moment:
    max_digits, total, digits = asked.max_digits, asked.updates, max(asked.digits, asked.proven)
    try:
        trace = network.trace(
            asked.numbers, digits=digits, update=done < total, partial=asked.partial, decimals=asked.decimals
        )
    except SpecError as problem:
        raise problem.within(_at_step(done), *(advice(network) if isinstance(problem, SizeError) else [])) from None
    longest = _longest(trace, min(LONG, max_digits))
    if longest and longest.digits > max_digits:
        message = f"{_at_step(done)}: {longest}, more than {max_digits:,}"
        mark = network.optimizer.mark if network.optimizer else None
        raise SpecError(message, mark, *(advice(network) or ["--max-digits allows longer ones"]))
    return Moment(done, total, trace.with_digits(asked.digits), longest)


def _at_step(done: int) -> str:
    return f"at step {done:,}"


def _longest(trace: Trace, digits: int) -> Longest | None:
    """The longest value of the working, where it has more digits than that."""
    shapes = ((item.key, item.shape) for item in trace.program.definitions)
    bits, key = max((height(trace.values[key], shape), key) for key, shape in shapes)
    if bits <= BITS_A_DIGIT * digits:
        return None
    quantity = trace.program.quantities[key]
    pairs = zip(indices(quantity.shape), entries(trace.values[key], quantity.shape), strict=True)
    index, value = max(pairs, key=lambda pair: height(pair[1], ()))
    longest = Longest(quantity.element(index), digit_count(value))
    return longest if longest.digits > digits else None
