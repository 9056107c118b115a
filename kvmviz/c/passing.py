"""What is passed over, to be listed in every answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A call, or an option, that was passed over: its name, where it stands, and why."""

    name: str
    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.name} ({self.file}:{self.line}): {self.why}"
