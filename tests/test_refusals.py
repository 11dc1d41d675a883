"""What is refused beside a network's text has a place where there is one, and says what would be right."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bptrace.engine.network import Network
from bptrace.spec.yaml_text import SIZE_LIMIT
from tests.conftest import ROOT, Command

FILES = {
    "net.yaml": "weights: {w: [1, 2], c: [2]}\nloss: sum(w)^2 + sum(c)\n",
    "up.yaml": "weights: {w: 1/3}\nloss: w^4\nupdate: {lr: 1/7, round: 1/100000}",
    "loop.yaml": "weights: {w: 1/3}\nloss: w^4\nupdate: {lr: 1/7}",
    "large.yaml": "loss: 1\n" + "#" * SIZE_LIMIT,
    "table.yaml": "samples: t.csv\nloss: x - y",
    "t.csv": "x,y\n",
    "none_asked.yaml": "weights: {w: 0}\nloss: 1/w\ngradients: []",
    "quoted.yaml": "samples: q.csv\nloss: x - y",
    "q.csv": 'x,y\n1,"2"3\n',
    "none.yaml": "samples: n.csv\nloss: x - y",
    "long.yaml": f"input: {{x: {list(range(101))}}}\nweights: {{w: 2}}\nforward: {{z: 'w*outer(x, x)'}}\nloss: sum(z)",
    "fewer.yaml": f"input: {{x: {list(range(51))}}}\nweights: {{w: 2}}\nforward: {{z: 'w*outer(x, x)'}}\nloss: sum(z)",
    "wide.yaml": "samples: wide.csv\nweights: {w: 2}\nloss: (w*x - y)^2",
    "dense.yaml": f"weights: {{W: {[list(range(31))] * 31}}}\nloss: sum(W@W@W)",
    "less.yaml": "samples: less.csv\nweights: {w: 2}\nloss: (w*x - y)^2",
    "less.csv": "x,y\n" + "1,2\n" * 3_000,
    "wide.csv": "x,y\n" + "1,2\n" * 1_000,
    "twice.yaml": "samples: [{input: {x: 1}, target: {x: 2}}]\nloss: x",
}
REFUSED = [
    ("run nothing.yaml", "error: no such file: nothing.yaml", "did you mean 'none.yaml'?"),
    ("run a/b.yaml", "error: no such file: a/b.yaml", "there is no folder a"),
    (
        "run large.yaml",
        "large.yaml:2:9999993: error: large.yaml is larger than 10 MB, the most that is read",
        "smaller arrays",
    ),
    ("run none.yaml", "none.yaml:1:10: error: no such file: n.csv", "did you mean 't.csv'?"),
    ("run table.yaml", "t.csv:1:4: error: there is no line of numbers under the header", "a line for each sample"),
    ("run quoted.yaml", "q.csv:2:1: error: not CSV: ", "a field needs no quotes"),
    ("run twice.yaml", "twice.yaml:1:36: error: 'x' is given twice in a sample", "leave one of them out"),
    ("run net.yaml --set w=3", "--set:1:3: error: w is a vector of 2, not a scalar", "as in w=[3,3]"),
    ("run net.yaml --set c=[1,2]", "--set:1:3: error: c is a vector of 1, not a vector of 2", "as in c=[3]"),
    ("run net.yaml --set w1=[1]", "--set:1:4: error: w1 is a scalar, not a vector of 1", "as in w1=3"),
    ("run net.yaml --phase update", "Error: there is no update phase", "there are forward, reverse"),
    ("run net.yaml --step 1 --phase reverse", "Error: step 1 is in another phase", "forward"),
    ("step net.yaml --from q", "--from:1:1: error: no row is called 'q'", "as the register prints them, from z_L on"),
    ("step net.yaml --from w1", "--from:1:1: error: w1 is given: no row works it out", "from z_L on"),
    ("step net.yaml --tries 2", "Error: --tries goes with --predict", "--predict"),
    ("train net.yaml --steps 2", "net.yaml:2:24: error: the network has no update", "add a line such as update: "),
    (
        "train none_asked.yaml --steps 2",
        "none_asked.yaml:3:14: error: the network has no update",
        "add a line such as update: ",
    ),
    (
        "train loop.yaml --steps 9 --max-digits 9",
        "loop.yaml:3:9: error: at step 1: ",
        "--round 1/1000 keeps them short",
    ),
    ("train up.yaml --steps 9 --max-digits 3", "up.yaml:3:9: error: at step 0: ", "--max-digits allows longer ones"),
    ("train up.yaml --steps 9 --round 0", "--round:1:1: error: round, the grid", "as in --round 1/1000"),
    ("export net.yaml -o a/b.csv", "error: cannot write a/b.csv: No such file or directory", "there is no folder a"),
    ("export net.yaml -o t.csv/b.csv", "error: cannot write t.csv/b.csv: ", "there is no folder t.csv"),
    ("vary wide.yaml", "wide.yaml:1:10: error: numbers are drawn for a network file", "samples in the file"),
    ("new", "Error: Missing argument 'FILE'.", "as in: bptrace new net.yaml"),
]


@pytest.mark.parametrize(("line", "message", "hint"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_complaint_has_a_place_and_says_what_would_be_right(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, message: str, hint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in FILES if "large" in line else FILES.keys() - {"large.yaml"}:
        Path(name).write_text(FILES[name], encoding="utf-8")
    status, _, err = command(*line.split())
    assert status == 2
    assert re.search(rf"^{re.escape(message)}", err, re.MULTILINE)
    assert hint in err.partition(message)[2] or hint in message


ROWS = "long.yaml:4:7: error: a register of 20,404 rows"
SAMPLES = "wide.yaml:3:7: error: a register of"
FEWER = "fewer.yaml:4:7: error: a register of 5,204 rows"
DENSE = "dense.yaml:2:7: error: formulas of 718,828 operations"
LESS = "less.yaml:3:7: error: a"
TOO_LONG = [
    ("export long.yaml --format html", f"{ROWS}; a page holds at most 2,000"),
    ("export long.yaml -o long.xlsx", f"{ROWS}; a spreadsheet gets at most 6,000"),
    ("export long.yaml --format latex", f"{ROWS}; a typeset document holds at most 4,000"),
    ("export long.yaml -o long.beamer.tex", f"{ROWS}; a typeset document holds at most 4,000"),
    (
        "export wide.yaml --format latex --work",
        f"{SAMPLES} 2,002 rows; a typeset document with --work holds at most 2,000",
    ),
    ("export long.yaml -o long.md", f"{ROWS}; a document in Markdown holds at most 8,000"),
    ("export fewer.yaml --exact", f"{FEWER}; --exact finds the closed forms of at most 3,000"),
    ("run fewer.yaml --exact", f"{FEWER}; --exact finds the closed forms of at most 3,000"),
    ("export fewer.yaml --work", f"{FEWER}; --work writes the stages of at most 3,000"),
    ("run fewer.yaml --work", f"{FEWER}; --work writes the stages of at most 3,000"),
    ("run long.yaml --explain", f"{ROWS}; --explain tells of at most 5,000"),
    ("run long.yaml --brief", f"{ROWS}; --explain tells of at most 5,000"),
    ("export long.yaml --form matrix --format latex", f"{ROWS}; typeset arrays have at most 20,000"),
    ("export fewer.yaml --form matrix --work", f"{FEWER}; typeset arrays with --work have at most 4,000"),
    ("derive long.yaml", f"{ROWS}; derive writes at most 20,000"),
    ("derive long.yaml --values --format latex", f"{ROWS}; derive writes at most 20,000"),
    (
        "derive less.yaml --values",
        f"{LESS} register of 6,002 rows; derive --values writes at most 6,000",
    ),
    ("derive dense.yaml --format latex", f"{DENSE}; typeset, whole as they are, they have at most 300,000"),
    ("run less.yaml --form matrix", f"{LESS} matrix form of 6,002 lines; the matrix form has at most 6,000"),
    (
        "export less.yaml --form matrix --format markdown",
        f"{LESS} matrix form of 6,002 lines; the matrix form has at most 6,000",
    ),
    (
        "export less.yaml -o less.xlsx",
        f"{LESS} register of 6,002 rows; a spreadsheet gets at most 6,000",
    ),
    ("lint long.yaml", f"{ROWS}; lint looks into at most 20,000"),
    ("vary long.yaml", f"{ROWS}; other numbers are drawn for at most 5,000"),
    ("worksheet long.yaml --seed 2", f"{ROWS}; other numbers are drawn for at most 5,000"),
    ("check long.yaml wide.csv", f"{ROWS}; answers are held against at most 10,000"),
    ("check wide.yaml wide.csv --format html", f"{SAMPLES} 2,002 rows; a page holds at most 2,000"),
    ("export wide.yaml --format html", f"{SAMPLES} 2,002 rows; a page holds at most 2,000"),
]


@pytest.mark.parametrize(("line", "message"), TOO_LONG, ids=[case[0] for case in TOO_LONG])
def test_too_long_a_register_is_refused_before_it_is_worked_out(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Network, "_traced", None)
    for name in ("long.yaml", "fewer.yaml", "dense.yaml", "less.yaml", "less.csv", "wide.yaml", "wide.csv"):
        Path(name).write_text(FILES[name], encoding="utf-8")
    status, out, err = command(*line.split())
    assert (status, out) == (2, "")
    assert err.startswith(f"{message}\n")
    assert len(err.splitlines()) == 4


NO_CLASS = """input: {x: [1, 2]}
weights: {W: [[1, -1], [0, 1], [1/2, 0]], b: [0, 0, 1]}
target: {y: TARGET}
forward: {z: W@x + b}
loss: cross_entropy(z, y)
"""


@pytest.mark.parametrize("target", ["4", "0", "3/2", "1e-30"])
@pytest.mark.parametrize(
    "line",
    [
        *(
            "run",
            "run --explain",
            "run --form matrix",
            "run --form matrix --explain",
            "derive --values",
            "train --steps 1",
        ),
        *("graph", "graph --values", "graph --gradients", "graph --gradients --format svg", "export --format html"),
    ],
)
def test_a_class_that_is_none_is_told_of(command: Command, tmp_path: Path, line: str, target: str) -> None:
    """What is worked out without the loss is shown, and of what hangs on the class nothing is said."""
    path = tmp_path / "net.yaml"
    update = "update: {lr: 1/10}\n" * line.startswith("train")
    path.write_text(NO_CLASS.replace("TARGET", target) + update, encoding="utf-8")
    status, _, err = command(*line.split(), str(path))
    assert status == 2
    assert f"the target {'1/1' + '0' * 30 if 'e' in target else target} is no class number from 1 to 3" in err
    assert ":5:7: error: " in err


# In the source

PLACED = {"SpecError", "UndefinedError", "SizeError", "NoValueError", "MisfitError"}
"""What is made of a message, a place and hints."""
MAKERS = {"error", "misfit"}
"""Methods that make one of a message, what stands at the place, and hints."""
SAY_IT_THEMSELVES = {
    "nodes.error(*_no_name(first))": "the tuple ends in a hint",
    "nodes.error(*_no_name(item))": "the tuple ends in a hint",
    "note.error()": "a note says what is probably meant",
    "SpecError(f'there are steps 1 to {len(self.trace.steps)}, not {shortened(text)}')": "it says which there are",
    "SpecError(problem.message.removesuffix('; or give --format'))": "it says which suffixes are known",
    "BptraceError(ENDED)": "the constant ends in a hint",
    "BptraceError('\\n'.join((str(note.error()) for note in network.notes)))": "a note says what is probably meant",
    "BptraceError(\"error: xlsx is written by XlsxWriter: pip install 'bptrace[xlsx]'\")": "it says what to install",
    "self.error(str(problem))": "argparse shows the options with it",
    "self.error(f'{asked.name} cannot be the name of a variable')": "argparse shows the options with it",
}


def unguided(path: Path) -> Iterator[str]:
    """The complaints in a module that are made without a line of what would be right."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        is_placed = (isinstance(node.func, ast.Name) and node.func.id in PLACED) or (
            isinstance(node.func, ast.Attribute) and node.func.attr in MAKERS
        )
        is_plain = isinstance(node.func, ast.Name) and node.func.id == "BptraceError"
        if (is_placed and len(node.args) < 3) or (is_plain and "\\n   " not in ast.unparse(node)):
            yield ast.unparse(node)


def test_every_complaint_is_made_with_what_would_be_right() -> None:
    found = {text for path in (ROOT / "bptrace").rglob("*.py") for text in unguided(path)}
    assert found == set(SAY_IT_THEMSELVES)
