"""`bptrace new`: the starter network, and what it never overwrites."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import load, loads
from bptrace.cli.starters import Starter, drawn
from bptrace.numbers.arrays import entries
from tests.conftest import ROOT, Command, terminal_as_error


def starter(command: Command, tmp_path: Path, *options: str) -> Path:
    file = tmp_path / f"net{len(list(tmp_path.iterdir()))}.yaml"
    status, out, err = command("new", file, *options)
    assert (status, out, err) == (0, "", "")
    return file


@pytest.mark.parametrize(
    ("options", "shapes"),
    [
        ([], {"x": (2,), "W1": (2, 2), "b1": (2,), "W2": (1, 2), "b2": (1,), "y": (1,)}),
        (["--layers", "3,1"], {"x": (3,), "W1": (1, 3), "b1": (1,), "y": (1,)}),
        (["--layers", "1, 2"], {"x": (1,), "W1": (2, 1), "b1": (2,), "y": (2,)}),
        (["--layers", "1,1,1"], {"x": (1,), "W1": (1, 1), "b1": (1,), "W2": (1, 1), "b2": (1,), "y": (1,)}),
        (
            ["--layers", "4,3,2,2"],
            {"x": (4,), "W1": (3, 4), "b1": (3,), "W2": (2, 3), "b2": (2,), "W3": (2, 2), "b3": (2,), "y": (2,)},
        ),
    ],
)
def test_layers_are_the_shapes(
    command: Command, tmp_path: Path, options: list[str], shapes: dict[str, tuple[int, ...]]
) -> None:
    network = load(starter(command, tmp_path, *options))
    assert {given.key: given.shape for given in network.givens if given.key != "lr"} == shapes
    drawn = [entry for given in network.givens if given.key != "lr" for entry in entries(given.value, given.shape)]
    assert all(abs(entry) < 10 and entry.q == 1 for entry in drawn)
    assert len({int(entry.p) for entry in drawn}) > 1


@pytest.mark.parametrize("activation", ["relu", "hardtanh", "hardsigmoid", "identity"])
def test_the_hidden_layers_have_the_activation(command: Command, tmp_path: Path, activation: str) -> None:
    file = starter(command, tmp_path, "--layers", "2,2,2,1", "--activation", activation)
    equations = load(file).trace().equations
    assert equations == [
        "z1 = W1@x + b1",
        f"h1 = {activation}(z1)",
        "z2 = W2@h1 + b2",
        f"h2 = {activation}(z2)",
        "yhat = W3@h2 + b3",
        "L = squared_error(yhat, y)",
    ]


@pytest.mark.parametrize(
    ("options", "title", "ends"),
    [
        ([], "2-2-1", ["yhat = W2@h1 + b2", "L = squared_error(yhat, y)"]),
        (
            ["--output-activation", "sigmoid"],
            "2-2-1",
            ["z2 = W2@h1 + b2", "yhat = sigmoid(z2)", "L = binary_cross_entropy(yhat, y)"],
        ),
        (["--loss", "binary_cross_entropy"], "2-2-1", ["yhat = sigmoid(z2)", "L = binary_cross_entropy(yhat, y)"]),
        (["--output-activation", "softmax"], "2-2-2", ["yhat = softmax(z2)", "L = -sum(y*log(yhat))"]),
        (["--loss", "nll"], "2-2-2", ["yhat = softmax(z2)", "L = nll(log(yhat), y)"]),
        (["--loss", "cross_entropy", "--layers", "2,3"], "2-3", ["yhat = W1@x + b1", "L = cross_entropy(yhat, y)"]),
        (
            ["--loss", "half_squared_error", "--output-activation", "sigmoid"],
            "2-2-1",
            ["yhat = sigmoid(z2)", "L = half_squared_error(yhat, y)"],
        ),
    ],
)
def test_what_is_left_out_is_as_the_rest_asks(
    command: Command, tmp_path: Path, options: list[str], title: str, ends: list[str]
) -> None:
    trace = load(starter(command, tmp_path, *options)).trace()
    assert trace.title == f"{title} network"
    assert trace.equations[-len(ends) :] == ends


@pytest.mark.parametrize("options", [[], ["--layers", "12,11,2", "--seed", "9"]])
def test_the_file_has_comments_and_runs(command: Command, tmp_path: Path, options: list[str]) -> None:
    file = starter(command, tmp_path, *options)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert text.count("#") > 3
    status, out, err = command("run", file)
    assert (status, err) == (0, "")
    assert "\nSummary\n" in out
    assert "one gradient step on" in out


def test_what_is_commented_out_works_too(command: Command, tmp_path: Path) -> None:
    file = starter(command, tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("# gradients:", "gradients:"), encoding="utf-8")
    assert "dL/dx" in load(file).trace()


def test_a_seed_is_a_network(command: Command, tmp_path: Path) -> None:
    first, same, other = (
        starter(command, tmp_path, "--seed", seed).read_text(encoding="utf-8") for seed in ("7", "7", "8")
    )
    assert first == same != other


@pytest.mark.parametrize("name", ["xor", "example:xor"])
def test_an_example_is_copied_byte_for_byte(command: Command, tmp_path: Path, name: str) -> None:
    file = starter(command, tmp_path, "--example", name)
    assert file.read_bytes() == (ROOT / "networks" / "xor.yaml").read_bytes()
    assert command("new", file, "--example", name) == (2, "", f"error: {file} exists\n   --force overwrites it\n")
    assert command("new", "-", "--example", name).out == file.read_text(encoding="utf-8")


def test_an_example_is_copied_with_the_table_of_its_samples(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, desk = tmp_path / "shelf", tmp_path / "desk"
    shelf.mkdir()
    desk.mkdir()
    (shelf / "ours.yaml").write_bytes(b"samples: ours.csv\nloss: (x - y)^2\n")
    (shelf / "ours.csv").write_bytes(b"x,y\r\n1,2\r\n")
    monkeypatch.setattr("bptrace.spec.examples.folder", lambda: str(shelf))
    file, table = desk / "net.yaml", desk / "ours.csv"
    with terminal_as_error():
        assert command("new", file, "--example", "ours").err == (
            f"wrote {file}: 34 bytes\nwrote {table}: 10 bytes; now: bptrace run {file}\n"
        )
    assert table.read_bytes() == b"x,y\r\n1,2\r\n"
    file.unlink()
    assert command("new", file, "--example", "ours").err == f"error: {table} exists\n   --force overwrites it\n"
    assert not file.exists()


@pytest.mark.parametrize("name", ["ours.csv", "./ours.csv"])
def test_a_copy_is_not_written_over_by_its_table(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("bptrace.spec.examples.folder", lambda: str(tmp_path))
    (tmp_path / "ours.yaml").write_text("samples: ours.csv\nloss: (x - y)^2\n")
    (tmp_path / "ours.csv").write_text("x,y\n1,2\n")
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    status, out, err = command("new", name, "--example", "ours")
    assert (status, out) == (2, "")
    assert err == f"error: {name} is to be the table of the network's samples\n   name another file\n"
    assert not list((tmp_path / "desk").iterdir())


def test_a_file_that_is_called_like_an_example(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with terminal_as_error():
        assert command("new", "example:xor").err.endswith(" bytes; now: bptrace run ./example:xor\n")
    assert load("./example:xor").title == "2-2-1 network"


@pytest.mark.parametrize(
    "option",
    [
        ["--layers", "2,1"],
        ["--activation", "relu"],
        ["--seed", "0"],
        ["--output-activation", "softmax"],
        ["--loss", "hinge"],
        ["--draw", "integers"],
    ],
)
def test_an_example_is_not_drawn(command: Command, tmp_path: Path, option: list[str]) -> None:
    status, out, err = command("new", tmp_path / "net.yaml", "--example", "xor", *option)
    assert (status, out) == (2, "")
    assert f"Error: {option[0]} draws a network; --example copies one\n" in err


def test_an_unknown_example(command: Command, tmp_path: Path) -> None:
    status, out, err = command("new", tmp_path / "net.yaml", "--example", "xr")
    assert (status, out) == (2, "")
    assert err.startswith("error: unknown example 'xr'\n   did you mean 'xor'?\n")


def test_never_overwrites_without_force(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("mine", encoding="utf-8")
    assert command("new", file) == (2, "", f"error: {file} exists\n   --force overwrites it\n")
    assert file.read_text(encoding="utf-8") == "mine"
    assert command("new", file, "--force").status == 0
    assert load(file).title == "2-2-1 network"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--layers", "3"], "'3' is not two or more numbers from 1 to 1000, as in 2,2,1"),
        (["--layers", "3,x"], "'3,x' is not two or more numbers"),
        (["--layers", "0,1"], "'0,1' is not two or more numbers"),
        (["--layers", "-1,1"], "'-1,1' is not two or more numbers"),
        (["--layers", ""], "'' is not two or more numbers"),
        (["--layers", f"{'9' * 5_000},2"], "…99999999,2' is not two or more numbers from 1 to 1000, as in 2,2,1"),
        (["--layers", "2,100000000000"], "is not two or more numbers from 1 to 1000"),
        (["--activation", "swish"], "'swish' is not one of"),
        (["--seed", "x"], "'x' is not a valid integer"),
        (["--draw", "thirds"], "'thirds' is not one of 'integers', 'halves', 'decimals'"),
        (["--output-activation", "relu"], "'relu' is not one of 'identity', 'sigmoid', 'softmax'"),
        (["--loss", "mse"], "'mse' is not one of 'squared_error'"),
        (
            ["--loss", "hinge", "--output-activation", "sigmoid"],
            "--loss hinge does not fit --output-activation sigmoid\n   it goes with identity; sigmoid has binary_cross",
        ),
        (
            ["--loss", "cross_entropy", "--output-activation", "sigmoid"],
            "--loss cross_entropy does not fit --output-activation sigmoid\n   it goes with identity and softmax; sig",
        ),
        (
            ["--output-activation", "softmax", "--layers", "2,1"],
            "cross_entropy of one output is always the same\n   two or more, as in --layers 2,2,2",
        ),
        (["--loss", "cross_entropy", "--layers", "2,2,1"], "cross_entropy of one output is always the same"),
    ],
)
def test_refuses_what_makes_no_network(command: Command, tmp_path: Path, options: list[str], problem: str) -> None:
    status, out, err = command("new", tmp_path / "net.yaml", *options)
    assert (status, out) == (2, "")
    assert problem in err
    assert list(tmp_path.iterdir()) == []


def test_says_where_it_cannot_write(command: Command, tmp_path: Path) -> None:
    status, out, err = command("new", tmp_path / "absent" / "net.yaml")
    assert (status, out) == (2, "")
    absent = tmp_path / "absent"
    message = f"error: cannot write {absent / 'net.yaml'}: No such file or directory"
    assert err == f"{message}\n   there is no folder {absent}\n"


def test_a_starter_goes_to_standard_output(command: Command) -> None:
    status, out, err = command("new", "-", "--seed", "3")
    assert (status, err) == (0, "")
    assert loads(out).trace()["L"]


def test_a_starter_of_too_many_numbers_is_refused(command: Command) -> None:
    status, out, err = command("new", "-", "--layers", "1000,1000")
    assert (status, out) == (2, "")
    assert "takes 1,001,000 weights and biases; at most 500,000 are drawn\n   fewer or smaller layers" in err


def test_a_starter_of_the_most_numbers_can_be_run() -> None:
    most = loads(drawn(Starter((1_000, 499)), 0))
    assert most.row_count() > 998_000
