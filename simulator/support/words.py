"""By which words search finds a user or a ticket, and what the query language asks for.

Facts:
  * A phone is given in digits, without plus or punctuation; `*` before it finds every stored form that ends
    in those digits, however it is written (SUN-SUP-10).
  * A name or a bare word matches whole words; `*` behind it matches beginnings.
"""

import re

from simulator.support.index import Wanted
from simulator.support.records import SupportUser, Ticket

_TERM = re.compile(r'(?:(?P<key>[\w.]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')
_WORD = re.compile(r"[\w@.+-]+")
USER_KEYS = ("role", "name", "email", "phone", "external_id", "tags", "")
TICKET_KEYS = ("status", "tags", "requester", "requester_id", "external_id", "priority", "subject", "")
NOBODY = Wanted("nobody has this")
Terms = list[tuple[str, str]]


def digits(text: str | None) -> str:
    """The digits of a phone however it is written."""
    return re.sub(r"\D", "", text or "")


def terms(query: str) -> Terms:
    """Key and value of each term; the key of a bare word is empty."""
    return [
        (m["key"] or "", m["quoted"] if m["quoted"] is not None else m["plain"])
        for m in _TERM.finditer(query)
    ]


def _split(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def of_user(user: SupportUser) -> frozenset[str]:
    """Every word a user is found by."""
    emails = [each.value.casefold() for each in user.identities if each.type == "email"]
    phones = {user.phone or "", *(each.value for each in user.identities if each.type == "phone_number")}
    names = _split(user.name)
    return frozenset(
        [
            f"role:{user.role}",
            *(f"email:{email}" for email in emails),
            *(f"name:{name}" for name in names),
            *(f":{word}" for word in [*names, *emails, *(e.partition("@")[0] for e in emails)]),
            *(f"tags:{tag}" for tag in user.tags),
            *([f"external_id:{user.external_id.casefold()}"] if user.external_id else []),
            *(word for phone in phones if phone for word in _phone(phone)),
        ]
    )


def _phone(stored: str) -> list[str]:
    """Exactly as stored, if that is digits; and backwards, to be found by its end."""
    bare = stored.removeprefix("+")
    exact = [f"phone:{bare}"] if bare.isdecimal() else []
    return [*exact, f"tail:{digits(stored)[::-1]}"]


def of_ticket(ticket: Ticket) -> frozenset[str]:
    """Every word a ticket is found by."""
    subject = _split(ticket.subject)
    return frozenset(
        [
            f"status:{ticket.status}",
            f"priority:{ticket.priority}",
            f"requester:{ticket.requester_id}",
            f"external_id:{(ticket.external_id or '').casefold()}",
            *(f"tags:{tag}" for tag in ticket.tags),
            *(f"custom_field_{key}:{value}" for key, value in ticket.fields.items()),
            *(f"subject:{word}" for word in subject),
            *(f":{word}" for word in subject),
        ]
    )


def wanted_of_user(query: Terms) -> list[Wanted] | None:
    """What the query asks of a user; None if no user can answer it."""
    return _wanted(query, "user", USER_KEYS)


def wanted_of_ticket(query: Terms) -> list[Wanted] | None:
    return _wanted(query, "ticket", TICKET_KEYS)


def _wanted(query: Terms, kind: str, keys: tuple[str, ...]) -> list[Wanted] | None:
    found: list[Wanted] = []
    for key, value in query:
        if key == "type":
            if value != kind:
                return None
        elif key in keys or (kind == "ticket" and key.startswith("custom_field_")):
            found += _asked(key, value)
        else:
            return None
    return found


def _asked(key: str, value: str) -> list[Wanted]:
    if key == "phone":
        return [_asked_phone(value)]
    if key in ("name", "subject", ""):
        whole, value = not value.endswith("*"), value.casefold().removesuffix("*")
        return [Wanted(f"{key}:{word}", whole) for word in _split(value)] or [NOBODY]
    key = "requester" if key == "requester_id" else key
    return [Wanted(f"{key}:{value if key.startswith('custom_field_') else value.casefold()}")]


def _asked_phone(value: str) -> Wanted:
    tail = value.removeprefix("*")
    if not tail.isdecimal():
        return NOBODY  # a plus or punctuation finds nothing
    return Wanted(f"tail:{tail[::-1]}", whole=False) if value.startswith("*") else Wanted(f"phone:{tail}")
