"""`bptrace export`: which format it writes, where to, and what it leaves alone."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from bptrace import load
from tests.conftest import LIFECYCLE, RELU, Command

CSV, MARKDOWN = "step,phase,quantity,formula,rule,value,exact,decimal\n", "# Two-layer ReLU network\n\n## Givens\n"
JSON = '{\n"$schema": "urn:bptrace:schema:trace:1",\n'
LATEX, FRAGMENT, HTML = "\\documentclass", "% \\usepackage{amsmath", '<!DOCTYPE html>\n<html lang="en">\n'
FORMS = {CSV: "csv", MARKDOWN: "markdown", JSON: "json", LATEX: "latex", HTML: "html"}


@pytest.mark.parametrize(
    ("options", "start"),
    [
        ([], CSV),
        (["--format", "csv"], CSV),
        (["--format", "markdown"], MARKDOWN),
        (["--format", "json"], JSON),
        (["-o", "-"], CSV),
        (["-o", "-", "--format", "markdown"], MARKDOWN),
        (["--format", "latex"], LATEX),
        (["--format", "latex", "--fragment"], FRAGMENT),
        (["--format", "html"], HTML),
    ],
)
def test_writes_to_standard_output(command: Command, options: list[str], start: str) -> None:
    status, out, err = command("export", RELU, *options)
    assert (status, err) == (0, "")
    assert out.startswith(start)


@pytest.mark.parametrize(
    ("name", "options", "start"),
    [
        ("register.csv", [], CSV),
        ("register.md", [], MARKDOWN),
        ("register.json", [], JSON),
        ("register.markdown", [], MARKDOWN),
        ("REGISTER.MD", [], MARKDOWN),
        ("register.tex", [], LATEX),
        ("register.html", [], HTML),
        ("two.md.csv", [], CSV),
        ("register.csv", ["--format", "markdown"], MARKDOWN),
        ("register.txt", ["--format", "markdown"], MARKDOWN),
        ("register", ["--format", "csv"], CSV),
    ],
)
@pytest.mark.parametrize("option", ["-o", "--output"])
def test_a_file_gets_the_format_of_its_suffix(
    command: Command, tmp_path: Path, option: str, name: str, options: list[str], start: str
) -> None:
    status, out, err = command("export", RELU, option, tmp_path / name, *options)
    assert (status, out, err) == (0, "", "")
    text = (tmp_path / name).read_bytes().decode()
    assert text.startswith(start)
    assert text == command("export", RELU, "--format", FORMS[start]).out
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["register.txt", "register", ".csv"])
def test_a_file_of_no_known_suffix_is_not_written(command: Command, tmp_path: Path, name: str) -> None:
    status, out, err = command("export", RELU, "-o", tmp_path / name)
    assert (status, out) == (2, "")
    known = ".beamer.tex, .csv, .html, .json, .tex, .md, .markdown, .xlsx"
    assert f"no format has the suffix of {tmp_path / name}; known: {known}; or give --format" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([RELU, "--format", "pdf"], "'pdf' is not one of 'beamer', 'csv', 'html', 'json', 'latex', 'markdown', 'xlsx'"),
        ([RELU, "-o", "no/such/folder/register.csv"], "error: cannot write no/such/folder/register.csv: No such file"),
        ([RELU, "-o", "/"], "no format has the suffix of /"),
        ([RELU, "-o", "/", "--format", "csv"], "error: cannot write /: Is a directory"),
        (["absent.yaml"], "error: no such file: absent.yaml"),
        ([RELU, "--step", "2", "-o", "a.html"], "--step is not for html: a page is whole"),
        ([RELU, "--phase", "reverse", "--format", "html"], "--phase is not for html: a page is whole"),
        ([RELU, "--fragment"], "--fragment is for LaTeX; this is csv"),
        ([RELU, "--fragment", "-o", "register.md"], "--fragment is for LaTeX; this is markdown"),
    ],
)
def test_says_what_it_cannot_write(command: Command, arguments: list[str], problem: str) -> None:
    status, out, err = command("export", *arguments)
    assert (status, out) == (2, "")
    assert problem in err


@pytest.mark.parametrize("setting", ["y=1/0", "y=[1,2]", "nothing=1"])
def test_a_failed_export_leaves_the_old_file(command: Command, tmp_path: Path, setting: str) -> None:
    file = tmp_path / "register.csv"
    file.write_text("old", encoding="utf-8")
    assert command("export", RELU, "--set", setting, "-o", file).status == 2
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("form", FORMS.values())
def test_an_export_that_breaks_off_leaves_the_old_file(
    command: Command, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bptrace.engine import forms

    file = tmp_path / "register"
    file.write_text("old", encoding="utf-8")
    monkeypatch.setattr(forms, "compiled", lambda tree, rank: lambda leaves: None)
    for options in (["-o", str(file)], []):
        status, out, err = command("export", RELU, "--format", form, *options)
        assert (status, out) == (70, "")
        assert err.startswith("internal error: the rule of z1 does not give its value\n   a fault in bptrace ")
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_is_replaced_and_keeps_its_mode(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    assert command("export", RELU, "-o", file).status == 0
    assert file.read_text(encoding="utf-8").startswith(CSV)
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("options", "quantity", "rule", "value"),
    [
        (["--numbers", "fraction"], "L", "(1/2)*(-1/4-1)^2", "25/32"),
        (["--set", "x=[2,1]", "--set", "W1[1,1]=1"], "z1[1]", "1*2 + (-0.1)*1 + 0", "1.9"),
        (["--inputs"], "dL/dx1", "-0.625*0.3 + 0.375*0.2", "-0.1125"),
    ],
)
def test_options_act_on_the_register(
    command: Command, options: list[str], quantity: str, rule: str, value: str
) -> None:
    lines = list(csv.DictReader(io.StringIO(command("export", LIFECYCLE, *options).out)))
    assert [(line["rule"], line["value"]) for line in lines if line["quantity"] == quantity] == [(rule, value)]


def test_nothing_is_cut(command: Command, tmp_path: Path) -> None:
    net = tmp_path / "long.yaml"
    net.write_text(f"weights: {{w: {list(range(100))}}}\nloss: w@w", encoding="utf-8")
    rule = load(net).trace().steps[0][0].rule
    assert rule.count(" + ") == 99
    assert f",{rule},328350,yes,328350\n" in command("export", net).out
    assert f"| `{rule}` | `328350` |\n" in command("export", net, "--format", "markdown").out
    assert f'"rule": "{rule}", "value": "328350"' in command("export", net, "--format", "json").out
    assert rule.replace("*", r" \cdot ") in command("export", net, "--format", "latex").out


def test_a_fragment_can_be_written_to_a_file(command: Command, tmp_path: Path) -> None:
    assert command("export", RELU, "--fragment", "-o", tmp_path / "register.tex").status == 0
    text = (tmp_path / "register.tex").read_text(encoding="ascii")
    assert text == command("export", RELU, "--fragment", "--format", "latex").out
    assert text.startswith(FRAGMENT)


def test_steps_can_go_by_unit(command: Command) -> None:
    lines = list(csv.DictReader(io.StringIO(command("export", RELU, "--group", "unit").out)))
    assert [line["quantity"] for line in lines if line["step"] == "8"] == [
        "ReLU'(z2)", "dL/dz2", "dL/dw21", "dL/dw22", "dL/db2",
    ]  # fmt: skip
    alone = command("export", RELU, "--group", "unit", "--step", "8", "--format", "markdown").out
    assert "\n## 8. Reverse, second hidden unit: gradient at z2; gradients of its w, b\n" in alone


def test_json_has_no_steps_by_unit(command: Command, tmp_path: Path) -> None:
    told = "error: JSON has steps by rank, not by unit\n   csv, latex and markdown have both\n"
    assert command("export", RELU, "--group", "unit", "-o", tmp_path / "a.json") == (2, "", told)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "heading"), [("markdown", "## Summary"), ("latex", r"\subsection*{Summary}")])
def test_a_whole_document_ends_with_the_summary(command: Command, name: str, heading: str) -> None:
    assert command("export", RELU, "--format", name).out.count(heading) == 1
    assert heading not in command("export", RELU, "--format", name, "--phase", "reverse").out
