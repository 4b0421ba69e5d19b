"""What an operator can do about what was given up: by the error's code, else by the kind of effect."""

_BY_CODE = {
    "opted_out": "Drop it. Only the customer can undo an opt-out, by texting START.",
    "21610": "Drop it. Only the customer can undo an opt-out, by texting START.",
    "held_too_long": "Have the number registered (`bridge check` says how), then replay it.",
    "number_inactive": "Activate the number for SMS at the carrier (`bridge check`), then replay it.",
    "crashes": "A fault of the bridge: report it. See whether it was done before you replay it.",
    "uncertain": "Look for the text in the carrier's log. A replay looks there, too, before it sends.",
}
_MEND = "Run `bridge check`, mend what it names, then replay it."
_BY_KIND = {
    "SendText": "Look the code up at the carrier, mend the cause, then replay it; or drop it.",
    "AskAssistant": "Drop it: a person took over.",
    "FetchAnswer": "Drop it: a person took over.",
    "CloseAssistant": "Drop it: the session is over here, only the assistant was not told.",
    "OpenConversation": _MEND,
    "PostTurn": _MEND,
    "TellAgent": _MEND,
    "PassControl": _MEND,
    "ReconcileUser": "Mend the merging of users (`bridge check`), then replay it; the chat itself goes on.",
}
UNDECIDED = "A fault of the bridge: report it, and replay it with a version that has it mended."


def fix(kind: str, code: str) -> str:
    """A sentence for the operator; empty if nothing is known."""
    return _BY_CODE.get(code) or _BY_KIND.get(kind, "")
