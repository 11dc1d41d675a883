"""What fails while exploring is printed with what meets it again, and the exit status says so."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.explore import main

PROPERTIES = """
import os

from hypothesis import given, strategies as st

@given(st.integers(0, 2**64))
def test_true(n): assert n >= 0

@given(st.integers(0, 2**64))
def test_false(n): assert n < 10**6, f"met {n}"

@given(st.integers(0, 2**64))
def test_deadly(n): os._exit(3) if n > 10**6 else None

def test_no_property(): raise AssertionError
"""


@pytest.fixture
def properties(tmp_path: Path) -> Path:
    path = tmp_path / "test_these.py"
    path.write_text(PROPERTIES)
    (tmp_path / "conftest.py").write_text("import tests.conftest  # the profiles\n")
    return path


def test_a_property_that_fails_is_printed_with_what_meets_it_again(
    properties: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--rounds", "1", f"{properties}::test_no_property", f"{properties}::test_false"]) == 1
    line, summary = capsys.readouterr().out.splitlines()
    command, problem = line.split("  # ")
    assert problem.startswith("AssertionError: met 1000000")
    assert summary.startswith("1 tests, ")
    assert summary.endswith(" examples, 1 failures")
    _python, *words = shlex.split(command)
    again = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (again.returncode, problem in again.stdout) == (1, True)


def test_a_process_that_dies_is_a_failure(properties: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "1", f"{properties}::test_deadly", f"{properties}::test_true"]) == 1
    line, summary = capsys.readouterr().out.splitlines()
    assert "::test_deadly --hypothesis-profile=explore" in line
    assert line.endswith("  # the process died: exit status 3")
    assert summary.endswith(" examples, 1 failures")


def test_what_cannot_be_run_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no test can be run"):
        main(["--rounds", "1", str(tmp_path / "test_missing.py")])
