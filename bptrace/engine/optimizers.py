"""The optimizers that `update:` can ask for, one row each: its settings, and how it moves a weight.

The definitions and defaults are those of PyTorch's torch.optim, in expressions. A row's function names the
parts of its working as it goes: every part becomes a row of the register, and what is `kept` from one update
to the next becomes a given, zero at the start. Clipping comes before all else, as where PyTorch's
`clip_grad_value_` or `clip_grad_norm_` (here without the 1e-6 in its divisor) is called before the step.
Nothing here knows where a gradient comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from bptrace.engine.model import Definition, Given
from bptrace.engine.quantity import NEW, GradientAt, Quantity, UpdatePart, at_stage
from bptrace.errors import Mark
from bptrace.numbers.arrays import array, size
from bptrace.numbers.enclosures import ZERO, Scalar
from bptrace.ops.expr import Call, Expr, Name, Number, plus
from bptrace.ops.op import call

# Settings


class Setting(NamedTuple):
    """A number that `update:` takes: what it is, what it may be, one that it often is, its symbol in mathematics.

    Without a symbol it has that of its name.
    """

    about: str
    range: str
    example: str
    symbol: str = ""


ANY, POSITIVE, NOT_NEGATIVE, SHARE = "any number", "more than 0", "0 or more", "0 or more, and less than 1"
RANGES: dict[str, Callable[[Scalar], bool]] = {
    ANY: lambda value: True,
    POSITIVE: lambda value: value > 0,
    NOT_NEGATIVE: lambda value: value >= 0,
    SHARE: lambda value: 0 <= value < 1,
}
SETTINGS = {
    "lr": Setting("learning rate", ANY, "1/10", "alpha"),
    "momentum": Setting("momentum", SHARE, "9/10"),
    "rho": Setting("decay of the mean square", SHARE, "99/100"),
    "beta1": Setting("decay of the first moment", SHARE, "9/10"),
    "beta2": Setting("decay of the second moment", SHARE, "999/1000"),
    "eps": Setting("distance of the divisor from 0", NOT_NEGATIVE, "1e-8"),
    "weight_decay": Setting("weight decay", NOT_NEGATIVE, "1/100"),
    "clip_value": Setting("bound on each gradient", POSITIVE, "1"),
    "clip_norm": Setting("bound on all gradients together", POSITIVE, "1"),
}
ALL = "theta"
"""What stands for all weights together, where a rule is told in general."""
GRID = "round"
GRID_SETTING = Setting("grid that updated values are rounded to", POSITIVE, "1/1000")
FLAGS = {"nesterov": "momentum"}
"""What is true or false in `update:`, and the setting that it needs."""
ALIASES = {"rate": "lr", "alpha": "rho"}
ALWAYS = ("clip_value", "clip_norm", GRID)
"""What every optimizer takes."""


def setting_problem(name: str, value: Scalar) -> tuple[str, str] | None:
    """What is wrong with a setting's value, and a value that would be right; None where nothing is wrong."""
    setting = GRID_SETTING if name == GRID else SETTINGS[name]
    if RANGES[setting.range](value):
        return None
    return out_of_range(name, setting), setting.example


def out_of_range(name: str, setting: Setting) -> str:
    """What is said of a setting whose value is none that it may have."""
    return f"{name}, the {setting.about}, must be {setting.range}"


# How a weight moves


class Move:
    """The update of one weight in the making. `weight` and `gradient` are what it starts from.

    `move["lr"]` is a setting; `"momentum" in move` says whether it is in use.
    """

    def __init__(self, updates: Updates, weight: Quantity, gradient: Quantity) -> None:
        self.updates = updates
        self.quantity = weight
        self.weight = Name(weight.key, weight.shape)
        self.source = gradient
        self.gradient: Expr = Name(gradient.key, gradient.shape)

    def __contains__(self, setting: str) -> bool:
        return setting in self.updates.optimizer.used

    def __getitem__(self, setting: str) -> Expr:
        return Name(setting, ())

    def part(self, stem: str, title: str, value: Expr) -> Expr:
        """A part of the working as a row of its own: `mhat_w11` for the stem mhat."""
        return self._row(self._quantity(stem), f"{title} of", value)

    def kept(self, stem: str, title: str, law: Callable[[Expr], Expr]) -> Expr:
        """What is kept for the next update: `m_w11_new`, from the law that makes it of `m_w11`."""
        old = self._quantity(stem)
        new = self.updates.kept(old)
        return self._row(new, f"{title} of", self.updates.rounded(law(Name(old.key, old.shape))))

    def counted(self, stem: str, title: str) -> Expr:
        """One more than at the last update, a number for all weights together."""
        return self.updates.count(stem, title)

    def decayed(self) -> Expr:
        """The gradient with the weight's pull to 0, where there is weight decay."""
        if "weight_decay" not in self:
            return self.gradient
        return self._gradient("decayed", self.gradient + self["weight_decay"] * self.weight)

    def clipped(self, scale: Expr | None) -> Expr:
        """The gradient within its bound; `scale` brings all gradients together within theirs."""
        if scale is not None:
            return self._gradient("clipped", scale * self.gradient)
        if "clip_value" not in self:
            return self.gradient
        bound = self["clip_value"]
        return self._gradient("clipped", call("max", -bound, call("min", bound, self.gradient)))

    def finish(self, title: str, value: Expr) -> None:
        """The weight's own row, the last one."""
        self._row(self.updates.replaced(self.quantity), title, self.updates.rounded(value))

    def _gradient(self, word: str, value: Expr) -> Expr:
        found = self.source._replace(stage=self.updates.names.stage(word))
        return self._row(found, f"{word} gradients of", value)

    def _quantity(self, stem: str) -> Quantity:
        return self.quantity._replace(role=self.updates.names.part(stem))

    def _row(self, quantity: Quantity, title: str, value: Expr) -> Expr:
        return self.updates.row(quantity, title, value, self.quantity.key)


def _sgd(move: Move) -> Expr:
    gradient = move.decayed()
    if "momentum" not in move:
        return move.weight - move["lr"] * gradient
    velocity = move.kept("v", "velocities", lambda v: move["momentum"] * v + gradient)
    if "nesterov" not in move:
        return move.weight - move["lr"] * velocity
    return move.weight - move["lr"] * (gradient + move["momentum"] * velocity)


def _adagrad(move: Move) -> Expr:
    gradient = move.decayed()
    squares = move.kept("s", "sums of squares", lambda s: s + gradient**2)
    return move.weight - move["lr"] * gradient / (call("sqrt", squares) + move["eps"])


def _rmsprop(move: Move) -> Expr:
    gradient, rho = move.decayed(), move["rho"]
    square = move.kept("s", "mean squares", lambda s: rho * s + (1 - rho) * gradient**2)
    step = gradient / (call("sqrt", square) + move["eps"])
    if "momentum" in move:
        step = move.kept("v", "velocities", lambda v: move["momentum"] * v + step)
        return move.weight - move["lr"] * step
    return move.weight - move["lr"] * gradient / (call("sqrt", square) + move["eps"])


def _adam(move: Move) -> Expr:
    return move.weight - _adam_step(move, move.decayed())


def _adamw(move: Move) -> Expr:
    return (1 - move["lr"] * move["weight_decay"]) * move.weight - _adam_step(move, move.gradient)


def _adam_step(move: Move, gradient: Expr) -> Expr:
    beta1, beta2 = move["beta1"], move["beta2"]
    t = move.counted("t", "count of the updates")
    m = move.kept("m", "first moments", lambda m: beta1 * m + (1 - beta1) * gradient)
    v = move.kept("v", "second moments", lambda v: beta2 * v + (1 - beta2) * gradient**2)
    mhat = move.part("mhat", "bias-corrected first moments", m / (1 - Call("^", (beta1, t))))
    vhat = move.part("vhat", "bias-corrected second moments", v / (1 - Call("^", (beta2, t))))
    return move["lr"] * mhat / (call("sqrt", vhat) + move["eps"])


# The table


class UpdateRule(NamedTuple):
    """One row: what `rule:` calls it, its settings, and the new weight as an expression.

    `needs`: settings that the file gives; `defaults`: others that are always in use, with their exact values;
    `takes`: settings and flags that are in use where the file has them. `about`: what it does, for the README.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    defaults: Mapping[str, str]
    takes: tuple[str, ...]
    moved: Callable[[Move], Expr]
    about: str

    @property
    def known(self) -> list[str]:
        """Everything that the file can set."""
        return [*self.needs, *self.defaults, *self.takes, *ALWAYS]


ADAM = {"lr": "1/1000", "beta1": "9/10", "beta2": "999/1000", "eps": "1/100000000"}

ROWS = (
    UpdateRule(
        "sgd",
        "gradient",
        needs=("lr",),
        defaults={},
        takes=("momentum", "nesterov", "weight_decay"),
        moved=_sgd,
        about="`w - lr*g`; with momentum `v = momentum*v + g` and `w - lr*v`, nesterov `w - lr*(g + momentum*v)`",
    ),
    UpdateRule(
        "adagrad",
        "Adagrad",
        needs=(),
        defaults={"lr": "1/100", "eps": "1/10000000000"},
        takes=("weight_decay",),
        moved=_adagrad,
        about="`s = s + g^2`; `w - lr*g/(sqrt(s) + eps)`",
    ),
    UpdateRule(
        "rmsprop",
        "RMSprop",
        needs=(),
        defaults={"lr": "1/100", "rho": "99/100", "eps": "1/100000000"},
        takes=("momentum", "weight_decay"),
        moved=_rmsprop,
        about="`s = rho*s + (1-rho)*g^2`; `w - lr*g/(sqrt(s) + eps)`; "
        "with momentum `v = momentum*v + g/(sqrt(s) + eps)` and `w - lr*v`",
    ),
    UpdateRule(
        "adam",
        "Adam",
        needs=(),
        defaults=ADAM,
        takes=("weight_decay",),
        moved=_adam,
        about="`t = t + 1`; `m = beta1*m + (1-beta1)*g`; `v = beta2*v + (1-beta2)*g^2`; `mhat = m/(1-beta1^t)`; "
        "`vhat = v/(1-beta2^t)`; `w - lr*mhat/(sqrt(vhat) + eps)`",
    ),
    UpdateRule(
        "adamw",
        "AdamW",
        needs=(),
        defaults=ADAM | {"weight_decay": "1/100"},
        takes=(),
        moved=_adamw,
        about="as adam, but the decay acts on the weight: `(1-lr*weight_decay)*w - lr*mhat/(sqrt(vhat) + eps)`",
    ),
)
RULES = {row.name: row for row in ROWS}


# All the weights of a network


class Optimizer(NamedTuple):
    """What a file asks for: the rule, the settings and flags in use, and what updated values are rounded to."""

    rule: UpdateRule
    used: frozenset[str]
    grid: Scalar | None = None
    mark: Mark | None = None

    def updates(self, weights: Iterable[tuple[Quantity, Quantity]], taken: Collection[str]) -> Updates:
        """The update of weights, each with the gradient it moves by. `taken`: the file's own names."""
        pairs = list(weights)
        updates = Updates(self, UpdateNames(taken, [weight.key for weight, _ in pairs]))
        moves = [Move(updates, weight, gradient) for weight, gradient in pairs]
        scale = updates.clip_scale(moves)
        for move in moves:
            move.gradient = move.clipped(scale)
            move.finish(f"one {self.rule.title} step on", self.rule.moved(move))
        return updates

    def in_general(self, loss: str, taken: Collection[str]) -> Updates:
        """The rule by itself: the update of a vector `theta` that stands for all weights, by its gradient."""
        theta = Quantity(ALL, (2,))
        return self.updates([(theta, theta._replace(role=GradientAt(loss)))], taken)

    def states(self, weights: Sequence[Given], taken: Collection[str], mark: Mark | None) -> list[Given]:
        """What is kept from one update to the next, as it is at the start: zero."""
        named = [Quantity(given.key, given.shape) for given in weights]
        kept = self.updates(((weight, weight) for weight in named), taken).states.values()
        return [
            Given(item.key, item.shape, "state", array(item.shape, [ZERO] * size(item.shape)), mark) for item in kept
        ]


class Stage:
    """Rows of an update that are shown together: those for all weights at once, and one definition a weight."""

    def __init__(self) -> None:
        self.shared: list[Definition] = []
        self.of_weight: dict[str, Definition] = {}

    def definitions(self) -> Iterator[Definition]:
        """All of them, in order."""
        yield from self.shared
        yield from self.of_weight.values()


class Updates:
    """The working of an update: its rows in stages by title, what each is called, and what replaces what.

    `states`: what is kept from one update to the next. `replacements`: the key of each new value, by that of the old.
    """

    def __init__(self, optimizer: Optimizer, names: UpdateNames) -> None:
        self.optimizer = optimizer
        self.names = names
        self.stages: dict[str, Stage] = {}
        self.quantities: dict[str, Quantity] = {}
        self.states: dict[str, Quantity] = {}
        self.replacements: dict[str, str] = {}

    def definitions(self) -> list[Definition]:
        """Every row's definition, each after those it is made from."""
        return [definition for stage in self.stages.values() for definition in stage.definitions()]

    def row(self, quantity: Quantity, title: str, value: Expr, weight: str = "") -> Expr:
        """Take in a row, of a weight or of all together; what stands for its value."""
        definition = Definition(quantity.key, value, mark=self.optimizer.mark)
        stage = self.stages.setdefault(title, Stage())
        if weight:
            stage.of_weight[weight] = definition
        else:
            stage.shared.append(definition)
        self.quantities[quantity.key] = quantity
        return Name(quantity.key, quantity.shape)

    def shared(self, stem: str, title: str, value: Expr) -> Expr:
        """Take in a row that serves all weights."""
        return self.row(_scalar(self.names.alone(stem)), title, value)

    def kept(self, old: Quantity) -> Quantity:
        """Take in what the last update has left; what its new value is called."""
        self.states[old.key] = self.quantities[old.key] = old
        return self.replaced(old)

    def replaced(self, old: Quantity) -> Quantity:
        """What the new value of a weight or a state is called."""
        new = old._replace(stage=NEW)
        self.replacements[old.key] = new.key
        return new

    def count(self, stem: str, title: str) -> Expr:
        """The number of updates, this one counted."""
        old = _scalar(self.names.alone(stem))
        if old.key not in self.states:
            self.row(self.kept(old), title, Name(old.key, ()) + 1)
        return Name(self.replacements[old.key], ())

    def clip_scale(self, moves: Sequence[Move]) -> Expr | None:
        """What brings all gradients together within their bound, where they have one."""
        if "clip_norm" not in self.optimizer.used:
            return None
        title, bound = "size of the gradient", Name("clip_norm", ())
        squares = [move.gradient**2 for move in moves]
        total = plus([call("sum", square) if square.shape else square for square in squares])
        norm = self.shared("gradient_norm", title, call("sqrt", total))
        return self.shared("clip_scale", title, bound / call("max", norm, bound))

    def rounded(self, value: Expr) -> Expr:
        """The value, on the grid where there is one."""
        grid = self.optimizer.grid
        return value if grid is None else call("round", value, Number(grid))


class UpdateNames:
    """Names for the rows of an update that no quantity of the file has, nor an element of one."""

    def __init__(self, taken: Collection[str], weights: Sequence[str]) -> None:
        self.taken = frozenset(taken)
        self.starts = {start for weight in weights for start in _starts(weight)}
        self.weights = frozenset(weights)
        self.chosen: dict[str, str] = {}

    def part(self, stem: str) -> UpdatePart:
        """The role of what is worked out for a weight: `v`, or else `v2`, ..."""
        if stem not in self.chosen:
            tries = (f"{stem}{number}" for number in ("", *range(2, len(self.taken) + 3)))
            self.chosen[stem] = next(found for found in tries if not any(self._meets(UpdatePart(found))))
        return UpdatePart(self.chosen[stem])

    def _meets(self, part: UpdatePart) -> Iterator[bool]:
        """Whether each of the file's names with that start is read as a name of ours, or the other way round."""
        before, _ = part.around
        for rest in (key[len(before) :] for key in self.taken if key.startswith(before)):
            yield rest in self.starts or any(rest[:end] in self.weights for end in range(1, len(rest) + 1))

    def stage(self, word: str) -> str:
        """The stage of a gradient that an update changes: `clipped`, or else `clipped2`, ..."""
        if word not in self.chosen:
            tries = (f"{word}{number}" for number in ("", *range(2, len(self.taken) + 3)))
            ends = ((stage, at_stage("", stage)) for stage in tries)
            self.chosen[word] = next(stage for stage, end in ends if not any(key.endswith(end) for key in self.taken))
        return self.chosen[word]

    def alone(self, stem: str) -> str:
        """A name for a number: `t`, or else `t_2`, ..."""
        tries = (stem if number == 1 else f"{stem}_{number}" for number in count(1))
        return next(name for name in tries if name not in self.taken)


def _starts(weight: str) -> Iterator[str]:
    """The name, and it without some of the digits at its end: an array of that name has it as an element."""
    yield weight
    while weight[-1:].isdecimal():
        weight = weight[:-1]
        yield weight


def _scalar(key: str) -> Quantity:
    return Quantity(key, ())
