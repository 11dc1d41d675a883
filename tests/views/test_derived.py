"""Derivations as they are shown: broken lines on a terminal, and what LaTeX and KaTeX make of them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len

from bptrace import load, loads
from bptrace.derivation import FORMS
from bptrace.views import derived, derived_math
from tests.conftest import EVERY_NETWORK, ROOT, SYMBOLIC
from tests.rendering import check_width, compiled, formulas_in_markdown, refused_by_katex

HOSTILE = """
title: '100% of $x_1$ & `a` | *b* \\end{document}'
input: {x: [a_1, "b'"]}
weights: {w: 2x2, ж: ж, my_w: vector of 2}
functions: {long_name: generic, g: "first, second -> generic"}
forward:
  z: w@x*ж
  h: long_name(z) + max(my_w)
  k: g(h, my_w)
loss: {J_2: sum(k)^(1/3)}
names: {z: "q_{out}'", J_2: "ℒ^*"}
"""
HOSTILE = HOSTILE.replace("ℒ^*", "ℒ")


WIDE = [ROOT / "networks" / f"{name}.yaml" for name in ("lstm", "xor", "softmax_classifier")]


def written(path: Path, width: int, monkeypatch: pytest.MonkeyPatch, forms: tuple[str, ...] = FORMS) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    out = io.StringIO()
    derived.write(load(path).derived(inputs=True), forms, [], out)
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 100])
@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_no_line_is_wider_than_the_window_unless_a_word_is(
    path: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for line in written(path, width, monkeypatch, ("local", "general", "chain")).splitlines():
        indent = len(line) - len(line.lstrip())
        assert cell_len(line) <= width or max(map(cell_len, line.split())) + indent + 30 > width, line


def test_signs_stand_below_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written(ROOT / "networks" / "generic_skip.yaml", 80, monkeypatch, ()).splitlines()
    start = lines.index("14. reverse  ∂L/∂w₀, ∂L/∂w₁, ∂L/∂w₂, ∂L/∂w₃")
    assert {line.index("=") for line in lines[start + 1 : start + 9]} == {9}


@pytest.mark.parametrize("path", [*SYMBOLIC, *WIDE], ids=lambda path: path.stem)
def test_latex_compiles_derivations(path: Path, tmp_path: Path) -> None:
    out = io.StringIO()
    derived_math.write_latex(load(path).derived(), ("chain", "local", "general", "paths"), [], out)
    check_width(compiled("pdflatex", out.getvalue(), tmp_path), points=12)


def test_latex_compiles_what_is_hard(tmp_path: Path) -> None:
    out = io.StringIO()
    derived_math.write_latex(loads(HOSTILE).derived(inputs=True), FORMS, [], out)
    assert out.getvalue().isascii()
    assert out.getvalue().count("\\end{document}") == 1
    compiled("pdflatex", out.getvalue(), tmp_path)


def test_katex_renders_every_formula() -> None:
    found: set[str] = set()
    for network in [*map(load, EVERY_NETWORK), loads(HOSTILE)]:
        out = io.StringIO()
        derived_math.write_markdown(network.derived(), ("chain", "local", "general", "paths"), [], out)
        found |= formulas_in_markdown(out.getvalue())
    assert len(found) > 500
    assert refused_by_katex(found) == []
