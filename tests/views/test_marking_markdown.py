"""A marked register as Markdown."""

from __future__ import annotations

import io

from bptrace.marking.slips import BY_NAME
from bptrace.views.marking_markdown import write_markdown_marking, write_markdown_markings
from tests.conftest import RELU
from tests.marking.registers import Given, report
from tests.marking.test_report import SIGN, SLIPPED
from tests.views.test_marking import UNREAD, charged


def test_a_register_is_a_table_and_the_first_mistake_a_section() -> None:
    out = io.StringIO()
    write_markdown_marking(report(RELU, SLIPPED | UNREAD), out, marks=True)
    assert out.getvalue() == (
        "# anna.csv: Two-layer ReLU network\n"
        "\n"
        "| quantity | written | value | verdict | marks |\n"
        "| --- | ---: | ---: | --- | ---: |\n"
        "| `dL/dh1` | `-2` | `-2` | right | 1 |\n"
        "| `dL/dz1` | `2` | `-2` | slip: sign of this row lost | 0 |\n"
        "| `dL/dw11` | `2` | `-2` | follows dL/dz1 | 1 |\n"
        "| `dL/dw12` | `4` | `-4` | follows dL/dz1 | 1 |\n"
        "| `dL/dw21` | `-2..1` |  | unreadable | 0 |\n"
        "\n"
        "```text\n"
        "anna.csv:5:1: error: not a number\n"
        "   5 | dL/dw21,-2..1\n"
        "     | ^\n"
        "   as in -2.1\n"
        "```\n"
        "\n"
        "## dL/dz1: sign of this row lost\n"
        "\n"
        "- wrong: `dL/dz1 = -dL/dh1*ReLU'(z1) = -(-2)*1 = 2`\n"
        "- right: `dL/dz1 = dL/dh1*ReLU'(z1) = -2*1 = -2`\n"
        "\n"
        f"{BY_NAME[SIGN].sentence} dL/dw11, dL/dw12 hang on it.\n"
        "\n"
        "**5 rows: 1 right, 2 follow, 1 slip, 1 unreadable**; 3 of 5 marks\n"
    )


def test_with_hints_there_are_no_values() -> None:
    out = io.StringIO()
    write_markdown_marking(report(RELU, {"L": Given("2", "wrong")}, hints=True), out)
    assert "| quantity | written | verdict |\n| --- | ---: | --- |\n| `L` | `2` | wrong |\n" in out.getvalue()
    assert "\n## Look first at L, line 1: work its rule out again.\n" in out.getvalue()


def test_many_files_are_a_table() -> None:
    out = io.StringIO()
    write_markdown_markings([charged("a.csv", "slip"), charged("b.csv", "right")], out)
    assert out.getvalue() == (
        "| file | rows |\n"
        "| --- | --- |\n"
        "| `a.csv` | 1 row: 1 slip |\n"
        "| `b.csv` | 1 row: 1 right |\n"
        "\n"
        "**2 files: 1 without a mistake, 1 with mistakes**\n"
        "\n"
        "| slip | files | who |\n"
        "| --- | ---: | --- |\n"
        "| sign lost | 1 | a.csv |\n"
    )
