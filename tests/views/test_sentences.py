"""Sentences in LaTeX: which of their words are names, and how a long formula breaks."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.typeset.latex import Latex
from bptrace.typeset.names import Names
from bptrace.views.sentences import Sentences

TRACE = loads(
    "weights: {w: [1, 2], a: 3, times: 4, at: 5}\nforward: {z: relu(w), t: a*times*at}\nloss: sum(z)*t"
).trace()


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("z1 = 1 & w12", r"$z_{1}$ = 1 \& w12"),
        ("gradient at z; gradients of w, a", r"gradient at $z$; gradients of $w$, $a$"),
        (
            "dL/dz1, ReLU'(w2) and ReLU'(w3)",
            r"$\dfrac{\partial L}{\partial z_{1}}$, $\operatorname{ReLU}'(w_{2})$ and ReLU'(w3)",
        ),
        ("times a = 3, so L is a sum of times*a", r"times $a$ = 3, so $L$ is a sum of $\mathrm{times}$*$a$"),
        ("sum(z1,z2) at 2*(at+1)", r"sum($z_{1}$,$z_{2}$) at 2*($\mathrm{at}$+1)"),
        ("L is z1^2", r"$L$ is $z_{1}$\textasciicircum{}2"),
        (
            "z1*10000000000*w1+10000000000*w2",
            r"$z_{1}$*\allowbreak{}10000000000*\allowbreak{}$w_{1}$+\allowbreak{}10000000000*\allowbreak{}$w_{2}$",
        ),
    ],
)
def test_names_are_typeset(text: str, latex: str) -> None:
    assert Sentences(Names(TRACE, Latex())).latex(text) == latex
