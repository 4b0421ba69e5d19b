"""What the Support API documents that a bridge, its set-up or its tests could call.

Paths begin below `/zendesk`; each is also answered with `.json` behind it. Sources are ids of the Sunshine
digest, or the section of the provider's reference where the digest names the operation only in passing.
"""

from simulator.operations import Level, Operation

_API = "/api/v2"
_USER, _TICKET = "/users/<user>", "/tickets/<ticket>"
_IDENTITY = f"{_USER}/identities/<identity>"


def _row(level: Level, name: str, call: str, source: str) -> Operation:
    method, _, path = call.partition(" ")
    return Operation(name, method, path if path.startswith("/oauth") else f"{_API}{path}", level, source)


OPERATIONS = (
    # --- access ---
    _row("core", "CreateToken", "POST /oauth/tokens", "SUN-SUP-03"),
    _row("core", "ShowCurrentUser", "GET /users/me", "SUN-SUP-05"),
    _row("rare", "ListTokens", "GET /oauth/tokens", "SUN-SUP-03"),
    # --- users ---
    _row("core", "ListSupportUsers", "GET /users", "SUN-SUP-12"),
    _row("core", "CreateSupportUser", "POST /users", "SUN-SUP-12"),
    _row("core", "ShowSupportUser", f"GET {_USER}", "SUN-SUP-12"),
    _row("core", "UpdateSupportUser", f"PUT {_USER}", "SUN-SUP-17"),
    _row("core", "CreateOrUpdateUser", "POST /users/create_or_update", "SUN-SUP-16"),
    _row("core", "MergeUsers", f"PUT {_USER}/merge", "SUN-IDN-12"),
    _row("wanted", "DeleteSupportUser", f"DELETE {_USER}", "SUN-SUP-12"),
    _row("wanted", "ShowManyUsers", "GET /users/show_many", "SUN-SUP-12"),
    _row("wanted", "CountUsers", "GET /users/count", "SUN-SUP-12"),
    _row("rare", "AutocompleteUsers", "GET /users/autocomplete", "ticketing/users"),
    _row("rare", "ShowUserRelated", f"GET {_USER}/related", "ticketing/users"),
    _row("rare", "CreateManyUsers", "POST /users/create_many", "ticketing/users"),
    _row("rare", "CreateOrUpdateManyUsers", "POST /users/create_or_update_many", "ticketing/users"),
    _row("rare", "UpdateManyUsers", "PUT /users/update_many", "ticketing/users"),
    _row("rare", "DeleteManyUsers", "DELETE /users/destroy_many", "ticketing/users"),
    _row("rare", "ListDeletedUsers", "GET /deleted_users", "ticketing/users"),
    _row("rare", "ShowJobStatus", "GET /job_statuses/<job>", "ticketing/job_statuses"),
    _row("rare", "ListUserFields", "GET /user_fields", "ticketing/user_fields"),
    # --- identities ---
    _row("core", "ListIdentities", f"GET {_USER}/identities", "SUN-SUP-15"),
    _row("core", "CreateIdentity", f"POST {_USER}/identities", "SUN-SUP-15"),
    _row("core", "MakeIdentityPrimary", f"PUT {_IDENTITY}/make_primary", "SUN-SUP-15"),
    _row("core", "DeleteIdentity", f"DELETE {_IDENTITY}", "SUN-SUP-15"),
    _row("wanted", "ShowIdentity", f"GET {_IDENTITY}", "SUN-SUP-15"),
    _row("wanted", "UpdateIdentity", f"PUT {_IDENTITY}", "SUN-SUP-15"),
    _row("wanted", "VerifyIdentity", f"PUT {_IDENTITY}/verify", "SUN-SUP-15"),
    _row("rare", "RequestVerification", f"PUT {_IDENTITY}/request_verification", "SUN-SUP-15"),
    # --- search ---
    _row("core", "SearchUsers", "GET /users/search", "SUN-SUP-08"),
    _row("wanted", "Search", "GET /search", "SUN-SUP-09"),
    _row("wanted", "CountSearch", "GET /search/count", "SUN-SUP-09"),
    _row("rare", "ExportSearch", "GET /search/export", "ticketing/search"),
    # --- tickets ---
    _row("core", "ShowTicket", f"GET {_TICKET}", "SUN-TKT-04"),
    _row("core", "UpdateTicket", f"PUT {_TICKET}", "SUN-SUP-20"),
    _row("core", "ListRequestedTickets", f"GET {_USER}/tickets/requested", "SUN-TKT-01"),
    _row("wanted", "ListTickets", "GET /tickets", "SUN-TKT-04"),
    _row("wanted", "CreateTicket", "POST /tickets", "OCX-TKT-05"),
    _row("wanted", "ListTags", f"GET {_TICKET}/tags", "SUN-SUP-21"),
    _row("wanted", "AddTags", f"PUT {_TICKET}/tags", "SUN-SUP-21"),
    _row("wanted", "ReplaceTags", f"POST {_TICKET}/tags", "SUN-SUP-21"),
    _row("wanted", "RemoveTags", f"DELETE {_TICKET}/tags", "SUN-SUP-21"),
    _row("wanted", "ListComments", f"GET {_TICKET}/comments", "SUN-SUP-23"),
    _row("wanted", "ListAudits", f"GET {_TICKET}/audits", "SUN-SUP-22"),
    _row("wanted", "ShowConversationLog", f"GET {_TICKET}/conversation_log", "SUN-SUP-23"),
    _row("wanted", "ListTicketFields", "GET /ticket_fields", "SUN-SUP-22"),
    _row("wanted", "ShowTicketField", "GET /ticket_fields/<field>", "SUN-SUP-22"),
    _row("rare", "CreateTicketField", "POST /ticket_fields", "ticketing/ticket_fields"),
    _row("rare", "ShowAudit", f"GET {_TICKET}/audits/<audit>", "SUN-SUP-22"),
    _row("rare", "ShowManyTickets", "GET /tickets/show_many", "ticketing/tickets"),
    _row("rare", "CountTickets", "GET /tickets/count", "ticketing/tickets"),
    _row("rare", "DeleteTicket", f"DELETE {_TICKET}", "ticketing/tickets"),
    _row("rare", "UpdateManyTickets", "PUT /tickets/update_many", "ticketing/tickets"),
    _row("rare", "MergeTickets", f"POST {_TICKET}/merge", "ticketing/tickets"),
    _row("rare", "ListAssignedTickets", f"GET {_USER}/tickets/assigned", "ticketing/tickets"),
    _row("rare", "MakeCommentPrivate", f"PUT {_TICKET}/comments/<comment>/make_private", "SUN-AGT-06"),
    _row("rare", "ShowTicketMetrics", f"GET {_TICKET}/metrics", "ticketing/ticket_metrics"),
    # --- set-up of the account ---
    _row("rare", "ListWebhooks", "GET /webhooks", "SUN-SUP-24"),
    _row("rare", "CreateWebhook", "POST /webhooks", "SUN-SUP-24"),
    _row("rare", "ShowWebhookSecret", "GET /webhooks/<webhook>/signing_secret", "SUN-SUP-24"),
    _row("rare", "ListTriggers", "GET /triggers", "OCX-TKT-03"),
    _row("rare", "ListGroups", "GET /groups", "SUN-TKT-08"),
    _row("rare", "ListBrands", "GET /brands", "SUN-TKT-08"),
    _row("rare", "ListOrganizations", "GET /organizations", "SUN-TKT-08"),
    _row("rare", "ShowAccountSettings", "GET /account/settings", "account-configuration/account_settings"),
)
