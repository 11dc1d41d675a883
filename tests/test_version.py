"""The version that the package names is the one that is installed."""

from __future__ import annotations

from importlib.metadata import version

import bptrace


def test_the_installed_package_has_the_version_that_it_names() -> None:
    assert bptrace.__version__ == version("bptrace")
