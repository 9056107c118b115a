"""A picture that stands in for a widget where a notebook is opened again and nothing runs behind it.

JupyterLab stores a widget by a number that only its kernel knows, and shows an
error for it later, whatever picture is stored beside it.  So a second output
goes before the widget: it is not seen while the widget is there, and otherwise
is what one sees, in place of the error.  Only JupyterLab (and Notebook 7, which is
built of it) gets it; elsewhere, as where notebooks are run and stored by a
program, an output shows as it is.
"""

import sys
from typing import Any, Final

SENTENCE: Final = "Stored when it was last run. Run the cell again to have it live."

_HERE: Final = ".jp-OutputArea-child:has(> .jp-OutputArea-output .kvmviz-stand-in)"
_NEXT: Final = "+ .jp-OutputArea-child > .jp-OutputArea-output"
_STYLE: Final = (
    # A widget takes a moment to come; its place is not filled and emptied again for that.
    ".kvmviz-stand-in{max-height:0;overflow:hidden;animation:kvmviz-stand-in 0s 2s forwards}"
    "@keyframes kvmviz-stand-in{to{max-height:none}}"
    ".kvmviz-stand-in>svg{max-width:100%;height:auto}"
    f"{_HERE}:has({_NEXT} > .lm-Widget){{display:none}}"
    f"{_HERE} {_NEXT}:not(:has(*)){{display:none}}"
)


def stand_in(picture: str) -> str:
    """Return the HTML of an output that is seen only if the one after it shows no widget.

    >>> "Run the cell again" in stand_in("<svg></svg>")
    True
    """
    said = f'<p style="margin:4px 0;opacity:.75">{SENTENCE}</p>'
    return f'<style>{_STYLE}</style><div class="kvmviz-stand-in">{said}{picture}</div>'


def put_stand_in(picture: str) -> bool:
    """Show a stand-in now, before the widget that is about to be shown, if JupyterLab asks; return whether it does."""
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    request = shell.get_parent() if hasattr(shell, "get_parent") else {}
    if "deletedCells" not in (request.get("metadata") or {}):  # which JupyterLab tells, and nobody else
        return False
    shell.display_pub.publish({"text/html": stand_in(picture), "text/plain": SENTENCE})
    return True
