"""Every operation Sunshine documents: the 68 of v2, the merge only v1.1 has, and the files' own address.

Levels are those of table (a) of the Sunshine digest; each row names the fact it stands on. What Sunshine
sends of its own accord (`EventWebhooks`) is no call and stands in `hooks.py`.
"""

from simulator.operations import Level, Operation

_APP = "/v2/apps/<app>"
_CHAT = f"{_APP}/conversations/<conversation>"
_LINES = f"{_CHAT}/messages"
_PLUG = f"{_APP}/integrations/<integration>"
_HOOKS = f"{_PLUG}/webhooks"
_BOARD = f"{_APP}/switchboards"
_PLACES = f"{_BOARD}/<board>/switchboardIntegrations"
_USER = f"{_APP}/users/<user>"

# name, method, path, level, source
_ROWS: tuple[tuple[str, str, str, Level, str], ...] = (
    ("ListApps", "GET", "/v2/apps", "rare", "SUN-AUT-04"),
    ("CreateApp", "POST", "/v2/apps", "rare", "SUN-AUT-04"),
    ("GetApp", "GET", _APP, "core", "SUN-AUT-12"),
    ("UpdateApp", "PATCH", _APP, "wanted", "SUN-CON-07"),
    ("DeleteApp", "DELETE", _APP, "rare", "SUN-AUT-04"),
    ("ListAppKeys", "GET", f"{_APP}/keys", "rare", "SUN-AUT-11"),
    ("CreateAppKey", "POST", f"{_APP}/keys", "rare", "SUN-AUT-11"),
    ("GetAppKey", "GET", f"{_APP}/keys/<key>", "rare", "SUN-AUT-11"),
    ("DeleteAppKey", "DELETE", f"{_APP}/keys/<key>", "rare", "SUN-AUT-11"),
    ("GetTokenInfo", "GET", "/v2/tokenInfo", "wanted", "SUN-03"),
    ("UploadAttachment", "POST", f"{_APP}/attachments", "core", "SUN-ATT-01"),
    ("DeleteAttachment", "POST", f"{_APP}/attachments/remove", "wanted", "SUN-ATT-08"),
    ("CreateConversation", "POST", f"{_APP}/conversations", "core", "SUN-CON-01"),
    ("ListConversations", "GET", f"{_APP}/conversations", "core", "SUN-CON-06"),
    ("GetConversation", "GET", _CHAT, "core", "SUN-CON-04"),
    ("UpdateConversation", "PATCH", _CHAT, "core", "SUN-CON-03"),
    ("DeleteConversation", "DELETE", _CHAT, "wanted", "SUN-CON-05"),
    ("JoinConversation", "POST", f"{_CHAT}/join", "wanted", "SUN-CON-09"),
    ("ListParticipants", "GET", f"{_CHAT}/participants", "wanted", "SUN-CON-10"),
    ("LeaveConversation", "POST", f"{_CHAT}/leave", "wanted", "SUN-CON-09"),
    ("PostMessage", "POST", _LINES, "core", "SUN-MSG-01"),
    ("ListMessages", "GET", _LINES, "core", "SUN-CNV-11"),
    ("DeleteAllMessages", "DELETE", _LINES, "wanted", "SUN-MSG-19"),
    ("DeleteMessage", "DELETE", f"{_LINES}/<message>", "wanted", "SUN-MSG-19"),
    ("PostActivity", "POST", f"{_CHAT}/activity", "core", "SUN-ACT-01"),
    ("PassControl", "POST", f"{_CHAT}/passControl", "core", "SUN-SWB-09"),
    ("ReleaseControl", "POST", f"{_CHAT}/releaseControl", "core", "SUN-SWB-14"),
    ("OfferControl", "POST", f"{_CHAT}/offerControl", "wanted", "SUN-SWB-12"),
    ("AcceptControl", "POST", f"{_CHAT}/acceptControl", "wanted", "SUN-SWB-13"),
    ("DownloadMessageRef", "POST", f"{_CHAT}/download", "rare", "SUN-CLI-02"),
    ("PostConversionEvents", "POST", f"{_CHAT}/conversionEvents", "rare", "SUN-CLI-02"),
    ("ListIntegrations", "GET", f"{_APP}/integrations", "core", "SUN-INT-02"),
    ("CreateIntegration", "POST", f"{_APP}/integrations", "core", "SUN-INT-01"),
    ("GetIntegration", "GET", _PLUG, "core", "SUN-INT-02"),
    ("UpdateIntegration", "PATCH", _PLUG, "wanted", "SUN-INT-02"),
    ("DeleteIntegration", "DELETE", _PLUG, "wanted", "SUN-INT-02"),
    ("ListCustomIntegrationKeys", "GET", f"{_PLUG}/keys", "wanted", "SUN-AUT-11"),
    ("CreateCustomIntegrationKey", "POST", f"{_PLUG}/keys", "wanted", "SUN-AUT-11"),
    ("GetCustomIntegrationKey", "GET", f"{_PLUG}/keys/<key>", "wanted", "SUN-AUT-11"),
    ("DeleteCustomIntegrationKey", "DELETE", f"{_PLUG}/keys/<key>", "wanted", "SUN-AUT-11"),
    ("CreateWebhook", "POST", _HOOKS, "core", "SUN-INT-01"),
    ("ListWebhooks", "GET", _HOOKS, "core", "SUN-INT-03"),
    ("GetWebhook", "GET", f"{_HOOKS}/<webhook>", "core", "SUN-INT-03"),
    ("UpdateWebhook", "PATCH", f"{_HOOKS}/<webhook>", "core", "SUN-INT-03"),
    ("DeleteWebhook", "DELETE", f"{_HOOKS}/<webhook>", "core", "SUN-INT-03"),
    ("ListSwitchboards", "GET", _BOARD, "core", "SUN-SWB-01"),
    ("CreateSwitchboard", "POST", _BOARD, "wanted", "SUN-SWB-01"),
    ("UpdateSwitchboard", "PATCH", f"{_BOARD}/<board>", "wanted", "SUN-SWB-06"),
    ("DeleteSwitchboard", "DELETE", f"{_BOARD}/<board>", "wanted", "SUN-SWB-01"),
    ("ListSwitchboardIntegrations", "GET", _PLACES, "core", "SUN-SWB-02"),
    ("CreateSwitchboardIntegration", "POST", _PLACES, "core", "SUN-SWB-05"),
    ("UpdateSwitchboardIntegration", "PATCH", f"{_PLACES}/<place>", "wanted", "SUN-SWB-07"),
    ("DeleteSwitchboardIntegration", "DELETE", f"{_PLACES}/<place>", "wanted", "SUN-SWB-17"),
    ("CreateUser", "POST", f"{_APP}/users", "core", "SUN-USR-01"),
    ("ListUsers", "GET", f"{_APP}/users", "wanted", "SUN-USR-10"),
    ("GetUser", "GET", _USER, "core", "SUN-USR-07"),
    ("UpdateUser", "PATCH", _USER, "core", "SUN-USR-02"),
    ("DeleteUser", "DELETE", _USER, "wanted", "SUN-USR-11"),
    ("DeleteUserPersonalInformation", "DELETE", f"{_USER}/personalinformation", "wanted", "SUN-USR-12"),
    ("SyncUser", "POST", f"{_USER}/sync", "wanted", "SUN-USR-13"),
    ("ListClients", "GET", f"{_USER}/clients", "wanted", "SUN-CLI-05"),
    ("CreateClient", "POST", f"{_USER}/clients", "rare", "SUN-CLI-03"),
    ("RemoveClient", "DELETE", f"{_USER}/clients/<client>", "rare", "SUN-CLI-01"),
    ("ListDevices", "GET", f"{_USER}/devices", "rare", "SUN-CLI-05"),
    ("GetDevice", "GET", f"{_USER}/devices/<device>", "rare", "SUN-CLI-05"),
    ("Authorize", "GET", "/oauth/authorize", "rare", "SUN-AUT-08"),
    ("GetToken", "POST", "/oauth/token", "rare", "SUN-AUT-08"),
    ("RevokeAccess", "DELETE", "/oauth/authorization", "rare", "SUN-AUT-08"),
    ("MergeAppUsers", "POST", "/v1.1/apps/<app>/appusers/merge", "core", "SUN-IDN-06"),
    ("DownloadAttachment", "GET", "/attachments/v2/<attachment>/<name>", "core", "SUN-ATT-04"),
)
OPERATIONS = tuple(Operation(*row) for row in _ROWS)
