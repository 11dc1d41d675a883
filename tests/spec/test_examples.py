"""The networks that come with bptrace: found by `example:`, in a wheel as in a checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from bptrace import SpecError, load
from bptrace.spec import examples
from tests.conftest import EVERY_NETWORK, ROOT

EXAMPLES = {path.stem: path for path in EVERY_NETWORK}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WITH_TABLE = "# Teaches: tables. Of samples.\nsamples: {file: ours.csv}\nloss: (x - y)^2\n"


@pytest.fixture
def only_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of examples that holds one network, with a table of samples."""
    (tmp_path / "ours.yaml").write_bytes(WITH_TABLE.encode())
    (tmp_path / "ours.csv").write_bytes(b"x,y\r\n1,2\r\n3,4\r\n")
    monkeypatch.setattr(examples, "folder", lambda: str(tmp_path))
    return tmp_path


def test_every_network_is_an_example() -> None:
    assert examples.example_names() == sorted(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_its_file(name: str) -> None:
    assert examples.example_text(name).encode() == EXAMPLES[name].read_bytes()
    assert load(f"example:{name}").trace(inputs=True) == load(EXAMPLES[name]).trace(inputs=True)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_lesson_fits_a_line(name: str) -> None:
    lesson = examples.lesson(name)
    assert f"# Teaches: {lesson[:20]}" in EXAMPLES[name].read_text(encoding="utf-8")
    assert 20 < len(lesson) < 90


@pytest.mark.parametrize("name", ["xr", "xor.yaml", "../xor", "", "XOR"])
def test_an_unknown_example(name: str) -> None:
    with pytest.raises(SpecError, match="unknown example") as problem:
        load(f"example:{name}")
    assert "'bptrace examples' lists them" in problem.value.hints
    assert not name or "did you mean 'xor'?" in problem.value.hints


def test_the_prefix_wins_over_a_file_and_a_path_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("example:xor").write_text("title: mine\nloss: 1", encoding="utf-8")
    assert load("example:xor").title.startswith("XOR")
    assert load("./example:xor").title == load(Path("example:xor")).title == "mine"


def test_complaints_name_an_example_as_it_was_asked_for(only_one: Path) -> None:
    (only_one / "ours.yaml").write_text("loss: q", encoding="utf-8")
    with pytest.raises(SpecError) as problem:
        load("example:ours")
    assert str(problem.value).startswith("example:ours:1:7: error: unknown name 'q'")


def test_a_table_beside_an_example_is_found(only_one: Path) -> None:
    assert load("example:ours").trace()["L"] == 1
    assert examples.table_of("ours") == str(only_one / "ours.csv")
    assert examples.lesson("ours") == "tables"


def test_examples_have_no_tables_that_are_not_there() -> None:
    assert all(os.path.exists(table) for name in EXAMPLES if (table := examples.table_of(name)))


def test_without_the_networks_there_are_no_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "folder", lambda: "nowhere")
    assert examples.example_names() == []
    with pytest.raises(SpecError, match="unknown example 'xor'"):
        load("example:xor")


# What is shipped


def test_every_package_is_built() -> None:
    found = [path.parent for path in (ROOT / "bptrace").rglob("*.py")]
    packages = {".".join(folder.relative_to(ROOT).parts) for folder in found}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages | {"bptrace.networks"}


def test_a_wheel_has_all_that_the_checkout_has(tmp_path: Path) -> None:
    pytest.importorskip("setuptools", minversion="77")
    shipped = copied(tmp_path / "source")
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, tmp_path], cwd=tmp_path / "source", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == shipped
    assert run_from(tmp_path / "installed", tmp_path) == run_from(ROOT, tmp_path)


def copied(target: Path) -> set[str]:
    """Copy what a wheel is built from; what it should hold."""
    for folder in ("bptrace", "networks"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, target)
    files = [path.relative_to(target) for path in target.rglob("*") if path.is_file()]
    within = [path for path in files if path.parts[0] == "bptrace"]
    return {str(path) for path in within} | {f"bptrace/{path}" for path in files if path.parts[0] == "networks"}


def run_from(folder: Path, elsewhere: Path) -> str:
    """What an example prints with the package in one folder and the shell in another."""
    command = [sys.executable, "-m", "bptrace", "run", "example:relu_2_2_1"]
    environment = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "80"}
    return subprocess.run(
        command, cwd=elsewhere, env=environment, check=True, capture_output=True, encoding="utf-8"
    ).stdout
