"""`samples:` and `reduce:`: what they give, and every complaint at its line and column."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import pytest

from bptrace import SpecError, load, loads
from bptrace.engine.batch import Batch
from bptrace.spec.reader import AnyPath
from tests.refusals import HERE, bounded, outcome, refusal

END = "\nweights: {w: [1, -2]}\nloss: (w@x - y)^2"


def batch_of(text: str) -> Batch:
    network = loads(text, "net.yaml")
    assert isinstance(network, Batch)
    return network


def own(batch: Batch) -> list[str]:
    """Every sample's own givens as the register prints them."""
    trace = batch.trace()
    return [f"{given.section} {given.key}={trace.text(given.key)}" for given in trace.givens if "(" in given.key]


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (
            "[{input: {x: [0, 1]}, target: {y: 1}}, {target: {y: 1/2}, input: {x: [2, 3]}}]",
            ["input x(1)=[0, 1]", "target y(1)=1", "input x(2)=[2, 3]", "target y(2)=1/2"],
        ),
        ("[{input: {x: [0, 1], y: 2}}]", ["input x(1)=[0, 1]", "input y(1)=2"]),
        ("[&s {input: {x: [0, 1], y: 2}}, *s]", ["input x(1)=[0, 1]", "input y(1)=2"] * 2),
        ("[{input: {x: [0, 1]}}]\ntarget: {y: 3}", ["input x(1)=[0, 1]"]),
        ("[{target: {y: 0.5}}, {target: {y: 2}}]\ninput: {x: [1, 2]}", ["target y(1)=0.5", "target y(2)=2"]),
    ],
)
def test_a_list_of_samples(samples: str, expected: list[str]) -> None:
    found = own(batch_of(f"samples: {samples}{END}"))
    assert [text.replace("(2)", "(1)") for text in found] == [text.replace("(2)", "(1)") for text in expected]


@pytest.mark.parametrize(
    ("reduce", "loss", "gradient"),
    [
        ("", Fraction(10, 2), [[-6, 2], [-14, 4]]),
        ("\nreduce: mean", Fraction(10, 2), [[-6, 2], [-14, 4]]),
        ("\nreduce: sum", 10, [[-6, 2], [-14, 4]]),
    ],
)
def test_the_mean_or_the_sum(reduce: str, loss: Fraction, gradient: list[list[int]]) -> None:
    samples = "[{input: {x: [3, 1]}, target: {y: 2}}, {input: {x: [1, 1]}, target: {y: 2}}]"
    trace = batch_of(f"samples: {samples}{reduce}{END}").trace()
    each = [part["dL/dw"] for part in trace.samples]
    assert [part["L"] for part in trace.samples] == [1, 9]
    assert each == [[-6, -2], [-6, -6]]
    count = 1 if "sum" in reduce else 2
    assert trace["L"] == loss
    assert trace["dL/dw"] == [Fraction(-12, count), Fraction(-8, count)]


@pytest.mark.parametrize(
    "marked",
    [
        "samples: ¦[]",
        "samples:¦",
        "samples: [¦3]",
        "samples: [¦[1, 2]]",
        "samples: [¦{}]",
        "samples: [{input: ¦3}]",
        "samples: [{input: ¦}]",
        "samples: [¦{input: {}}]",
        "samples: [{¦inptu: {x: [1, 2], y: 3}}]",
        "samples: [{¦x: [1, 2], y: 3}]",
        "samples: [{input: {x: [1, ¦two], y: 3}}]",
        "samples: [{input: {x: [1, 2], ¦x: 3}}]",
        "samples: [{input: {x: [1, 2]}, target: {¦x: 3}}]",
        "samples: [{input: {x: [1, 2], ¦relu: 3}}]",
        "samples: [{input: {x: [1, 2], ¦1a: 3}}]",
        "samples: [{input: {¦x: [1, 2], y: 3}}]\ninput: {x: [1, 2]}",
        "target: {y: 3}\nsamples: [{input: {x: [1, 2], ¦y: 3}}]",
        "samples: [{input: {¦w: [1, 2], y: 3}}]",
        "samples: [{input: {x: [1, 2], y: 3}}]\nforward: {¦x: 3}",
        "samples: [{input: {x: [1, 2], y: 3}}, ¦{input: {x: [1, 2]}}]",
        "samples: [{input: {x: [1, 2], y: 3}}, {input: {x: [1, 2], ¦q: 3}}]",
        "samples: [{input: {x: [1, 2], y: 3}}, {input: {x: ¦[1, 2, 3], y: 3}}]",
        "samples: [{input: {x: [1, 2], y: 3}}, {input: {x: ¦1, y: 3}}]",
        "samples: [{input: {x: [1, 2], y: 3}}, {input: {x: [1, 2]}, target: {¦y: 3}}]",
        "samples: [{input: {x: [1, 2], y: 3}}, {input: {x: [1, 2]}, target: {¦x: 3}}]",
        "samples: ¦{target: y}",
        "samples: {¦files: a.csv}",
        "samples: {file: ¦[a.csv]}",
        "samples: {file: ¦no/such.csv}",
        "samples: ¦no/such.csv",
        "samples: ¦.",
        "samples: [{input: {x: [1, 2], y: 3}}]\nreduce: ¦median",
        "samples: [{input: {x: [1, 2], y: 3}}]\nreduce: ¦[mean]",
        "reduce: ¦mean\ninput: {x: [1, 2], y: 3}",
    ],
)
def test_complaints(marked: str) -> None:
    assert refusal(marked + END).message


@pytest.mark.parametrize(
    ("marked", "message", "hints"),
    [
        (
            "¦[]",
            "an empty list of samples",
            ["as in samples: [{input: {x: [0, 1]}, target: {y: 1}}] or samples: xor.csv"],
        ),
        (
            "\n- {input: {x: [1, 2], y: 3}}\n- ¦{input: {x: [1, 2]}}",
            "sample 2 has no 'y'",
            ["sample 1 has it at line 2"],
        ),
        (
            "\n- {input: {x: [1, 2], y: 3}}\n- {input: {x: [1, 2], y: 3, ¦yy: 2}}",
            "sample 1 has no 'yy'",
            ["sample 1 has: x, y", "did you mean 'y'?"],
        ),
        (
            "\n- {input: {x: [1, 2], y: 3}}\n- {input: {x: ¦[1], y: 3}}",
            "x is a vector of 1 here, but a vector of 2 in sample 1",
            ["sample 1 has it at line 2"],
        ),
        (
            "\n- {input: {x: [1, 2]}, target: {y: 3}}\n- {input: {x: [1, 2], ¦y: 3}}",
            "'y' is in input: here, but in target: in sample 1",
            ["sample 1 has it at line 2"],
        ),
        (
            "[{input: {¦x: [1, 2], y: 3}}]\ninput: {x: [1, 2]}",
            "'x' is given in a sample and at line 2 too",
            ["input: and target: hold what all samples share; a sample holds only its own"],
        ),
        (
            "[{¦inptu: {x: 1}}]",
            "unknown field 'inptu'",
            [
                "known here: input, target",
                "did you mean 'input'?",
                "as in samples: [{input: {x: [0, 1]}, target: {y: 1}}] or samples: xor.csv",
            ],
        ),
    ],
)
def test_hints(marked: str, message: str, hints: list[str]) -> None:
    problem = refusal(f"samples: {marked}{END}")
    assert (problem.message, list(problem.hints)) == (message, hints)


@pytest.mark.parametrize(
    "text",
    [
        "samples: &a [*a]",
        "samples: &a [{input: *a}]",
        "samples: &a {file: *a}",
        "samples: [&a {input: {x: *a}}]",
        f"samples: [&s {{input: {{x: [1, 2], y: 3}}}}{', *s' * 12_000}]",
        "forward: &a {z: *a}\nsamples: a.csv",
        "samples: /dev/zero",
        f"samples: [&s {{input: {{x: [1, 2], y: 3}}}}{', *s' * 9_000}]\ninput: {{k: [{'1, ' * 2_000} 1]}}",
    ],
    ids=lambda text: text[:20],
)
def test_samples_take_bounded_work(text: str) -> None:
    assert isinstance(outcome(text + END), SpecError)


# CSV files

TABLE = "weights: {w: [1, -2]}\nloss: (w@x - y)^2\n"


def in_folder(folder: Path, table: str, network: str) -> Path:
    """A network file beside a table, `t.csv`."""
    (folder / "t.csv").write_bytes(table.encode())
    path = folder / "net.yaml"
    path.write_text(network, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("table", "network", "expected"),
    [
        (
            "x1,x2,y\n0,1,2\n3,4,1/3\n",
            TABLE,
            ["input x(1)=[0, 1]", "target y(1)=2", "input x(2)=[3, 4]", "target y(2)=1/3"],
        ),
        ("x[1],x[2],y\n0,0.1,2", TABLE, ["input x(1)=[0, 0.1]", "target y(1)=2"]),
        ("\ufeffx[1],x[2],y\n1,2,3", TABLE, ["input x(1)=[1, 2]", "target y(1)=3"]),
        ("y,x1,x2\n1,2,3", TABLE, ["input y(1)=1", "target x(1)=[2, 3]"]),
        ("a1,a2\n1,2", "weights: {w: 2}\nloss: w*a1 - a2", ["input a1(1)=1", "target a2(1)=2"]),
        ("a1,a2\n1,2", "weights: {w: 2}\nloss: (w*a - a2)[1]", ["input a(1)=[1]", "target a2(1)=2"]),
        ("w[1,1],w[2,1],y\n1,2,3", "weights: {v: 2}\nloss: v*sum(w) - y", ["input w(1)=[[1], [2]]", "target y(1)=3"]),
        (
            "x1,x2,y\n1,2,3",
            "layers: [{weights: [[1, 1]]}]\nloss: squared_error(yhat, y)",
            ["input x(1)=[1, 2]", "target y(1)=3"],
        ),
    ],
)
def test_a_table_of_samples(table: str, network: str, expected: list[str], tmp_path: Path) -> None:
    batch = load(in_folder(tmp_path, table, f"samples: t.csv\n{network}"))
    assert isinstance(batch, Batch)
    assert own(batch) == expected


@pytest.mark.parametrize(
    ("mapping", "sections"),
    [
        ("{file: t.csv}", ["input", "input", "target"]),
        ("{file: t.csv, target: p}", ["input", "input", "target"]),
        ("{file: t.csv, target: [p, y]}", ["input", "target", "target"]),
        ("{file: t.csv, target: []}", ["input", "input", "input"]),
    ],
)
def test_a_table_with_its_targets_named(mapping: str, sections: list[str], tmp_path: Path) -> None:
    path = in_folder(tmp_path, "p,q,y\n1,2,3\n", f"samples: {mapping}\nweights: {{w: 1}}\nloss: w*p + q - y")
    assert [given.section for given in load(path).givens if "(1)" in given.key] == sections


def test_a_table_is_looked_for_beside_the_file_or_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = in_folder(tmp_path, "x1,x2,y\n1,2,3\n", f"samples: t.csv\n{TABLE}")
    assert load(path).trace()["L"] == 36
    with pytest.raises(SpecError, match=r"^<text>:1:10: error: no such file: t.csv\n"):
        loads(path.read_text())
    monkeypatch.chdir(tmp_path)
    assert loads(path.read_text()).trace()["L"] == 36


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("¦", "the file is empty"),
        ("x1,x2,y¦\n", "there is no line of numbers under the header"),
        ("x1,x2,y\n1,2,3\n1,2¦\n", "a line of 2 under a header of 3"),
        ("x1,x2,y\n1,2,3\n1,¦two,2\n", "'two' is not a number"),
        ("x1,x2,y\n1, ¦,2\n", "nothing is not a number"),
        ("x1,x2,y\n1,2,¦1/0\n", "a division by zero"),
        ("x1,x2,y\n1,2,¦nan\n", "'nan' is not an exact number"),
        ("x1,x2,y,¦y\n1,2,3,4\n", "'y' stands twice in the header"),
        ("¦1,2,3\n1,2,3\n", "here the first line has no name of a column"),
        ("x1,x2,¦relu\n1,2,3\n", "'relu' is reserved: it is a function"),
        ("x1,x2,¦w\n1,2,3\n", "'w' is given in a sample and at line 2 of {folder}/net.yaml too"),
        ("x1,¦x2" + "9" * 300 + ",y\n1,2,3\n", "a name of 302 characters; at most 100 are taken"),
        ("x1,x2,y\n" + "1,2,3\n" * 10_000 + "¦1,2,3\n", "more than 10,000 lines below the header"),
        ("x1,x2,y\n1,2,3\n¦\udcff,2,3\n", "byte 0xff is not UTF-8"),
    ],
    ids=lambda text: text[-30:],
)
def test_complaints_about_a_table(marked: str, message: str, tmp_path: Path) -> None:
    marked = marked if HERE in marked else HERE + marked
    before, _, after = marked.partition(HERE)
    path = in_folder(tmp_path, "", f"samples: t.csv\n{TABLE}")
    (tmp_path / "t.csv").write_bytes((before + after).encode(errors="surrogateescape"))
    with bounded(), pytest.raises(SpecError) as refused:
        load(path).trace()
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    message = message.format(folder=tmp_path)
    assert refused.value.message == message
    assert str(refused.value).startswith(f"{tmp_path}/t.csv:{line}:{column}: error: {message}\n")


# Which files may be read


def with_links(folder: Path) -> Path:
    """A network's folder, with a table in it, below it, and links to others; a table lies beside the folder."""
    nets = folder / "nets"
    (nets / "below").mkdir(parents=True)
    for table in (folder / "t.csv", nets / "t.csv", nets / "below" / "t.csv"):
        table.write_text("x1,x2,y\n1,2,3\n")
    (nets / "in.csv").symlink_to("below/t.csv")
    (nets / "out.csv").symlink_to("../t.csv")
    (nets / "up").symlink_to("..")
    (folder / "nets2").mkdir()
    (folder / "nets2" / "t.csv").write_text("x1,x2,y\n1,2,3\n")
    return nets


INSIDE = ["t.csv", "./t.csv", "below/t.csv", "below/../t.csv", "../nets/t.csv", "in.csv", "{folder}/nets/t.csv"]
OUTSIDE = ["../t.csv", "out.csv", "up/t.csv", "{folder}/t.csv", "../nets2/t.csv", "{folder}/nets2/t.csv"]
NOT_THERE = ["/no/such.csv", "../no.csv", "/", "..", "up", "~/../t.csv/../.."]


def said_of(nets: Path, name: str, allow: AnyPath | Iterable[AnyPath] = ()) -> str:
    (nets / "net.yaml").write_text(f"samples: {name.format(folder=nets.parent)}\n{TABLE}")
    try:
        return str(load(nets / "net.yaml", allow=allow).trace()["L"])
    except SpecError as problem:
        return str(problem)


@pytest.mark.parametrize("name", INSIDE)
def test_a_table_in_the_folder_of_the_network_or_below_is_read(name: str, tmp_path: Path) -> None:
    assert said_of(with_links(tmp_path), name) == "36"


@pytest.mark.parametrize("name", OUTSIDE + NOT_THERE)
def test_one_outside_it_is_not_and_nothing_is_said_of_it(name: str, tmp_path: Path) -> None:
    said = said_of(with_links(tmp_path), name)
    assert re.match(r".*/nets/net\.yaml:1:10: error: \S+ is outside the network's folder\n", said)
    assert "\n   a network reads samples from its own folder and from those below it\n   --allow-path /" in said


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("listed", [True, False])
def test_one_in_a_folder_that_is_allowed_is_read(name: str, listed: bool, tmp_path: Path) -> None:
    nets = with_links(tmp_path)
    assert said_of(nets, name, allow=[tmp_path / "no", str(tmp_path)] if listed else str(tmp_path)) == "36"
    assert "--allow-path" in said_of(nets, name, allow=tmp_path / "no")


def test_a_link_to_a_network_has_the_folder_that_it_lies_in(tmp_path: Path) -> None:
    nets = with_links(tmp_path)
    assert said_of(nets, "t.csv") == "36"
    (tmp_path / "nets2" / "link.yaml").symlink_to(nets / "net.yaml")
    (tmp_path / "nets2" / "t.csv").write_text("x1,x2,y\n1,2,5\n")
    assert load(tmp_path / "nets2" / "link.yaml").trace()["L"] == 64


def test_a_text_reads_in_the_current_folder_or_where_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(with_links(tmp_path))
    assert loads(f"samples: below/t.csv\n{TABLE}").trace()["L"] == 36
    with pytest.raises(SpecError, match="outside the network's folder"):
        loads(f"samples: ../t.csv\n{TABLE}")
    assert loads(f"samples: ../t.csv\n{TABLE}", allow="..").trace()["L"] == 36
    assert loads({"samples": "../t.csv", "loss": "(x1 - y)^2"}, allow=[".."]).trace()["L"] == 4


def socket_at(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(os.path.relpath(path))


@pytest.mark.parametrize("make", [os.mkfifo, socket_at, lambda path: path.symlink_to("/dev/zero")])
def test_what_may_have_no_end_is_no_table(
    make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "t.csv")
    with bounded():
        said = said_of(tmp_path, "t.csv", allow="/dev")
    assert re.search(r"net.yaml:1:10: error: cannot read .*t\.csv: (it is a pipe or a device|No such device)", said)


@pytest.mark.parametrize(
    ("marked", "message", "hint"),
    [
        ("samples: ¦tt.csv", "no such file: {folder}/tt.csv", "did you mean 't.csv'?"),
        ("samples: ¦.", "{folder}/. is a directory, not a CSV file", ""),
        ("samples: {file: t.csv, target: [¦z]}", "the table has no 'z'", "the table has: x, y"),
        ("samples: {file: t.csv, target: ¦{y: 1}}", "expected a name", ""),
        (
            "samples: t.csv\nforward: {¦x: 2}",
            "'x' is defined twice",
            "first at line 1 of {folder}/t.csv: choose another name",
        ),
    ],
)
def test_complaints_about_what_names_the_table(marked: str, message: str, hint: str, tmp_path: Path) -> None:
    before, _, after = marked.partition(HERE)
    path = in_folder(tmp_path, "x1,x2,y\n1,2,3\n", f"{before}{after}\n{TABLE}")
    with pytest.raises(SpecError) as refused:
        load(path)
    problem, line = refused.value, before.count("\n") + 1
    assert (problem.line, problem.column) == (line, len(before) - (before.rfind("\n") + 1) + 1)
    assert problem.message == message.format(folder=tmp_path)
    assert str(problem).startswith(f"{path}:{line}:")
    assert hint.format(folder=tmp_path) in [*problem.hints, ""]


def test_an_equation_for_a_column_is_the_second_of_that_name_wherever_it_stands(tmp_path: Path) -> None:
    text = "loss: {q: 1}\nsamples: t.csv"
    with pytest.raises(SpecError) as refused:
        load(in_folder(tmp_path, "one,two,three,four,q\n1,2,3,4,5\n", text))
    assert (refused.value.message, refused.value.line, refused.value.column) == ("'q' is defined twice", 1, 8)
    assert refused.value.hints == (f"first at line 1 of {tmp_path}/t.csv: choose another name",)
