"""Live chats that a session left because they were full are still known as its own."""

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
