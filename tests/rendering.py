"""What real engines make of documents and formulas: LaTeX where it is installed, KaTeX where npm has put it.

Documents are compiled with `\\write18` shut. KaTeX is looked for in a folder that NODE_PATH names. Where an engine is
missing the test is skipped and says so.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

import pytest

FEW_POINTS = 2.0
RENDER = """
const katex = require('katex')
const bad = []
for (const formula of JSON.parse(require('fs').readFileSync(0, 'utf8'))) {
  try { katex.renderToString(formula, { throwOnError: true, strict: 'error' }) }
  catch (problem) { bad.push(formula + ' -- ' + problem.message) }
}
console.log(JSON.stringify(bad))
"""


def compiled(engine: str, text: str, folder: Path) -> str:
    """The log of the engine; the test fails where it does not make a document, and is skipped where there is none."""
    if not shutil.which(engine):
        pytest.skip(f"{engine} is not installed")
    (folder / "document.tex").write_text(text, encoding="ascii")
    options = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
    done = subprocess.run([engine, *options, "document.tex"], cwd=folder, capture_output=True, timeout=50, check=False)
    log = (folder / "document.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert (folder / "document.pdf").stat().st_size > 1000
    return log


def needs_packages(*names: str) -> None:
    """The test is skipped where LaTeX has not all of these files."""
    if not shutil.which("kpsewhich"):
        pytest.skip("LaTeX is not installed")
    missing = [
        name for name in names if subprocess.run(["kpsewhich", name], capture_output=True, check=False).returncode
    ]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed")


def page_count(log: str) -> int:
    """How many pages the document has."""
    found = re.search(r"Output written on .*? \((\d+) pages?", log, re.DOTALL)
    assert found, log[-500:]
    return int(found[1])


def check_width(log: str, points: float = FEW_POINTS) -> None:
    """Nothing stands out of its column or over the edge of the page by more than that."""
    wide = re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\).*", log)
    assert [found for found in wide if float(found) > points] == []
    assert r"Overfull \vbox" not in log


def refused_by_katex(formulas: Collection[str]) -> list[str]:
    """The formulas that KaTeX does not render, each with its complaint."""
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    text = json.dumps(sorted(formulas))
    done = subprocess.run(["node", "-e", RENDER], input=text, capture_output=True, text=True, check=False)
    if "Cannot find module 'katex'" in done.stderr:
        pytest.skip("katex is not installed: npm install katex, and NODE_PATH for its node_modules")
    assert done.returncode == 0, done.stderr
    bad: list[str] = json.loads(done.stdout)
    return bad


def formulas_in_markdown(text: str) -> set[str]:
    """Every formula in a Markdown document, within lines and on lines of their own."""
    displayed = re.findall(r"^\$\$\n(.*?)\n\$\$$", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^\$\$\n.*?\n\$\$$", "", text, flags=re.DOTALL | re.MULTILINE).replace(r"\$", "")
    return {*displayed, *re.findall(r"\$((?:\\text\{(?:[^{}]|\{\})*\}|[^$])*)\$", rest)}
