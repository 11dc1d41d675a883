"""Derivations as they are shown: broken lines on a terminal, and what LaTeX and KaTeX make of them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len

from bptrace import Network, loads
from bptrace.typeset.ascii import plainly
from bptrace.typeset.derivation import FORMS
from bptrace.typeset.derivatives import Request
from bptrace.views import derivation_text
from tests.conftest import EVERY_NETWORK, ROOT, Command, derived_of


def written(
    network: Path | Network,
    width: int,
    monkeypatch: pytest.MonkeyPatch,
    forms: tuple[str, ...] = FORMS,
    encoding: str = "utf-8",
) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    trace = derived_of(network, inputs=True) if isinstance(network, Path) else network.derived(inputs=True)
    derivation_text.write_derivation_text(trace, out, Request(forms))
    out.flush()
    return raw.getvalue().decode(encoding)


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
    (start,) = [place for place, line in enumerate(lines) if line.endswith(". reverse  ∂L/∂w₀, ∂L/∂w₁, ∂L/∂w₂, ∂L/∂w₃")]
    assert {line.index("=") for line in lines[start + 1 : start + 9]} == {9}


def test_reasons_stand_below_the_last_line_that_they_are_for(command: Command) -> None:
    path = ROOT / "networks" / "generic_2_2_2.yaml"
    lines = command("derive", path, "--chain", "--explain", "W2[1,1]", "W2[1,2]").out.splitlines()
    assert lines[3:7] == [
        "  ∂L/∂W⁽²⁾₁₁ = ∂L/∂ŷ₁ · ∂ŷ₁/∂y₁' · ∂y₁'/∂W⁽²⁾₁₁",
        "  ∂L/∂W⁽²⁾₂₁ = ∂L/∂ŷ₁ · ∂ŷ₁/∂y₁' · ∂y₁'/∂W⁽²⁾₂₁",
        "    W⁽²⁾ enters y' alone, with h as its input.",
        "    W⁽²⁾₁₁ and W⁽²⁾₂₁ act on L only through ŷ₁; ŷ₂ does not contain them.",
    ]
    assert "does not contain" not in command("derive", path, "--chain", "W2").out


def test_what_has_no_lines_has_no_reasons(command: Command) -> None:
    status, out, err = command("derive", ROOT / "networks" / "generic_2_2_2.yaml", "--general", "--explain")
    assert (status, out) == (2, "")
    assert "--explain is for lines of their own: not for --general or --paths alone" in err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_an_encoding_without_the_characters_has_others(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written(ROOT / "networks" / "generic_2_2_2.yaml", 80, monkeypatch, FORMS, encoding).splitlines()
    for line in (
        "  dL/dW^(1)_jk = sum_i dL/dyhat_i * dyhat_i/dy_i' * dy_i'/dh_k * dh_k/dh_k'",
        "               = sum_i dL/dyhat_i*g'(y_i')*W^(2)_ki*f'(h_k')*x_j",
        "6. reverse  dL/dyhat",
        "  L -> yhat_1 -> y_1' -> W^(2)_11",
        "    dL/dyhat_2 * dyhat_2/dW^(2)_11 = 0",
        "    yhat_2 = g(W^(2)_12*h_1 + W^(2)_22*h_2) does not contain W^(2)_11",
        "f, g and L are left open",
    ):
        assert line in lines


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_what_is_in_ascii_says_all_that_is_in_unicode(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forms = ("step", "chain", "local", "general", "paths")
    whole, plain = (written(path, 10_000, monkeypatch, forms, encoding) for encoding in ("utf-8", "ascii"))
    assert "?" not in plain
    assert [plainly(" ".join(line.split())) for line in whole.splitlines()] == [
        " ".join(line.split()) for line in plain.splitlines()
    ]


def test_letters_that_an_encoding_has_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    network = loads("weights: {größe: 2, θ: 3, â: 1, âge: 1}\nloss: größe*θ*â*âge")
    line = "  dL/dgröße = theta*ahat*âge"
    assert line in written(network, 80, monkeypatch, ("local",), "latin-1")


def test_a_sum_is_no_sigma(monkeypatch: pytest.MonkeyPatch) -> None:
    network = loads("weights: {Sigma: [[1, 2], [3, 4]]}\nloss: sum(2*Sigma)")
    for encoding, line in (("utf-8", "1. forward  L = ∑ 2·Σ"), ("ascii", "1. forward  L = sum 2*Sigma")):
        assert line in written(network, 80, monkeypatch, (), encoding).splitlines()


def test_a_part_alone_says_what_has_no_name_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    network = loads("weights: {w: vector of 3}\nfunctions: {f: generic}\nloss: f(sum(w)*dot(w, w))")
    whole, general = (written(network, 80, monkeypatch, forms) for forms in ((), ("general",)))
    assert general.splitlines()[-1].startswith("where ")
    assert "\nwhere " not in whole


def test_a_narrow_window_breaks_plain_lines_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written(ROOT / "networks" / "generic_2_2_2.yaml", 40, monkeypatch, ("chain",), "ascii").splitlines()
    assert max(map(len, lines)) <= 40
    assert any(line.strip().startswith("* ") for line in lines)


def test_a_convention_names_quantities_as_the_lines_above_it_do() -> None:
    network = loads("weights: {w: [0, 1]}\nforward: {h: relu(w)}\nloss: sum(h)\nnames: {w: omega}")
    out = io.StringIO()
    derivation_text.write_derivation_text(network.trace(), out)
    assert "  ω₁ is exactly 0: ReLU'(0) is taken as 0" in out.getvalue().splitlines()
