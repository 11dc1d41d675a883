"""Answer files read for a network: each row's quantity, number and rule, and what is said where one cannot be read."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TextIO

import pytest

import bptrace
from bptrace.engine.trace import Trace
from bptrace.errors import Source, SpecError
from bptrace.marking.answer_files import read_answers
from bptrace.marking.spelling import Spellings
from bptrace.marking.verdicts import Answer, WrittenNumber
from bptrace.marking.working import Working
from bptrace.marking.written_rules import WrittenRules
from bptrace.numbers.decimals import plain_decimal
from bptrace.numbers.enclosures import Scalar, is_enclosure
from bptrace.numbers.exact import bounds, exact_text, rational
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Call, Expr, Leaf, Number
from bptrace.views.csv import write_csv
from bptrace.views.markdown import write_markdown
from tests.conftest import NETWORKS, ROOT


@cache
def working(network: str = "relu_2_2_1") -> Working:
    return Working(bptrace.load(ROOT / "networks" / f"{network}.yaml").trace())


def answers(text: str, network: str = "relu_2_2_1", name: str = "-") -> list[Answer]:
    return read_answers(Source(name, text), working(network))


def told(answer: Answer) -> str:
    return f"{answer.name} {exact_text(answer.number.value)}" if answer.number else answer.name


READ = [
    ("dw11 = -2", "dL/dw11 -2"),
    ("∂L/∂w₁₁ ≈ -2.00", "dL/dw11 -2"),
    ("w11.grad;-0,5", "dL/dw11 -1/2"),
    ("dL/dW = [[1, 2], [3, 4]]", "dL/dw11 1, dL/dw12 2, dL/dw21 3, dL/dw22 4"),
    ("db = (1/2, -2*1)", "dL/db1 1/2, dL/db2 -2"),
    (r"\mathbf{b}.grad &= \begin{pmatrix} 1 \\ -2 \end{pmatrix} \\", "dL/db1 1, dL/db2 -2"),
    (r"dw = \begin{bmatrix} 1 & 2 \\ 3 & \frac{1}{2} \end{bmatrix}", "dL/dw11 1, dL/dw12 2, dL/dw21 3, dL/dw22 1/2"),
    ("db = [[1], [2]]", "dL/db1 1, dL/db2 2"),
    ("db = [1, x]", "dL/db1 1, dL/db2"),
    ("db =\n[1, 2]", "dL/db1 1, dL/db2 2"),
    ("dW =\n[[1. 2.]\n [3. 4.]]", "dL/dw11 1, dL/dw12 2, dL/dw21 3, dL/dw22 4"),
    ("z = tensor([2., -1.], requires_grad=True)", "z1 2, z2 -1"),
    ("δ1 = [1, 2]", "dL/dz1 1, dL/dz2 2"),
    ("δ1 = 1", "dL/dz1 1"),
]


@pytest.mark.parametrize(("text", "wanted"), READ)
def test_what_a_row_says(text: str, wanted: str) -> None:
    assert ", ".join(map(told, answers(text))) == wanted


NONE_TWICE = [
    ("z1 = 2\nz1 = 2", "z1 2"),
    ("dL/dw11 = dL/dz1*x1\ndL/dw11 = -2*1\ndL/dw11 = -2", "dL/dw11 -2"),
    ("dL/dw11 = dL/dz1*x1\ndL/dw11 = -2*1 = -2", "dL/dw11 -2"),
    ("Name: Anna\nz1: 2", "z1 2"),
    ("gradients:\n  w: [[1, 2], [3, 4]]\n  yhat: 5\nw: [[0, 1], [1, -1]]\n",
     "dL/dw11 1, dL/dw12 2, dL/dw21 3, dL/dw22 4, dL/dyhat 5, w11 0, w12 1, w21 1, w22 -1"),
]  # fmt: skip


def test_a_weight_that_is_not_as_given_is_the_new_one() -> None:
    net = working("momentum")
    given = {name: exact_text(net.givens[name]) for name in ("w1", "b", "x1")}
    for name, value in given.items():
        other = "x1" if name == "x1" else f"{name}_new"
        assert [answer.name for answer in answers(f"{name} = {value}", "momentum")] == [name]
        assert [answer.name for answer in answers(f"{name} = 12345", "momentum")] == [other]
    both = ", ".join(f"{name} = {value}" for name, value in given.items())
    assert [answer.name for answer in answers(both + ", b = 7", "momentum")] == ["w1", "b", "x1", "b_new"]
    assert {answer.name for answer in answers("w = [7, 8]", "momentum")} == {"w1_new", "w2_new"}
    assert [answer.name for answer in answers("w11 = 7")] == ["w11"]


def test_what_an_update_keeps_is_the_new_one_where_it_has_changed() -> None:
    rows = {"m_w1 = 0": "m_w1", "m_w1 = -0.2": "m_w1_new", "v2 = 0.016": "v_w2_new", "mhat1 = -2": "mhat_w1"}
    text = "\n".join([*rows, "w1_new = 0.6"])
    assert [answer.name for answer in answers(text, "adam")] == [*rows.values(), "w1_new"]


@pytest.mark.parametrize(("text", "wanted"), NONE_TWICE)
def test_what_stands_twice_is_told_where_it_differs(text: str, wanted: str) -> None:
    assert ", ".join(map(told, answers(text))) == wanted


RULES = [
    ("dL/dw11 = -2*1 = -2", "-2*1", "-2", ""),
    ("dL/dw11 = dL/dz1*x1 = -2*1 = -2", "-2*1", "-2", "-2"),
    ("dL/dw11 = dz1*x_1 = -2", "dz1*x_1", "-2", "-2"),
    ("dL/dw11 = -2*1", "-2*1", "-2", ""),
    ("dL/dw11,dL/dz[1]*x[1],-2", "dL/dz[1]*x[1]", "-2", "-2"),
    ("dL/dw11 = ∂L/∂z₁·x₁ = -2", "∂L/∂z₁·x₁", "-2", "-2"),
    ("h1 = max(0,z1) = max(0,2) = 2", "max(0,2)", "2", "2"),
    ("dL/dz1 = dL/dh1*ReLU'(z1) = -2*1 = -2", "-2*1", "-2", "-2"),
    ("dL/dyhat = twice it = 2*(2-3) = -2", "2*(2-3)", "-2", ""),
    ("dL/dyhat = 2(ŷ - y) = 2(2-3) = -2", "2(2-3)", "-2", "-2"),
    (
        r"\frac{\partial L}{\partial w_{11}} = \frac{\partial L}{\partial z_1} \cdot x_1 = -2 \cdot 1 = -2",
        "-2 *     1",
        "-2",
        "-2",
    ),
    (r"z_1 = \frac{1 + 3}{2}", r"\frac{1 + 3}{2}", "2", ""),
    ("db = [-2*1, 0]", "-2*1", "-2", ""),
    ("L = e^(0)*3 - e**0 = 2", "e^(0)*3 - e**0", "2", ""),
    ("dL/dz1;-0,5*4;-2", "-0,5*4", "-2", ""),
    ("dL/dw11 = ∂L/∂z1 * ∂z1/∂w11 = -2*1 = -2", "-2*1", "-2", ""),
    ("dL/dw11 = ∂L/∂z1 * ∂z1/∂w11 = -2", "∂L/∂z1 * ∂z1/∂w11", "", ""),
    ("ReLU'(z1) = z1=2>0 = 1", "z1=2>0", "", ""),
]


@pytest.mark.parametrize(("text", "said", "rule", "formula"), RULES)
def test_the_rules_beside_a_value(text: str, said: str, rule: str, formula: str) -> None:
    answer = answers(text)[0]
    assert answer.number
    assert answer.said == said
    for tree, wanted in ((answer.rule, rule), (answer.formula, formula)):
        assert (exact_text(evaluate(tree)) if tree else "") == wanted


PROBLEMS = [
    ("dL/dq = 1", 1, 1, "unknown quantity 'dL/dq'"),
    ("z1 = 2\nz1 = 3", 2, 1, "z1 stands here again; it stands at line 1 too"),
    ("z1 = 2 (rounded)", 1, 8, "'(rounded)' is no part of a number"),
    ("dL/dw = 3", 1, 9, "'dL/dw' is a 2x2 matrix, and here is one number"),
    ("z1 = [1, 2]", 1, 6, "a vector of 2, where 'z1' is a scalar"),
    ("db = [1, 2 x]", 1, 12, "'x' is no part of a number"),
    ("dL/dw11 = dL/dz1*x1", 1, 20, "a value is missing behind the formula"),
    ("z1 = 1,5", 1, 7, "',5' is no part of a number"),
    ("δ2 = 1", 1, 1, "'δ2' may be dL/dyhat or dL/dz2"),
    ("z\u200b1 = 2", 1, 1, "'z�1' has what cannot be seen: U+200B"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), PROBLEMS)
def test_a_row_that_cannot_be_read_is_told_at_its_place(text: str, line: int, column: int, message: str) -> None:
    problems = [answer.problem for answer in answers(text) if answer.problem]
    assert [(problem.line, problem.column, problem.message) for problem in problems] == [(line, column, message)]


def test_what_is_left_empty_is_no_answer_and_a_line_that_ends_early_is_a_mistake() -> None:
    for text, name in (("quantity,rule,value\nz1,,\nz2,,3", "a.csv"), ("z1:\nz2: 3", "a.yaml"), ("z1 =\nz2 = 3", "-")):
        assert list(map(told, answers(text, name=name))) == ["z2 3"]
    (answer,) = answers("quantity,value\nz1", name="a.csv")
    assert answer.problem
    assert (answer.problem.line, answer.problem.column) == (2, 3)
    assert answer.problem.message == "a value is missing here"


UNREADABLE = ["z1", "z1 = 2 and z2 = 1", "yhat = 2 L = 1", "z1 = nan", "dL/dw = 3", "z1 = [1, 2]", "[1 2]", "δ2 = x"]


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_row_of_a_known_quantity_is_not_unknown(text: str) -> None:
    (answer,) = answers(text, name="a.csv" if text == "z1" else "-")
    assert answer.problem
    assert not answer.is_unknown
    (answer,) = answers("q = 2 and z2 = 1")
    assert answer.is_unknown


FORMS = ["-2*1", "0.5*(1-0.5)*-3", "2/4", "-2/4*z1", "x1*x_1 - 2.5e-1", "2^3", "z1^2*0.5", "(-2)^2", "2^(1-3)",
         "1/(1+exp(-0.5))", "½*2", "3*-(2)", "max(0,2)", "--2"]  # fmt: skip


@pytest.mark.parametrize("text", FORMS)
def test_a_rule_with_other_numbers_is_read_as_if_alone(text: str) -> None:
    (first,), (again,) = answers(f"dL/dw11 = {text} = 1"), answers(f"dL/dw11 = {text.replace('2', '7')} = 1")
    rules = WrittenRules(Spellings(working()))
    for answer in (first, again):
        assert answer.rule is not None
        assert drawn(answer.rule) == drawn(rules._parsed(answer.said, None))


def drawn(tree: Expr) -> str:
    """A tree with its operations, names and numbers."""
    if isinstance(tree, Call):
        return f"{tree.op}({', '.join(map(drawn, tree.args))})"
    return tree.name if isinstance(tree, Leaf) else f"{tree.value} {tree.decimal}" if isinstance(tree, Number) else "?"


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [("z1 = 2*q = 3", 8, "unknown quantity 'q'"), ("z1 = 2*w = 3", 8, "'w' is a whole array"),
     ("z1 = 1/(2-2)/0 = 3", 13, "division by zero"), ("z1 = 2*(3 = 3", 10, "expected ')'"),
     ("z1 = 5/0 = 3", 7, "division")],
)  # fmt: skip
def test_where_a_rule_cannot_be_read(text: str, column: int, message: str) -> None:
    (answer,) = answers(text)
    assert answer.number
    assert answer.rule_problem
    assert (answer.rule_problem.line, answer.rule_problem.column) == (1, column)
    assert message in answer.rule_problem.message


def test_a_rule_that_cannot_be_read_leaves_the_value() -> None:
    (answer,) = answers("dL/dz1 = 0.5*foo = 3")
    assert answer.number
    assert answer.rule is None
    assert answer.rule_problem
    assert (answer.rule_problem.line, answer.rule_problem.column) == (1, 14)


@pytest.mark.parametrize("write", [write_csv, write_markdown])
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_register_that_is_exported_reads_back_to_each_of_its_rows(
    path: Path, write: Callable[[Trace, TextIO], None]
) -> None:
    known, text = working(path.stem), io.StringIO()
    write(known.trace, text)
    found = read_answers(Source("register", text.getvalue()), known)
    assert [answer.name for answer in found] == list(known.lines)
    assert not [str(problem) for answer in found for problem in (answer.problem, answer.rule_problem) if problem]
    for answer, line in zip(found, known.lines.values(), strict=True):
        assert answer.number
        assert is_shown_by(answer.number, line.value)


Rows = list[tuple[str, str]]


def each(form: str, before: str = "", after: str = "", *, commas: bool = False) -> Callable[[Rows], str]:
    """What writes rows, each in a form; `commas`: with decimal commas."""

    def write(rows: Rows) -> str:
        lines = (form.format(name, value.replace(".", ",") if commas else value) for name, value in rows)
        return f"{before}{''.join(lines)}{after}"

    return write


FORMS_OF_FILES = [
    ("a.csv", each("{},{}\n", "quantity,value\n")), ("-", each("{},{}\n")), ("-", each("{},,{}\n")),
    ("a.csv", each("{};;{}\n", "Quantity;Rule;Value\n", commas=True)), ("-", each("{}; {}\n", commas=True)),
    ("-", each("{}\t{}\n", commas=True)), ("a.csv", each('"{}","{}"\n', commas=True)), ("-", each("{} = {}\n")),
    ("-", each("{}: {}\n")), ("-", each("{} ≈ {}\n")), ("-", each("{}   {}\n")), ("-", each("{} = {}, ")),
    ("a.md", each("- {} = {}\n", "# Mine\n\n")), ("a.md", each("1. {} = {}\n")), ("-", each("{} = {};\n")),
    ("a.md", each("| `{}` | {} |\n", "| quantity | value |\n|---|---|\n")), ("-", each("| {} | **{}** |\n")),
    ("a.yaml", each("{}: {}\n")), ("a.yaml", each('- {{quantity: "{}", value: {}}}\n')),
    ("a.json", each('"{}": {},\n', "{", '"name": "Anna"}')), ("-", each("${} = {}$\n")),
    ("a.tex", each("{} &= {} \\\\\n", "\\begin{align*}\n", "\\end{align*}\n")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "write"), FORMS_OF_FILES, ids=range(len(FORMS_OF_FILES)))
@pytest.mark.parametrize("network", ["relu_lifecycle", "xor_batch", "sigmoid_2_2_2", "adam"])
def test_a_register_in_any_form_reads_back(network: str, name: str, write: Callable[[Rows], str]) -> None:
    lines = list(working(network).lines.values())[:25]
    rows = [(line.name, plain_decimal(line.value, 6)) for line in lines]
    found = [(answer.name, answer.number and answer.number.value) for answer in answers(write(rows), network, name)]
    assert found == [(line, rational(value)) for line, value in rows]


def is_shown_by(written: WrittenNumber, value: Scalar) -> bool:
    """Whether a number is the value, or what its digits show of it."""
    if not is_enclosure(value):
        return bool(written.value == value)
    low, high = bounds(value)
    assert written.unit
    return bool(low - written.unit <= written.value <= high + written.unit)


LONG = 80_000
HOSTILE = [
    "a" + " " * LONG + "x", "z1 = " + " " * LONG + "x", " " * LONG + "| x", "(" * LONG, "z1 = " + "(" * LONG,
    "z1 = " + "[" * LONG, "z1 = " + "1" * LONG, "z1 = " + "1" * 20_000 + "x", "," * LONG, ";" * LONG, '"' * LONG,
    "a=" * LONG, "a:" * LONG, "|" * LONG, "- " + " " * LONG + "x", "dL/dw = [" + "1, " * LONG + "1]", "\\frac{" * LONG,
    ("\\frac{" * 30 + " = 1\n") * 1_000, "z1 = " + "a[" * 40_000 + " = 1", "z1 = " + "f'(" * 30_000 + " = 1",
    "z1 = \N{RIGHT-TO-LEFT OVERRIDE}2\n" * 1_000, "".join(f"dL/dq{i}_1 = q{i} = 1\n" for i in range(1_000)),
    "- quantity: z1\n  value: 1\n" * 1_000, "z1,\"a\n" * 1_000, "{" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_stands_in_a_file_each_row_is_one_with_a_place(text: str) -> None:
    for answer in answers(text):
        assert answer.line >= 1
        assert answer.problem or answer.number
        assert len(str(answer.problem)) < 2_000


@pytest.mark.parametrize(
    ("text", "network"),
    [("w = [2, 0;]", "relu_2_2_1"), ("z1 = 2'(\\hat{y}-y) = 1", "relu_2_2_1"), ("z1 = 2\u0301*3 = 1", "relu_2_2_1"),
     ("z1 = _number0*_number7 = 1", "relu_2_2_1"), ("M12 = 3", "causal_attention"), ("M12 = -inf", "causal_attention"),
     ("M11 = -inf", "causal_attention"), ("w1 = -inf", "adam"), ("w1_new = 1e9999", "adam")],
)  # fmt: skip
def test_odd_rows_are_read_or_told(text: str, network: str) -> None:
    for answer in answers(text, network):
        assert answer.problem or answer.number


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
)


@pytest.mark.parametrize("text", [BOMB, BOMB.replace("1, 1, 1", "{}, {}, {}"), "[" * 5_000, "a: &a [*a]\n"])
def test_a_yaml_file_that_never_ends_is_refused(text: str) -> None:
    with suppress(SpecError):
        assert all(answer.problem for answer in answers(text, name="a.yaml"))


def test_a_file_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptrace.marking.sheets.ROW_LIMIT", 3)
    with pytest.raises(SpecError, match="more than 3 rows") as caught:
        answers("z1 = 1\n" * 5)
    assert (caught.value.line, caught.value.column) == (4, 1)
