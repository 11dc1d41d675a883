"""Pictures in a notebook: a page in a frame that can't leave it, and a drawing that shows where SVG is dropped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from html import escape

from bptrace.typeset.tags import start_tag

HEIGHT = 720
"""How many pixels of a page are to be seen at once."""


class Page:
    """A page to step through; `html` is all of it."""

    def __init__(self, html: str, title: str = "") -> None:
        self.html = html
        self.title = title

    def __repr__(self) -> str:
        return f"<Page of {self.title or 'a network'}, {len(self.html):,} characters>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Mapping[str, str]:
        """What IPython asks for: the page in a frame, in which its scripts can run and reach nothing else."""
        style = f"width: 100%; height: {HEIGHT}px; border: 1px solid rgba(128, 128, 128, 0.4)"
        title = self.title or "Backpropagation, step by step"
        frame = start_tag("iframe", sandbox="allow-scripts", title=title, style=style).removesuffix(">")
        return {"text/plain": repr(self), "text/html": f'{frame} srcdoc="{escape(self.html)}"></iframe>'}


def drawing_bundle(svg: str, alternative: str, plain: str) -> Mapping[str, str]:
    """A drawing as SVG, and as a picture in HTML, which is shown where SVG by itself is dropped."""
    data = b64encode(svg.encode()).decode()
    picture = start_tag("img", src=f"data:image/svg+xml;base64,{data}", alt=alternative, style="max-width: 100%")
    return {"text/plain": plain, "image/svg+xml": svg, "text/html": picture}
