"""What building a wheel adds to pyproject.toml: the course, of which the repository has one copy.

An editable installation, as `make venv` makes, takes it from the checkout instead.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Course(BuildHookInterface):
    """Puts the notebooks into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the course's own files, unless what is built leads back to the checkout."""
        if version != "editable":
            for file in sorted(Path(self.root, "notebooks").glob("*")):
                if file.name.startswith(tuple("0123456789")) or file.suffix in (".md", ".svg"):
                    build_data["force_include"][f"notebooks/{file.name}"] = f"kvmviz/notebooks/{file.name}"
