"""Foreign text in a message, of a file, a name on the disk or an argument, steers no terminal and forges no line."""

from __future__ import annotations

import io
import json
import re
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from bptrace import BptraceError, Trace, load, loads
from tests.conftest import RELU, Command

CONTROLS = ["\x1b]0;pwned\x07", "\x1b[2J", "\x9b31m", "\u202epwned", "\u2066", "\u200b", "\r", "\n", "\udcff", "\x7f"]
FORGED = "\nerror: pwned"
WORDS = [f"q{control}q" for control in CONTROLS] + [f"q{FORGED}", f"q\x1b[31m{FORGED}", "q" * 5_000]
IN_YAML = [json.dumps(word) for word in WORDS if "\udcff" not in word]


def check(err: str) -> None:
    """What is told is printable lines, none of them forged, none very long."""
    assert err
    odd = {char for char in err if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n"}
    assert not odd
    assert not re.search(r"^ *error: pwned", err, re.MULTILINE)
    assert max(map(len, err.splitlines())) < 1_000


# Arguments

LINES = [
    "{0}",
    "{0}.yaml",
    "run {0}",
    "run {0}.yaml",
    "run {0}/net.yaml",
    "run example:{0}",
    "run net.yaml {0}",
    "run net.yaml --{0}",
    "run net.yaml --{0}=3",
    "run net.yaml --phase {0}",
    "run net.yaml --digits {0}",
    "run net.yaml --step {0}",
    "run net.yaml --ignore {0}",
    "run net.yaml --set {0}",
    "run net.yaml --set {0}=3",
    "run net.yaml --set w={0}",
    "run net.yaml --allow-path {0}",
    "why net.yaml {0}",
    "graph net.yaml --why {0}",
    "graph net.yaml --nodes {0}",
    "graph net.yaml -o {0}",
    "derive net.yaml {0}",
    "step net.yaml --from {0}",
    "train net.yaml --steps 2 --round {0}",
    "train net.yaml --steps {0}",
    "export net.yaml -o {0}",
    "export net.yaml -o {0}/t.csv",
    "export net.yaml --format {0}",
    "new net.yaml --layers {0}",
    "new net.yaml --example {0}",
    "new net.yaml --loss {0}",
    "new {0}/net.yaml",
    "guide {0}",
    "help {0}",
    "schema {0}",
    "slips {0}",
]


@pytest.mark.parametrize("line", LINES)
def test_arguments(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text("weights: {w: 2}\nloss: w^2\nupdate: {lr: 1/4}")
    for word in WORDS:
        status, out, err = command(*(part.format(word) for part in line.split()))
        assert (status, out) == (2, "")
        check(err)


# Names on the disk


def named(name: str) -> str:
    """A name of a file: it has no more than 255 bytes."""
    return name[:200]


DISK = [
    ("no.yaml", "run no.yaml"),
    ("{0}.yaml", "run {0}1.yaml"),
    ("{0}.yaml", "run ."),
    ("{0}.yaml", "new {0}.yaml"),
    ("{0}.yaml/x", "run {0}.yaml"),
    ("{0}.yaml/x", "export net.yaml --format csv -o {0}.yaml"),
    ("{0}.yaml", "run {0}.yaml"),
    ("{0}.yaml", "export {0}.yaml -o {0}.yaml --format csv"),
]


@pytest.mark.parametrize(("there", "line"), DISK, ids=range(len(DISK)))
def test_names_on_the_disk(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str, line: str
) -> None:
    for number, word in enumerate(map(named, WORDS)):
        folder = tmp_path / str(number)
        path = folder / there.format(word)
        path.parent.mkdir(parents=True)
        path.write_text("loss: q")
        (folder / "net.yaml").write_text("loss: 1")
        monkeypatch.chdir(folder)
        status, out, err = command(*(part.format(word) for part in line.split()))
        assert (status, out) == (2, "")
        check(err)


@pytest.mark.parametrize("samples", ["{0}.csv", "{0}1.csv", "{0}", "../{0}.csv", "/{0}/t.csv", "n.csv"])
def test_names_of_tables(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: str) -> None:
    for number, word in enumerate(map(named, WORDS)):
        if "\udcff" in word:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        Path(f"{word}.csv").write_text("x,y\n1,q\n")
        Path(word).mkdir()
        Path("net.yaml").write_text(f"samples: {json.dumps(samples.format(word))}\nloss: x - y", encoding="utf-8")
        status, out, err = command("run", "net.yaml")
        assert (status, out) == (2, "")
        check(err)


# Texts

TEXTS = [
    "{0}: 1\nloss: 1",
    "loss: {0}",
    "loss: {{{0}: 1, b: 2}}",
    "weights: {{{0}: 1}}\nloss: 1",
    "weights: {{w: {0}}}\nloss: w",
    "weights: {{w: [1, {0}]}}\nloss: w",
    "weights: {{w: {{{0}: 1}}}}\nloss: w",
    "forward: {{{0}: 1}}\nloss: 1",
    "functions: {{{0}: u -> u}}\nloss: 1",
    "functions: {{f: {0}}}\nloss: f(1)",
    "gradients: [{0}]\nweights: {{w: 1}}\nloss: w",
    "ignore: [{0}]\nweights: {{w: 1}}\nloss: w",
    "order: [{0}]\nweights: {{w: 1}}\nloss: w",
    "names: {{{0}: q}}\nweights: {{w: 1}}\nloss: w",
    "update: {{rule: {0}}}\nweights: {{w: 1}}\nloss: w",
    "update: {{{0}: 1}}\nweights: {{w: 1}}\nloss: w",
    "samples: [{{{0}: 1}}]\nloss: 1",
    "samples: [{{input: {{{0}: 1}}}}]\nloss: 1",
    "samples: [{{input: {{x: {0}}}}}]\nloss: x",
    "samples: {{{0}: 1}}\nloss: 1",
    "reduce: {0}\nsamples: [{{input: {{x: 1}}}}]\nloss: x",
    "layers: [{{{0}: 1}}]\nloss: 1",
    "layers: [{{weights: [[1]], activation: {0}}}]\nloss: 1",
    "forward: {{repeat: {{for: {0}, z: 1}}}}\nloss: 1",
    "forward: {{repeat: {{for: t in 1..2, {0}: 1}}}}\nloss: 1",
]


@pytest.mark.parametrize("text", TEXTS)
def test_texts(text: str) -> None:
    for word in IN_YAML:
        with pytest.raises(BptraceError) as refused:
            loads(text.format(word)).trace()
        check(str(refused.value))


@pytest.mark.parametrize("key", ["weights", "w"])
def test_dicts(key: str) -> None:
    for word in WORDS:
        data = {"weights": {word: "q"}} if key == "w" else {word: {"w": 1}}
        with pytest.raises(BptraceError) as refused:
            loads({**data, "loss": "1"}, word)
        check(str(refused.value))


@pytest.mark.parametrize("table", ["{0},y\n1,2", "x,y\n1,{0}", "x,y\n{0}", "x,y\n1,2\n{0}"])
def test_tables(table: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("samples: t.csv\nloss: x - y")
    for word in WORDS:
        (tmp_path / "t.csv").write_text(table.format(word), encoding="utf-8", errors="surrogateescape")
        with pytest.raises(BptraceError) as refused:
            load(tmp_path / "net.yaml").trace()
        check(str(refused.value))


def spoil_name(document: dict[str, object], word: str) -> None:
    document[word] = 1


def spoil_version(document: dict[str, object], word: str) -> None:
    document |= {"bptrace": word, "title": word}


def spoil_network(document: dict[str, object], word: str) -> None:
    document["network"] = {word: 1}


def spoil_samples(document: dict[str, object], word: str) -> None:
    document["network"] = {"samples": word, "loss": "1"}


def spoil_values(document: dict[str, object], word: str) -> None:
    document["values"] = {word: word}


def spoil_options(document: dict[str, object], word: str) -> None:
    document["options"] = {word: word}


SPOILT = [spoil_name, spoil_version, spoil_network, spoil_samples, spoil_values, spoil_options]


@pytest.mark.parametrize("spoil", SPOILT)
def test_traces(spoil: Callable[[dict[str, object], str], None]) -> None:
    text = load(RELU).trace().to_json()
    for word in WORDS:
        document = json.loads(text)
        spoil(document, word)
        with pytest.raises(BptraceError) as refused:
            Trace.from_json(json.dumps(document), word)
        check(str(refused.value))


# Lines of `step`

TYPED = ["{0}", "why {0}", "g {0}", "/{0}", "set {0}", "set w={0}", "e {0}", "e {0}/t.csv", "show {0}", "n {0}"]


@pytest.mark.parametrize("line", TYPED)
def test_lines_of_step(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(tmp_path)
    for word in [*WORDS, "q\0q"]:
        if "\n" not in word:
            typed = io.StringIO(f"n\n{line.format(word)}\n", newline="\n")
            monkeypatch.setattr(sys, "stdin", typed)
            check(command("step", RELU).err)
