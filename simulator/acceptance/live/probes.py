"""The questions: what is asked of a real service and of its stand-in.

`{name}` in a path is known from the account or kept from an earlier answer; a question whose name is not
known (an account without messages, say) is not asked.
`who` is whose key is shown: ours, a wrong one, or none.
"""

from dataclasses import dataclass, field
from typing import Literal

Who = Literal["ours", "wrong", "nobody", "test"]
NOBODYS = "0" * 32


@dataclass(frozen=True, slots=True)
class Probe:
    """One question."""

    name: str
    host: str
    path: str
    who: Who = "ours"
    method: str = "GET"
    form: dict[str, str] = field(default_factory=dict)
    keep: dict[str, str] = field(default_factory=dict)  # name: path of a value in the answer

    @property
    def writes(self) -> bool:
        return self.method != "GET"


_ACCOUNT = "/2010-04-01/Accounts/{account}"
_TEST = "/2010-04-01/Accounts/{test_account}/Messages.json"
_MAGIC = "+15005550006"


def _magic(name: str, sender: str, to: str, **more: str) -> Probe:
    """A send with test credentials, which sends nothing (CAR-354)."""
    return Probe(name, "api", _TEST, "test", "POST", {"From": sender, "To": to, "Body": "Hello", **more})


TWILIO = (
    Probe("the account", "api", f"{_ACCOUNT}.json"),
    Probe("our numbers", "api", f"{_ACCOUNT}/IncomingPhoneNumbers.json?PageSize=5"),
    Probe("messages", "api", f"{_ACCOUNT}/Messages.json?PageSize=20", keep={"message": "messages.0.sid"}),
    Probe("a message", "api", f"{_ACCOUNT}/Messages/{{message}}.json"),
    Probe("a message's files", "api", f"{_ACCOUNT}/Messages/{{message}}/Media.json"),
    Probe("a message nobody sent", "api", f"{_ACCOUNT}/Messages/SM{NOBODYS}.json"),
    Probe("with a wrong token", "api", f"{_ACCOUNT}/Messages.json", "wrong"),
    Probe("with no token", "api", f"{_ACCOUNT}/Messages.json", "nobody"),
    Probe("too large a page", "api", f"{_ACCOUNT}/Messages.json?PageSize=5000"),
    Probe("messaging services", "messaging", "/v1/Services", keep={"service": "services.0.sid"}),
    Probe("a messaging service", "messaging", "/v1/Services/{service}"),
    Probe("its numbers", "messaging", "/v1/Services/{service}/PhoneNumbers"),
    Probe("its campaigns", "messaging", "/v1/Services/{service}/Compliance/Usa2p"),
    Probe("a service nobody made", "messaging", f"/v1/Services/MG{NOBODYS}"),
    Probe("brands", "messaging", "/v1/a2p/BrandRegistrations"),
    Probe("toll-free verifications", "messaging", "/v1/Tollfree/Verifications"),
    _magic("a test send", _MAGIC, "+14108675310"),
    _magic("a test send to no number", _MAGIC, "+15005550001"),
    _magic("a test send to who is unreachable", _MAGIC, "+15005550002"),
    _magic("a test send abroad", _MAGIC, "+15005550003"),
    _magic("a test send to who opted out", _MAGIC, "+15005550004"),
    _magic("a test send from no number", "+15005550001", "+14108675310"),
    _magic("a test send from a full queue", "+15005550008", "+14108675310"),
)

_APP = "/v2/apps/{app}"

ZENDESK = (
    Probe("the app", "sunshine", _APP),
    Probe("integrations", "sunshine", f"{_APP}/integrations", keep={"integration": "integrations.0.id"}),
    Probe("an integration", "sunshine", f"{_APP}/integrations/{{integration}}"),
    Probe("switchboards", "sunshine", f"{_APP}/switchboards", keep={"board": "switchboards.0.id"}),
    Probe("its places", "sunshine", f"{_APP}/switchboards/{{board}}/switchboardIntegrations"),
    Probe("an integration's webhooks", "sunshine", f"{_APP}/integrations/{{integration}}/webhooks"),
    Probe("a conversation nobody began", "sunshine", f"{_APP}/conversations/{'0' * 24}"),
    Probe("its messages", "sunshine", f"{_APP}/conversations/{'0' * 24}/messages"),
    Probe("a user nobody made", "sunshine", f"{_APP}/users/nobody-at-all"),
    Probe(
        "conversations of nobody", "sunshine", f"{_APP}/conversations?filter[userExternalId]=nobody-at-all"
    ),
    Probe("with a wrong key", "sunshine", _APP, "wrong"),
    Probe("with no key", "sunshine", _APP, "nobody"),
    Probe("another's app", "sunshine", f"/v2/apps/{'0' * 24}"),
    Probe("ourselves", "support", "/v2/users/me.json"),
    Probe("ourselves, without a key", "support", "/v2/users/me.json", "nobody"),
    Probe(
        "a search that finds nobody", "support", "/v2/users/search.json?query=email:nobody@nowhere.invalid"
    ),
    Probe("a user nobody made, there", "support", "/v2/users/999999999999.json"),
    Probe("a ticket nobody opened", "support", "/v2/tickets/999999999999.json"),
)

OF = {"twilio": TWILIO, "zendesk": ZENDESK}
