"""The JSON of findings is as its schema says, and the schema knows every kind."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bptrace.cli.schema import text_of
from bptrace.marking.findings import KINDS
from bptrace.marking.lint import ACCEPTED, linted
from bptrace.spec.reader import loads
from bptrace.views.lint_json import write_json_lint
from tests.conftest import ROOT

SCHEMA = json.loads(text_of("lint"))


@pytest.mark.parametrize("name", ["xor_batch", "two_outputs", "generic_skip"])
def test_findings_are_as_the_schema_says(name: str) -> None:
    text = Path(ROOT / "networks" / f"{name}.yaml").read_text(encoding="utf-8").replace("# lint:", "# lint: dead")
    out = io.StringIO()
    write_json_lint([linted(loads(text), "net.yaml")], out)
    assert not list(Draft202012Validator(SCHEMA).iter_errors(json.loads(out.getvalue())))


def test_the_schema_knows_every_kind() -> None:
    assert SCHEMA["$defs"]["finding"]["properties"]["kind"]["enum"] == [*KINDS, ACCEPTED]
