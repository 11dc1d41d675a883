"""The window as text: a few whole windows, and what holds in every one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.utils import get_cwidth

from bptrace import load, loads
from bptrace.engine.row import Row
from bptrace.engine.trace import Trace
from bptrace.stepping.commands import COMMANDS
from bptrace.stepping.frame import LOWEST_TABLE, MARKED, frame, more, question
from bptrace.stepping.stepper import Stepper
from bptrace.typeset import cells
from tests.conftest import RELU, ROOT
from tests.stepping.test_stepper import press, stepper
from tests.strategies import examples, networks

SQUARE = "weights: {w: 3}\nloss: w^2"
WIDE = "title: 漢字の題名\nweights: {重み: [1, 2], é̂: 3}\nforward: {積: 重み*é̂}\nloss: 積@積"


class Scene(NamedTuple):
    """The keys pressed in a network, the window's size, whether values are asked for, and the window."""

    network: str
    keys: str
    width: int
    height: int
    predicting: bool
    text: str


SCENES = {
    "first screen": Scene(
        RELU,
        "",
        80,
        24,
        False,
        r"""
Two-layer ReLU network                         ━───────────────────  forward 1/4
z = w@x + b   h = relu(z)   yhat = v@h + c   L = (yhat - y)^2
 ╭───────────┬──────────────────┬───────╮
 │ quantity  │ rule             │ value │
 ├───────────┼──────────────────┼───────┤
▌│▸z1        │ 0*1 + 1*2 + 0    │     2 │
▌│ z2        │ 1*1 + (-1)*2 + 0 │    -1 │
 ╰───────────┴──────────────────┴───────╯
▌ = computed in this step; every value is exact
1. forward  pre-activation: z = w@x + b
A unit adds up its inputs, each times its weight, and a bias.
Inputs times weights, plus a bias each, add up to z1 = 2 and z2 = -1.
z1 reads  w = [[0, 1], [1, -1]]   x = [1, 2]   b = [0, 0]










n next  b back  Tab pass  g go to  / search  w why  v givens  ? help  q quit
""",
    ),
    "last step": Scene(
        RELU,
        "end",
        80,
        24,
        False,
        r"""
Two-layer ReLU network                         ━━━━━━━━━━━━━━━━━━━━  reverse 3/3
z = w@x + b   h = relu(z)   yhat = v@h + c   L = (yhat - y)^2
 ╭───────────┬──────────────────┬───────╮
 │ quantity  │ rule             │ value │
 ├─ 11 more above ──────────────┼───────┤
 │ dL/dh2    │ -2*1             │    -2 │
▌│▸ReLU'(z1) │ z1=2>0           │     1 │
▌│ ReLU'(z2) │ z2=-1<=0         │     0 │
▌│ dL/dz1    │ -2*1             │    -2 │
▌│ dL/dz2    │ -2*0             │     0 │
▌│ dL/dw11   │ -2*1             │    -2 │
▌│ dL/dw12   │ -2*2             │    -4 │
▌│ dL/db1    │ dL/dz1           │    -2 │
▌│ dL/dw21   │ 0*1              │     0 │
▌│ dL/dw22   │ 0*2              │     0 │
▌│ dL/db2    │ dL/dz2           │     0 │
 ╰───────────┴──────────────────┴───────╯
▌ = computed in this step; every value is exact
7. reverse  through ReLU: gradient at z; gradients of the first l…  w: all of it
dL/dz1 = -2; times x1 = 1 and x2 = 2 gives dL/dw11 = -2 and dL/dw12 = -4.
dL/dz2 = 0, so every weight and bias gradient of the second unit is exactly 0.
ReLU'(z1) reads  z = [2, -1]

n next  b back  Tab pass  g go to  / search  w why  v givens  ? help  q quit
""",
    ),
    "by row, names, what if": Scene(
        RELU,
        'r n n s "w11=3" f f',
        60,
        20,
        False,
        r"""
Two-layer ReLU network, what if w11=3   forward 2/4, row 1/2
z = w@x + b   h = relu(z)   yhat = v@h + c
L = (yhat - y)^2
 ╭───────────┬───────────────────────┬─────┬───────╮
 │ quantity  │ formula               │ was │ value │
 ├───────────┼───────────────────────┼─────┼───────┤
 │ z1       *│ w11*x1 + w12*x2 + b1  │   2 │     5 │
 │ z2        │ w21*x1 + w22*x2 + b2  │     │    -1 │
▌│▸h1       *│ max(0,z1)             │   2 │     5 │
 ╰───────────┴───────────────────────┴─────┴───────╯
▌ = computed in this row; every value is exact
2. forward  activation: h = relu(z)
relu takes z1 = 5 to h1: max(0,5) = 5.
h1 reads  z = [5, -1]





n next  b back  Tab pass  g go to  / search  ? help  q quit
""",
    ),
    "a value is asked for": Scene(
        RELU,
        '"3" "2"',
        60,
        14,
        True,
        r"""
Two-layer ReLU network                  forward 1/4, row 2/2
z = w@x + b   h = relu(z)   yhat = v@h + c
L = (yhat - y)^2
 ╭───────────┬──────────────────┬───────╮
 │ quantity  │ rule             │ value │
 ├───────────┼──────────────────┼───────┤
 │ z1        │ 0*1 + 1*2 + 0    │     2 │
▌│▸z2        │ ?                │     ? │
 ╰───────────┴──────────────────┴───────╯
1. forward  pre-activation: z = w@x + b
z1 adds up x1 and x2, each times its weight, and the bias
b1: 0*1 + 1*2 + 0 = 2.
z2 reads  w = [[0, 1], [1, -1]]   x = [1, 2]   b = [0, 0]
z1 = 2: right
""",
    ),
    "narrow and low": Scene(
        RELU,
        "n up up",
        30,
        9,
        False,
        r"""
Two-layer ReLU n…  forward 2/4
z = w@x + b   h = relu(z)
yhat = v@h + c   L = (yhat - …
▸z1 = 0*1 + 1*2 + 0 = 2
 z2 = -1          2 more below
1. forward  pre-activation: z…
z1 adds up x1 and x2, each
times its weight, an… (w: all)
n next  b back  ? help  q quit
""",
    ),
    "a tie": Scene(
        "tie_at_zero",
        'g "7"',
        50,
        15,
        False,
        r"""
Three units, one exactly on the edge   reverse 3/3
 ╭───────────┬────────────────────┬───────╮
 │ quantity  │ rule               │ value │
 ├─ 15 more above ────────────────┼───────┤
▌│▸ReLU'(z1) │ z1=3>0             │     1 │
▌│ ReLU'(z2) │ z2=0<=0            │     0 │
▌│ ReLU'(z3) │ z3=-2<=0           │     0 │
 ╰─ 12 more below ────────────────┴───────╯
  z2 is exactly 0: ReLU'(0) is taken as 0
7. reverse  through ReLU: gradient at z; gradient…
dL/dz1 = -1; times x1 = 1 and x2 = 1 gives
dL/dw11 = -1 and dL/dw12 = -1.
dL/dz2 = 0 and dL/dz3 = 0, so every weig… (w: all)
reads  z = [3, 0, -2]
n next  b back  Tab pass  g go to  ? help  q quit
""",
    ),
    "why": Scene(
        "two_outputs",
        'g "dL/dh1" w',
        70,
        22,
        False,
        r"""
Two outputs, two paths to every hi…  ━━━━━━━━━━━━━━──────  reverse 3/4
z = w@x   h = relu(z)   u = v@h   yhat = leaky_relu(u, 1/10)
L = squared_error(yhat, y)
Why dL/dh1 = 101/50                                       7 more below
  dL/dh1 = dL/du1*v11 + dL/du2*v21
  dL/dh1 = 2*1 + (-1/50)*(-1)

Paths from the loss: 2
  L → yhat1 → u1 → h1
    2*(yhat1-y1)*LeakyReLU'(u1)*v11 = 2*(2-1)*1*1 = 2
  L → yhat2 → u2 → h1
    2*(yhat2-y2)*LeakyReLU'(u2)*v21 = 2*(-1/10-0)*(1/10)*(-1) = 1/50
  All of them sum to 101/50.

It reads
  dL/du1 = 2      step 7
  v11 = 1         given
  dL/du2 = -1/50  step 7
  v21 = -1        given


n next  b back  Tab pass  g go to  / search  w why  ? help  q quit
""",
    ),
    "a score": Scene(
        SQUARE,
        '"9" "9" "1" "" "" ""',
        50,
        12,
        True,
        r"""
        ━━━━━━━━━━━━━━━━━━━━  reverse 1/1, row 1/1
L = w^2
Score
  2 rows: 1 right at the first try, 1 missed
  missed: dL/dw





dL/dw = 6; counts as missed
n next  b back  Tab pass  g go to  ? help  q quit
""",
    ),
}


def opened(network: str, keys: str = "", *, predicting: bool = False, by: str = "step") -> Stepper:
    """A stepper of a network's text, of a file, or of one of the networks by its name."""
    if ":" in network:
        return press(stepper(loads(network), predicting=predicting, by=by), keys)
    path = RELU if network == RELU else ROOT / "networks" / f"{network}.yaml"
    return press(stepper(load(path), predicting=predicting, by=by), keys)


def lines(at: Stepper, width: int, height: int) -> list[str]:
    return ["".join(text for _, text in line).rstrip() for line in frame(at, width, height).lines]


def styles(at: Stepper, text: str) -> set[str]:
    """The styles of the parts that are the text, in a window of the usual size."""
    return {style for line in frame(at, 80, 24).lines for style, part in line if part.strip() == text}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_window(scene: Scene) -> None:
    at = opened(scene.network, scene.keys, predicting=scene.predicting)
    assert "\n".join(lines(at, scene.width, scene.height)) == scene.text.strip("\n")


@pytest.mark.parametrize(
    ("keys", "text", "style"),
    [
        ("n", "z1", "class:quantity,seen"),
        ("n", "h1", "class:quantity,newest,marked"),
        ("n up", "z2", "class:quantity,seen,marked"),
        ("n", "max(0,2)", "class:rule,newest"),
        ('s "w11=3"', "z1", "class:quantity,newest,changed,marked"),
        ('s "w11=3"', "5", "class:value,newest,changed"),
        ('g "9"', "there are steps 1 to 7, not '9'", "class:said-error"),
        ("home b", "this is the beginning", "class:said-note"),
    ],
)
def test_what_stands_out(keys: str, text: str, style: str) -> None:
    assert styles(opened(RELU, keys), text) == {style}


@pytest.mark.parametrize(
    ("width", "footer"),
    [
        (96, "n next  b back  Tab pass  g go to  / search  w why  v givens  s what if  r rows  ? help  q quit"),
        (60, "n next  b back  Tab pass  g go to  / search  ? help  q quit"),
        (20, "? help  q quit"),
        (6, "q quit"),
        (3, "q q"),
    ],
)
def test_the_keys_that_fit_are_shown(width: int, footer: str) -> None:
    assert lines(opened(RELU), width, 24)[-1] == footer


@pytest.mark.parametrize("keys", ["", "n n", "end", "end home"])
def test_a_short_registers_columns_keep_their_widths(keys: str) -> None:
    assert lines(opened(RELU, keys), 80, 24)[2] == " ╭───────────┬──────────────────┬───────╮"


def test_rows_of_a_sample_are_called_as_they_are_gone_to() -> None:
    shown = lines(opened("xor_batch", 'g "h1(2)"'), 80, 24)
    assert [line for line in shown if " dL/db2(1) " in line or "▸h1(2)" in line] == [
        " │ dL/db2(1)    │ dL/dz2                        │      0 │",
        "▌│▸h1(2)        │ max(0,1)                      │      1 │",
    ]


def test_a_long_registers_columns_fit_the_rows_in_view() -> None:
    long = f"input: {{x: {list(range(101))}}}\nweights: {{w: {[1] * 101}}}\nforward: {{z: w*x, h: z^9}}\nloss: sum(h)"
    first, last = opened(long), opened(long, "n")
    assert len({len(lines(at, 80, 24)[3]) for at in (first, last)}) == 2


def test_a_window_is_read_at_most_so_wide() -> None:
    assert {cells.width(line) for line in lines(opened("lstm", "end ?"), 250, 60)} <= set(range(121))
    assert max(cells.width(line) for line in lines(opened("lstm", "end"), 250, 60)) == 120


@pytest.mark.parametrize(
    ("keys", "width", "shown"),
    [
        ("", 60, " 1*1 + … 18 more terms … + 20*20 "),
        ("", 45, " 1*1 + … + 20*20 "),
        ("f f", 70, " w[1]*x[1] + … 18 more terms … + w[20]*x[20] "),
        ("f f", 45, " w[1]*x[1] + …*x[20] "),
    ],
)
def test_a_rule_is_cut_between_its_terms(keys: str, width: int, shown: str) -> None:
    numbers = list(range(1, 21))
    at = press(stepper(loads(f"input: {{x: {numbers}}}\nweights: {{w: {numbers}}}\nloss: w@x"), terms=9), keys)
    assert shown in "\n".join(lines(at, width, 24))


@pytest.mark.parametrize("network", [RELU, "lstm"])
def test_what_is_asked_for_is_one_question_on_a_narrow_line(network: str) -> None:
    at = opened(network, predicting=True)
    assert any(line.rstrip() == f"▸{at.question}" for line in lines(at, 20, 12))


@pytest.mark.parametrize(("predicting", "height"), [(True, 23), (False, 24)])
def test_a_question_has_the_footers_line(predicting: bool, height: int) -> None:
    at = opened(RELU, predicting=predicting)
    assert lines(at, 80, height)[-1].endswith("q quit") is not predicting


@pytest.mark.parametrize(
    ("keys", "width", "label"),
    [
        ("s", 80, "what if, as in w11=3 (nothing: as at the start): "),
        ("s", 50, "what if, as in w11=3: "),
        ("s", 30, "what if: "),
        ("s", 20, "what if: "),
        ("s", 15, "wha… "),
        ("e", 30, "export to: "),
        ("g", 80, "step or quantity, as in dL/dw11: "),
        ("g", 40, "step or quantity: "),
        ("e", 80, "export to (.beamer.tex, .csv, .html, .json, .tex, .md, .xlsx): "),
        ("v", 80, "look at, as in w (nothing: all givens): "),
        ("v", 30, "look at, as in w: "),
        ("v", 26, "look at: "),
        ("/", 30, "/"),
        ("/", 1, ""),
    ],
)
def test_a_question_leaves_room_to_type(keys: str, width: int, label: str) -> None:
    at = opened(RELU)
    at.press(keys)
    assert question(at, width) == label


def test_a_window_without_a_line_has_an_empty_frame() -> None:
    assert frame(stepper(predicting=True), 80, 0).lines == []


@pytest.mark.parametrize(
    ("above", "below", "told"),
    [(0, 0, ""), (0, 12, "12 more below"), (3, 0, "3 more above"), (3, 1200, "3 more above, 1,200 below")],
)
def test_what_is_not_shown_is_counted(above: int, below: int, told: str) -> None:
    assert more(above, below) == told


@pytest.mark.parametrize(
    ("keys", "height", "told"),
    [
        ("", 24, ["11 more below"]),
        ("down", 24, ["11 more below"]),
        ("n", 24, ["16 more above"]),
        ("n" + " up" * 17, 24, ["3 more above", "12 more below"]),
        ("", 10, ["17 more below"]),
        ("w", 12, ["11 more below"]),
        ("w down", 12, ["1 more above, 10 below"]),
        ("w pagedown pagedown", 12, ["11 more above"]),
    ],
)
def test_a_window_tells_of_rows_and_lines_that_it_hides(keys: str, height: int, told: list[str]) -> None:
    text = "\n".join(lines(opened("attention", keys), 80, height))
    assert re.findall(r"\d+ more (?:above|below)(?:, \d+ below)?", text) == told


@pytest.mark.parametrize(
    ("keys", "heading", "said", "reads"),
    [
        ("n", "2. forward  activation: h = relu(z)",
         "An activation is applied to each element by itself.", "relu takes z1 = 2 and z2 = -1 to h1 = 2 and h2 = 0."),
        ("n down", "2. forward  activation: h = relu(z)",
         "relu takes z2 = -1 to h2: max(0,-1) = 0.", "h2 reads  z = [2, -1]"),
        ("n n up up up", "1. forward  pre-activation: z = w@x + b",
         "z2 adds up x1 and x2, each times its weight, and the bias b2: 1*1 + (-1)*2 + 0 = -1.",
         "z2 reads  w = [[0, 1], [1, -1]]   x = [1, 2]   b = [0, 0]"),
        ('/ "dL/dw12"', "7. reverse  through ReLU: gradient at z; gradients of the first layer: w, b",
         "dL/dz1 = -2; times x2 = 2 gives dL/dw12 = -4.", "dL/dw12 reads  dL/dz1 = -2   x = [1, 2]"),
    ],
)  # fmt: skip
def test_what_is_said_is_of_the_marked_row(keys: str, heading: str, said: str, reads: str) -> None:
    shown = lines(opened(RELU, keys), 120, 24)
    assert [heading, said, reads] == shown[shown.index(heading) :][:3]


def test_a_panel_scrolls_no_further_than_its_end() -> None:
    at = opened(RELU, "?" + " pagedown" * 9)
    drawn = frame(at, 60, 14)
    assert 0 < drawn.top < at.top
    assert "q Esc          quit              close what is open, or quit" in lines(at, 70, 14)
    at.top = drawn.top
    assert frame(press(at, "up"), 60, 14).top == drawn.top - 1


def test_only_rows_in_view_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    long = f"input: {{x: {list(range(2000))}}}\nweights: {{w: {[1] * 2000}}}\nforward: {{z: w*x}}\nloss: sum(z)"
    at = opened(long, "end")
    made: list[int] = []
    part = Trace.part

    def counted(trace: Trace, start: int, stop: int) -> Iterator[Row]:
        made.append(stop - start)
        return part(trace, start, stop)

    monkeypatch.setattr(Trace, "part", counted)
    frame(at, 80, 24)
    assert 0 < sum(made) <= 3 * 64


# In every window

KEYS = [key for command in COMMANDS for key in command.keys if key != "e"]
TYPED = ["1", "-2*2", "dL/dw", "w=1/3", "4", "x", "", "1e", "漢字"]


@given(
    st.one_of(networks(), st.just(WIDE)),
    st.lists(st.sampled_from([*KEYS, *TYPED]), max_size=12),
    st.booleans(),
    st.lists(st.tuples(st.integers(1, 200), st.integers(1, 60)), min_size=4, max_size=4),
)
@examples(60)
def test_everything_fits_in_any_window(
    text: str, keys: list[str], predicting: bool, sizes: list[tuple[int, int]]
) -> None:
    at = opened(text, predicting=predicting)
    for key in keys:
        if at.asking:
            at.enter(key)
        else:
            at.press(key)
        for width, height in [*sizes, (1, 1), (80, 24)]:
            drawn = lines(at, width, height)
            assert len(drawn) <= height
            assert all(cells.width(line) <= width for line in drawn)
            assert all(line.isprintable() for line in drawn)
            if not at.panel:
                assert any(MARKED in line for line in drawn)


@given(networks(), st.integers(LOWEST_TABLE, 60), st.booleans())
@examples(40)
def test_a_tables_borders_line_up(text: str, height: int, names: bool) -> None:
    at = opened(text, "end f" if names else "end")
    table = [line for line in lines(at, 80, height) if "│" in line or ("─" * 3 in line and "┬" in line)]
    assert len({cells.width(line) for line in table}) == 1


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcd…g"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("漢字漢字", 6, "漢字…"),
        ("漢字漢字", 7, "漢字…字"),
    ],
)
def test_a_text_is_cut_in_the_middle(text: str, room: int, expected: str) -> None:
    assert cells.squeezed(text, room) == expected


@pytest.mark.parametrize("size", [(40, 12), (30, 8), (60, 16)])
@pytest.mark.parametrize("keys", ["end", "end s", 'g "9999"'])
def test_the_position_stays_in_small_windows(keys: str, size: tuple[int, int]) -> None:
    at = opened("lstm", keys)
    drawn = lines(at, *size)
    assert drawn[0].endswith(at.cursor.position)
    assert sum(line.startswith(("▌", "▸")) for line in drawn) >= 3


def test_words_that_do_not_fit_are_brief_and_the_table_keeps_its_rows() -> None:
    drawn = lines(opened(RELU, "end"), 80, 24)
    assert sum(line.startswith("▌│") for line in drawn) == 10
    told = [line for line in drawn if "w: all of it" in line or line.endswith(".")]
    assert [line.split()[0] for line in told] == ["7.", "dL/dz1", "dL/dz2"]
    assert not any("w: all" in line for line in lines(opened(RELU, "end"), 80, 40))


def test_by_phase_the_blocked_unit_is_told_of() -> None:
    for height in (24, 40):
        drawn = lines(press(opened(RELU, by="phase"), "n"), 80, height)
        assert any(line.startswith("dL/dz2 = 0, so every weight and bias gradient of") for line in drawn)


def test_words_take_a_third_of_the_window_and_why_has_them_all() -> None:
    at = opened("lstm", "end")
    drawn = lines(at, 40, 12)
    assert drawn[-2].endswith("… (w: all)")
    assert any("a sum of 2 terms" in line for line in lines(press(at, "w"), 40, 60))


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("123/4567", 8, "123/4567"),
        ("1234567/7654321", 9, "123…/765…"),
        ("-1234567/3", 9, "-12345…/3"),
        ("1/1234567", 6, "1/123…"),
        ("1234567", 6, "1234…7"),
        ("12/34", 2, "1…"),
        ("1/3 + x/2", 6, "1/3 …2"),
    ],
)
def test_a_fraction_that_is_cut_stays_one(text: str, room: int, expected: str) -> None:
    assert cells.cut_value(text, room) == expected


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("a b c", 3, ["a b", "c"]),
        ("so a = 1 and b", 10, ["so a = 1", "and b"]),
        ("abcdefg h", 3, ["abc", "def", "g h"]),
        ("漢字 a", 3, ["漢", "字", "a"]),
        ("漢", 1, []),
        ("", 5, []),
        ("a", 0, []),
    ],
)
def test_a_text_is_wrapped_in_cells(text: str, room: int, expected: list[str]) -> None:
    assert cells.wrapped(text, room) == expected


@given(st.text(), st.integers(0, 30))
@examples(300)
def test_cells_are_counted_as_the_window_counts_them(text: str, room: int) -> None:
    printed = "".join(char for char in text if char.isprintable())
    assert cells.width(printed) == get_cwidth(printed)
    for part in (cells.squeezed(printed, room), cells.clipped(printed, room), *cells.wrapped(printed, room)):
        assert get_cwidth(part) <= room
