"""`python -m bptrace` is the command, and Ctrl-C is quiet from its first line to its last."""

from __future__ import annotations

import runpy
import signal
import subprocess
import sys

import pytest

import bptrace
from tests.conftest import RELU

AT_AN_IMPORT = """
import runpy, signal, sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == {name!r}:
            for _ in range({times}):
                signal.raise_signal(signal.SIGINT)
sys.modules.pop({name!r}, None)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["bptrace", "run", {network!r}]
runpy.run_module("bptrace", run_name="__main__")
"""
AT_THE_END = """
import atexit, signal, sys
from bptrace.__main__ import start
atexit.register(signal.raise_signal, signal.SIGINT)
sys.argv = ["bptrace", "--version"]
start()
"""


def test_the_module_runs_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["python -m bptrace", "--version"])
    with pytest.raises(SystemExit) as leaving:
        runpy.run_module("bptrace", run_name="__main__")
    assert (leaving.value.code, capsys.readouterr().out) == (0, f"bptrace {bptrace.__version__}\n")


def interrupted(program: str) -> tuple[int, str, str]:
    """What a program ends with and prints that interrupts itself."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize(
    "name",
    [
        "signal",
        "bptrace.cli.exits",
        "bptrace.cli.main",
        "click",
        "bptrace.cli.group",
        "flint",
        "bptrace.views.terminal",
    ],
)
def test_ctrl_c_at_an_import_is_quiet(name: str, times: int) -> None:
    assert interrupted(AT_AN_IMPORT.format(name=name, times=times, network=RELU)) == (130, "", "")


def test_ctrl_c_comes_too_late_once_all_is_done() -> None:
    assert interrupted(AT_THE_END) == (0, f"bptrace {bptrace.__version__}\n", "")
