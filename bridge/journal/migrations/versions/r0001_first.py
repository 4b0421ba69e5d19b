"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "asked",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("first", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "silences",
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sender"),
    )
    op.create_table(
        "attempts",
        sa.Column("attempt", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("attempt"),
    )
    op.create_index("attempts_at", "attempts", ["at"], unique=False)
    op.create_table(
        "consents",
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("phone"),
    )
    op.create_table(
        "effects",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("doubts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", sa.Float(), nullable=True),
        sa.Column("doubted_at", sa.Float(), nullable=True),
        sa.Column("slot_at", sa.Float(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.String(), server_default="", nullable=False),
        sa.Column("parked_at", sa.Float(), nullable=True),
        sa.Column("forgiven", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "effects_lane",
        "effects",
        ["lane", "id"],
        unique=False,
        sqlite_where=sa.text("state in ('waiting', 'performing')"),
        postgresql_where=sa.text("state in ('waiting', 'performing')"),
    )
    op.create_index(
        "effects_parked",
        "effects",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'parked'"),
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_index("effects_created", "effects", ["created_at"], unique=False)
    op.create_index("effects_session", "effects", ["session"], unique=False)
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source", sa.String(), server_default="", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("remark", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.Text(), server_default="", nullable=False),
        sa.Column("decided", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_at", "events", ["at"], unique=False)
    op.create_index("events_decided", "events", ["decided"], unique=False)
    op.create_index(
        "events_held",
        "events",
        ["source"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "events_new",
        "events",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_index(
        "events_parked",
        "events",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("state = 'parked'"),
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_table(
        "lanes",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("lanes_due", "lanes", ["due_at"], unique=False)
    op.create_index(
        "lanes_owned",
        "lanes",
        ["owner"],
        unique=False,
        sqlite_where=sa.text("owner != 0"),
        postgresql_where=sa.text("owner != 0"),
    )
    op.create_table(
        "paces",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "parts",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("session", "turn", "part"),
    )
    op.create_index("parts_source", "parts", ["source_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("charge", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("assistant_session", sa.String(), nullable=False),
        sa.Column("last_at", sa.Float(), nullable=False),
        sa.Column("idle_due", sa.Float(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("sessions_assistant", "sessions", ["assistant_session"], unique=False)
    op.create_index("sessions_conversation", "sessions", ["conversation"], unique=False)
    op.create_index("sessions_idle", "sessions", ["idle_due"], unique=False)
    op.create_index(
        "sessions_open",
        "sessions",
        ["phone", "number"],
        unique=True,
        sqlite_where=sa.text("charge != 'nobody'"),
        postgresql_where=sa.text("charge != 'nobody'"),
    )
    op.create_index("sessions_user", "sessions", ["user"], unique=False)
    op.create_table(
        "turns",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session", "number"),
    )
    op.create_index("turns_source", "turns", ["session", "source_id"], unique=False)
