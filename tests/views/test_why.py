"""Why a row has its value: long paths, many paths and many operands keep to what can be read."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from bptrace import Network, load, loads
from bptrace.errors import Source
from bptrace.explain import paths
from bptrace.explain.why import Reasons, reasons
from bptrace.ops.notation import TERMS
from bptrace.stepping.cursor import place_of, row_places
from bptrace.typeset.cells import width
from bptrace.views import why as views
from bptrace.views.why import reason_lines, reason_title, write_why
from tests.conftest import NETWORKS, ROOT, traced

FAN = [f"h{n}: a*h{n - 1} + c*h{n - 2}" for n in range(3, 121)]
LONG = "weights: {a: 1, c: 2}\nforward:\n  " + "\n  ".join(["h1: a", "h2: a*h1", *FAN]) + "\nloss: h120"
WIDE = f"input: {{x: {list(range(1, 151))}}}\nweights: {{w: {list(range(1, 151))}}}\nloss: w@x"


def why(network: Network, name: str) -> Reasons:
    trace = network.trace()
    return reasons(trace, place_of(trace, Source("test", name)), 12)


def told(network: Network, name: str, room: int = 200) -> list[str]:
    return ["".join(text for _, text in line) for line in reason_lines(why(network, name), room, "{0}")]


def test_no_name_is_cut_in_a_long_formula() -> None:
    formula = next(line for line in told(loads(WIDE), "L") if line.startswith("  L = w"))
    assert re.fullmatch(r"  L = (w\[(\d+)\]\*x\[\2\] \+ )+… \+ (w\[(\d+)\]\*x\[\4\]( \+ )?)+", formula)


def test_many_paths_are_counted() -> None:
    lines = told(loads(LONG), "dL/dh1")
    assert lines[3] == "Paths from the loss: more than 10^24"
    assert "  … and more than 10^24 more" in lines


def test_the_middle_of_a_long_path_is_counted() -> None:
    path = next(line for line in told(loads(LONG), "dL/dh1") if "→" in line)
    assert path.startswith("  L → h120 → h119 → ")
    assert " → … 97 more … → " in path
    assert path.endswith(" → h2 → h1")


def test_operands_beyond_a_hundred_are_counted() -> None:
    lines = told(loads(WIDE), "L")
    assert lines[-1] == "  … and 200 more"
    assert sum(line.endswith("given") for line in lines) == 100


@pytest.mark.parametrize(
    ("network", "name", "line"),
    [
        ("relu_2_2_1", "ReLU'(z1)", "  ReLU'(z1) = 1, as z1=2>0"),
        ("relu_2_2_1", "ReLU'(z2)", "  ReLU'(z2) = 0, as z2=-1<=0"),
        ("hinge_classifier", "dL/dyhat1", "  dL/dyhat1 = (1-1*0=1>0)*(-1)*1"),
    ],
)
def test_a_condition_is_no_value(network: str, name: str, line: str) -> None:
    assert line in told(load(ROOT / "networks" / f"{network}.yaml"), name)


def test_a_case_is_its_value_as_the_condition_holds() -> None:
    network = loads("weights: {u: -2}\nforward: {h: 'leaky_relu(u, 1/10)'}\nloss: h^2")
    assert "  h = (1/10)*(-2), as u=-2<=0" in told(network, "h")


def test_a_literal_zero_is_no_name() -> None:
    assert "    0 because a factor is 0" in told(loads("weights: {w: 2}\nloss: 0*w"), "dL/dw")


def test_long_fractions_stay_fractions() -> None:
    network = loads(f"weights: {{w: {'123' * 70}/{'7' * 211}}}\nloss: w^2")
    assert reason_title(why(network, "L"), 30, None).count("…/") == 1
    assert any(re.search(r"L = \(?\d+…\d+/\d+…\d+", line) for line in told(network, "L"))


@pytest.mark.parametrize("path", NETWORKS)
@pytest.mark.parametrize("columns", [20, 80])
def test_every_line_fits_the_window(path: Path, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    trace, out = traced(path).shortened(TERMS), io.StringIO()
    write_why(trace, [0, trace.count // 2, trace.count - 1], out)
    lines = out.getvalue().splitlines()
    assert sum(line.startswith("Why ") for line in lines) == 3
    assert max(map(width, lines)) <= columns
    assert lines.count("") >= 2


def test_the_rows_beyond_a_hundred_are_counted() -> None:
    trace, out = loads(WIDE).trace(), io.StringIO()
    write_why(trace, range(trace.count), out)
    assert out.getvalue().count("Why ") == 100
    assert out.getvalue().endswith("\n\n… and 51 more rows; ask for them by their names\n")


def test_the_links_to_many_rows_are_found_once_and_the_rows_beyond_many_links_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    split: list[str] = []
    links = paths.Links._links

    def counted(known: paths.Links, name: str) -> list[paths.Link]:
        split.append(name)
        return links(known, name)

    monkeypatch.setattr(paths.Links, "_links", counted)
    trace = loads("weights: {W: [[1, 2], [3, 4]]}\nloss: sum(W@W@W)").trace()
    places, out = row_places(trace, Source("test", "dL/dW")), io.StringIO()
    write_why(trace, places, out)
    assert len(split) == len(set(split)) == 12
    assert out.getvalue().count("Why ") == 4
    monkeypatch.setattr(views, "FOLLOWED", 38)
    write_why(trace, places, out := io.StringIO())
    assert out.getvalue().count("Why ") == 2
    assert out.getvalue().endswith("\n\n… and 2 more rows; ask for them by their names\n")
