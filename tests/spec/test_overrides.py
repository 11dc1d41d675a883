"""Settings on the command line: what they replace, and every complaint at its column."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bptrace import Network, SpecError, load, loads
from bptrace.engine.quantity import PlacesByName
from bptrace.spec.overrides import assigned
from tests.conftest import ROOT
from tests.refusals import bounded


@pytest.fixture
def network() -> Network:
    return load(ROOT / "networks" / "relu_2_2_1.yaml")


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        (["c=5"], "c", 5),
        (["w11=3"], "w11", 3),
        (["w11=3"], "w", [[3, 1], [1, -1]]),
        (["w11=3", "w22=1/3"], "w", [[3, 1], [1, Fraction(1, 3)]]),
        (["w=[[1,2],[3,4]]", "w12=0"], "w", [[1, 0], [3, 4]]),
        (["x=[2,1]"], "x", [2, 1]),
        (["x = [2, -0.5]"], "x", [2, Fraction(-1, 2)]),
        (["x2=-2.5e1"], "x", [1, -25]),
        (["y=1", "y=2"], "y", 2),
        (["w11=1"], "L", 0),
    ],
)
def test_a_setting_gives_another_value(network: Network, settings: list[str], name: str, value: object) -> None:
    assert assigned(network, settings).trace()[name] == value
    assert network.trace()["L"] == 1


@pytest.mark.parametrize("value", ["[3]", "3", " [ 3 ]"])
@pytest.mark.parametrize("given", ["[2]", "vector of 1"])
def test_the_one_element_of_an_array_is_set_with_brackets_or_without(given: str, value: str) -> None:
    assert assigned(loads(f"weights: {{c: {given}}}\nloss: sum(c^2)"), [f"c={value}"]).trace()["L"] == 9


@pytest.mark.parametrize(
    ("given", "setting", "message"),
    [
        ("[2]", "c=¦[3, 4]", "c is a vector of 1, not a vector of 2"),
        ("[2]", "c=¦[[3]]", "c is a vector of 1, not a 1x1 matrix"),
        ("[[2]]", "c=¦[3]", "c is a 1x1 matrix, not a vector of 1"),
        ("2", "c=¦[3]", "c is a scalar, not a vector of 1"),
    ],
)
def test_of_the_one_element_nothing_else_is_taken(given: str, setting: str, message: str) -> None:
    before, _, after = setting.partition("¦")
    with pytest.raises(SpecError) as refused:
        assigned(loads(f"weights: {{c: {given}}}\nloss: sum(c^2)"), [before + after])
    assert (refused.value.column, refused.value.message) == (len(before) + 1, message)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("¦", "a setting is NAME=VALUE"),
        ("¦w11", "a setting is NAME=VALUE"),
        ("¦=3", "a name is missing"),
        ("¦ =3", "a name is missing"),
        ("¦q=3", "unknown name 'q'"),
        ("¦w33=3", "unknown name 'w33'"),
        ("¦z=3", "z is worked out, not given"),
        ("¦L=3", "L is worked out, not given"),
        ("¦dL/dw=3", "dL/dw is worked out, not given"),
        ("w=¦3", "w is a 2x2 matrix, not a scalar"),
        ("x=¦[1, 2, 3]", "x is a vector of 2, not a vector of 3"),
        ("w11=¦[1]", "w11 is a scalar, not a vector of 1"),
        ("c=¦ten", "'ten' is not a number"),
        ("c = ¦ten", "'ten' is not a number"),
        ("¦θ=1", "unknown name 'θ'"),
        ("c=¦nan", "'nan' is not an exact number"),
        ("c=¦1/0", "a division by zero"),
        ("x=[1, ¦two]", "'two' is not a number"),
        ("w=[[1, 2], ¦[3]]", "ragged matrix: a row of 1 under a first row of 2"),
        ("x=¦{a: 1}", "expected a number, a list of numbers or a list of rows"),
        ("x=¦&a [*a]", "arrays have at most two dimensions: a list of rows"),
        ("c=¦" + "9" * 100_000, "a number of 100,000 digits; at most 10,000 are taken"),
        ("x=" + "[" * 20 + "¦" + "[" * 9_980, "nested more than 20 deep"),
        ("x=¦[1, 2", "'[' is open: ']' is missing"),
        ("x=[1, ¦\x1b[31m]", "not YAML: control characters are not allowed"),
        ("x=¦\udcff", "not text: a lone surrogate"),
    ],
)
def test_a_bad_setting(network: Network, setting: str, message: str) -> None:
    before, _, after = setting.partition("¦")
    with bounded(), pytest.raises(SpecError) as refused:
        assigned(network, ["c=1", before + after])
    problem = refused.value
    assert (problem.line, problem.column) == (1, len(before) + 1)
    assert problem.message == message
    assert str(problem).startswith(f"--set:1:{len(before) + 1}: error: {message}\n   1 |")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("momentum=¦1", "momentum, the momentum, must be 0 or more, and less than 1"),
        ("¦beta1=0", "unknown name 'beta1'"),
        ("¦v_w_new=0", "v_w_new is worked out, not given"),
        ("v_w=¦[1]", "v_w is a scalar, not a vector of 1"),
    ],
)
def test_a_bad_setting_of_an_update(setting: str, message: str) -> None:
    network = loads("weights: {w: 1}\nloss: w^2\nupdate: {lr: 1, momentum: 1/2}")
    before, _, after = setting.partition("¦")
    with pytest.raises(SpecError) as refused:
        assigned(network, [before + after])
    assert (refused.value.column, refused.value.message) == (len(before) + 1, message)


def test_a_setting_gives_an_update_another_rate_and_another_state() -> None:
    network = loads("weights: {w: 1}\nloss: w^2\nupdate: {lr: 1, momentum: 1/2}")
    assert assigned(network, ["lr=1/2", "momentum=1/4", "v_w=8"]).trace()["w_new"] == 1 - Fraction(1, 2) * (2 + 2)


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("c=ten", "--set:1:3: error: 'ten' is not a number\n   1 | c=ten\n     |   ^\n   as in -3, 0.1, 1/3 or 2.5e4"),
        (
            "x=[1, 2",
            "--set:1:3: error: '[' is open: ']' is missing\n   1 | x=[1, 2\n     |   ^\n"
            "   as in [1, 2] or [[1, 2], [3, 4]]",
        ),
    ],
)
def test_a_bad_setting_is_quoted_whole(network: Network, setting: str, text: str) -> None:
    with pytest.raises(SpecError) as refused:
        assigned(network, [setting])
    assert str(refused.value) == text


@pytest.mark.parametrize("setting", ["c=", "c= ", "c=#"])
def test_a_setting_without_a_value(network: Network, setting: str) -> None:
    with pytest.raises(SpecError) as refused:
        assigned(network, [setting])
    assert refused.value.column == 3
    assert "file" not in str(refused.value)


def test_a_setting_divides_by_zero_at_the_equation() -> None:
    network = loads("input: {x: 2}\nweights: {w: 3}\nloss: x/w", "net.yaml")
    with pytest.raises(SpecError) as refused:
        assigned(network, ["w=0"]).trace()
    assert str(refused.value).startswith("net.yaml:3:8: error: division by zero in L\n")


def test_an_element_is_found_without_a_look_at_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(PlacesByName, "__iter__")
    network = loads(f"weights: {{w: {[0] * 20}}}\nloss: sum(w)")
    assert assigned(network, ["w[7]=3"]).trace()["L"] == 3
