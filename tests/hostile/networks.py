"""Networks as text: those of the project and the tests, and drawn ones whose shapes mostly fit."""

from __future__ import annotations

from random import Random

from bptrace.ops.table import arities, function_names
from tests.conftest import EVERY_NETWORK, LIMITS

MORE = (
    LIMITS,
    "input: {x: [4, 1, 1]}\nweights: {q: [[4, 1, 1]]}\nforward: {u: q*q}\nloss: nll(q[1], 1) + 0*sum(u)\n",
    "weights: {w: [1, 1], a: 2}\ntarget: {y: [0, 1]}\nloss: cross_entropy(a*w, y)\nupdate: {rule: adam, lr: 1/10}\n",
    "samples:\n  - {input: {x: [1, 2]}, target: {y: 1}}\n  - {input: {x: [0, -1]}, target: {y: 0}}\nreduce: sum\n"
    "weights: {w: [2, -1], b: 1}\nloss: (w@x + b - y)^2\nupdate: {lr: 1/10, momentum: 0.9, clip_norm: 1}\n",
    "samples: table.csv\nweights: {w: [2, -1], b: 1}\nloss: (w@x + b - y)^2\nupdate: {lr: 1/10}\n",
    "samples: {file: table.csv, target: [y]}\nweights: {w: [2, -1], b: 1}\nloss: softplus(w@x + b - y)\n",
    "input: {x: [1, 2, 3]}\nweights: {w: 1/2, u: 2}\ntarget: {y: 10}\nfunctions:\n  soft: s -> s/(1 + s^2)\n"
    '  blend: "s, a -> a*soft(s) + (1-a)*s"\nforward:\n  h0: 0*w\n  repeat:\n    for: t in 1..3\n'
    "    z{t}: w*h{t-1} + u*x[t]\n    h{t}: blend(z{t}, 1/4)\nloss: (h3 - y)^2\n",
    "input:  {x: [1, 2]}\nlayers:\n  - {weights: [[1, 2]], bias: [0], activation: relu}\n  - {weights: [[3]]}\n"
    "target: {y: 1}\nloss: sum((yhat - y)^2)\n",
    "input: {x: [1, 0, 2, 1]}\nweights: {k: [1, -1]}\nloss: sum(max_pool(conv1d(x, k, 1, 1), 2))\n",
)
"""Networks that have what those of the project lack."""
TABLE = "x[1],x[2],y\n1,2,1\n0,-1,0\n1/2,0.5,-1\n"
"""The samples of two of them."""
NUMBERS = ("0", "1", "-1", "2", "3", "-2", "1/2", "-1/3", "0.5", "0.1", "-0.25", "1e-3", "10", "0.0001", "7/3")
SHAPES = ((), (2,), (2, 2), (3,), (1, 3), (1,), (2, 3), (5,))
OPERATORS = ("+", "-", "*", "/", "@", "^", "+", "*")


def texts() -> tuple[str, ...]:
    """What is mutated: every network of the project, and more."""
    return (*(path.read_text(encoding="utf-8") for path in EVERY_NETWORK), *MORE)


def drawn(rng: Random) -> str:
    """A network with a few givens, equations and a loss, in which any function may meet any number."""
    shape = rng.choice(SHAPES)
    names = rng.sample(["x", "w", "b", "v", "y", "p", "u1"], rng.randint(2, 4))
    lines = [f"input: {{{names[0]}: {_array(rng, shape)}}}", "weights:"]
    lines += [
        f"  {name}: {_array(rng, rng.choice([shape, shape, shape, (), rng.choice(SHAPES)]))}" for name in names[1:]
    ]
    lines.append("forward:")
    for number in range(rng.randint(0, 4)):
        lines.append(f"  h{number}: {tree(rng, names, rng.randint(1, 3))}")
        names.append(f"h{number}")
    loss = tree(rng, names[::-1], rng.randint(1, 3))
    lines.append(f"loss: {loss if rng.random() < 0.2 else f'sum({loss})'}")
    if rng.random() < 0.3:
        rule = rng.choice(["sgd", "adam", "adamw", "rmsprop", "adagrad"])
        lines.append(f"update: {{rule: {rule}, lr: {rng.choice(NUMBERS)}}}")
    return "\n".join(line for line in lines if line != "forward:" or "  h0" in "".join(lines)) + "\n"


def _array(rng: Random, shape: tuple[int, ...]) -> str:
    if not shape:
        return rng.choice(NUMBERS)
    return f"[{', '.join(_array(rng, shape[1:]) for _ in range(shape[0]))}]"


def tree(rng: Random, names: list[str], depth: int) -> str:
    """An expression over names and numbers."""
    if depth <= 0 or rng.random() < 0.1:
        return rng.choice(names) if rng.random() < 0.8 else rng.choice(NUMBERS)
    if rng.random() < 0.5:
        name = rng.choice(function_names())
        arguments = [tree(rng, names, depth - 1) for _ in range(_arity(rng, name))]
        return f"{name}({', '.join(arguments)})"
    left, right = (tree(rng, names, depth - 1) for _ in "lr")
    return f"({left} {rng.choice(OPERATORS)} {right})"


def _arity(rng: Random, name: str) -> int:
    return rng.choice(arities(name)[:3])
