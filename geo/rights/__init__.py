"""Who may do what: three roles, the acts that change what others see, and one rule that says yes or refuses with a sentence.

It knows neither the screen, nor the register, nor how a person proves who they are. Start from `Actor`, `Act`, `ensure_may`.
"""

from geo.rights.rules import LEAST, Act, Actor, Role, actor_of, ensure_may, refusal

__all__ = ["LEAST", "Act", "Actor", "Role", "actor_of", "ensure_may", "refusal"]
