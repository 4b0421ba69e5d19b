"""Agents' files, at addresses the carrier can read without our credentials (SUN-ATT-05, OPEN-15).

An address is an unguessable token and works for a few hours. Each file is a folder entry `<token>` beside
`<token>.json`, which says what it is and until when; so several processes share one folder and a restart
forgets nothing. The carrier asks by HEAD and GET and compares types (CAR-146).

A file with a name of ours has the same address each time it is kept, so that a text with its link can be told
from others. Such a token is made of the name and a secret that lies in the folder.
"""

import base64
import hmac
import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bridge.core.ports import Download
from bridge.files import MOST_BYTES, safe_name, sniff, spool

__all__ = ["MediaStore", "Stored", "safe_name", "sniff", "spool"]

KEPT_SECONDS = 4 * 3600.0
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a file without opening it."""

    name: str
    content_type: str
    until: float
    session: str = ""  # whose it is, so that it can be erased


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that may still be read."""

    path: Path
    name: str
    content_type: str

    @property
    def content(self) -> bytes:
        """All of it; it is bounded."""
        return self.path.read_bytes()


class MediaStore:
    """Keeps, shows and forgets files."""

    def __init__(
        self,
        folder: Path,
        public_url: str,
        *,
        clock: Callable[[], float],
        token: Callable[[], str],
        seconds: float = KEPT_SECONDS,
    ) -> None:
        self._folder = folder
        self._public_url = public_url.rstrip("/")
        self._clock = clock
        self._token = token
        self._seconds = seconds

    def keep(self, download: Download, most: int = MOST_BYTES, *, label: str = "", session: str = "") -> str:
        """Keep a file of a session; returns its address. What is past its time goes at the same occasion."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.forget_expired()
        token = self._token_of(label) if label else self._token()
        with spool(download, most) as upload:
            (self._folder / token).write_bytes(upload.content.read())
        facts = Facts(upload.name, upload.content_type, self._clock() + self._seconds, session)
        self._write(token, facts)
        return f"{self._public_url}/media/{token}"

    def address(self, label: str) -> str:
        """Where the file of this name is, or would be."""
        return f"{self._public_url}/media/{self._token_of(label)}"

    def _token_of(self, label: str) -> str:
        digest = hmac.digest(self._secret().encode(), label.encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:24]).decode()

    def _secret(self) -> str:
        """The folder's own; whoever comes first makes it."""
        place = self._folder / "secret"
        if not place.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = self._folder / f"{self._token()}.draft"
            draft.write_text(self._token())
            draft.replace(place)
        return place.read_text()

    def open(self, token: str) -> Stored | None:
        """The file behind a token, while it lives."""
        facts = self._facts(token) if _TOKEN.fullmatch(token) else None
        path = self._folder / token
        if facts is None or facts.until <= self._clock() or not path.exists():
            return None
        return Stored(path, facts.name, facts.content_type)

    def forget_expired(self) -> int:
        """Delete what is past its time; returns how many files went."""
        return self._forget(lambda facts: facts.until <= self._clock())

    def forget_of(self, sessions: Collection[str]) -> int:
        """Delete the files of these sessions; returns how many files went."""
        return self._forget(lambda facts: facts.session in sessions)

    def names_of(self, sessions: Collection[str]) -> list[str]:
        """What the files of these sessions are called."""
        return [facts.name for _, facts in self._all() if facts.session in sessions]

    def _forget(self, unwanted: Callable[[Facts], bool]) -> int:
        gone = [token for token, facts in self._all() if unwanted(facts)]
        for token in gone:
            (self._folder / token).unlink(missing_ok=True)
            (self._folder / f"{token}.json").unlink(missing_ok=True)
        return len(gone)

    def _all(self) -> Iterator[tuple[str, Facts]]:
        for sheet in sorted(self._folder.glob("*.json")):
            if (facts := self._facts(sheet.stem)) is not None:
                yield sheet.stem, facts

    def _facts(self, token: str) -> Facts | None:
        try:
            return Facts(**json.loads((self._folder / f"{token}.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def _write(self, token: str, facts: Facts) -> None:
        """The sheet comes last and at once, so that a file is either whole or not there."""
        draft = self._folder / f"{token}.draft"
        draft.write_text(json.dumps(asdict(facts)))
        draft.replace(self._folder / f"{token}.json")
