"""A batch: what is asked of it, what it is given anew, and what it refuses to work out."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest

from bptrace import Network, SpecError, Trace, load, loads
from bptrace.engine.batch import Batch
from bptrace.errors import InternalError
from bptrace.spec.overrides import assigned
from bptrace.views import csv as csv_view
from bptrace.views import markdown
from tests.conftest import ROOT, Command, calls_of
from tests.refusals import bounded

XOR = ROOT / "networks" / "xor_batch.yaml"
PAIR = "samples: [{input: {x: [1, 0]}}, {input: {x: [-2, 3]}}]\ninput: {k: 1}\nweights: {w: [2, 1]}\nloss: w@x*k"


def register(trace: Trace) -> list[tuple[str, ...]]:
    return [row.texts() for row in trace.rows()]


def test_every_sample_has_the_register_that_it_has_alone() -> None:
    whole = load(XOR)
    assert isinstance(whole, Batch)
    text = XOR.read_text(encoding="utf-8").replace("samples:", "x-samples:").replace("reduce: mean", "").splitlines()
    alone = "\n".join(line for line in text if not line.startswith(("x-samples", "  - ", "update")))
    for number, sample in enumerate(whole.trace().samples):
        x, y = [number // 2, number % 2], number in (1, 2)
        single = loads(f"{alone}\ninput: {{x: {x}}}\ntarget: {{y: {int(y)}}}").trace()
        assert register(sample) == register(single)


def test_is_the_same_as_all_cases_in_one_matrix() -> None:
    batch, matrix = load(XOR).trace(), load(ROOT / "networks" / "xor.yaml").trace()
    for name in ("L", "dL/db", "dL/dv", "dL/dc", "v_new", "c_new", "b_new"):
        assert batch[name] == matrix[name]
    assert batch["dL/dw12"] == matrix["dL/dw21"]


def test_names_are_the_batchs_and_each_samples() -> None:
    trace = load(XOR).trace()
    assert trace["dL/dv1"] == Fraction(1, 2)
    assert [sample["dL/dv1"] for sample in trace.samples] == [0, Fraction(1, 2), Fraction(1, 2), 1]
    assert [trace[f"dL/dv1({number})"] for number in (1, 2, 3, 4)] == [sample["dL/dv1"] for sample in trace.samples]
    assert trace["x(2)"] == [0, 1]
    assert trace["x2(2)"] == 1
    assert "z1" not in trace
    assert "z1" in trace.samples[0]


def test_a_network_without_samples_has_none() -> None:
    trace = load(ROOT / "networks" / "xor.yaml").trace()
    assert (trace.samples, {step.sample for step in trace.steps}) == ((), {None})


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        (["w=[1,1]"], "L", 1),
        (["k=2"], "L", 1),
        (["x(2)=[1,0]"], "L", 2),
        (["x1(2)=0"], "L", Fraction(5, 2)),
        (["x[2](1)=4", "x(2)=[0,0]"], "L", 3),
        (["x(2)=[1,0]"], "dL/dw", [1, 0]),
    ],
)
def test_a_setting_gives_another_value(settings: list[str], name: str, value: object) -> None:
    batch = loads(PAIR)
    assert assigned(batch, settings).trace()[name] == value
    assert batch.trace()["L"] == Fraction(1, 2)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("x=[1,2]", "unknown name 'x'"),
        ("x(3)=[1,2]", "unknown name 'x(3)'"),
        ("x(2)=1", "x(2) is a vector of 2, not a scalar"),
        ("L(1)=1", "L(1) is worked out, not given"),
    ],
)
def test_a_bad_setting(setting: str, message: str) -> None:
    with pytest.raises(SpecError) as refused:
        assigned(loads(PAIR), [setting])
    assert refused.value.message == message


def test_one_program_serves_every_sample_and_every_setting() -> None:
    batch = loads(PAIR)
    other = assigned(batch, ["x(2)=[1,0]"])
    programs = [sample.program for trace in (batch.trace(), other.trace()) for sample in trace.samples]
    assert all(program is programs[0] for program in programs)
    assert batch.trace().program is other.trace().program


@pytest.mark.parametrize(
    ("inputs", "gradients", "quantities"),
    [
        (False, "", ["L", "dL/dw1", "dL/dw2"]),
        (True, "", ["L", "dL/dw1", "dL/dw2", "dL/dk"]),
        (False, "\ngradients: input", ["L", "dL/dk"]),
    ],
)
def test_only_what_the_samples_share_has_a_gradient_over_them(
    inputs: bool, gradients: str, quantities: list[str]
) -> None:
    trace = loads(PAIR + gradients).trace(inputs=inputs)
    assert [row.quantity for step in trace.steps if step.phase == "batch" for row in step] == quantities
    assert ("dL/dx1" in trace.samples[0]) == (inputs or bool(gradients))


@pytest.mark.parametrize(("numbers", "text"), [("auto", "1/2"), ("decimal", "0.5"), ("fraction", "1/2")])
def test_numbers_print_alike_in_all_parts(numbers: str, text: str) -> None:
    trace = loads(PAIR.replace("x: [1, 0]", "x: [1/4, 0]").replace("k: 1", "k: 2")).trace(numbers)
    rows = {(step.sample, row.quantity): row.value_text for step in trace.steps for row in step}
    assert rows[1, "dL/dw1"] == text
    assert rows[None, "dL/dw1"] == ("-1.75" if numbers == "decimal" else "-7/4")


def test_a_decimal_in_any_sample_makes_decimals() -> None:
    trace = loads(PAIR.replace("[1, 0]", "[0.5, 0]")).trace()
    assert trace.samples[1].text("L") == "-1"
    assert trace.text("L") == "0"
    assert trace.text("dL/dw") == "[-0.75, 1.5]"


# what is refused


def test_a_division_by_zero_says_in_which_sample() -> None:
    text = "samples: [{input: {x: 1}}, {input: {x: 0}}]\nweights: {w: 2}\nforward:\n  q: w/x\nloss: q"
    with pytest.raises(SpecError) as refused:
        loads(text, "net.yaml").trace()
    assert str(refused.value).startswith("net.yaml:4:7: error: sample 2: division by zero in q\n")
    assert refused.value.hints == ("q = 2/0",)


def test_a_value_that_grows_too_large_says_in_which_sample() -> None:
    text = "samples: [{input: {x: 1}}, {input: {x: 2}}]\nforward: {a: x^1000, b: a^1000, c: b^1000}\nloss: c"
    with bounded(), pytest.raises(SpecError, match=r"^net.yaml:2:36: error: sample 2: c may take 301,030,302 digits"):
        loads(text, "net.yaml").trace()


def test_more_values_than_are_worked_out() -> None:
    samples = ", ".join(["*s"] * 9_000)
    text = f"samples: [&s {{input: {{x: 1}}}}, {samples}]\nweights: {{w: [{'1, ' * 500} 1]}}\nloss: sum(w*x)^2"
    with bounded(), pytest.raises(SpecError) as refused:
        loads(text, "net.yaml").trace()
    assert refused.value.message == "9,001 samples of 1,006 values each; at most 4,000,000 are worked out"
    assert (refused.value.line, refused.value.column) == (1, 23)


def test_the_rules_of_a_batch_are_compared_with_its_arrays() -> None:
    trace = loads(PAIR).trace()
    values = {**trace.values, "L(2)": trace.values["L(1)"]}
    with pytest.raises(InternalError, match="the rule of L does not"):
        Trace(trace.source, trace.program, values, False, samples=trace.samples).audit()


def test_the_rules_of_every_sample_are_compared_with_its_arrays() -> None:
    trace = loads(PAIR).trace()
    first, second = trace.samples
    wrong = Trace(second.source, second.program, {**second.values, "L": first.values["L"]}, False)
    with pytest.raises(InternalError, match="the rule of L does not"):
        Trace(trace.source, trace.program, trace.values, False, samples=(first, wrong)).audit()


# views and commands


def test_csv_has_a_last_column_for_the_sample() -> None:
    out = io.StringIO(newline="")
    trace = load(XOR).trace()
    csv_view.write_csv(trace, out)
    header, *lines = csv.reader(out.getvalue().splitlines())
    assert header == [*csv_view.COLUMNS, "sample"]
    wanted = [(str(step.number), str(step.sample or "")) for step in trace.steps for _ in step]
    assert [(line[0], line[-1]) for line in lines] == wanted


def test_markdown_states_every_sample() -> None:
    out = io.StringIO()
    markdown.write_markdown(load(XOR).trace(), out)
    assert "| `x(2)` | input | `[0, 1]` |\n| `y(2)` | target | `1` |\n" in out.getvalue()
    assert "## 8. Forward, sample 2 of 4, pre-activation: z = w@x + b\n" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "starts"),
    [
        (["--phase", "batch"], ["29. batch", "30. batch"]),
        (["--phase", "update"], ["31. update"]),
        (["--step", "9"], ["9. forward  sample 2 of 4, activation: h = relu(z)"]),
        (["--phase", "reverse", "--step", "28"], ["28. reverse  sample 4 of 4, "]),
        (["--phase", "reverse", "--inputs", "--step", "16"], ["16. reverse  sample 2 of 4, gradients of the input: x"]),
    ],
)
def test_run_prints_the_steps_asked_for(command: Command, options: list[str], starts: list[str]) -> None:
    status, out, err = command("run", XOR, *options)
    assert (status, err) == (0, "")
    headings = [line for line in out.splitlines() if line[:1].isdigit()]
    assert len(headings) == len(starts)
    assert all(line.startswith(start) for line, start in zip(headings, starts, strict=True))


def test_run_ends_with_the_mean_and_the_blocked_units_of_each_sample(command: Command) -> None:
    summary = command("run", XOR).out.split("\nSummary\n")[1]
    assert summary.startswith("  L = 1/16\n  dL/dw = [[1/4, 1/4], [-1/4, -1/4]]\n")
    assert "  sample 2: h2 is blocked: ReLU'(z2) = 0, so dL/dz2, dL/dw21, dL/dw22, dL/db2 are 0\n" in summary


def test_a_sample_reads_a_setting_of_the_update() -> None:
    text = "samples:\n  - input: {x: 1}\n  - input: {x: 3}\nweights: {w: 2}\nloss: w*x*lr\nupdate: {lr: 1/10}"
    network = loads(text)
    assert [sample["L"] for sample in network.trace().samples] == [Fraction(1, 5), Fraction(3, 5)]
    assert network.given({"lr": 1}).trace()["L"] == 4


def test_samples_with_equal_numbers_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has rows of its own all the same, and 0.5 is as it was for 1/2."""
    lines = [f"  - {{input: {{x: [{x}, 1]}}, target: {{y: {y}}}}}" for x, y in [("1/2", 3), ("1", 3), ("0.5", 3)] * 4]
    network = loads("samples:\n" + "\n".join(lines) + "\nweights: {w: [1, 2]}\nloss: exp(w@x - y)\n")
    worked_out = calls_of(monkeypatch, Network, "traced_by")
    trace = network.trace()
    assert len(worked_out) == 3  # of two kinds of samples, and the batch
    assert [str(sample["L"]) for sample in trace.samples[:3]] == [str(trace[f"L({n})"]) for n in (1, 2, 3)]
    assert trace.samples[2].values["L"] is trace.samples[0].values["L"] is not trace.samples[1].values["L"]
    assert [len(list(sample.rows())) for sample in trace.samples] == [len(list(trace.samples[0].rows()))] * 12
