"""Large networks: long vectors, chains, products of matrices, many samples, of a size that is worked out, or not."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bptrace.ops.table import arities, function_names
from tests.hostile.networks import NUMBERS

MOST = 3000


def large(rng: Random) -> str:
    """A network that is large in one way, its size anything from small to what is refused."""
    size = int(MOST ** (0.2 + 0.8 * rng.random()))
    return rng.choice(KINDS)(rng, size)


def _vector(rng: Random, size: int) -> str:
    ties = [rng.choice(NUMBERS)] * size if rng.random() < 0.3 else rng.choices(NUMBERS, k=size)
    return f"[{', '.join(ties)}]"


def _matrix(rng: Random, size: int) -> str:
    return f"[{', '.join(_vector(rng, size) for _ in range(size))}]"


def _function(rng: Random) -> str:
    return rng.choice([name for name in function_names() if 1 in arities(name)])


def _elementwise(rng: Random, size: int) -> str:
    terms = [f"{_function(rng)}({_function(rng)}(w) - x)", f"{_function(rng)}(w)^2", f"w/(1 + {_function(rng)}(x*w))"]
    return f"input: {{x: {_vector(rng, size)}}}\nweights: {{w: {_vector(rng, size)}}}\nloss: sum({rng.choice(terms)})\n"


def _reduced(rng: Random, size: int) -> str:
    first, then = _function(rng), _function(rng)
    return f"weights: {{w: {_vector(rng, size)}}}\nforward:\n  h: {first}(w)\nloss: sum(h*{then}(h*w))\n"


def _chain(rng: Random, size: int) -> str:
    step = rng.choice(["4*z*(1-z)", "z^2", "f(z)", "f(z)*z", "z/2 + 1/z", "z - f(z)", "z + z*w", "z@z*w"])
    equations = [f"  z{place + 1}: {step.replace('z', f'z{place}')}" for place in range(min(size, 400))]
    text = f"weights: {{w: {rng.choice(NUMBERS)}}}\nforward:\n  z0: {_function(rng)}(w)\n" + "\n".join(equations)
    return text.replace(" f(", f" {_function(rng)}(") + f"\nloss: z{len(equations)}\n"


def _products(rng: Random, size: int) -> str:
    side = 1 + min(30, size // 16)
    return f"weights: {{W: {_matrix(rng, side)}}}\nloss: sum({'@'.join('W' * rng.randint(2, 6))})\n"


def _outer(rng: Random, size: int) -> str:
    term = rng.choice(["outer(x,x)@outer(x,x)", "outer(x,w)", "outer(x,x)@w", "softmax(outer(x,w))", "max(outer(x,w))"])
    return f"input: {{x: {_vector(rng, size)}}}\nweights: {{w: {_vector(rng, size)}}}\nloss: sum({term})\n"


def _scalars(rng: Random, size: int) -> str:
    names = [f"w_{place}" for place in range(size)]
    lines = [f"  {name}: {rng.choice(NUMBERS)}" for name in names]
    loss = rng.choice([" + ", "*", " - "]).join(names)
    return "weights:\n" + "\n".join(lines) + f"\nloss: {loss}\n"


def _terms(rng: Random, size: int) -> str:
    inner = f"{_function(rng)}(exp(sin(w)+cos(w))*exp(-sin(w)-cos(w))-1)"
    term = rng.choice([inner, f"{_function(rng)}(w)", "w*x", f"{_function(rng)}(w*x)^2", "w^x"])
    joined = rng.choice([" + ", "*", " - ", "/"]).join([term] * min(size, 2000))
    return f"input: {{x: {rng.choice(NUMBERS)}}}\nweights: {{w: {rng.choice(NUMBERS)}}}\nloss: {joined}\n"


def _repeated(rng: Random, size: int) -> str:
    body = rng.choice(
        ["h{t-1}*w + 1", "f(h{t-1})", "h{t-1}*{t*t}", "h{t-1}^2", "w*{t}/{t+1} + h{t-1}", "h{t-1} + x[t]"]
    )
    text = f"input: {{x: {_vector(rng, 5)}}}\nweights: {{w: {rng.choice(NUMBERS)}}}\nforward:\n  h0: w\n  repeat:\n"
    text += f"    for: t in 1..{size}\n    h{{t}}: {body.replace('f(', _function(rng) + '(')}\nloss: h{size}\n"
    return text


def _samples(rng: Random, size: int) -> str:
    lines = [f"  - {{input: {{x: {rng.choice(NUMBERS)}}}, target: {{y: {rng.choice(NUMBERS)}}}}}" for _ in range(size)]
    return (
        "samples:\n"
        + "\n".join(lines)
        + f"\nweights: {{w: 1/2}}\nloss: {_function(rng)}(w*x - y)\nupdate: {{lr: 1/10}}\n"
    )


def _windows(rng: Random, size: int) -> str:
    terms = ["conv1d(x, w, 1, 1)", "max_pool(conv1d(x, w), 2)", f"conv2d(reshape(x, 1, {size}), w)", "conv1d(x, x)"]
    givens = f"input: {{x: {_vector(rng, size)}}}\nweights: {{w: {_vector(rng, rng.randint(1, 9))}}}\n"
    return f"{givens}loss: sum({_function(rng)}({rng.choice(terms)}))\n"


KINDS: tuple[Callable[[Random, int], str], ...] = (
    *(_elementwise, _reduced, _chain, _products, _outer, _scalars, _terms, _repeated, _samples, _windows),
)
