"""The register of a page: what each row and each step is written with, in the names of its sample."""

from __future__ import annotations

from bptrace import loads
from bptrace.views.html_register import HtmlWriters, step_sections
from tests.conftest import ROOT, traced

XOR = ROOT / "networks" / "xor_batch.yaml"


def test_a_row_has_its_number_in_the_whole_register_and_the_names_of_its_sample() -> None:
    trace = traced(XOR)
    second = list(step_sections(trace, HtmlWriters(trace), brief=False))[7]
    assert second.startswith('<section id="step-8" class="step"><h3>8. ')
    assert '<tr id="row-23"><th><math><msub><mi>z</mi><mn>1</mn></msub></math><td>' in second


def test_a_writer_is_made_once_for_each_sample() -> None:
    writers = HtmlWriters(traced(XOR))
    assert writers.of(2) is writers.of(2)
    assert writers.of(2) is not writers.of(None)


def test_what_is_to_be_known_of_a_row_stands_below_the_table() -> None:
    trace = loads("weights: {w: 0}\nloss: relu(w)").trace()
    [_, section] = step_sections(trace, HtmlWriters(trace), brief=True)
    assert section.index("</table>") < section.index('<p class="note">') < section.index("<p>")
    assert "principle" not in section
