"""One slip as it is shown: what it is, its network, the right rule and the wrong one."""

from __future__ import annotations

from io import StringIO

import pytest

from bptrace.marking.slips import BY_NAME
from bptrace.views.slips import write_slip, write_slips

TWICE = """\
slope twice  Slopes

The gradient is multiplied by the same slope a second time.
It can be made in the gradient behind an activation.

"""


def test_a_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = StringIO()
    write_slip(BY_NAME["slope twice"], out)
    assert out.getvalue().startswith(TWICE + "In this network:\n\n  input: {x: [3/2, 2]}\n")
    assert out.getvalue().endswith(
        "\n  right  dL/dz1 = dL/dh1*tanh'(z1) ≈ 0.1725646598*0.9400148488 ≈ 0.1622133426"
        "\n  wrong  dL/dz1"
        "\n         = dL/dh1*tanh'(z1)*tanh'(z1)"
        "\n         ≈ 0.1725646598*0.9400148488*0.9400148488"
        "\n         ≈ 0.1524829507\n"
    )


def test_a_gate_and_a_number_that_is_written() -> None:
    out = StringIO()
    write_slip(BY_NAME["gate always open"], out)
    write_slip(BY_NAME["digits transposed"], out)
    assert "\n  right  ReLU'(u2) = 0 (u2=-97/40<=0)\n  wrong  ReLU'(u2) = 1\n" in out.getvalue()
    assert out.getvalue().endswith("  wrong  dL/dw11 = 0.2343\n  The value is written as 0.2343.\n")


def test_a_list_has_headings() -> None:
    out = StringIO()
    write_slips([BY_NAME["slope twice"], BY_NAME["rate twice"]], out)
    assert out.getvalue() == (
        "Slopes\n  slope twice\n    The gradient is multiplied by the same slope a second time.\n\n"
        "Updates\n  rate twice\n    The step is multiplied by the learning rate a second time.\n"
    )
