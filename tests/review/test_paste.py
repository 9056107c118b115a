"""Every command in a reply can be pasted: it runs the mail's patch, and shows what the reply says."""

import re
import shlex
from pathlib import Path

import pytest

from kvmviz.cli import main
from kvmviz.review import Options, review
from tests.review import mails, patches
from tests.review.test_ran import FEW

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "free-at-once.eml"
MAILS = {
    "the example": EXAMPLE.read_text(),
    "a reply": mails.replied(patches.FREES_AN_OWNED_PAGE),
    "the patch itself": mails.replied(patches.moving(0, 0)),
}


@pytest.mark.parametrize("name", MAILS)
def test_commands_of_a_reply_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mail.eml").write_text(MAILS[name])
    text = review(MAILS[name].encode(), Options(space=FEW, parallel=False, path="mail.eml")).to_text()
    ours = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
    commands = re.findall(r"^  kvmviz ([^\n]*?(?: \\\n[^\n]*)?)$", ours, re.MULTILINE)
    own = [command for command in dict.fromkeys(commands) if "mail.eml" in command]
    assert own
    for command in own[:4]:
        words = shlex.split(command.replace("\\\n", " "), comments=True)
        assert main(words) == 0, command
        out = capsys.readouterr().out
        assert out
        if words[0] == "compare" and name == "the example":
            assert out.split("\n")[5] in text
