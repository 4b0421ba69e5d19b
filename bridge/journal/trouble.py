"""Why the database cannot be used: one line that names the variable and the way to mend it (FT-C7, FT-R)."""

import re

_HALF = "Restore a back-up, or name an empty database; this one was not finished by its migration."
_USER = 'authentication failed|no password supplied|role ".*" does not exist'
_TABLE = (
    (
        "readonly|read-only|permission denied for",
        "it is read-only",
        "Give the bridge's user the right to write to it; for SQLite to the file and its folder.",
    ),
    (
        "disk is full|no space left|disk quota|disk i/o error|could not extend",
        "the disk is full, or fails",
        "Free some space. Whatever was acknowledged is kept.",
    ),
    (
        "is locked|is busy|lock timeout",
        "another program holds it",
        "End that program, a shell or a back-up perhaps, then start again.",
    ),
    (
        "unable to open|no such file or directory|permission denied|not a directory",
        "its file cannot be opened",
        "Make its folder, and give the bridge's user the right to write there.",
    ),
    ("malformed|not a database", "its file is damaged, or no database", "Restore a back-up."),
    (_USER, "the server refuses the user", "Mend user or password."),
    ('database ".*" does not exist', "there is no such database", "Make it (createdb), or mend its name."),
    ("already exists|no such table|no such column|does not exist", "its tables are not whole", _HALF),
    (
        "connection refused|could not connect|connection failed|timeout expired|translate host",
        "the server does not answer",
        "Start it, or mend the address.",
    ),
    ("no module named .?psycopg", "the driver is missing", "pip install 'sunbridge[postgres]'."),
)


class CannotUse(Exception):
    """A sentence that says why, and one that says what to do."""


class NewerSchema(CannotUse):
    """The database was made by a newer version of the bridge."""


def said(problem: Exception) -> str:
    """One line for the operator."""
    cause = " ".join(str(getattr(problem, "orig", None) or problem).split())
    for pattern, meaning, fix in () if isinstance(problem, CannotUse) else _TABLE:
        if re.search(pattern, cause, re.IGNORECASE):
            cause = f"{meaning} ({cause}). {fix}"
            break
    return f"BRIDGE_DATABASE_URL: the database cannot be used: {cause}"
