"""Registers in one line: `dL/dw = 3; dL/dv = -4`, and what the judge says of them."""

from __future__ import annotations

import bptrace
from bptrace.errors import Source
from bptrace.marking.answer_files import read_answers
from bptrace.marking.judge import Judge
from bptrace.marking.verdicts import Answer, Marked
from bptrace.marking.working import Working
from tests.conftest import ROOT

ONE = """
input: {x: [1, 2]}
weights: {w: [[1, -1], [0.5, 1]], b: [0, 1], v: [2, -1], c: 0}
target: {y: -4}
forward: {z: w@x + b, h: relu(z), yhat: v@h + c}
loss: (yhat - y)^2
update: {lr: 0.1}
"""
SOFT = """
input: {x: [0.5, -1]}
weights: {w: [[0.4, -0.3], [0.2, 0.7]], b: [0.1, -0.2], v: [[0.6, -0.5], [0.3, 0.9]], c: [0.05, 0]}
target: {y: [1, 0.2]}
forward: {z: w@x + b, h: sigmoid(z), u: v@h + c, yhat: tanh(u)}
loss: mean_squared_error(yhat, y)
update: {lr: 0.5}
"""
MOMENTUM = "weights: {w: 2}\nloss: w^2\nupdate: {lr: 0.1, momentum: 0.9}\n"


def working(net: str) -> Working:
    """The working of a network that is written out, or of one of networks/ by its name."""
    network = bptrace.loads(net) if "\n" in net else bptrace.load(ROOT / "networks" / f"{net}.yaml")
    return Working(network.trace())


def answers(rows: str, lines: Working) -> list[Answer]:
    """The rows as they are read from plain lines."""
    return read_answers(Source("answers.txt", "\n".join(row.strip() for row in rows.split(";"))), lines)


def marked(net: str, rows: str, digits: int = 2, negative: bool = False) -> Marked:
    """What the judge says of rows."""
    lines = working(net)
    return Judge(lines, digits, negative).mark(answers(rows, lines))


def said(net: str, rows: str, digits: int = 2, negative: bool = False) -> str:
    """The verdicts in order, with what they name: `right, slip (error sign lost), follows (dL/dz)`."""
    found = []
    for row in marked(net, rows, digits, negative).rows:
        names = row.after if row.after else tuple(naming.slip for naming in row.slips or row.besides)
        found.append(f"{row.verdict} ({', '.join(names)})" if names else row.verdict)
    return ", ".join(found)
