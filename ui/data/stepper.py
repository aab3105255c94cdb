"""The steps of an import, which stay on screen with their state: done, still to settle, not begun.

Apart because it knows neither a file nor a layer, only names and states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ui import html

StepState = Literal["fait", "attend", "suite"]
SIGNS = {"fait": "✓", "attend": "!", "suite": "·"}
SPOKEN = {"fait": "fait", "attend": "à régler", "suite": "à venir"}
STYLE = """
<style>
.clsm-steps {display:flex; flex-wrap:wrap; gap:.3rem .35rem; list-style:none; margin:0 !important; padding:.45rem 0 !important;}
.clsm-steps li {flex:1 1 7.5rem; border:1px solid #dde3e6; border-top:3px solid #8a949b; border-radius:5px; padding:.28rem .55rem .32rem;
  margin:0 !important; background:#fff; line-height:1.25; font-size:.86rem;}
.clsm-steps b {display:block; font-weight:600;} .clsm-steps span {color:#55606a; font-size:.8rem;}
.clsm-steps .fait {border-top-color:#1b6e3c;} .clsm-steps .fait i {color:#1b6e3c;}
.clsm-steps .attend {border-top-color:#c98a00; background:#fffaf0;} .clsm-steps .attend i, .clsm-steps .attend span {color:#7a5200;}
.clsm-steps i {font-style:normal; margin-right:.3rem; font-weight:700; color:#55606a;}
[data-testid=stLayoutWrapper]:has(> .st-key-import-etapes) {position:sticky; top:0; z-index:90; background:#fff;}
@media (max-width:900px), (max-height:600px) {[data-testid=stLayoutWrapper]:has(> .st-key-import-etapes) {position:static;}}
</style>
"""


@dataclass(frozen=True)
class Step:
    """A step: its name, its state, and a few words (« 4 à régler »)."""

    name: str
    state: StepState
    note: str


def steps(shown: Sequence[Step]) -> str:
    """Return the list of the steps, numbered, to be shown with STYLE."""
    items = "".join(
        f'<li class="{step.state}"><b><i aria-hidden="true">{SIGNS[step.state]}</i>{number}. {html.escape(step.name)}</b>'
        f"<span>{html.escape(step.note or SPOKEN[step.state])}</span></li>"
        for number, step in enumerate(shown, start=1)
    )
    return f'<ol class="clsm-steps" aria-label="Étapes de l’import">{items}</ol>'
