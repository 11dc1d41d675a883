"""`bptrace schema`: it prints a schema as it stands in the package."""

from __future__ import annotations

import json

import pytest

from bptrace.cli.schema import KINDS
from bptrace.spec.trace_json import SCHEMA
from tests.conftest import ROOT, Command


@pytest.mark.parametrize("kind", KINDS)
def test_it_prints_a_schema(command: Command, kind: str) -> None:
    status, out, err = command("schema", kind)
    assert (status, err) == (0, "")
    assert out == (ROOT / "bptrace" / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8")
    assert json.loads(out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_there_is_a_schema_for_each_file_in_the_package() -> None:
    assert sorted(path.name for path in (ROOT / "bptrace" / "schemas").iterdir()) == [
        f"{kind}.schema.json" for kind in KINDS
    ]


def test_a_trace_names_its_schema(command: Command) -> None:
    assert json.loads(command("schema", "trace").out)["$id"] == SCHEMA


@pytest.mark.parametrize("arguments", [[], ["register"], ["network", "trace"]])
def test_other_schemas_are_refused(command: Command, arguments: list[str]) -> None:
    status, out, err = command("schema", *arguments)
    assert (status, out) == (2, "")
    assert "Usage: bptrace schema" in err
