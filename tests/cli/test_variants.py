"""A folder of variants: what is in it, and that a slip in each, handed in, is named."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

import pytest

from bptrace import loads
from bptrace.errors import Source
from bptrace.marking.marker import Marker
from bptrace.marking.verdicts import SLIP
from bptrace.marking.working import Working
from tests.bench.marking.networks import Toy
from tests.bench.marking.registers import EXACT
from tests.bench.marking.slipped import Mistake, Study
from tests.conftest import Command

COUNT = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("variants")


def filled(folder: Path, command: Command, *options: str) -> list[str]:
    assert command("worksheet", "--seed", "1", "--count", COUNT, "-o", folder, *options) == (0, "", "")
    return sorted(path.name for path in folder.iterdir())


def test_documents_hold_all_worksheets_and_all_keys(command: Command, tmp_path: Path) -> None:
    networks = [f"variant_{number}.yaml" for number in (1, 2, 3)]
    assert filled(tmp_path / "a", command) == ["keys.md", *networks, "variants.csv", "worksheets.md"]
    text = (tmp_path / "a" / "worksheets.md").read_text(encoding="utf-8")
    assert text.count("\n---\n") == COUNT - 1
    assert "# 2-2-2 network, variant 3\n" in text
    assert "# Key" not in text
    assert filled(tmp_path / "b", command, "--format", "latex", "--only", "key") == ["keys.tex", *networks, "variants.csv"]


def test_of_csv_each_has_its_own(command: Command, tmp_path: Path) -> None:
    names = filled(tmp_path / "made" / "here", command, "--format", "csv")
    assert names[:3] == ["variant_1.csv", "variant_1.yaml", "variant_1_key.csv"]
    here = tmp_path / "made" / "here"
    for number in range(1, COUNT + 1):
        network, key = here / f"variant_{number}.yaml", here / f"variant_{number}_key.csv"
        assert command("check", network, key).out.endswith("\n39 rows: 39 right\n")
    with (here / "variants.csv").open(encoding="utf-8") as lines:
        table = list(csv.DictReader(lines))
    assert [line["variant"] for line in table] == ["variant_1", "variant_2", "variant_3"]
    assert len({line["W1"] for line in table}) == COUNT
    for line in table:
        trace = loads((here / f"{line['variant']}.yaml").read_text(encoding="utf-8")).trace()
        assert (line["x"], line["L"], line["dL/dW1"]) == (trace.text("x"), trace.text("L"), trace.text("dL/dW1"))


def test_a_folder_that_cannot_be_made_is_told(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    status, out, err = command("worksheet", "--count", "1", "-o", file)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: cannot make the folder {file}: ")


def test_a_slip_that_is_handed_in_is_named(command: Command, tmp_path: Path) -> None:
    """In each variant every slip that its table does not call hidden, made in all rows that it applies to."""
    filled(tmp_path, command, "--format", "csv", "--only", "sheet")
    with (tmp_path / "variants.csv").open(encoding="utf-8") as lines:
        table = list(csv.DictReader(lines))
    for line in table:
        blank = (tmp_path / f"{line['variant']}.csv").read_text(encoding="utf-8")
        study = Study(Toy("", 0, (tmp_path / f"{line['variant']}.yaml").read_text(encoding="utf-8"), ()))
        marker = Marker(Working(study.toy.network().trace(inputs=True)), "")
        for slip in sorted(set(study.applicable) - set(line["hidden"].split("; "))):
            handed = study.register(EXACT, Random(0), Mistake(slip))
            filled_in = [f"{name}{text[:-1]}" for name in ()]
