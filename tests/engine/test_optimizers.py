"""Every optimizer over several updates against its definition in the documents of torch.optim, in Fractions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

import pytest
from flint import fmpq

from bptrace import BptraceError, Network, Trace, loads
from bptrace.engine.optimizers import ALWAYS, FLAGS, ROWS, SETTINGS
from bptrace.engine.training import parameter_names
from bptrace.numbers.arrays import array
from tests.readers.register import check_rows

Q = Fraction
ZERO, CENT, MILLI, TINY = Q(0), Q(1, 100), Q(1, 1000), Q(1, 10**8)
Vector: TypeAlias = list[Fraction]
Reference: TypeAlias = Callable[[Vector, Sequence[Vector]], list[Vector]]


def root(value: Fraction) -> Fraction:
    """The square root of a square."""
    found = Q(isqrt(value.numerator), isqrt(value.denominator))
    assert found**2 == value
    return found


def alone(reference: Callable[[Fraction, Sequence[Fraction]], list[Fraction]]) -> Reference:
    """A rule for one parameter as one for several that do not meet."""

    def together(start: Vector, gradients: Sequence[Vector]) -> list[Vector]:
        each = [reference(w, [g[i] for g in gradients]) for i, w in enumerate(start)]
        return [list(step) for step in zip(*each, strict=True)]

    return together


# torch.optim's algorithms, line by line


def sgd(lr: Fraction, momentum: Fraction = ZERO, nesterov: bool = False, weight_decay: Fraction = ZERO) -> Reference:
    def run(w: Fraction, gradients: Sequence[Fraction]) -> list[Fraction]:
        found = []
        buffer = None
        for g in gradients:
            g = g + weight_decay * w
            if momentum:
                buffer = g if buffer is None else momentum * buffer + g
                g = g + momentum * buffer if nesterov else buffer
            w = w - lr * g
            found.append(w)
        return found

    return alone(run)


def adagrad(lr: Fraction = CENT, eps: Fraction = TINY / 100, weight_decay: Fraction = ZERO) -> Reference:
    def run(w: Fraction, gradients: Sequence[Fraction]) -> list[Fraction]:
        found, state_sum = [], Q(0)
        for g in gradients:
            g = g + weight_decay * w
            state_sum = state_sum + g**2
            w = w - lr * g / (root(state_sum) + eps)
            found.append(w)
        return found

    return alone(run)


def rmsprop(
    lr: Fraction = CENT,
    alpha: Fraction = 1 - CENT,
    eps: Fraction = TINY,
    weight_decay: Fraction = ZERO,
    momentum: Fraction = ZERO,
) -> Reference:
    def run(w: Fraction, gradients: Sequence[Fraction]) -> list[Fraction]:
        found, v, buffer = [], Q(0), Q(0)
        for g in gradients:
            g = g + weight_decay * w
            v = alpha * v + (1 - alpha) * g**2
            if momentum:
                buffer = momentum * buffer + g / (root(v) + eps)
                w = w - lr * buffer
            else:
                w = w - lr * g / (root(v) + eps)
            found.append(w)
        return found

    return alone(run)


def adam(
    lr: Fraction = MILLI,
    beta1: Fraction = 1 - 10 * CENT,
    beta2: Fraction = 1 - MILLI,
    eps: Fraction = TINY,
    weight_decay: Fraction = ZERO,
    decoupled: bool = False,
) -> Reference:
    def run(w: Fraction, gradients: Sequence[Fraction]) -> list[Fraction]:
        found, m, v = [], Q(0), Q(0)
        for t, g in enumerate(gradients, 1):
            if decoupled:
                w = w - lr * weight_decay * w
            else:
                g = g + weight_decay * w
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g**2
            w = w - lr * (m / (1 - beta1**t)) / (root(v / (1 - beta2**t)) + eps)
            found.append(w)
        return found

    return alone(run)


def clipped(reference: Reference, value: Fraction | None = None, norm: Fraction | None = None) -> Reference:
    def clip(gradient: Vector) -> Vector:
        if value is not None:
            return [max(-value, min(value, g)) for g in gradient]
        assert norm is not None
        total = root(sum((g**2 for g in gradient), Q(0)))
        return [g * min(Q(1), norm / total) if total else g for g in gradient]

    return lambda start, gradients: reference(start, [clip(gradient) for gradient in gradients])


START = [Q(3), Q(-1, 2)]
ANY = [[Q(2), Q(-1)], [Q(1, 3), Q(5)], [Q(-4), Q(0)], [Q(1), Q(7, 2)]]
CONSTANT = [[Q(4), Q(-3)]] * 4
RIGHT = [[Q(3), Q(0)], [Q(4), Q(8)], [Q(12), Q(-15)], [Q(-84), Q(144)]]
"""Each with those before it makes a sum of squares that is a square."""
DECAYING = [[Q(5), Q(-10)], [Q(5, 3), Q(-10, 3)]]
"""The same for a running mean of squares with rho 16/25."""
TRIPLES = [[Q(3), Q(4)], [Q(5), Q(-12)], [Q(1, 3), Q(1, 4)], [Q(0), Q(0)]]

CASES: list[tuple[str, Reference, list[Vector]]] = [
    ("lr: 1/10", sgd(Q(1, 10)), ANY),
    ("rule: sgd, rate: 1/10", sgd(Q(1, 10)), ANY),
    ("lr: 1/10, weight_decay: 1/4", sgd(Q(1, 10), weight_decay=Q(1, 4)), ANY),
    ("lr: 1/10, momentum: 9/10", sgd(Q(1, 10), Q(9, 10)), ANY),
    ("lr: 1/10, momentum: 9/10, nesterov: false", sgd(Q(1, 10), Q(9, 10)), ANY),
    ("lr: 1/10, momentum: 9/10, nesterov: true", sgd(Q(1, 10), Q(9, 10), True), ANY),
    ("lr: 1/10, momentum: 1/2, nesterov: True, weight_decay: 2", sgd(Q(1, 10), Q(1, 2), True, Q(2)), ANY),
    ("lr: 1/10, momentum: 0", sgd(Q(1, 10)), ANY),
    ("lr: 1/10, clip_value: 3/2", clipped(sgd(Q(1, 10)), Q(3, 2)), ANY),
    ("lr: 1/10, clip_norm: 2", clipped(sgd(Q(1, 10)), norm=Q(2)), TRIPLES),
    ("lr: 1/10, clip_norm: 13, momentum: 1/2", clipped(sgd(Q(1, 10), Q(1, 2)), norm=Q(13)), TRIPLES),
    ("rule: adagrad", adagrad(), RIGHT),
    ("rule: adagrad, lr: 1/2, eps: 1/10", adagrad(Q(1, 2), Q(1, 10)), RIGHT),
    ("rule: adagrad, weight_decay: 1/2", adagrad(weight_decay=Q(1, 2)), RIGHT[:1]),
    ("rule: rmsprop, rho: 16/25", rmsprop(alpha=Q(16, 25)), DECAYING),
    ("rule: rmsprop, alpha: 0, lr: 1/3, eps: 0.5", rmsprop(Q(1, 3), Q(0), Q(1, 2)), ANY),
    ("rule: rmsprop, rho: 0, momentum: 1/2", rmsprop(alpha=Q(0), momentum=Q(1, 2)), ANY),
    ("rule: rmsprop, rho: 0, weight_decay: 1/3", rmsprop(alpha=Q(0), weight_decay=Q(1, 3)), ANY),
    ("rule: adam", adam(), CONSTANT),
    ("rule: adam, lr: 1/2, beta1: 1/2, beta2: 0, eps: 1/4", adam(Q(1, 2), Q(1, 2), Q(0), Q(1, 4)), ANY),
    ("rule: adam, beta2: 0, weight_decay: 1/3", adam(beta2=Q(0), weight_decay=Q(1, 3)), ANY),
    ("rule: adam, clip_value: 1", clipped(adam(), Q(1)), CONSTANT),
    ("rule: adamw", adam(weight_decay=Q(1, 100), decoupled=True), CONSTANT),
    ("rule: adamw, beta2: 0, weight_decay: 1/3", adam(beta2=Q(0), weight_decay=Q(1, 3), decoupled=True), ANY),
]  # fmt: skip


def network(update: str) -> Network:
    """One whose gradient is its input, to be given anew at each update."""
    return loads(f"weights: {{w: [3, -1/2]}}\ninput: {{x: [0, 0]}}\nloss: dot(x, w)\nupdate: {{{update}}}")


def traces(update: str, gradients: Sequence[Vector]) -> list[Trace]:
    found, net = [], network(update)
    for gradient in gradients:
        items = [fmpq(g.numerator, g.denominator) for g in gradient]
        found.append(net.replaced({"x": array((2,), items)}).trace())
        net = net.stepped(found[-1])
    return found


@pytest.mark.parametrize(("update", "reference", "gradients"), CASES, ids=[case[0] for case in CASES])
def test_every_update_is_that_of_the_definition(update: str, reference: Reference, gradients: list[Vector]) -> None:
    found = traces(update, gradients)
    assert [trace["w_new"] for trace in found] == reference(START, gradients)
    for trace in found:
        check_rows(trace)


def test_every_rule_and_every_field_has_a_case() -> None:
    fields = {(row.name, field) for row in ROWS for field in (*row.needs, *row.defaults, *row.takes)}
    texts = {row.name: "".join(case[0] for case in CASES if _rule(case[0]) == row.name) for row in ROWS}
    unset = {(name, field) for name, field in fields if f"{field}: " not in texts[name]}
    # a default is at work where a case leaves it out
    assert {field for name, field in unset} <= {"lr", "eps", "beta1"}
    assert {field for _, field in fields} | set(ALWAYS) == {*SETTINGS, *FLAGS, "round"}


def _rule(update: str) -> str:
    return update.partition("rule: ")[2].partition(",")[0] or "sgd"


@pytest.mark.parametrize(
    ("update", "rows"),
    [
        (
            "lr: 1/10, momentum: 9/10",
            [
                "v_w1_new | momentum*v_w1 + dL/dw1 | (9/10)*0 + 2",
                "v_w2_new | momentum*v_w2 + dL/dw2 | (9/10)*0 + (-1)",
                "w1_new | w1 - lr*v_w1_new | 3 - (1/10)*2",
                "w2_new | w2 - lr*v_w2_new | -1/2 - (1/10)*(-1)",
            ],
        ),
        (
            "lr: 1/10, clip_value: 1, weight_decay: 1/2, round: 1/4",
            [
                "dL/dw1_clipped | max(-clip_value,min(clip_value,dL/dw1)) | max(-1,min(1,2))",
                "dL/dw2_clipped | max(-clip_value,min(clip_value,dL/dw2)) | max(-1,min(1,-1))",
                "dL/dw1_decayed | dL/dw1_clipped + weight_decay*w1 | 1 + (1/2)*3",
                "dL/dw2_decayed | dL/dw2_clipped + weight_decay*w2 | -1 + (1/2)*(-1/2)",
                "w1_new | round(w1-lr*dL/dw1_decayed,1/4) | round(3-(1/10)*(5/2),1/4)",
                "w2_new | round(w2-lr*dL/dw2_decayed,1/4) | round(-1/2-(1/10)*(-5/4),1/4)",
            ],
        ),
        (
            "rule: adam, beta2: 0",
            [
                "t_new | t + 1 | 0 + 1",
                "m_w1_new | beta1*m_w1 + (1-beta1)*dL/dw1 | (9/10)*0 + (1-9/10)*2",
                "m_w2_new | beta1*m_w2 + (1-beta1)*dL/dw2 | (9/10)*0 + (1-9/10)*(-1)",
                "v_w1_new | beta2*v_w1 + (1-beta2)*(dL/dw1)^2 | 0*0 + (1-0)*2^2",
                "v_w2_new | beta2*v_w2 + (1-beta2)*(dL/dw2)^2 | 0*0 + (1-0)*(-1)^2",
                "mhat_w1 | m_w1_new/(1-beta1^t_new) | (1/5)/(1-(9/10)^1)",
                "mhat_w2 | m_w2_new/(1-beta1^t_new) | (-1/10)/(1-(9/10)^1)",
                "vhat_w1 | v_w1_new/(1-beta2^t_new) | 4/(1-0^1)",
                "vhat_w2 | v_w2_new/(1-beta2^t_new) | 1/(1-0^1)",
                "w1_new | w1 - lr*mhat_w1/(sqrt(vhat_w1)+eps) | 3 - (1/1000)*2/(sqrt(4)+1/100000000)",
                "w2_new | w2 - lr*mhat_w2/(sqrt(vhat_w2)+eps) | -1/2 - (1/1000)*(-1)/(sqrt(1)+1/100000000)",
            ],
        ),
    ],
)
def test_the_register_shows_every_part(update: str, rows: list[str]) -> None:
    (trace,) = traces(update, ANY[:1])
    shown = [row for step in trace.steps if step.phase == "update" for row in step]
    assert [f"{row.quantity} | {row.formula} | {row.rule}" for row in shown] == rows


def test_the_size_of_the_gradient_is_over_all_weights() -> None:
    text = "weights: {w: [1, 1], b: 1}\nloss: 3*w[1] + 4*w[2] + 12*b\nupdate: {lr: 1, clip_norm: 1/2}"
    step = next(step for step in loads(text).trace().steps if step.phase == "update")
    assert step.title == "size of the gradient"
    assert [f"{row.quantity} | {row.formula} | {row.rule} | {row.value}" for row in step] == [
        "gradient_norm | sqrt((dL/dw1)^2+(dL/dw2)^2+(dL/db)^2) | sqrt(3^2+4^2+12^2) | 13",
        "clip_scale | clip_norm/max(gradient_norm,clip_norm) | (1/2)/max(13,1/2) | 1/26",
    ]


def test_steps_of_an_update_are_titled_and_go_unit_by_unit() -> None:
    text = "input: {x: [1]}\nweights: {w: [[1], [2]], b: [3, 4]}\nforward: {z: w@x + b}\nloss: sum(z)"
    steps = loads(text + "\nupdate: {lr: 1, momentum: 1/2}").trace().steps[-2:]
    assert [step.title for step in steps] == ["velocities of w, b", "one gradient step on w, b"]
    assert [row.quantity for row in steps[0]] == ["v_w11_new", "v_b1_new", "v_w21_new", "v_b2_new"]


@pytest.mark.parametrize(
    ("weights", "update", "names"),
    [
        ("w: 1, v_w: 2", "lr: 1, momentum: 0", "v2_w_new v2_v_w_new"),
        ("w: 1, v_out: 2", "lr: 1, momentum: 0", "v_w_new v_v_out_new"),
        ("w: [1, 2], v_w1: 2", "lr: 1, momentum: 0", "v2_w1_new v2_w2_new v2_v_w1_new"),
        ("w1: 1, v_w: [2, 3]", "lr: 1, momentum: 0", "v2_w1_new v2_v_w1_new v2_v_w2_new"),
        ("t: 1", "rule: adam", "t_2_new m_t_new v_t_new mhat_t vhat_t"),
        ("w: 1, w_clipped: 2", "lr: 1, clip_value: 1", "dL/dw_clipped2 dL/dw_clipped_clipped2"),
        ("w: [1, 2], w1: 3", "lr: 1, momentum: 0", "v_w[1]_new v_w[2]_new v_w1_new"),
    ],
)
def test_names_are_free_of_clashes(weights: str, update: str, names: str) -> None:
    keys = [pair.split(":")[0] for pair in weights.split(", ") if ":" in pair]
    loss = " + ".join(f"sum({key})" for key in keys)
    net = loads(f"weights: {{{weights}}}\nloss: {loss}\nupdate: {{{update}}}")
    found = [row.quantity for row in net.trace().rows()]
    moved = [f"{name}_new" for name in parameter_names(net.trace())]
    assert found[-len(names.split()) - len(moved) :] == [*names.split(), *moved]
    assert len(set(found)) == len(found)


def test_a_network_without_an_update_has_no_next() -> None:
    net = loads("weights: {w: 1}\nloss: w^2")
    with pytest.raises(BptraceError, match="the network has no update"):
        net.stepped(net.trace())


def test_a_division_by_zero_is_placed_at_the_update() -> None:
    net = loads("weights: {w: 1}\nloss: 0*w\nupdate: {rule: adagrad, eps: 0}", "net.yaml")
    with pytest.raises(BptraceError, match=r"net.yaml:3:16: error: division by zero in w_new\n"):
        net.trace()
