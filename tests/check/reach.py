"""Which lines and branches of the model a space reaches; run as a program, since lines count from the first import."""

import json
import sys
from pathlib import Path

import coverage

ROOT = Path(__file__).parents[2] / "kvmviz"
FOLDERS = ("kvm", "machine")


def unreached(space: str, revisions: str) -> dict[str, list[str]]:
    """By file, the source lines that no scenario runs, and `line -> line` for jumps that none makes."""
    watch = coverage.Coverage(
        branch=True, include=[str(ROOT / folder / "*") for folder in FOLDERS], data_file=None, config_file=False
    )
    watch.start()
    _run(space, revisions.split(","))
    watch.stop()
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).glob("*.py"))]
    found = {str(file.relative_to(ROOT)): _missing(watch, file) for file in files}
    return {file: missing for file, missing in found.items() if missing}


def _run(space: str, revisions: list[str]) -> None:
    from kvmviz.check.observation import observe
    from kvmviz.check.space import scenarios
    from kvmviz.revisions import REVISIONS

    for scenario in scenarios(space):
        for name in revisions:
            observe(REVISIONS[name], scenario)


def _missing(watch: coverage.Coverage, file: Path) -> list[str]:
    lines = file.read_text().splitlines()
    _, _, _, missing, _ = watch.analysis2(str(file))
    analysis = watch._analyze(str(file))

    def text(number: int) -> str:
        return lines[number - 1].strip() if number > 0 else "(end)"

    jumps = [
        f"{text(start)} -> {text(end)}"
        for start, ends in analysis.missing_branch_arcs().items()
        for end in ends
        if start not in missing and end not in missing
    ]
    return sorted({text(number) for number in missing} | set(jumps))


if __name__ == "__main__":
    print(json.dumps(unreached(sys.argv[1], sys.argv[2])))
