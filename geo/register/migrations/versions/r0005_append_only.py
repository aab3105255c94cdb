"""What was written is held by the database: triggers refuse to change or remove it (`geo/register/append_only.py`)."""

from __future__ import annotations

from alembic import op

from geo.register.append_only import hold
from geo.register.schema import HELD

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lay the triggers; they are laid again after any later migration."""
    hold(op.get_bind(), HELD)
