"""Live chats that a session left because they were full are still known as its own."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "left_chats",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("conversation"),
    )
    op.create_index("left_chats_session", "left_chats", ["session"], unique=False)
    _fill()


def _fill() -> None:
    """Those that were left before this was written down stand in their sessions."""
    tx = op.get_bind()
    left = sa.table("left_chats", sa.column("conversation"), sa.column("session"))
    sessions = sa.table("sessions", sa.column("id"), sa.column("body"))
    for row in tx.execute(sa.select(sessions)).all():
        for conversation in json.loads(row.body).get("full", ()):
            tx.execute(left.insert().values(conversation=conversation, session=row.id))
