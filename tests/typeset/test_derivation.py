"""Derivations: the documents' formulas, and every formula against sympy's derivative of the composed loss."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sympy
import yaml

from bptrace import Trace, load, loads
from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import plain
from bptrace.errors import SpecError
from bptrace.explain.paths import Links
from bptrace.ops.expr import Leaf, children
from bptrace.typeset import chains
from bptrace.typeset.derivation import (
    CHAIN,
    EXPANDED,
    LOCAL,
    LONGEST,
    LONGEST_IN_FILE,
    OUTPUTS,
    PATHS,
    STEP,
    Derivation,
    check_expanded,
    check_paths,
)
from bptrace.typeset.glyphs import Glyphs
from bptrace.typeset.substitution import Substitution
from bptrace.typeset.unicode import Unicode
from tests import second_opinion
from tests.conftest import EVERY_NETWORK, ROOT
from tests.readers.derivation import PIECES, Positive, read

GENERIC, BIASES, SKIP = (ROOT / "networks" / f"generic_{name}.yaml" for name in ("2_2_2", "biases", "skip"))


@cache
def derivation_of(path: Path) -> Derivation[Glyphs]:
    return Derivation(load(path).derived(), Unicode())


def row_of(derivation: Derivation[Glyphs], name: str) -> Row:
    return next(row for row in derivation.trace.rows() if row.quantity == name)


def texts(spans: Sequence[Glyphs]) -> list[str]:
    return [span.text for span in spans]


# what the documents say


@pytest.mark.parametrize(
    ("path", "form", "quantity", "text"),
    [
        (GENERIC, LOCAL, "z1", "h₁' = W⁽¹⁾₁₁·x₁ + W⁽¹⁾₂₁·x₂"),
        (GENERIC, LOCAL, "z2", "h₂' = W⁽¹⁾₁₂·x₁ + W⁽¹⁾₂₂·x₂"),
        (GENERIC, LOCAL, "h1", "h₁ = f(h₁')"),
        (GENERIC, LOCAL, "h2", "h₂ = f(h₂')"),
        (GENERIC, LOCAL, "u1", "y₁' = W⁽²⁾₁₁·h₁ + W⁽²⁾₂₁·h₂"),
        (GENERIC, LOCAL, "u2", "y₂' = W⁽²⁾₁₂·h₁ + W⁽²⁾₂₂·h₂"),
        (GENERIC, LOCAL, "yhat1", "ŷ₁ = g(y₁')"),
        (GENERIC, LOCAL, "yhat2", "ŷ₂ = g(y₂')"),
        (GENERIC, LOCAL, "L", "L = L(y₁, y₂, ŷ₁, ŷ₂)"),
        (GENERIC, CHAIN, "dL/dW2[1,1]", "∂L/∂W⁽²⁾₁₁ = ∂L/∂ŷ₁ · ∂ŷ₁/∂y₁' · ∂y₁'/∂W⁽²⁾₁₁"),
        (GENERIC, CHAIN, "dL/dW2[2,1]", "∂L/∂W⁽²⁾₁₂ = ∂L/∂ŷ₂ · ∂ŷ₂/∂y₂' · ∂y₂'/∂W⁽²⁾₁₂"),
        (
            GENERIC,
            CHAIN,
            "dL/dW1[2,1]",
            "∂L/∂W⁽¹⁾₁₂ = ∂L/∂ŷ₁ · ∂ŷ₁/∂y₁' · ∂y₁'/∂h₂ · ∂h₂/∂h₂' · ∂h₂'/∂W⁽¹⁾₁₂"
            " + ∂L/∂ŷ₂ · ∂ŷ₂/∂y₂' · ∂y₂'/∂h₂ · ∂h₂/∂h₂' · ∂h₂'/∂W⁽¹⁾₁₂",
        ),
        (
            GENERIC,
            EXPANDED,
            "dL/dW2[1,1]",
            "∂L/∂W⁽²⁾₁₁ = ∂L/∂ŷ₁·g'(W⁽²⁾₁₁·f(W⁽¹⁾₁₁·x₁ + W⁽¹⁾₂₁·x₂) + W⁽²⁾₂₁·f(W⁽¹⁾₁₂·x₁ + W⁽¹⁾₂₂·x₂))"
            "·f(W⁽¹⁾₁₁·x₁ + W⁽¹⁾₂₁·x₂)",
        ),
        (BIASES, STEP, "dL/db1[2]", "∂L/∂b⁽¹⁾₂ = ∂L/∂h₂' · ∂h₂'/∂b⁽¹⁾₂ = ∂L/∂h₂' · 1"),
        (BIASES, LOCAL, "dL/db1[2]", "∂L/∂b⁽¹⁾₂ = ∂L/∂h₂'"),
        (SKIP, STEP, "dL/dz2", "∂L/∂z₂ = ∂L/∂ŷ · ∂ŷ/∂z₂ = ∂L/∂ŷ · 1"),
        (SKIP, LOCAL, "dL/dz2", "∂L/∂z₂ = ∂L/∂ŷ"),
        (SKIP, STEP, "dL/dh1", "∂L/∂h₁ = ∂L/∂z₂ · ∂z₂/∂h₁"),
        (SKIP, LOCAL, "dL/dh1", "∂L/∂h₁ = ∂L/∂z₂·w₂"),
        (SKIP, STEP, "dL/dz1", "∂L/∂z₁ = ∂L/∂h₁ · ∂h₁/∂z₁"),
        (SKIP, LOCAL, "dL/dz1", "∂L/∂z₁ = ∂L/∂h₁·ReLU'(z₁)"),
        (SKIP, LOCAL, "ReLU'(z1)", "ReLU'(z₁) = 1 if z₁ > 0, 0 if z₁ ≤ 0"),
        (SKIP, STEP, "dL/dh0", "∂L/∂h₀ = ∂L/∂z₁ · ∂z₁/∂h₀ + ∂L/∂z₂ · ∂z₂/∂h₀"),
        (SKIP, LOCAL, "dL/dh0", "∂L/∂h₀ = ∂L/∂z₁·w₁ + ∂L/∂z₂·w₃"),
        (SKIP, STEP, "dL/dz0", "∂L/∂z₀ = ∂L/∂h₀ · ∂h₀/∂z₀"),
        (SKIP, LOCAL, "dL/dz0", "∂L/∂z₀ = ∂L/∂h₀·ReLU'(z₀)"),
        (SKIP, STEP, "dL/dw0", "∂L/∂w₀ = ∂L/∂z₀ · ∂z₀/∂w₀"),
        (SKIP, LOCAL, "dL/dw0", "∂L/∂w₀ = ∂L/∂z₀·x"),
        (SKIP, LOCAL, "dL/dw1", "∂L/∂w₁ = ∂L/∂z₁·h₀"),
        (SKIP, LOCAL, "dL/dw2", "∂L/∂w₂ = ∂L/∂z₂·h₁"),
        (SKIP, LOCAL, "dL/dw3", "∂L/∂w₃ = ∂L/∂z₂·h₀"),
    ],
)
def test_formulas_are_the_documents(path: Path, form: str, quantity: str, text: str) -> None:
    derivation = derivation_of(path)
    row = row_of(derivation, quantity)
    assert " = ".join([derivation.names.element(quantity).text, *texts(derivation.form(form, row))]) == text


def test_the_slope_of_relu_states_its_convention() -> None:
    notes = derivation_of(SKIP).equality(row_of(derivation_of(SKIP), "ReLU'(z1)")).notes
    assert [plain(note) for note in notes] == ["ReLU'(0) is taken as 0"]


def test_the_weights_come_last_in_the_order_of_the_file() -> None:
    names = [row.quantity for step in load(SKIP).derived().steps if step.phase == "reverse" for row in step]
    assert names[-4:] == ["dL/dw0", "dL/dw1", "dL/dw2", "dL/dw3"]
    assert not any("/dw" in name for name in names[:-4])


# what others make of it


def unspecified(name: str) -> Callable[..., Any]:
    """A function of which sympy knows the name and the derivatives."""
    return lambda *args: _Unspecified(sympy.Symbol(name), *args)


class _Unspecified(sympy.Function):  # type: ignore[misc]  # sympy has no types
    def fdiff(self, argindex: int = 1) -> Any:
        name, *args = self.args
        return sympy.Function(f"{name}_{argindex - 1}")(*args)


def _real(name: str) -> Any:
    return sympy.Dummy(name, real=True)


class Opinion:
    """A network's composed loss in sympy, and the symbols of its givens by what `derive` calls them."""

    def __init__(self, text: str, trace: Trace) -> None:
        file = yaml.load(text, Loader=yaml.BaseLoader)
        self.derivation = Derivation(trace, Unicode())
        file["layers"] = file.get("layers", [])
        for section, values in file.pop("samples", [{}])[0].items():
            file[section] = {**file.get(section, {}), **values}
        generic = [name for name, body in file.get("functions", {}).items() if body == "generic"]
        functions = {name: second_opinion.each(unspecified(name)) for name in generic}
        functions["generic"] = lambda *args: unspecified("L")(
            *[item for arg in args for item in second_opinion.elements(arg)]
        )
        source = yaml.dump({**file, **_shaped(file, trace)}, sort_keys=False)
        _, self.known, self.loss = second_opinion.composed(source, _real, [{}], {**PIECES, **functions})
        self.names = self._names()
        self.functions = {name: unspecified(name) for name in generic}
        self.functions |= {f"{name}'": sympy.Function(f"{name}_1") for name in generic}

    def _names(self) -> dict[str, Any]:
        found = {}
        for key, value in self.known.items():
            quantity = self.derivation.trace.program.quantities[key]
            places = product(*map(range, quantity.shape))
            for index, symbol in zip(places, second_opinion.elements(value), strict=True):
                found[self.derivation.names.at(quantity, index).text] = symbol
        return found

    def gradient(self, name: str) -> Any:
        """sympy's derivative of the composed loss in what an element is the gradient of."""
        subject = self.derivation.chains.subject(name)
        return sympy.diff(self.loss, self.names[self.derivation.names.element(subject).text])

    def read(self, text: str) -> Any:
        return read(text, {**self.names, **self._loss_gradients()}, self.functions)

    def _loss_gradients(self) -> dict[str, Any]:
        """What an unspecified loss's derivatives are, by how they are written."""
        if not isinstance(self.loss, _Unspecified):
            return {}
        trace, args = self.derivation.trace, self.loss.args[1:]
        row = next(row for row in trace.rows() if row.quantity == trace.program.loss)
        leaves = [node for node in children(row.tree) if isinstance(node, Leaf)]
        form, names = self.derivation.format, self.derivation.names
        read = [form.partial(form.letter("L"), names.element(leaf.name)).text for leaf in leaves]
        return {text: sympy.Function(f"L_{place}")(*args) for place, text in enumerate(read, 1)}


def _shaped(file: dict[str, Any], trace: Trace) -> dict[str, Any]:
    """The sections of givens with names for every element that the file gives by a shape."""
    sections: dict[str, Any] = {}
    for section in ("input", "weights", "target"):
        sections[section] = dict(file.get(section, {}))
        for key, value in sections[section].items():
            shape = trace.program.quantities[key].shape
            if isinstance(value, str) and shape:
                cells = [[f"{key}{i}{j}" for j in range(shape[-1])] for i in range(shape[0])]
                sections[section][key] = cells if len(shape) == 2 else cells[0]
    return sections


def vanishes(difference: Any) -> bool:
    """Whether sympy simplifies a difference to 0, functions of the same things being the same.

    Cases within cases are compared at some places instead: sympy does not see through so many conditions.
    """
    difference = difference.doit().replace(sympy.exp, _exp_of_terms)
    atoms = {atom: sympy.Dummy() for atom in difference.atoms(sympy.Function)}
    outermost = sorted(atoms, key=lambda atom: -atom.count_ops())
    if any(atom.args[0].has(Positive) for atom in difference.atoms(Positive)):
        return all(difference.xreplace(place).expand() == 0 for place in _places(difference.free_symbols))
    return bool(sympy.simplify(difference.subs([(atom, atoms[atom]) for atom in outermost])) == 0)


def _places(symbols: set[Any]) -> Iterator[dict[Any, Any]]:
    """The same places every time, and none where a condition is a tie: numerators of many digits."""
    chance = random.Random(1)
    ordered = sorted(symbols, key=str)
    for _ in range(12):
        yield {symbol: sympy.Rational(chance.randint(-30_000, 30_000), 9_973) for symbol in ordered}


def _exp_of_terms(exponent: Any) -> Any:
    """A product of the exp of each term, that of -2*t as 1 over the square of exp(t)."""
    terms = [term.as_coeff_Mul() for term in sympy.Add.make_args(sympy.expand(exponent))]
    exp = sympy.Function("exp of")  # sympy would join exp(a)*exp(b) again
    return sympy.Mul(*(exp(rest) ** times if times.is_Integer else exp(times * rest) for times, rest in terms))


FORMAL = [path for path in EVERY_NETWORK if path.stem != "convolution"]
"""Those with a symbolic form: which element max_pool passes on is a matter of numbers."""


@pytest.mark.parametrize("path", FORMAL, ids=lambda path: path.stem)
def test_every_expanded_formula_is_sympys_derivative(path: Path) -> None:
    trace = load(path).derived(inputs=True)
    opinion = Opinion(path.read_text(encoding="utf-8"), trace)
    for name in opinion.derivation.selection.gradients():
        row = row_of(opinion.derivation, name)
        if opinion.derivation.substitution.measure(row.tree).size > LONGEST:
            assert opinion.derivation.expanded(row).text.endswith(" operations, too long to be written out")
            continue
        assert vanishes(opinion.read(opinion.derivation.expanded(row).text) - opinion.gradient(name)), name


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        ((), ["z_M₂ = ∑ w ⊙ w", "z_M = 1/3 ∑ h"]),
        (("dL/dh",), ["z_M₂ = ∑ w ⊙ w", "z_M = 1/3 ∑ h"]),
        (("dL/dv",), []),
    ],
)
def test_what_has_no_name_in_the_file_is_told(wanted: tuple[str, ...], parts: list[str]) -> None:
    givens = "weights: {w: vector of 3, v: vector of 3}\ninput: {x: vector of 3}\nforward: {h: w*x}"
    trace = loads(f"{givens}\nloss: {{M: 'mean(h)*sum(w*w) + dot(v, x)'}}").derived()
    derivation = Derivation(trace, Unicode(), [name.replace("L", "M") for name in wanted])
    assert texts(derivation.unnamed()) == parts


# headings and equations


RENAMED = GENERIC.read_text().replace("names: {z: h', u: y'}", "names: {L: ell}")
OPEN_OF_TWO = (
    "weights: {w: 2x2, s: s}\nfunctions: {g: 'a, b -> generic'}\nforward: {k: 'g(w, s)'}\nloss: {J: generic(k)}"
)


@pytest.mark.parametrize("forms", [(), (STEP,), (CHAIN,), (LOCAL,), (EXPANDED,)])
@pytest.mark.parametrize("text", [*(path.read_text() for path in EVERY_NETWORK), RENAMED, OPEN_OF_TWO])
def test_every_line_is_an_equation_and_no_heading_is_its_only_line(text: str, forms: Sequence[str]) -> None:
    derivation = Derivation(loads(text).derived(inputs=True), Unicode())
    for section in derivation.sections(forms):
        lines = [derivation.equation(line.left, right) for line in section.equalities for right in line.rights]
        assert all(line.rights and line.left not in line.rights for line in section.equalities)
        assert section.titles != (section.equalities[0].left,)
        assert list(section.titles) != lines


@pytest.mark.parametrize(
    ("text", "names", "lines"),
    [
        (
            RENAMED,
            ["f", "g", "ell"],
            ["∂ell/∂ŷ₁ = ∂ell(y, ŷ)/∂ŷ₁", "g'(u₁) = ∂g(u₁)/∂u₁", "f'(z₂) = ∂f(z₂)/∂z₂"],
        ),
        (OPEN_OF_TWO, ["g", "J"], ["∂J/∂k₂₁ = ∂J(k)/∂k₂₁", "∂J/∂w₁₂ = ∂J/∂k₁₂·∂g/∂a(w₁₂, s)"]),
    ],
)
def test_what_is_left_open_has_the_names_of_the_file(text: str, names: list[str], lines: list[str]) -> None:
    derivation = Derivation(loads(text).derived(), Unicode())
    found = {
        derivation.equation(line.left, line.rights[-1]).text
        for section in derivation.sections((LOCAL,))
        for line in section.equalities
    }
    assert set(lines) <= found
    assert texts(derivation.unspecified()) == names


@pytest.mark.parametrize(
    ("path", "wanted", "heading"),
    [(GENERIC, (), "At any index"), (SKIP, (), "In one formula"), (BIASES, ("dL/db2",), "At any index")],
)
def test_only_what_has_an_index_is_headed_by_one(path: Path, wanted: tuple[str, ...], heading: str) -> None:
    assert Derivation(load(path).derived(), Unicode(), wanted).general_heading == heading


@pytest.mark.parametrize(("forms", "said"), [([OUTPUTS], False), ([OUTPUTS, LOCAL], True), ([CHAIN], True)])
def test_what_speaks_of_a_factor_stands_below_lines_that_have_it(forms: list[str], said: bool) -> None:
    derivation = Derivation(load(GENERIC).derived(), Unicode(), explain=True)
    lines = [line for section in derivation.sections(forms) for line in section.equalities]
    reasons = [plain(reason) for line in lines for reason in line.reasons]
    assert ("u enters yhat alone, through g: times the slope." in reasons) == said
    assert "h enters u alone, with the weights W2." in reasons


@pytest.mark.parametrize(
    ("forms", "said"),
    [
        ([EXPANDED], "10,100 formulas; at most 10,000 are written with everything put in"),
        ([CHAIN], "the paths to 10,100 gradients; those to at most 10,000 are shown"),
        ([OUTPUTS], "the paths to 10,100 gradients; those to at most 10,000 are shown"),
    ],
)
def test_more_formulas_than_are_measured_are_refused_before_any_is(
    forms: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Links, "of", None)
    monkeypatch.setattr(Substitution, "measure", None)
    text = "input: {x: vector of 100}\nweights: {W: 100x100}\nforward: {z: W@x}\nloss: sum(z)"
    trace = loads(text).derived()
    with pytest.raises(SpecError) as caught:
        (check_expanded(trace, forms, [], LONGEST) if forms == [EXPANDED] else check_paths(trace, forms, []))
    assert (caught.value.message, caught.value.line, caught.value.column) == (said, 4, 7)
    assert caught.value.hints


def test_the_paths_to_what_is_named_or_given_are_counted_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "MOST_GRADIENTS", 8)
    trace = loads("input: {x: vector of 3}\nweights: {W: 2x3}\nforward: {z: W@x}\nloss: sum(z*z)").derived()
    check_paths(trace, [PATHS], [])
    check_paths(trace, [CHAIN], ["dL/dW", "dL/dz1"])
    monkeypatch.setattr(chains, "MOST_GRADIENTS", 6)
    check_paths(trace, [CHAIN], ["dL/dW"])
    check_paths(trace, [PATHS], [])
    for forms, wanted, count in (([CHAIN], [], 8), ([CHAIN], ["dL/dW", "dL/dz1"], 7), ([PATHS], ["dL/dW", "dL/dz"], 8)):
        with pytest.raises(SpecError, match=rf"the paths to {count} gradients; those to at most 6 are shown"):
            check_paths(trace, forms, wanted)


def test_expanded_formulas_are_counted_together_before_any_is_written() -> None:
    numbers = ", ".join(["2"] * 1_500)
    text = f"weights: {{w: [{numbers}]}}\nforward:\n  s: sum(w*w)\n  z: s*w\nloss: sum(z)"
    trace = loads(text).derived()
    check_expanded(trace, [EXPANDED], [], LONGEST)
    check_expanded(trace, [EXPANDED], ["dL/dz"], LONGEST_IN_FILE)
    with pytest.raises(SpecError) as caught:
        check_expanded(trace, [EXPANDED], [], LONGEST_IN_FILE)
    assert caught.value.message.endswith("operations; at most 2,000,000 are written")
    assert " of 3,001 formulas have 2,00" in caught.value.message
    assert (caught.value.line, caught.value.column) == (5, 7)
