"""Version of kvmviz, and of the form of its JSON answers."""

from typing import Final

__version__: Final = "0.1.0"

SCHEMA: Final = 1
"""Version of the JSON forms; it grows when a field changes its meaning or goes away."""
