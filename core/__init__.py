"""Mingtang's core (明堂内核): the public API for plugin authors, and the only core name a third party imports.

Everything named in `__all__` is kept stable; see docs/writing-plugins.md.
"""

from __future__ import annotations

import pluggy

hook = pluggy.HookimplMarker("mingtang")
"""Marks a plugin's function as the implementation of the hook of the same name."""

__all__ = ["hook"]
