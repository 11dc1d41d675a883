"""`bptrace vary`: the same network with other numbers, one or many."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bptrace.marking.draws import LINT_COMMENT
from bptrace.spec.literals import literals, rewritten
from bptrace.spec.reader import loads
from tests.conftest import ROOT, Command

TWO_OUTPUTS = (ROOT / "networks" / "two_outputs.yaml").read_text(encoding="utf-8")


def blanked(text: str) -> str:
    """A text without the numbers of its givens, and without what is said of them."""
    spans = {span: "" for item in literals(loads(text)) for span in item.spans}
    return "".join(LINT_COMMENT.sub("", rewritten(text, spans)).split())


def test_all_but_the_numbers_is_as_it_was(command: Command) -> None:
    status, out, err = command("vary", "example:two_outputs")
    assert (status, err) == (0, "")
    assert out != TWO_OUTPUTS
    assert blanked(out) == blanked(TWO_OUTPUTS)
    assert "# lint" not in out


def test_the_same_seed_gives_the_same(command: Command) -> None:
    first, again, other = (command("vary", "example:adam", "--seed", seed).out for seed in ("5", "5", "6"))
    assert first == again != other


def test_what_it_writes_is_clean(command: Command, tmp_path: Path) -> None:
    file = str(tmp_path / "net.yaml")
    assert command("vary", "example:two_outputs", "-o", file).status == 0
    assert command("lint", file).status == 0


def test_a_folder_of_variants_has_a_table(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "variants"
    assert command("vary", "example:recurrence", "--count", "3", "-o", str(folder)) == (0, "", "")
    with (folder / "variants.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["variant"] for row in rows] == ["variant_1", "variant_2", "variant_3"]
    texts = {(folder / f"{row['variant']}.yaml").read_text(encoding="utf-8") for row in rows}
    assert len(texts) == 3
    assert command("vary", "example:recurrence").out in texts


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("example:adam", "--count", "3"), "--count writes a folder: name it, as in -o variants"),
        (("example:generic_skip",), "has no value"),
        (("example:adam", "--blocked"), "no unit can be switched off"),
    ],
)
def test_what_cannot_be_is_said(command: Command, words: tuple[str, ...], message: str) -> None:
    status, out, err = command("vary", *words)
    assert (status, out) == (2, "")
    assert message in err
