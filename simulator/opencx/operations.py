"""What OpenCX documents, judged by use for a bridge; paths begin below `/opencx`.

core: a bridge cannot do without · wanted: set-up, repair, realism · rare: other products on the same host.
Scopes without a documented path (tags, office hours, blocklist, phone, media: OCX-API-02) are not listed, nor
is anything for sending SMS, which is not documented either (OCX-API-26).
"""

from simulator.operations import Level, Operation

_WIDGET = "/backend/widget/v2"


def _row(level: Level, name: str, call: str, source: str) -> Operation:
    method, _, path = call.partition(" ")
    return Operation(name, method, path, level, source)


OPERATIONS = (
    _row("core", "saveContact", "POST /contacts", "OCX-API-24"),
    _row("core", "createChatSession", "POST /chat/sessions", "OCX-API-07"),
    _row("core", "getChatSession", "GET /chat/sessions/<id>", "OCX-API-09"),
    _row("core", "updateChatSession", "PATCH /chat/sessions/<id>", "OCX-API-20"),
    _row("core", "sendMessage", "POST /chat/sessions/<id>/send", "OCX-API-12"),
    _row("core", "listChatHistory", "GET /chat/sessions/<id>/history", "OCX-API-21"),
    _row("wanted", "listChatSessions", "GET /chat/sessions", "OCX-API-11"),
    _row("wanted", "listContacts", "GET /contacts", "OCX-API-24"),
    _row("wanted", "updateContact", "PATCH /contacts/<id>", "OCX-API-24"),
    _row("wanted", "deleteContact", "DELETE /contacts/<id>", "OCX-API-24"),
    _row("rare", "authenticateContact", "POST /widget/authenticate-user", "OCX-API-25"),
    _row("rare", "widgetConfig", f"GET {_WIDGET}/config", "OCX-WID-02"),
    _row("rare", "widgetCreateContact", f"POST {_WIDGET}/contact/create-unverified", "OCX-WID-02"),
    _row("rare", "widgetCreateSession", f"POST {_WIDGET}/create-session", "OCX-WID-02"),
    _row("rare", "widgetSend", f"POST {_WIDGET}/chat/send", "OCX-WID-03"),
    _row("rare", "widgetPoll", f"GET {_WIDGET}/poll/<id>", "OCX-WID-02"),
    _row("rare", "widgetListSessions", f"GET {_WIDGET}/sessions", "OCX-WID-02"),
    _row("rare", "widgetHistory", f"GET {_WIDGET}/session/history/<id>", "OCX-WID-07"),
    _row("rare", "widgetResolve", f"POST {_WIDGET}/session/resolve", "OCX-WID-02"),
    _row("rare", "widgetUpload", f"POST {_WIDGET}/upload", "OCX-LIM-09"),
    _row("rare", "widgetCheckpoint", f"POST {_WIDGET}/checkpoint", "OCX-WID-02"),
    _row("rare", "widgetVote", f"POST {_WIDGET}/chat/vote", "OCX-WID-02"),
    _row("rare", "widgetExecuteAction", f"POST {_WIDGET}/action/execute", "OCX-WID-02"),
    _row("rare", "widgetSubmitCsat", f"POST {_WIDGET}/submit-csat", "OCX-WID-02"),
)
