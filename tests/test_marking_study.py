"""The study of marking writes registers as it says: its networks are read, its digits are those of its styles."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from bptrace.marking.working import Working
from bptrace.numbers.enclosures import is_enclosure
from bptrace.numbers.exact import Rational, fraction
from tests.bench.marking.figures import figures
from tests.bench.marking.measure import Case, Found, kept
from tests.bench.marking.networks import KINDS, toy
from tests.bench.marking.registers import (
    EXACT,
    FIRST_LAYER,
    GRADIENTS,
    NEW_WEIGHTS,
    STYLE_NAMED,
    STYLES,
    WHOLE,
    Hand,
    Rounding,
    Sheet,
    Style,
    names_in,
)
from tests.bench.marking.sample import Sample
from tests.bench.marking.slipped import Mistake, Study
from tests.bench.marking.tally import missed, rate, report, report_of_right


def register(study: Study, style: str, seed: int = 0) -> Sheet:
    return Sheet(study.register(STYLE_NAMED[style], Random(seed)))


@pytest.mark.parametrize("kind", KINDS)
def test_networks_are_read(kind: str) -> None:
    for seed in range(6):
        made = toy(kind, seed)
        working = Working(made.network().trace())
        assert toy(kind, seed) == made
        assert names_in(FIRST_LAYER, working, made.first)


@pytest.mark.parametrize("kind", KINDS)
def test_an_exact_register_is_the_trace(kind: str) -> None:
    study = Study(toy(kind, 1))
    for name, written in register(study, "exact").rows.items():
        value = study.working.value(name)
        assert abs(written.value - value) < 1e-9 if is_enclosure(value) else written.value == value


@pytest.mark.parametrize(
    ("rounding", "value", "text"),
    [
        (Rounding(3), "12346/1000", "12.3"),
        (Rounding(3), "-12350/1000", "-12.4"),
        (Rounding(3, cut=True), "-1239/10000", "-0.123"),
        (Rounding(2, places=True), "-1/1000", "0.00"),
        (Rounding(2), "999/1000", "1.00"),
        (Rounding(2), "12345", "12345"),
        (Rounding(4), "0", "0.000"),
    ],
)
def test_digits(rounding: Rounding, value: str, text: str) -> None:
    exact = Fraction(value)
    written = rounding.written(Rational(exact.numerator, exact.denominator), zeros=True)
    assert written.text == text
    assert fraction(written.value) == Fraction(text)
    assert written.number.decimals == len(text.partition(".")[2])


@pytest.mark.parametrize(
    "style", [style for style in STYLES if style.carried and not style.mixed], ids=lambda style: style.name
)
def test_what_is_carried_is_within_a_unit(style: Style) -> None:
    study = Study(toy("sigmoid", 1))
    exact = register(study, "exact").rows
    for name, written in register(study, style.name).rows.items():
        unit = written.number.unit
        assert unit
        assert abs(written.value - exact[name].value) <= unit * (
            1 if style.shown and style.shown.cut else Rational(51, 100)
        )


def test_who_goes_on_with_rounded_numbers_comes_to_others() -> None:
    study = Study(toy("sigmoid", 1))
    own, carried = (register(study, f"3 digits{more}").rows for more in ("", ", carried"))
    assert own["dL/dw11"].text != carried["dL/dw11"].text


def test_machines_print_what_they_have() -> None:
    study = Study(toy("sigmoid", 1))
    assert register(study, "float64").rows["h1"].text == "0.31864626621097447"
    assert register(study, "float32").rows["h1"].text == "0.31864628"


def test_parts_of_a_register() -> None:
    working = Working(toy("optimizers", 1).network().trace())
    first = toy("optimizers", 1).first
    whole = names_in(WHOLE, working, first)
    assert set(names_in(GRADIENTS, working, first)) < set(whole)
    assert all(name.startswith("dL/d") for name in names_in(GRADIENTS, working, first))
    assert all(name.startswith("dL/dw") for name in names_in(FIRST_LAYER, working, ("w",)))
    assert all(name.endswith("_new") and name in whole for name in names_in(NEW_WEIGHTS, working, first))


def test_a_sheet_is_a_file() -> None:
    sheet = register(Study(toy("relu", 1)), "exact")
    head, first, *_ = sheet.text.splitlines()
    assert head == "quantity,value"
    answer, *_ = sheet.answers()
    assert first == f"{answer.quantity},{answer.given}"


def test_a_slip_is_followed_through() -> None:
    study = Study(toy("relu", 1))
    right = study.register(EXACT, Random(0))
    wrong = study.register(EXACT, Random(0), Mistake("sign of this row lost", "dL/dyhat"))
    changed = [name for name in right if right[name].text != wrong[name].text]
    assert changed[0] == "dL/dyhat"
    assert wrong["dL/dyhat"].value == -right["dL/dyhat"].value
    assert {name for name in changed if name.startswith("dL/dv")} <= set(changed)
    assert len(changed) > 1


def test_a_slip_everywhere_is_in_each_row_by_itself() -> None:
    study = Study(toy("relu", 1))
    wrong = study.wrong(Mistake("sign of this row lost"))
    assert set(wrong) == set(study.working.lines)
    hand = Hand(study.working, EXACT, Random(0), wrong).register()
    assert hand["z1"].value == -study.working.value("z1")
    assert hand["L"].value < 0


SMALL = Sample(("relu",), ("exact",), ("error sign lost",), cases=2)


def test_a_slip_that_is_made_is_named() -> None:
    found = SMALL.of_slips()
    assert {item.case.part for item in found} == {WHOLE, GRADIENTS, FIRST_LAYER}
    assert all(item.is_named and item.names == 1 for item in found)
    assert "error sign lost" in str(found[0])
    assert not missed(found)


def test_what_is_missed_is_told() -> None:
    case = Case("relu", 1, "exact", WHOLE, Mistake("error sign lost"))
    found = [Found(case, named=True, names=1), Found(case, said=("leak lost",), blamed="dL/dw11 slip"), Found(case)]
    assert rate(found).share == 1 / 3
    assert missed(found) == found[1:]
    assert str(found[1]) == (
        "relu 1 · exact · whole · error sign lost · everywhere: named: leak lost (first: dL/dw11 slip)"
    )
    lines = list(report(found, 10))
    assert lines[0].endswith("target 99 %  MISSED")
    assert any(line.startswith("error sign lost") for line in lines)


def test_who_is_wronged_is_told() -> None:
    case = Case("relu", 1, "exact", WHOLE)
    first, *_ = report_of_right([Found(case), Found(case, blamed="z1 wrong"), Found(case, failure="KeyError: 'z'")], 10)
    assert first == "right registers wronged: 2 of 3"


def test_figures_have_their_targets() -> None:
    made = list(figures(SMALL._replace(cases=1)))
    assert [figure.met for figure in made if figure.target] == [True] * 4
    assert made[-1].what == "right registers called wrong"


def test_a_case_is_kept(tmp_path: Path) -> None:
    case = Case("optimizers", 0, "3 digits", WHOLE, Mistake("sign of this row lost", "dL/dyhat"))
    kept(case, tmp_path / "one")
    texts = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "one").iterdir()}
    assert set(texts) == {"network.yaml", "answers.csv", "right.csv", "case.txt"}
    assert texts["answers.csv"] != texts["right.csv"]
    assert texts["case.txt"] == f"{case}\n"
