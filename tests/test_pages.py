"""README.md and the guide say what is so: their sessions, their networks, their library examples, their tables."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from bptrace import loads
from tests import pages
from tests.conftest import ROOT

TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in pages.PAGES}
every_page = pytest.mark.parametrize("name", TEXTS)
NETWORKS = [block for text in TEXTS.values() for block in pages.blocks(text, r"yaml.*?")]


@every_page
def test_sessions_print_what_is_shown(name: str) -> None:
    assert pages.with_sessions(TEXTS[name]) == TEXTS[name]


@every_page
def test_tables_are_as_the_code_has_them(name: str) -> None:
    assert pages.with_tables(TEXTS[name]) == TEXTS[name]


@pytest.mark.parametrize("language", ["console", r"yaml.*?", "python", "sh"])
def test_there_are_blocks_to_be_checked(language: str) -> None:
    assert any(pages.blocks(text, language) for text in TEXTS.values())


@pytest.mark.parametrize("block", NETWORKS, ids=range(len(NETWORKS)))
def test_networks_are_worked_out(block: str) -> None:
    loads(block).trace(partial=True).audit()


@every_page
def test_library_examples_give_what_is_shown(name: str) -> None:
    text = "\n".join(pages.blocks(TEXTS[name], "python"))
    failed: list[str] = []
    doctest.DocTestRunner().run(doctest.DocTestParser().get_doctest(text, {}, name, name, 0), out=failed.append)
    assert not failed, "".join(failed)
    assert len(doctest.DocTestParser().get_examples(text)) == text.count(">>>")


@every_page
def test_links_lead_somewhere(name: str) -> None:
    folder = ROOT if name == "README" else pages.GUIDE
    links = re.findall(r"\]\(([^)]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", TEXTS[name], flags=re.DOTALL))
    assert [link for link in links if not link.startswith("https://") and not (folder / Path(link)).exists()] == []


def test_set_up_is_two_commands() -> None:
    (block,) = pages.blocks(TEXTS["README"], "sh")
    install, test = block.splitlines()
    assert re.search(r"-m venv .*pip install .*bptrace run example:relu_2_2_1$", install)
    assert re.search(r"pip install .*\[test\].*-m pytest", test)


def test_the_picture_is_what_its_command_draws() -> None:
    assert pages.PICTURE.read_text(encoding="utf-8") == pages.picture()


def test_the_readme_is_short() -> None:
    assert TEXTS["README"].count("\n") <= 200


@pytest.mark.parametrize(
    "line",
    [
        "$ bptrace run net.yaml",
        "$ printf 'n\\nq\\n' | bptrace step net.yaml",
        "$ printf -- '-1\\n' | \\\n      bptrace step net.yaml",
        "$ bptrace export net.yaml | head -4",
    ],
)
def test_a_command_is_known_by_its_form(line: str) -> None:
    assert pages.COMMAND.findall(f"{line}\nwhat it printed\n") == [line]


@pytest.mark.parametrize(
    "damage",
    [("│ dL/dh0   │", "│ dL/dh1   │"), ("--formula\n", "--formula\nnothing\n"), ("$ bptrace run", "$ bptrace walk")],
)
def test_what_is_not_so_is_found(damage: tuple[str, str]) -> None:
    text = TEXTS["rules"].replace(*damage)
    assert text != TEXTS["rules"]
    assert pages.with_sessions(text) != text
