"""What can be wrong with the Sunshine side of the set-up, with cause and fix (OCX-SUN, OCX-TRB-08…15).

Never raises: a look-up that fails is a finding, too.
"""

import hmac
from collections.abc import Callable, Iterator

from bridge.core.errors import BridgeError
from bridge.core.ports import Finding, Problem
from bridge.desks.sunshine_client import KEY_FIX, Json, SunshineAccount, SunshineClient

TRIGGERS = (
    "conversation:message",
    "conversation:remove",
    "switchboard:passControl",
    "switchboard:passControl:failure",
    "switchboard:releaseControl",
    "user:merge",
)
_MULTI = "Multi-conversations are off: a customer's second live chat would fail and never reach an agent."
MULTI_FIX = (
    "Turn on multi-conversations: Admin Center → Channels → Messaging and social → Messaging → Manage "
    "settings → Web Widget and Mobile SDKs → Multi-conversations. It cannot be undone."
)


def examine(account: SunshineAccount, client: SunshineClient) -> Iterator[Finding]:
    """Settings as typed first; then the app; the rest only if the app can be read."""
    typed = list(_as_typed(account))
    yield from typed
    if any(finding.problem for finding in typed):
        return
    app = list(_app(account, client))
    yield from app
    if app[0].problem is None:
        yield from _looked("Sunshine webhook", lambda: _webhook(account, client))
        yield from _looked("Switchboard", lambda: _switchboard(client))


def _as_typed(account: SunshineAccount) -> Iterator[Finding]:
    """Mistakes visible without a call (OCX-SUN-05, OCX-SUN-09)."""
    name = account.subdomain
    if not name or any(sign in name for sign in ".:/"):
        fix = "Set BRIDGE_ZENDESK_SUBDOMAIN to the bare label: acme, not acme.zendesk.com and no https://."
        yield _bad("Zendesk subdomain", name, "The subdomain is not a bare label.", fix)
    if not account.key_id.startswith("app_"):
        cause = "Failed to verify credentials: the key id does not begin with app_, so it is not an App key."
        yield _bad("Sunshine key", account.key_id[:4], cause, "Create an App key under Conversations API.")


def _app(account: SunshineAccount, client: SunshineClient) -> Iterator[Finding]:
    step = "Sunshine app"
    try:
        app = client.app()
    except BridgeError as error:
        yield _bad(step, "not readable", f"Failed to verify credentials ({error.reason}).", KEY_FIX)
        return
    where = str(app.get("subdomain") or account.subdomain)
    if where != account.subdomain:
        cause = f"The key belongs to another Zendesk account ({where})."
        yield _bad(step, where, cause, "Give key and subdomain of the same account.")
        return
    yield Finding(step, "Active")
    many = (app.get("settings") or {}).get("multiConvoEnabled")
    if many is False:
        yield _bad("Multi-conversations", "off", _MULTI, MULTI_FIX)
    else:
        yield Finding("Multi-conversations", "on" if many else "not told")


def _webhook(account: SunshineAccount, client: SunshineClient) -> Iterator[Finding]:
    step, hooks = "Sunshine webhook", client.webhooks()
    ours = [hook for hook in hooks if str(hook.get("target", "")).rstrip("/") == account.webhook_url]
    if not ours:
        targets = ", ".join(str(hook.get("target")) for hook in hooks)
        cause = f"Events go elsewhere: {targets}." if hooks else "No webhook: agents' replies reach nobody."
        fix = f"Create a custom integration in Zendesk whose webhook is {account.webhook_url}."
        yield _bad(step, "missing" if not hooks else "another address", cause, fix)
        return
    yield from _one_webhook(account, client, ours[0])


def _one_webhook(account: SunshineAccount, client: SunshineClient, hook: Json) -> Iterator[Finding]:
    step = "Sunshine webhook"
    missing = sorted(set(TRIGGERS) - set(hook.get("triggers") or ()))
    secret = str(hook.get("secret") or "")
    if missing:
        yield _bad(
            step, "events missing", f"Not sent: {', '.join(missing)}.", "Tick these events on the webhook."
        )
    elif secret and not _is_accepted(account, secret):
        fix = "Copy the webhook's shared secret into BRIDGE_SUNSHINE_WEBHOOK_SECRET."
        yield _bad(step, "another secret", "The bridge would refuse every event.", fix)
    elif _deaf(client, str(hook.get("integrationId"))):
        cause = "The integration is linked to the switchboard without standby events: agents are not heard."
        fix = "Unlink the integration from the switchboard, or let it deliver standby events."
        yield _bad(step, "deaf while agents are in control", cause, fix)
    else:
        yield Finding(step, f"sends to {account.webhook_url}")


def _is_accepted(account: SunshineAccount, secret: str) -> bool:
    known = (account.webhook_secret, account.webhook_secret_old)
    return any(hmac.compare_digest(secret.encode(), each.encode()) for each in known)


def _deaf(client: SunshineClient, integration: str) -> bool:
    """Linked and not told what happens while it stands by (SUN-SWB-07)."""
    return any(
        each.get("integrationId") == integration and each.get("deliverStandbyEvents") is False
        for each in client.responders()
    )


def _switchboard(client: SunshineClient) -> Iterator[Finding]:
    types = [each.get("integrationType") for each in client.responders()]
    if "zd:agentWorkspace" in types:
        yield Finding("Switchboard", "the Agent Workspace is connected")
        return
    cause = "The switchboard has no Agent Workspace: a handoff is a ticket at best, never a live chat."
    yield _bad("Switchboard", "no Agent Workspace", cause, "Check the messaging status in Admin Center.")


def _looked(step: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except BridgeError as error:
        cause = f"It could not be examined ({error.reason})."
        return [_bad(step, "unknown", cause, "Use an App key; an Integration key cannot read this.")]


def _bad(step: str, detail: str, cause: str, fix: str) -> Finding:
    return Finding(step, detail, Problem(step, cause, fix))
