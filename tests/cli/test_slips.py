"""`bptrace slips`: the list, one slip, several, none."""

from __future__ import annotations

import pytest

from bptrace.marking.slips import SLIPS
from tests.cli.test_main import on_terminal, stripped
from tests.conftest import Command


def test_all_slips_are_listed_by_their_places(command: Command) -> None:
    status, out, err = command("slips")
    assert (status, err) == (0, "")
    listed = [line[2:] for line in out.splitlines() if line.startswith("  ") and not line.startswith("    ")]
    assert listed == [slip.name for slip in SLIPS]


@pytest.mark.parametrize(
    "name",
    ["hidden slope forgotten", "Hidden Slope Forgotten", "hidden", "gate always", "adam eps", "f for f'", "δ"],
)
def test_one_slip_is_explained(command: Command, name: str) -> None:
    status, out, err = command("slips", *name.split(" "))
    assert (status, err) == (0, "")
    assert command("slips", name).out == out
    assert "network:" in out
    assert "\n  right  " in out
    assert "\n  wrong  " in out


def test_several_slips_are_listed(command: Command) -> None:
    out = command("slips", "slope").out
    assert "  slope twice\n" in out
    assert "  output slope forgotten\n" in out
    assert "network:" not in out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hiden slope", "'hiden slope'\n   did you mean 'hidden slope forgotten'?\n   'bptrace slips' lists them\n"),
        ("qqq", "'qqq'\n   'bptrace slips' lists them\n"),
        ("", "''\n   'bptrace slips' lists them\n"),
    ],
)
def test_an_unknown_slip_is_one_message(command: Command, name: str, message: str) -> None:
    assert command("slips", name) == (2, "", f"error: no slip is called {message}")


@pytest.mark.parametrize("columns", [80, 50, 30])
def test_lines_fit_the_window(columns: int) -> None:
    for name in ("", "gradient's sign", "adam eps"):
        assert max(map(len, stripped(on_terminal("slips", *name.split(), columns=columns)).splitlines())) <= columns
