"""Commands that work on the database itself, beside a running bridge or without one."""
