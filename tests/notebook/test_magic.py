"""`%load_ext bptrace` in a shell of IPython's: cells that are networks, complaints in a few words, Fractions."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from typing import Any

import pytest

from bptrace import Network, SpecError, Trace

pytest.importorskip("IPython", reason="IPython is not installed")

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

NETWORK = "%%bptrace{}\ninput: {{x: 2}}\nweights: {{w: 0.5}}\nloss: (w*x - 3)^2"


@pytest.fixture(scope="module")
def shell() -> Iterator[Any]:
    config = Config()
    config.HistoryManager.enabled = False
    made = InteractiveShell(config=config, colors="nocolor")
    made.run_line_magic("load_ext", "bptrace")
    yield made
    atexit.unregister(made.atexit_operations)
    made.atexit_operations()


def run(shell: Any, cell: str) -> Any:
    """What a cell gives; what it raises is raised."""
    done = shell.run_cell(cell)
    done.raise_error()
    return done.result


def test_a_cell_is_worked_out_and_kept(shell: Any) -> None:
    trace = run(shell, NETWORK.format(" found"))
    assert isinstance(trace, Trace)
    assert shell.user_ns["found"] is trace
    assert trace["dL/dw"] == -8


@pytest.mark.parametrize(
    ("options", "name", "text"),
    [
        ("--set w=1", "L", "1"),
        ("--set w=1 --set x=4", "L", "1"),
        ("--values others", "L", "4/9"),
        ("--inputs", "dL/dx", "-2"),
    ],
)
def test_options(shell: Any, options: str, name: str, text: str) -> None:
    shell.user_ns["others"] = {"w": 1, "x": "7/3"}
    assert str(run(shell, NETWORK.format(f" {options}"))[name]) == text


@pytest.mark.parametrize(
    ("options", "text"), [("--numbers fraction", "w = 1/2"), ("--decimals 1", "w = 0.5"), ("--digits 3", "w = 0.5")]
)
def test_how_numbers_are_shown(shell: Any, options: str, text: str) -> None:
    trace = run(shell, NETWORK.format(f" {options}"))
    assert f"w = {trace.text('w')}" == text


def test_what_is_shown(shell: Any) -> None:
    assert isinstance(run(shell, NETWORK.format(" --show network")), Network)
    assert "<html" in run(shell, NETWORK.format(" --show page")).html
    assert run(shell, NETWORK.format(" kept --show nothing")) is None
    assert isinstance(shell.user_ns["kept"], Trace)
    assert run(shell, NETWORK.format(" --show graph")).nodes


def test_a_complaint_is_the_message_alone_with_the_lines_of_the_cell(
    shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SpecError, match="unknown name 'q'"):
        run(shell, "%%bptrace\nweights: {w: 1}\nloss: w*q")
    out, _ = capsys.readouterr()
    place, *rest = out.rstrip().split("\n")
    assert place == "<cell>:3:9: error: unknown name 'q'"
    assert rest == ["   3 | loss: w*q", "     |         ^", "   known here: w"]


def test_a_name_that_is_not_there_is_a_message_alone(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run(shell, NETWORK.format(" found --show nothing"))
    with pytest.raises(KeyError):
        run(shell, "found['dL/dW']")
    assert capsys.readouterr().out == "KeyError: there is no 'dL/dW'; did you mean 'dL/dw'?\n"


def test_values_that_do_not_exist_are_left_out(shell: Any) -> None:
    trace = run(shell, "%%bptrace\nweights: {w: 0}\nloss: sqrt(w)")
    assert trace["L"] == 0
    assert trace.problem


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("2nd", "2nd cannot be the name of a variable"),
        ("--values nowhere", "there is no variable nowhere"),
        ("--digits many", "argument --digits: invalid int value: 'many'"),
        ("'open", "No closing quotation"),
    ],
)
def test_options_that_cannot_be_meant(
    shell: Any, options: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.run_cell(NETWORK.format(f" {options}")).error_in_exec
    assert capsys.readouterr().err.startswith(f"UsageError: {message}\n")


def shown(shell: Any, code: str) -> dict[str, str]:
    """What a notebook gets of a value."""
    data, _ = shell.display_formatter.format(run(shell, code))
    return dict(data)


def test_fractions_are_mathematics_until_the_extension_is_unloaded(shell: Any) -> None:
    code = "from fractions import Fraction\nFraction(1, 2)"
    assert shown(shell, code)["text/markdown"] == "$$1/2$$"
    shell.run_line_magic("unload_ext", "bptrace")
    assert list(shown(shell, code)) == ["text/plain"]
    assert "bptrace" not in shell.magics_manager.magics["cell"]
    shell.run_line_magic("load_ext", "bptrace")
