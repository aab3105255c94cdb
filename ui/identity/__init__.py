"""Who is in front of the screen, and what they may do: by the machine, an identity provider, or a proxy that authenticates.

It decides nothing of an act: `geo.rights` does, in the core. Start from `acting`, `ask_name`, `offers`, `show_identity`.
"""

from ui.identity.person import acting, ask_name
from ui.identity.shown import offers, show_identity

__all__ = ["acting", "ask_name", "offers", "show_identity"]
