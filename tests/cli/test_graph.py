"""`bptrace graph`: a picture of a network."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import RELU, Command


def test_a_picture_on_standard_output_and_in_a_file(command: Command, tmp_path: Path) -> None:
    status, out, err = command("graph", RELU)
    assert (status, err) == (0, "")
    assert out.startswith("digraph {\n")
    target = tmp_path / "net.dot"
    assert command("graph", RELU, "-o", str(target)) == (0, "", "")
    assert target.read_text(encoding="utf-8") == out
