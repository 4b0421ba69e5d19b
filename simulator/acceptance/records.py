"""What an operator does about one phone through the calls under `/admin`: replay, erase, look."""

from collections.abc import Callable
from typing import Any

Call = Callable[[str, str, dict[str, str]], Any]


class Records:
    """One call at a time; `call` takes method, path and parameters and returns the answer's JSON."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def replay(self, phone: str) -> int:
        """Have everything done again that was given up in this phone's sessions; how much that was."""
        mine = {each["id"] for each in self._call("GET", "/sessions", {"phone": phone})["sessions"]}
        letters = self._call("GET", "/letters", {})["letters"]
        names = [letter["name"] for letter in letters if letter["session"] in mine]
        for name in names:
            self._call("POST", f"/letters/{name}/replay", {})
        return len(names)

    def erase(self, phone: str) -> None:
        """Remove everything held about the phone."""
        self._call("POST", "/erase", {"phone": phone})

    def held(self, phone: str) -> list[str]:
        """What kinds of things are held about the phone."""
        whole = self._call("GET", "/export", {"phone": phone})
        return [kind for kind, things in whole.items() if kind != "phone" and things]
