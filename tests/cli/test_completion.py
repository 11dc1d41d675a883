"""What a shell completes: `example:` and the names behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from bptrace.cli.completion import joined
from tests.conftest import Command

Complete: TypeAlias = Callable[[str, list[str]], list[str]]


@pytest.fixture
def completed(command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Complete:
    """What a shell is told when a line is completed at its end, in a folder with nothing in it."""
    monkeypatch.chdir(tmp_path)

    def complete(shell: str, words: list[str]) -> list[str]:
        monkeypatch.setenv("_BPTRACE_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1) if shell != "fish" else words[-1])
        return command().out.splitlines()

    return complete


@pytest.mark.parametrize(
    ("shell", "words", "offered"),
    [
        ("bash", ["bptrace", "run", "example", ":", "xo"], ["plain,xor", "plain,xor_batch"]),
        ("bash", ["bptrace", "run", "example", ":"], None),
        ("bash", ["bptrace", "run", "exa"], None),
        ("bash", ["bptrace", "run", "example", ":", "xor", "--ste"], ["plain,--step"]),
        ("bash", ["bptrace", "run", "net"], ["file,net"]),
        ("bash", ["bptrace", "net"], ["file,net"]),
        ("bash", ["bptrace", "'\x1b[2J'"], [""]),
        ("bash", ["bptrace", "tr"], ["plain,train"]),
        ("bash", ["bptrace", "example", ":", "xo"], ["plain,xor", "plain,xor_batch"]),
        ("bash", ["bptrace", "help", "tr"], ["plain,train"]),
        ("bash", ["bptrace", "new", "net.yaml", "--example", "xo"], ["plain,xor", "plain,xor_batch"]),
        ("fish", ["bptrace", "why", "example:xor", "dL/dv"], ["plain,dL/dv1", "plain,dL/dv2"]),
        ("fish", ["bptrace", "why", "nothing.yaml", "dL/dv"], [""]),
        ("bash", ["bptrace", "check", "example:xor", "an"], ["file,an"]),
        ("bash", ["bptrace", "check", "example:xor", "a.csv", "b"], ["file,b"]),
        ("fish", ["bptrace", "derive", "example:generic_s"], ["plain,example:generic_skip"]),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_offered(completed: Complete, shell: str, words: list[str], offered: list[str] | None) -> None:
    found = completed(shell, words)
    if offered is not None:
        assert found == offered
    else:
        prefix = "plain," if words[-1] == ":" else "plain,example:"
        assert len(found) > 20
        assert f"{prefix}xor" in found


def test_a_file_whose_name_begins_like_the_prefix_is_not_hidden(completed: Complete) -> None:
    Path("exam.yaml").touch()
    assert completed("bash", ["bptrace", "run", "exa"]) == ["file,exa"]


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        (["example", ":", "xor", "x"], ["example:xor", "x"]),
        (["example", ":"], ["example:"]),
        (["example:", "xor"], ["example:xor"]),
        (["example", "xor", ":"], ["example", "xor", ":"]),
    ],
)
def test_words_that_bash_takes_apart_are_joined(words: list[str], whole: list[str]) -> None:
    assert joined(words) == whole
