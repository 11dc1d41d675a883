"""`update:`: which optimizer it makes, its settings, and every complaint at its line and column."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bptrace import loads
from tests.refusals import refuses

NEW = "the update makes names that end in _new"
test_what_cannot_be_read = refuses(
    [
        ("update: ¦{}", "missing field 'lr', the learning rate"),
        ("update: ¦{rule: sgd}", "missing field 'lr', the learning rate"),
        ("update: {¦speed: 1}", "unknown field 'speed' of sgd"),
        ("update: {lr: 1, ¦rho: 1}", "unknown field 'rho' of sgd"),
        ("update: {lr: 1, ¦alpha: 1}", "unknown field 'alpha' of sgd"),
        ("update: {rule: adam, ¦momentum: 1/2}", "unknown field 'momentum' of adam"),
        ("update: {rule: ¦Adam}", "unknown rule 'Adam'"),
        ("update: {rule: ¦'', lr: 1}", "unknown rule ''"),
        ("update: {lr: 1, ¦rate: 1}", "'lr' is given twice in update: as lr and as rate", "leave one of them out"),
        ("update: {rule: adam, eps: ¦-1e-8}", "eps, the distance of the divisor from 0, must be 0 or more"),
        ("update: {lr: 1, momentum: ¦1}", "momentum, the momentum, must be 0 or more, and less than 1"),
        ("update: {lr: 1, momentum: ¦-0.1}", "momentum, the momentum, must be 0 or more, and less than 1"),
        ("update: {rule: adam, beta1: ¦1}", "beta1, the decay of the first moment, must be 0 or more, and less than 1"),
        ("update: {rule: rmsprop, rho: ¦1}", "rho, the decay of the mean square, must be 0 or more, and less than 1"),
        (
            "update: {lr: 1, weight_decay: ¦-1}",
            "weight_decay, the weight decay, must be 0 or more",
            "as in weight_decay: 1/100",
        ),
        ("update: {lr: 1, clip_value: ¦0}", "clip_value, the bound on each gradient, must be more than 0"),
        ("update: {lr: 1, clip_norm: ¦-1}", "clip_norm, the bound on all gradients together, must be more than 0"),
        ("update: {lr: 1, round: ¦0}", "round, the grid that updated values are rounded to, must be more than 0"),
        ("update: {lr: 1, momentum: ¦much}", "'much' is not a number"),
        ("update: {lr: 1, momentum: 1/2, nesterov: ¦1}", "'1' is not true or false"),
        ("update: {lr: 1, momentum: 1/2, nesterov: ¦[]}", "expected true or false"),
        ("update: {rule: ¦[sgd], lr: 1}", "expected a rule's name"),
        ("update: {lr: ¦fast}", "'fast' is not a number"),
        ("update: {lr: ¦1/0}", "a division by zero"),
        ("weights: {lr: 1}\nupdate: {¦lr: 1}", "'lr' is defined twice"),
        ("update: {lr: 1}\nforward: {¦lr: 1}", "'lr' is defined twice"),
        (
            "update: {¦eta: 0.1}",
            "unknown field 'eta' of sgd",
            "known here: rule, lr, momentum, nesterov, weight_decay, clip_value, clip_norm, round",
            "did you mean 'lr'?",
        ),
        (
            "update: {¦alpha: 0.1}",
            "unknown field 'alpha' of sgd",
            "known here: rule, lr, momentum, nesterov, weight_decay, clip_value, clip_norm, round",
            "did you mean 'lr'?",
        ),
        (
            "update: {lr: 0.1, ¦alpha: 0.1}",
            "unknown field 'alpha' of sgd",
            "known here: rule, lr, momentum, nesterov, weight_decay, clip_value, clip_norm, round",
            "rho is a field of rmsprop",
        ),
        ("update: ¦sgd", "update is a mapping of names", "as in update: {rule: sgd, lr: 1/10}"),
        (
            "update: {¦rul: sgd, lr: 1}",
            "unknown field 'rul' of sgd",
            "known here: rule, lr, momentum, nesterov, weight_decay, clip_value, clip_norm, round",
            "did you mean 'rule'?",
        ),
        (
            "update: {rule: adam, ¦rho: 1}",
            "unknown field 'rho' of adam",
            "known here: rule, lr, beta1, beta2, eps, weight_decay, clip_value, clip_norm, round",
            "rho is a field of rmsprop",
        ),
        (
            "update: {rule: ¦adamax, lr: 1}",
            "unknown rule 'adamax'",
            "known here: sgd, adagrad, rmsprop, adam, adamw",
            "did you mean 'adam'?",
        ),
        (
            "weights: {eps: 1}\nupdate: {rule: ¦adam}",
            "'eps' is defined twice",
            "first at line 1: choose another name",
            "adam has a setting of that name",
        ),
        ("update: {rule: adam}\nweights: {¦eps: 1}", "'eps' is defined twice"),
        ("update: {lr: 1, momentum: ¦[1]}", "a list is not a number"),
        ("update: {lr: 1, ¦nesterov: true}", "'nesterov' needs 'momentum'", "as in momentum: 9/10, nesterov: true"),
        ("update: {lr: ¦[1]}", "a list is not a number", "as in -3, 0.1, 1/3 or 2.5e4"),
        (
            "update: {clip_norm: 1, lr: 1, ¦clip_value: 1}",
            "gradients are clipped by clip_value or by clip_norm, not both",
        ),
        (
            "update: {rule: adamw, beta2: ¦2}",
            "beta2, the decay of the second moment, must be 0 or more, and less than 1",
        ),
        ("update: {lr: 1}\nweights: {w: 1}\ninput: {¦w_new: 1}", f"'w_new' is reserved: {NEW}"),
        ("update: {lr: 1}\nforward: {¦w_new: 1}\nweights: {w: 1}", f"'w_new' is reserved: {NEW}"),
        ("update: ¦{lr: 1}", "there are no weights to update"),
    ],
    after="\nloss: 1",
)


@pytest.mark.parametrize(
    ("rate", "updated"),
    [
        ("{lr: 1/2}", 0),
        ("{rule: sgd, lr: 0.5}", 0),
        ("{lr: 0}", 3),
        ("{rate: 1}", -3),
        ("{lr: 1e-1}", Fraction(12, 5)),
        ("{lr: -0.01}", Fraction(153, 50)),
        ("{rate: -1/2}", 6),
    ],
)
def test_an_update(rate: str, updated: Fraction) -> None:
    assert loads(f"weights: {{w: 3}}\nloss: w^2\nupdate: {rate}").trace()["w_new"] == updated
