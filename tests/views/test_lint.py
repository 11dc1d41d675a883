"""What lint finds, as it is printed: each finding, how many there are, and what no numbers would show."""

from __future__ import annotations

from io import StringIO

import pytest

from bptrace import loads
from bptrace.marking.lint import linted
from bptrace.views.lint import write_lint

ONES = "input: {x: 1}\nweights: {w: 2}\ntarget: {y: 5}\nforward: {z: w*x}\nloss: (z - y)^2\n"


@pytest.mark.parametrize(("count", "last"), [(1, "1 file, "), (2, "2 files, ")])
def test_findings_and_their_count(count: int, last: str) -> None:
    out = StringIO()
    files = [linted(loads(ONES), "net.yaml") for _ in range(count)]
    write_lint(files, out)
    findings = sum(len(each.findings) for each in files)
    assert out.getvalue().count("ones: x is 1") == count
    assert f"{last}{findings} finding{'s' * (findings != 1)}\n" in out.getvalue()
    assert ("No numbers that were tried show: " in out.getvalue()) == (count == 1 and bool(files[0].never.hidden))
