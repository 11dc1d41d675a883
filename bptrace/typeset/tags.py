"""HTML, SVG and MathML as text in which every other text is escaped: nothing that a file says is read as a tag."""

from __future__ import annotations

from html import escape
from typing import Any

from bptrace.errors import printable


class Tagged(str):
    """Text that is marked up already; it is put into other markup as it is."""

    __slots__ = ()


def tagged(*parts: str) -> Tagged:
    """Parts one behind the other: text among them shows as it is, with a visible character for what cannot be shown.

    >>> print(tagged("a<b & ", Tagged("<b>c</b>")))
    a&lt;b &amp; <b>c</b>
    """
    return Tagged("".join([part if isinstance(part, Tagged) else escape(printable(part)) for part in parts]))


def tag(name: str, *inner: str, **attributes: Any) -> Tagged:
    """An element with its attributes: `class_` is `class`, `data_step` is `data-step`; True stands alone, None is none.

    >>> print(tag("td", "a<b", class_="rule", hidden=True, data_step=3))
    <td class="rule" hidden data-step="3">a&lt;b</td>
    """
    return tagged(start_tag(name, **attributes), *inner, Tagged(f"</{name}>"))


def start_tag(name: str, **attributes: Any) -> Tagged:
    """The tag that an element begins with, which is all of one that holds nothing."""
    return Tagged(f"<{name}{''.join(_attribute(*item) for item in attributes.items())}>")


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    spelled = name.removesuffix("_").replace("_", "-")
    return f" {spelled}" if value is True else f' {spelled}="{tagged(str(value))}"'
