"""What all pages have in common: one style, links to each other, nothing asked of anybody."""

from html import escape
from pathlib import Path

STYLE = Path(__file__).with_name("pages.css")
PAGES = {"matrix.html": "Requirements", "living.html": "Scenarios", "failures.html": "Failures"}


def page(name: str, title: str, body: str) -> str:
    """One page that works from disk; `name` is its file."""
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        f'<link rel=icon href="data:,"><title>{escape(title)}</title>'
        f"<style>{STYLE.read_text()}</style></head>"
        f"<body><main><nav>{_links(name)}</nav><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    )


def mark(verdict: str, *, label: str = "") -> str:
    """A verdict in its colour."""
    shown = f"{label}: {verdict}" if label else verdict
    return f'<span class="verdict {verdict.replace(" ", "-")}">{escape(shown)}</span>'


def anchor(key: str) -> str:
    """The id of a scenario on every page."""
    return "".join(letter if letter.isalnum() else "-" for letter in key).lower()


def _links(here: str) -> str:
    return " · ".join(
        f"<b>{label}</b>" if name == here else f'<a href="{name}">{label}</a>'
        for name, label in PAGES.items()
    )
