"""A folder of variants: what is in it, and that a slip in each, handed in, is named."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bptrace import load
from tests.bench.worksheets import handed_in, made
from tests.conftest import ROOT, Command


def filled(folder: Path, command: Command, *options: str) -> list[str]:
    """The files that a folder of three variants of a small network has."""
    network = folder.with_name("net.yaml")
    network.write_text(
        "title: T\nweights: {w: [3, 2]}\ninput: {x: [1, 4]}\nforward: {z: w@x}\nloss: z^2\n", encoding="utf-8"
    )
    assert command("worksheet", network, "--seed", "1", "--count", "3", "-o", folder, *options) == (0, "", "")
    return sorted(path.name for path in folder.iterdir())


def test_documents_hold_all_worksheets_and_all_keys(command: Command, tmp_path: Path) -> None:
    networks = [f"variant_{number}.yaml" for number in (1, 2, 3)]
    assert filled(tmp_path / "a", command) == ["keys.md", *networks, "variants.csv", "worksheets.md"]
    text = (tmp_path / "a" / "worksheets.md").read_text(encoding="utf-8")
    assert text.count("\n---\n") == 2
    assert "# T, variant 3\n" in text
    assert "# Key" not in text
    latex = filled(tmp_path / "b", command, "--format", "latex", "--only", "key")
    assert latex == ["keys.tex", *networks, "variants.csv"]


def test_of_csv_each_has_its_own(command: Command, tmp_path: Path) -> None:
    here = tmp_path / "made"
    names = filled(here, command, "--format", "csv")
    assert names[:3] == ["variant_1.csv", "variant_1.yaml", "variant_1_key.csv"]
    with (here / "variants.csv").open(encoding="utf-8") as lines:
        table = list(csv.DictReader(lines))
    assert [line["variant"] for line in table] == ["variant_1", "variant_2", "variant_3"]
    for line in table:
        network, key = here / f"{line['variant']}.yaml", here / f"{line['variant']}_key.csv"
        assert command("check", network, key).out.endswith("\n5 rows: 5 right\n")
        trace = load(network).trace()
        assert (line["x"], line["L"], line["dL/dw"]) == (trace.text("x"), trace.text("L"), trace.text("dL/dw"))


def test_the_same_seed_makes_the_same_folder(command: Command, tmp_path: Path) -> None:
    names = filled(tmp_path / "a", command)
    assert filled(tmp_path / "b", command) == names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("name", ["vary", "worksheet"])
@pytest.mark.parametrize("net", ["variant_1.yaml", "link.yaml"])
def test_the_network_is_not_written_over(
    name: str, net: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "networks" / "two_outputs.yaml").read_bytes()
    Path("variant_1.yaml").write_bytes(text)
    Path("link.yaml").symlink_to("variant_1.yaml")
    status, out, err = command(name, net, "--count", 2, "-o", ".")
    assert (status, out) == (2, "")
    assert err.startswith("error: cannot write ./variant_1.yaml: the network is read from it\n")
    assert Path("variant_1.yaml").read_bytes() == text
    assert not Path("variant_2.yaml").exists()


def test_nothing_is_written_where_one_of_the_files_cannot_be(command: Command, tmp_path: Path) -> None:
    (tmp_path / "variant_2.yaml").mkdir()
    status, _, err = command("vary", "example:two_outputs", "--count", 2, "-o", tmp_path)
    assert (status, "variant_2.yaml: Is a directory" in err) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["variant_2.yaml"]


def test_a_folder_that_cannot_be_made_is_told(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    status, out, err = command("worksheet", "--layers", "1,1", "--count", "1", "-o", file)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: cannot make the folder {file}: ")


@pytest.mark.parametrize("activation", ["relu", "leaky_relu(1/4)"])
def test_a_slip_that_is_handed_in_is_named(activation: str) -> None:
    """Every slip that the numbers of a variant show; at full it is measured: `python -m tests.bench worksheets`."""
    found = list(handed_in(made(activation, 1)))
    assert len(found) > 30
    assert [item for item in found if item.slip not in item.named] == []
