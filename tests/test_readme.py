"""README.md says what is so: its sessions, its library examples, its tables."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from bptrace import loads
from tests import readme
from tests.conftest import ROOT

TEXT = readme.README.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", blocks("console"), ids=lambda block: block.splitlines()[0])
def test_sessions_print_what_is_shown(block: str) -> None:
    first, *shown = re.split(rf"^({readme.COMMAND.pattern})\n", block, flags=re.MULTILINE)
    assert (first, shown) != ("", [])
    assert not first, "a session begins with a command"
    for command, output in zip(shown[::2], shown[1::2], strict=True):
        assert output == readme.output_of(command.removeprefix("$ "))


def test_every_kind_of_block_is_there_to_be_checked() -> None:
    assert all(blocks(language) for language in ("console", "yaml", "python", "sh", "text"))


def test_library_examples_give_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    example = doctest.DocTestParser().get_doctest("\n".join(blocks("python")), {}, "README.md", "README.md", 0)
    assert example.examples
    failed: list[str] = []
    doctest.DocTestRunner().run(example, out=failed.append)
    assert not failed, "".join(failed)


@pytest.mark.parametrize("block", blocks("yaml"))
def test_network_files_are_worked_out(block: str) -> None:
    loads(block).trace().audit()


def test_generated_parts_are_as_they_would_be_written_now() -> None:
    assert readme.generated(TEXT) == TEXT


def test_set_up_is_two_commands() -> None:
    (block,) = blocks("sh")
    install, test = block.splitlines()
    assert re.search(r"-m venv .*pip install .*bptrace run networks/relu_2_2_1.yaml$", install)
    assert re.search(r"pip install .*\[test\].*-m pytest", test)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", TEXT) or ["README.md"])
def test_links_lead_somewhere(link: str) -> None:
    assert link.startswith("https://") or (ROOT / Path(link)).exists()
