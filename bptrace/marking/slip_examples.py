"""The smallest networks on which slips show: for `bptrace slips` and the tests, with errors of both signs."""

from __future__ import annotations

from bptrace.marking.working import Working
from bptrace.spec.reader import loads

NETWORKS = {
    "two outputs": """
input: {x: [3/2, 2]}
weights:
  w: [[1/2, -1], [1, 1/4]]
  b: [1, -1/2]
  v: [[2, -1], [1/2, 3]]
  c: [1/3, -1]
target: {y: [0, 1]}
forward:
  z: w@x + b
  h: tanh(z)
  u: v@h + c
  yhat: sigmoid(u)
loss: sum((yhat - y)^2)
update: {rule: sgd, lr: 1/10}
""",
    "gates": """
input: {x: [3/2, 2]}
weights: {w: [[1/2, 1], [1/3, -2]], v: [[2, -1], [-1/2, 3]]}
target: {y: [7, -1]}
forward:
  z: w@x
  h: leaky_relu(z, 1/10)
  u: v@h
  yhat: relu(u)
loss: sum((yhat - y)^2)
""",
    "cross-entropy": """
input: {x: [1, 2]}
weights: {w: [[1/2, -1], [1, 1/4], [0, 1]]}
target: {y: [0, 1, 0]}
forward: {z: w@x}
loss: cross_entropy(z, y)
""",
    "binary cross-entropy": """
input: {x: [1, 2]}
weights: {w: [1/2, -1]}
target: {y: 1/4}
forward: {z: w@x, p: sigmoid(z)}
loss: -(y*log(p) + (1-y)*log(1-p))
""",
    "differences": """
weights: {a: 2, b: 5}
target: {y: [2, -4]}
forward: {d: 3*a - b, e: b - a}
loss: (d - y[1])^2 + (e - y[2])^2
""",
    "powers": """
weights: {x: 3, e: 1/2, u: 5, v: 3, a: 2, n: 3}
target: {y: [8, 1]}
forward: {p: x^3 - u/v, q: exp(e) + a^n}
loss: (p - y[1])^2 + (q - y[2])^2
""",
    "three paths": """
weights: {w: 2, v: [3, -1, 1/2]}
target: {y: [1, -2, 5]}
forward: {h: w^2, yhat: v*h}
loss: sum((yhat - y)^2)
""",
    "skip": """
input: {x: 2}
weights: {w: [3, 1/2]}
target: {y: [1, 9]}
forward:
  h: w[1]*x
  u: w[2]*h
  o: u + h
  r: u - 3*h
loss: (o - y[1])^2 + (r - y[2])^2
""",
    "recurrence": """
input: {x: [1, -2, 3]}
weights: {a: 1/2, b: 2}
target: {y: [3, 1]}
forward:
  s1: b*x[1]
  s2: a*s1 + b*x[2]
  s3: a*s2 + b*x[3]
loss: (s3 - y[1])^2 + (s2 - y[2])^2
""",
    "samples": """
weights: {w: 2, b: 1}
forward: {yhat: w*x + b}
loss: (yhat - y)^2
samples:
  - {input: {x: 1}, target: {y: 1}}
  - {input: {x: 3}, target: {y: 9}}
  - {input: {x: -2}, target: {y: 1}}
""",
    "matrix batch": """
input: {X: [[1, 2], [3, -1]]}
weights: {W: [[1, 1/2], [2, -1]], b: [1, -1]}
target: {Y: [[0, 4], [2, -3]]}
forward: {Z: X@W.T + b}
loss: mean((Z - Y)^2)
""",
    "softmax": """
input: {x: [1, 2]}
weights: {w: [[1/2, -1], [1, 1/4]]}
target: {y: [1, 0]}
forward: {z: w@x, p: softmax(z)}
loss: sum((p - y)^2)
""",
    "norm": """
weights: {u: [2, 6, 1], g: 3, b: 1}
target: {y: [1, 0, 5]}
forward:
  mu: (u[1] + u[2] + u[3])/3
  d: u - mu
  s2: (d[1]^2 + d[2]^2 + d[3]^2)/3
  std: sqrt(s2 + 1/10)
  xhat: d/std
  o: g*xhat + b
loss: sum((o - y)^2)
""",
    "tied maximum": """
weights: {c: [3, 3, 1, 3]}
target: {y: [1, 16]}
forward: {m: max(c), s: sum(c)}
loss: (m - y[1])^2 + (s - y[2])^2
""",
    "convolution": """
input: {x: [1, 3, -1, 2]}
weights: {k: [2, -1], v: [[1, 2], [-3, 1/2]]}
target: {y: [1, 0]}
forward:
  h: conv1d(x, k)
  m: avg_pool(h, 2, 1)
  o: v@m
loss: sum((o - y)^2)
gradients: [weights, input]
""",
    "dropout": """
input: {x: [1, 2], m: [0, 1]}
weights: {w: [[1, -1], [1/2, 1]], v: [[2, -1], [1, 3]]}
target: {y: [1, 20]}
forward:
  h: tanh(w@x)
  d: m*h/0.5
  o: v@d
loss: sum((o - y)^2)
""",
    "LSTM": """
input: {x: [1, -1], h0: 1/2, c0: 1/4}
weights:
  {wi: 1, ui: 1/2, wf: -1, uf: 1/4, wo: 2, uo: -1/2, wg: 1/2, ug: 1}
target: {y: [1/2, -1]}
forward:
  i1: sigmoid(wi*x[1] + ui*h0)
  f1: sigmoid(wf*x[1] + uf*h0)
  o1: sigmoid(wo*x[1] + uo*h0)
  g1: tanh(wg*x[1] + ug*h0)
  c1: f1*c0 + i1*g1
  h1: o1*tanh(c1)
  i2: sigmoid(wi*x[2] + ui*h1)
  f2: sigmoid(wf*x[2] + uf*h1)
  o2: sigmoid(wo*x[2] + uo*h1)
  g2: tanh(wg*x[2] + ug*h1)
  c2: f2*c1 + i2*g2
  h2: o2*tanh(c2)
loss: (h1 - y[1])^2 + (h2 - y[2])^2
""",
    "GRU": """
input: {x: 2, h0: 1/3}
weights: {wz: 1, uz: 2, wr: 1/2, ur: -1, wn: 1, un: 3}
target: {y: 1}
forward:
  z: sigmoid(wz*x + uz*h0)
  r: sigmoid(wr*x + ur*h0)
  n: tanh(wn*x + un*(r*h0))
  h: (1 - z)*n + z*h0
loss: (h - y)^2
gradients: [weights, input]
""",
    "penalty": """
input: {x: [1, 3]}
weights: {w: [2, -1], b: 1/2}
target: {y: 1}
forward: {yhat: w@x + b}
loss: (yhat - y)^2 + 1/10*sum(w^2)
""",
    "momentum": """
input: {x: [1, 3]}
weights: {w: [2, -1], b: 1/2}
target: {y: 1}
forward: {yhat: w@x + b}
loss: (yhat - y)^2
update: {rule: sgd, lr: 1/5, momentum: 3/4}
""",
    "Adam": """
input: {x: [1, 3]}
weights: {w: [2, -1], b: 1/2}
target: {y: 1}
forward: {yhat: w@x + b}
loss: (yhat - y)^2
update: {rule: adam, lr: 1/10, beta1: 1/2, beta2: 3/4, eps: 1/10}
""",
}
SECOND_UPDATE = ("momentum", "Adam")
"""The networks that are shown at their second update, where something is left of the first."""


def example(name: str) -> Working:
    """The working of a network that slips show on.

    >>> list(example("differences").lines)
    ['d', 'e', 'L', 'dL/dd', 'dL/de', 'dL/da', 'dL/db']
    """
    network = loads(NETWORKS[name])
    return Working((network.stepped(network.trace()) if name in SECOND_UPDATE else network).trace())
