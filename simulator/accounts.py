"""The accounts that exist in the simulated world. Nothing here is secret: nothing here is real."""

TWILIO_ACCOUNT_SID = "AC5a17b21d6e0000000000000000000001"
TWILIO_AUTH_TOKEN = "5a17b21d6e000000000000000000aaaa"
TWILIO_API_KEY_SID = "SK5a17b21d6e0000000000000000000002"
TWILIO_API_KEY_SECRET = "simulated-twilio-api-key-secret"
TWILIO_TEST_ACCOUNT_SID = "AC5a17b21d6e0000000000000000000003"
TWILIO_TEST_AUTH_TOKEN = "5a17b21d6e000000000000000000bbbb"

ZENDESK_SUBDOMAIN = "sunbridge-demo"
ZENDESK_EMAIL = "integration@sunbridge-demo.test"
ZENDESK_API_TOKEN = "simulated-zendesk-api-token"
ZENDESK_OAUTH_CLIENT_ID = "sunbridge_merge"
ZENDESK_OAUTH_CLIENT_SECRET = "simulated-zendesk-oauth-secret"

SUNSHINE_APP_ID = "6a5a17b21d6e000000000a01"
SUNSHINE_KEY_ID = "app_6a5a17b21d6e000000000a02"
SUNSHINE_SECRET = "simulated-sunshine-secret"
SUNSHINE_INTEGRATION_KEY_ID = "int_6a5a17b21d6e000000000a03"
SUNSHINE_INTEGRATION_SECRET = "simulated-integration-secret"
SUNSHINE_ACCOUNT_KEY_ID = "act_6a5a17b21d6e000000000a05"
SUNSHINE_ACCOUNT_SECRET = "simulated-account-secret"
SUNSHINE_SERVICE_KEY_ID = "svc_6a5a17b21d6e000000000a06"
SUNSHINE_SERVICE_SECRET = "simulated-service-secret"
SUNSHINE_OAUTH_CLIENT_ID = "6a5a17b21d6e000000000a07"
SUNSHINE_OAUTH_CLIENT_SECRET = "simulated-sunshine-oauth-secret"
SUNSHINE_OAUTH_REDIRECT = "https://bot.example/oauth"
SUNSHINE_WEBHOOK_SECRET = "simulated-sunshine-webhook-secret"

OPENCX_API_KEY = "ocx_live_simulated"
OPENCX_READ_KEY = "ocx_live_simulated_read_only"
OPENCX_WEBHOOK_SECRET = "simulated-opencx-webhook-secret"
ORG_ID = "org_sunbridge_demo"

ADMIN_TOKEN = "simulated-admin-token"

SUPPORT_NUMBER = "+14155550150"
SALES_NUMBER = "+12125550160"
TOLL_FREE_NUMBER = "+18885550170"
NUMBER_KINDS = {SUPPORT_NUMBER: "local", SALES_NUMBER: "local", TOLL_FREE_NUMBER: "toll-free"}
NUMBERS = tuple(NUMBER_KINDS)
