"""`python -m bptrace` is the command."""

from __future__ import annotations

import runpy
import sys

import pytest

import bptrace


def test_the_module_runs_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["python -m bptrace", "--version"])
    with pytest.raises(SystemExit) as leaving:
        runpy.run_module("bptrace", run_name="__main__")
    assert (leaving.value.code, capsys.readouterr().out) == (0, f"bptrace {bptrace.__version__}\n")
