"""`bptrace lint`: clean, with findings, unreadable; for people and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_main import on_terminal, stripped
from tests.conftest import Command

CLEAN = "example:sigmoid_2_2_2"


@pytest.fixture
def net(tmp_path: Path) -> str:
    path = tmp_path / "net.yaml"
    path.write_text("input: {x: 1}\nweights: {w: 2}\nforward: {z: relu(w*x)}\nloss: z^2\n", encoding="utf-8")
    return str(path)


def test_a_clean_network(command: Command) -> None:
    assert command("lint", CLEAN) == (0, "1 file, 0 findings\n", "")


def test_findings_have_places_and_what_no_numbers_show_is_said(command: Command, net: str) -> None:
    status, out, err = command("lint", net)
    assert (status, err) == (1, "")
    assert out.startswith(f"{net}:1:12: ones: x is 1: whether it is there is not seen\n   1 | input: {{x: 1}}\n")
    assert "\nNo numbers that were tried show: " in out


def test_an_unreadable_file_is_said_and_others_are_looked_into(command: Command, net: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("loss: q", encoding="utf-8")
    status, out, err = command("lint", str(bad), net, CLEAN)
    assert status == 2
    assert err.startswith(f"{bad}:1:7: error: unknown name 'q'")
    assert "\n2 files, " in out


def test_an_unreadable_file_is_not_written_over(command: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("loss: q", encoding="utf-8")
    status, out, err = command("lint", str(bad), CLEAN, "-o", str(bad))
    assert (status, out, bad.read_text(encoding="utf-8")) == (2, "", "loss: q")
    assert f"error: cannot write {bad}: the network is read from it\n" in err


def test_standard_input_is_read_once(command: Command) -> None:
    status, out, err = command("lint", "-", "-")
    assert (status, out, "standard input is read once" in err) == (2, "", True)


def test_of_unreadable_files_alone_nothing_is_written(command: Command) -> None:
    status, out, err = command("lint", "nowhere.yaml")
    assert (status, out) == (2, "")
    assert err.startswith("error: no such file: nowhere.yaml")


def test_json_is_an_object_a_file(command: Command, net: str) -> None:
    status, out, _ = command("lint", net, CLEAN, "--format", "json")
    first, second = map(json.loads, out.splitlines())
    assert (status, first["file"], second["findings"]) == (1, net, [])
    assert first["findings"][0] == {
        "kind": "ones",
        "line": 1,
        "column": 12,
        "message": "x is 1: whether it is there is not seen",
        "hint": "2, 3 or -1 shows it",
    }
    assert "slope twice" in first["never"]["hidden"]


def test_the_file_is_not_written_over(command: Command, net: str) -> None:
    assert command("lint", net, "-o", net).status == 2


def test_lines_fit_the_window(net: str) -> None:
    assert max(map(len, stripped(on_terminal("lint", net, columns=60)).splitlines()[-3:])) <= 60
