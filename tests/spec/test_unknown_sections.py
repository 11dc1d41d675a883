"""Sections that no file has: what is said of each, at its place."""

from __future__ import annotations

from bptrace.spec.sections import SECTIONS
from tests.refusals import refuses

KNOWN = f"known sections: {', '.join(SECTIONS)}"
test_what_was_meant = refuses(
    [
        ("¦eta: 0.1", "unknown section 'eta'", "the learning rate is a setting of update: {lr: 0.1}"),
        ("¦lr: 1/100", "unknown section 'lr'", "the learning rate is a setting of update: {lr: 1/100}"),
        ("¦rate: 2", "unknown section 'rate'", "the learning rate is a setting of update: {lr: 2}"),
        ("¦alpha: [1]", "unknown section 'alpha'", "the learning rate is a setting of update: {lr: 1/10}"),
        ("¦learning_rate: 1", "unknown section 'learning_rate'", "the learning rate is a setting of update: {lr: 1}"),
        (
            "¦momentum: 0.9",
            "unknown section 'momentum'",
            "'momentum' is a setting of update: {lr: 1/10, momentum: 0.9}",
        ),
        ("¦biases: {b: 1}", "unknown section 'biases'", "biases are weights: weights: {b: [0, 0]}"),
        ("¦bias: {b: 1}", "unknown section 'bias'", "biases are weights: weights: {b: [0, 0]}"),
        ("¦parameters: {b: 1}", "unknown section 'parameters'", "did you mean 'weights'?"),
        ("¦Labels: {y: 1}", "unknown section 'Labels'", "did you mean 'target'?"),
        ("¦model: {z: 1}", "unknown section 'model'", "did you mean 'forward'?"),
        ("¦optimizer: sgd", "unknown section 'optimizer'", "did you mean 'update'?"),
        ("¦forwrd: {z: 1}", "unknown section 'forwrd'", "did you mean 'forward'?"),
        ("¦Targets: {z: 1}", "unknown section 'Targets'", "did you mean 'targets'?"),
        ("weights:\n  w: 1\n¦b1: 2", "unknown section 'b1'", KNOWN, "indent it where it belongs to weights:"),
        ("input¦ {x: 1}", "a ':' is missing after 'input'", "as in input: {x: 1}"),
        ("input: {x: 1}\n¦inputs: {y: 1}", "'input' and 'inputs' are one section",
         "first at line 1: put both under one name"),
        ("samples:\n- input: {x: 1}\n  ¦inputs: {y: 1}", "'input' and 'inputs' are one section"),
    ],
    after="\nloss: 1",
)  # fmt: skip
