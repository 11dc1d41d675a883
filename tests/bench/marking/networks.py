"""Random small networks of ten kinds, as they stand on a whiteboard: whole numbers, tenths, quarters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

import bptrace
from bptrace.engine.network import Network
from bptrace.spec.overrides import assigned

SIZES = ((2, 2, 1), (2, 3, 1), (2, 2, 2), (3, 2, 2), (2, 3, 2), (3, 3, 1), (3, 4, 2))
"""Inputs, hidden units, outputs."""
NUMBER = re.compile(r"-?[0-9][0-9./]*")
RATES = ("0.1", "0.5", "1/10", "0.01", "0.25")


class Toy(NamedTuple):
    """A network file, and how to have it again. `first`: the weights of its first layer.

    `settings`: what an optimizer remembers of steps before, as `--set` takes it.
    """

    kind: str
    seed: int
    text: str
    first: tuple[str, ...]
    settings: tuple[str, ...] = ()

    def network(self) -> Network:
        """The network, with its settings."""
        return assigned(bptrace.loads(self.text), self.settings)


class Whiteboard:
    """Draws what a person would write down: `style` is one of whole, tenths, quarters, fractions."""

    def __init__(self, random: Random, styles: Sequence[str] = ("whole", "tenths", "quarters", "fractions")) -> None:
        self.random = random
        self.style = random.choice(styles)

    def number(self, zero: bool = False) -> str:
        """One number, 0 only where it may be."""
        low = 0 if zero else 1
        sign = self.random.choice(("", "", "-"))
        count = self.random.randint(low, {"whole": 3, "tenths": 10, "quarters": 6, "fractions": 6}[self.style])
        if count == 0:
            return "0"
        return (
            sign
            + {
                "whole": str(count),
                "tenths": f"{count / 10:g}",
                "quarters": f"{count / 4:g}",
                "fractions": f"{count}/{self.random.choice((2, 3, 4))}",
            }[self.style]
        )

    def vector(self, length: int, zero: bool = False) -> str:
        """A list of numbers; of one a number, as people write it."""
        if length == 1:
            return self.number(zero)
        return f"[{', '.join(self.number(zero) for _ in range(length))}]"

    def matrix(self, rows: int, columns: int) -> str:
        """A list of rows; of one row a vector."""
        if rows == 1:
            return self.vector(columns)
        return f"[{', '.join(self.vector(columns) for _ in range(rows))}]"

    def either(self, *choices: str) -> str:
        """One of them."""
        return self.random.choice(choices)

    def chance(self, share: float) -> bool:
        """True in so many cases of one."""
        return self.random.random() < share


class File(NamedTuple):
    """The sections of a network file."""

    inputs: dict[str, str]
    weights: dict[str, str]
    targets: dict[str, str]
    forward: dict[str, str]
    loss: str
    update: str = ""
    rest: str = ""

    @property
    def text(self) -> str:
        """The file."""
        lines = [
            *(["input:", *_lines(self.inputs)] if self.inputs else []),
            *["weights:", *_lines(self.weights)],
            *(["target:", *_lines(self.targets)] if self.targets else []),
            *["forward:", *_lines(self.forward)],
            f"loss: {self.loss}",
            *([f"update: {{{self.update}}}"] if self.update else []),
            *([self.rest] if self.rest else []),
        ]
        return "\n".join(lines) + "\n"


def _lines(section: dict[str, str]) -> list[str]:
    return [f"  {name}: {text}" for name, text in section.items()]


def toy(kind: str, seed: int) -> Toy:
    """The network of a kind with this seed."""
    random = Random(f"{kind} {seed}")
    file, first, settings = KINDS[kind](random)
    return Toy(kind, seed, file.text, first, settings)


Made = tuple[File, tuple[str, ...], tuple[str, ...]]


def _loss(board: Whiteboard, outputs: int, yhat: str = "yhat") -> str:
    forms = [f"half_squared_error({yhat}, y)", f"squared_error({yhat}, y)"]
    if outputs == 1:
        return board.either(*forms, f"({yhat} - y)^2", f"1/2*({yhat} - y)^2", f"(y - {yhat})^2", f"1/2*(y - {yhat})^2")
    return board.either(*forms, f"sum(({yhat} - y)^2)", f"1/2*sum((y - {yhat})^2)", f"mean_squared_error({yhat}, y)")


def _dense(board: Whiteboard, hidden: str, output: str, sizes: tuple[int, int, int]) -> File:
    inputs, units, outputs = sizes
    biased = board.chance(0.7)
    weights = {"w": board.matrix(units, inputs)} | ({"b": board.vector(units, zero=True)} if biased else {})
    weights |= {"v": board.matrix(outputs, units)} | ({"c": board.vector(outputs, zero=True)} if biased else {})
    forward = {"z": "w@x + b" if biased else "w@x", "h": hidden.format("z")}
    last = ("v*h" if units == 1 else "v@h") + (" + c" if biased else "")
    forward |= {"u": last, "yhat": output.format("u")} if output else {"yhat": last}
    return File({"x": board.vector(inputs, zero=True)}, weights, {"y": board.vector(outputs)}, forward, "")


def _two_layers(random: Random, hidden: str, outputs: Sequence[str], styles: Sequence[str]) -> Made:
    board, sizes = Whiteboard(random, styles), random.choice(SIZES)
    output = random.choice(outputs)
    file = _dense(board, hidden, output, sizes)
    loss = _loss(board, sizes[-1])
    if output == "sigmoid({})":
        targets = board.vector(sizes[-1]) if board.chance(0.3) else _bits(random, sizes[-1])
        file = file._replace(targets={"y": targets})
        if targets.strip("[]01, ") == "" and board.chance(0.4):
            loss = board.either("binary_cross_entropy(yhat, y)", "-sum(y*log(yhat) + (1 - y)*log(1 - yhat))")
    if board.chance(0.15):
        loss += board.either(" + 0.1*sum(w^2)", " + 1/2*0.1*sum(w^2)", " + 0.01*sum(v^2)")
    update = f"lr: {board.either(*RATES)}" if board.chance(0.6) else ""
    return file._replace(loss=loss, update=update), _first(file), ()


def _bits(random: Random, length: int) -> str:
    bits = [random.choice("01") for _ in range(length)]
    return bits[0] if length == 1 else f"[{', '.join(bits)}]"


def _first(file: File) -> tuple[str, ...]:
    return tuple(name for name in ("w", "b") if name in file.weights)


def _relu(random: Random) -> Made:
    return _two_layers(random, "relu({})", ("", "", "relu({})"), ("whole", "whole", "tenths", "quarters", "fractions"))


def _leaky(random: Random) -> Made:
    slope = random.choice(("0.1", "1/10", "0.01", "0.2"))
    hidden = f"leaky_relu({{}}, {slope})"
    return _two_layers(random, hidden, ("", hidden), ("whole", "whole", "tenths", "quarters", "fractions"))


def _sigmoid(random: Random) -> Made:
    return _two_layers(random, "sigmoid({})", ("sigmoid({})", "sigmoid({})", ""), ("tenths", "quarters", "whole"))


def _tanh(random: Random) -> Made:
    return _two_layers(random, "tanh({})", ("", "tanh({})", "sigmoid({})"), ("tenths", "quarters", "whole"))


def _activation(random: Random) -> str:
    return random.choice(("relu({})", "relu({})", "leaky_relu({}, 0.1)", "sigmoid({})", "tanh({})"))


def _styles(activation: str) -> Sequence[str]:
    return ("tenths", "quarters") if activation in ("sigmoid({})", "tanh({})") else ("whole", "tenths", "quarters")


def _batch(random: Random) -> Made:
    activation = _activation(random)
    board = Whiteboard(random, _styles(activation))
    return (_samples if board.chance(0.5) else _matrix)(board, activation)


def _samples(board: Whiteboard, activation: str) -> Made:
    inputs, units = 2, board.random.choice((1, 2, 2))
    file = _dense(board, activation, "", (inputs, units, 1))
    samples = [
        f"  - {{input: {{x: {board.vector(inputs, zero=True)}}}, target: {{y: {board.number()}}}}}"
        for _ in range(board.random.choice((2, 2, 3)))
    ]
    rest = "\n".join(["samples:", *samples, f"reduce: {board.either('mean', 'mean', 'sum')}"])
    update = f"lr: {board.either(*RATES)}" if board.chance(0.7) else ""
    return file._replace(inputs={}, targets={}, loss=_loss(board, 1), update=update, rest=rest), _first(file), ()


def _matrix(board: Whiteboard, activation: str) -> Made:
    units, cases, outputs = board.random.choice((2, 2, 3)), board.random.choice((2, 3)), board.random.choice((1, 1, 2))
    weights = {"W": board.matrix(2, units), "b": board.vector(units, zero=True)}
    weights |= {"V": f"[{', '.join(f'[{_inner(board.vector(outputs))}]' for _ in range(units))}]", "c": board.number()}
    forward = {"Z": "X@W + b", "H": activation.format("Z"), "Y": "H@V + c"}
    target = f"[{', '.join(f'[{_inner(board.vector(outputs))}]' for _ in range(cases))}]"
    loss = board.either("mean_squared_error(Y, T)", "mean((Y - T)^2)", "1/2*mean((Y - T)^2)", "sum((Y - T)^2)")
    update = f"lr: {board.either(*RATES)}" if board.chance(0.7) else ""
    return File({"X": board.matrix(cases, 2)}, weights, {"T": target}, forward, loss, update), ("W", "b"), ()


def _inner(vector: str) -> str:
    return vector.strip("[]")


def _skip(random: Random) -> Made:
    form = random.choice((_skip_scalars, _skip_vectors, _residual, _powers))
    return form(random)


def _skip_scalars(random: Random) -> Made:
    activation = _activation(random)
    board = Whiteboard(random, _styles(activation))
    weights = {f"w{place}": board.number() for place in range(4)}
    forward = {"z0": "w0*x", "h0": activation.format("z0"), "z1": "w1*h0", "h1": activation.format("z1")}
    forward["yhat"] = "w2*h1 + w3*h0"
    return File({"x": board.number()}, weights, {"y": board.number()}, forward, _loss(board, 1)), ("w0",), ()


def _skip_vectors(random: Random) -> Made:
    activation = _activation(random)
    board = Whiteboard(random, _styles(activation))
    outputs = random.choice((1, 2))
    file = _dense(board, activation, "", (2, 2, outputs))
    forward = file.forward | {"yhat": file.forward["yhat"] + " + u@x"}
    return (
        file._replace(
            weights=file.weights | {"u": board.matrix(outputs, 2)}, forward=forward, loss=_loss(board, outputs)
        ),
        _first(file),
        (),
    )


def _residual(random: Random) -> Made:
    activation = _activation(random)
    board = Whiteboard(random, _styles(activation))
    weights = {"w": board.matrix(2, 2), "b": board.vector(2, zero=True), "v": board.vector(2)}
    forward = {"z": "w@x + b", "h": activation.format("z") + " + x", "s": "w@h", "yhat": "v@s"}
    if board.chance(0.5):
        forward |= {"s": activation.format("w@h") + " + h"}
    return File({"x": board.vector(2)}, weights, {"y": board.number()}, forward, _loss(board, 1)), ("w", "b"), ()


def _powers(random: Random) -> Made:
    board = Whiteboard(random, ("whole", "tenths", "quarters"))
    weights = {"a": board.number(), "b": board.number(), "c": board.number()}
    forward = {
        "s": "a*x + b",
        "p": board.either("s^3", "s^2", "s^4"),
        "q": board.either("s/(1 + s^2)", "p/(2 + s^2)", "exp(s)", "exp(-s)*p", "1/(1 + p^2)"),
        "yhat": "c*q + p",
    }
    return File({"x": board.number()}, weights, {"y": board.number()}, forward, _loss(board, 1)), ("a", "b"), ()


def _recurrence(random: Random) -> Made:
    form = random.choice((_plain_recurrence, _plain_recurrence, _vector_recurrence, _lstm, _gru))
    return form(random)


def _plain_recurrence(random: Random) -> Made:
    activation = random.choice(("{}", "tanh({})", "relu({})", "sigmoid({})"))
    board, steps = Whiteboard(random, _styles(activation)), random.choice((2, 3))
    weights = {"a": board.number(), "b": board.number()} | ({"d": board.number()} if board.chance(0.5) else {})
    forward: dict[str, str] = {}
    for step in range(1, steps + 1):
        argument = f"a*s{step - 1} + b*x[{step}]" + (" + d" if "d" in weights else "")
        if activation == "{}":
            forward[f"s{step}"] = argument
        else:
            forward |= {f"z{step}": argument, f"s{step}": activation.format(f"z{step}")}
    inputs = {"x": board.vector(steps), "s0": board.number(zero=True)}
    update = f"lr: {board.either(*RATES)}" if board.chance(0.5) else ""
    loss = _loss(board, 1, f"s{steps}")
    return File(inputs, weights, {"y": board.number()}, forward, loss, update), tuple(weights), ()


def _vector_recurrence(random: Random) -> Made:
    board = Whiteboard(random, ("tenths", "quarters"))
    weights = {"A": board.matrix(2, 2), "b": board.vector(2), "v": board.vector(2)}
    activation = random.choice(("tanh({})", "relu({})"))
    forward = {"g": "A@s + b*x[1]", "h": activation.format("g"), "k": "A@h + b*x[2]", "m": activation.format("k")}
    forward["yhat"] = "v@m"
    inputs = {"x": board.vector(2), "s": board.vector(2, zero=True)}
    return File(inputs, weights, {"y": board.number()}, forward, _loss(board, 1)), ("A", "b"), ()


def _lstm(random: Random) -> Made:
    board = Whiteboard(random, ("tenths", "quarters"))
    weights = {name: board.number() for name in ("wi", "ui", "wf", "uf", "wo", "uo", "wg", "ug")}
    forward: dict[str, str] = {}
    for step in (1, 2):
        last = step - 1
        gates = {"i": "sigmoid", "f": "sigmoid", "o": "sigmoid", "g": "tanh"}
        forward |= {f"{key}{step}": f"{gate}(w{key}*x[{step}] + u{key}*h{last})" for key, gate in gates.items()}
        forward |= {f"c{step}": f"f{step}*c{last} + i{step}*g{step}", f"h{step}": f"o{step}*tanh(c{step})"}
    inputs = {"x": board.vector(2), "h0": board.number(zero=True), "c0": board.number(zero=True)}
    return File(inputs, weights, {"y": board.number()}, forward, _loss(board, 1, "h2")), tuple(weights), ()


def _gru(random: Random) -> Made:
    board = Whiteboard(random, ("tenths", "quarters"))
    weights = {name: board.number() for name in ("wr", "ur", "wu", "uu", "wn", "un")}
    forward: dict[str, str] = {}
    for step in (1, 2):
        last = f"h{step - 1}"
        forward |= {
            f"r{step}": f"sigmoid(wr*x[{step}] + ur*{last})",
            f"u{step}": f"sigmoid(wu*x[{step}] + uu*{last})",
            f"n{step}": f"tanh(wn*x[{step}] + un*r{step}*{last})",
            f"h{step}": f"(1 - u{step})*n{step} + u{step}*{last}",
        }
    inputs = {"x": board.vector(2), "h0": board.number()}
    return File(inputs, weights, {"y": board.number()}, forward, _loss(board, 1, "h2")), tuple(weights), ()


def _softmax(random: Random) -> Made:
    board = Whiteboard(random, ("whole", "tenths", "quarters"))
    classes, hidden = random.choice((2, 3, 3)), board.chance(0.5)
    weights = {"w": board.matrix(2, 2), "b": board.vector(2, zero=True)} if hidden else {}
    weights |= {"V": board.matrix(classes, 2), "c": board.vector(classes, zero=True)}
    forward = {"z": "w@x + b", "h": random.choice(("relu(z)", "tanh(z)"))} if hidden else {}
    forward["u"] = "V@h + c" if hidden else "V@x + c"
    number = random.randint(1, classes)
    target = f"[{', '.join('1' if place == number else '0' for place in range(1, classes + 1))}]"
    loss, target = random.choice(
        (
            ("cross_entropy(u, y)", str(number)),
            ("cross_entropy(u, y)", target),
            ("-sum(y*log(p))", target),
            (f"-log(p[{number}])", ""),
        )
    )
    if "p" in loss.replace("cross_entropy", ""):
        forward["p"] = "softmax(u)"
    update = f"lr: {board.either(*RATES)}" if board.chance(0.6) else ""
    targets = {"y": target} if target else {}
    first = ("w", "b") if hidden else ("V", "c")
    return File({"x": board.vector(2)}, weights, targets, forward, loss, update), first, ()


def _convolution(random: Random) -> Made:
    form = random.choice((_line, _image, _two_convolutions))
    return form(random)


def _line(random: Random) -> Made:
    board = Whiteboard(random, ("whole", "tenths", "quarters"))
    length, width = random.choice(((5, 2), (6, 3), (5, 3)))
    places = length - width + 1
    weights = {"k": board.vector(width)} | ({"b": board.number(zero=True)} if board.chance(0.5) else {})
    forward = {"z": "conv1d(x, k)" + (" + b" if "b" in weights else ""), "h": random.choice(("relu(z)", "tanh(z)"))}
    pool = random.choice(("", "max_pool(h, 2, 1)", "avg_pool(h, 2, 1)"))
    if pool:
        forward["m"], places = pool, places - 1
    weights["v"] = board.vector(places)
    forward["yhat"] = "v@m" if pool else "v@h"
    return (
        File({"x": board.vector(length, zero=True)}, weights, {"y": board.number()}, forward, _loss(board, 1)),
        tuple(name for name in ("k", "b") if name in weights),
        (),
    )


def _image(random: Random) -> Made:
    board = Whiteboard(random, ("whole", "whole", "tenths"))
    weights = {"k": board.matrix(2, 2), "b": board.number(zero=True), "v": board.vector(4)}
    forward = {"z": "conv2d(x, k) + b", "h": "relu(z)", "f": "flatten(h)", "yhat": "v@f"}
    return File({"x": board.matrix(3, 3)}, weights, {"y": board.number()}, forward, _loss(board, 1)), ("k", "b"), ()


def _two_convolutions(random: Random) -> Made:
    board = Whiteboard(random, ("whole", "tenths", "quarters"))
    weights = {"k": board.vector(2), "l": board.vector(2), "v": board.vector(3)}
    forward = {"z": "conv1d(x, k)", "h": random.choice(("relu(z)", "tanh(z)", "leaky_relu(z, 0.1)"))}
    forward |= {"u": "conv1d(h, l)", "yhat": "v@u"}
    return File({"x": board.vector(5)}, weights, {"y": board.number()}, forward, _loss(board, 1)), ("k",), ()


def _optimizers(random: Random) -> Made:
    activation = random.choice(("relu({})", "tanh({})", ""))
    board = Whiteboard(random, _styles(activation))
    rate = board.either("0.1", "0.5", "0.01")
    update = board.either(
        f"rule: sgd, lr: {rate}",
        f"rule: sgd, lr: {rate}, momentum: 0.9",
        f"rule: sgd, lr: {rate}, momentum: 0.5",
        f"rule: sgd, lr: {rate}, weight_decay: 0.1",
        f"rule: adam, lr: {rate}, beta1: 0.9, beta2: 0.99, eps: 0.01",
        f"rule: adam, lr: {rate}, eps: 0.001",
        f"rule: adam, lr: {rate}",
    )
    if activation:
        file = _dense(board, activation, "", (2, random.choice((1, 2)), 1))
    else:
        weights = {"w": board.vector(2), "b": board.number(zero=True)}
        file = File({"x": board.vector(2)}, weights, {"y": board.number()}, {"yhat": "w@x + b"}, "")
    settings = _remembered(board, file, update) if board.chance(0.5) else ()
    return file._replace(loss=_loss(board, 1), update=update), _first(file), settings


def _remembered(board: Whiteboard, file: File, update: str) -> tuple[str, ...]:
    """What is there of an update before: of each weight a number in the place of each of its own."""
    stems = ("m", "v") if "adam" in update else ("v",) if "momentum" in update else ()
    return (
        *("t=1" for _ in stems[1:]),
        *(_state(board, stem, stems, item) for stem in stems for item in file.weights.items()),
    )


def _state(board: Whiteboard, stem: str, stems: tuple[str, ...], weight: tuple[str, str]) -> str:
    is_square = stems[1:] == (stem,)
    value = NUMBER.sub(lambda _: board.number().lstrip("-" if is_square else ""), weight[1])
    return f"{stem}_{weight[0]}={value}"


KINDS: dict[str, Callable[[Random], Made]] = {
    "relu": _relu,
    "leaky": _leaky,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "batch": _batch,
    "skip": _skip,
    "recurrence": _recurrence,
    "softmax": _softmax,
    "convolution": _convolution,
    "optimizers": _optimizers,
}
"""How each kind is drawn."""
