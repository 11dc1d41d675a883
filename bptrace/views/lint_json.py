"""JSON of what lint finds: an object a file, each on a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from bptrace.marking.lint import Finding, Linted
from bptrace.spec.json_text import written
from bptrace.views.json import encodable


def write_json_lint(files: Sequence[Linted], out: TextIO) -> None:
    """Write the findings in each file as a line: what kind, where, what it is, what would be right."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    for linted in files:
        found = {
            "file": linted.file,
            "findings": [_object(finding) for finding in linted.findings],
            "accepted": list(linted.accepted),
            "never": {"hidden": list(linted.never.hidden), "alike": [list(group) for group in linted.never.alike]},
        }
        out.write(encodable(f"{written(found)}\n", encoding))


def _object(finding: Finding) -> dict[str, object]:
    mark = finding.mark
    return {
        "kind": finding.kind,
        "line": mark.line if mark else None,
        "column": mark.column if mark else None,
        "message": finding.text,
        "hint": finding.hint,
    }
