"""Every setting, from the environment, with its default and what it is for.

The README's table is made from this class. A missing or wrong setting stops the start with one sentence that
names the variable.
"""

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bridge import proxies
from bridge.core import addresses

PREFIX = "BRIDGE_"
Words = Annotated[tuple[str, ...], NoDecode]


class Wrong(Exception):
    """Settings with which the bridge does not start; one line a problem, each naming its variable."""


class Settings(BaseSettings):
    """What the operator decides."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: str = Field("sqlite:///bridge.db", description="The journal: SQLite or PostgreSQL.")
    public_url: str = Field(description="Where carrier and Zendesk reach the bridge, as they were told.")
    role: Literal["all", "web", "worker"] = Field(
        "all", description="Take webhooks in, do what follows, or both; one of them only with PostgreSQL."
    )
    bind: str = Field("127.0.0.1:8080", description="Address and port to listen on.")
    trusted_proxies: Words = Field(
        (), description="Addresses or networks whose X-Forwarded-Proto, -Host and -Prefix are believed."
    )
    signatures: Literal["enforce", "report-only"] = Field(
        "enforce", description="A carrier's webhook with a wrong signature: refuse, or only report."
    )
    numbers: Words = Field(description="Our numbers, E.164, separated by commas.")
    media_folder: str = Field("bridge-media", description="Where agents' files wait for the carrier.")

    carrier: Literal["twilio"] = Field("twilio", description="Who carries the texts.")
    twilio_account_sid: str = Field(description="Twilio account, AC….")
    twilio_auth_token: str = Field(description="Its Auth Token; it signs webhooks.")
    twilio_auth_token_old: str = Field("", description="The former token, still accepted during a rotation.")
    twilio_api_url: str = Field("https://api.twilio.com", description="Another address only for a simulator.")

    zendesk_subdomain: str = Field(description="The bare label: acme, not acme.zendesk.com.")
    zendesk_url: str = Field("", description="https://{subdomain}.zendesk.com unless it is a simulator.")
    sunshine_app_id: str = Field(description="App ID of the Conversations API.")
    sunshine_key_id: str = Field(description="Key ID; it begins with app_.")
    sunshine_secret: str = Field(description="The key's secret.")
    sunshine_webhook_secret: str = Field(description="Shared secret of the webhook, sent as X-API-Key.")
    sunshine_webhook_secret_old: str = Field(
        "", description="The former secret, still accepted during a rotation."
    )
    zendesk_email: str = Field("", description="User of the API token, for merging users.")
    zendesk_api_token: str = Field("", description="API token, for merging users (ends 30 April 2027).")
    zendesk_oauth_client_id: str = Field("", description="OAuth client, for merging users.")
    zendesk_oauth_client_secret: str = Field("", description="Its secret.")

    assistant: Literal["scripted", "opencx"] = Field("scripted", description="Who answers before a person.")
    autopilot: bool = Field(default=True, description="Off: every text goes to people.")
    opencx_url: str = Field("https://api.open.cx", description="Address of the OpenCX API.")
    opencx_api_key: str = Field("", description="Key of the OpenCX API.")
    opencx_webhook_secret: str = Field("", description="Signs OpenCX's webhooks.")
    opencx_webhook_secret_old: str = Field(
        "", description="The former secret, still accepted during a rotation."
    )
    org_id: str = Field("", description="Organisation, shown on each conversation.")

    idle_seconds: float = Field(10_800.0, gt=0, description="Silence after which the AI's session ends.")
    sweep_seconds: float = Field(300.0, ge=0, description="How often to ask for lost webhooks; 0: never.")
    retention_days: float = Field(
        90.0, ge=0, description="Days after which what is finished is removed; 0: never."
    )
    compliance: Literal["block", "warn"] = Field(
        "block", description="Unregistered US numbers: hold, or warn."
    )
    uncertain: Literal["ask", "resend"] = Field(
        "ask", description="A send nobody can vouch for: tell, or repeat."
    )
    opt_out_scope: Literal["phone", "number"] = Field(
        "phone", description="STOP to one of our numbers closes all of them, or that number alone."
    )
    send_rate: float | None = Field(
        None, ge=0, description="Segments a second from each number; unset: what its class may; 0: any."
    )
    timeout: float = Field(10.0, gt=0, description="Seconds to wait for another system's answer.")
    threads: int = Field(
        8, ge=1, description="Effects performed at once; a quarter is kept for each of AI, carrier and desk."
    )
    stop_seconds: float = Field(20.0, gt=0, description="Time for what is being done at SIGTERM.")
    admin_token: str = Field("", description="Opens /admin; without it there is no /admin.")
    admin_token_old: str = Field("", description="The former token, still accepted during a rotation.")
    clock_url: str = Field("", description="Follow a simulator's clock; loopback only.")

    @field_validator("numbers", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(word.strip() for word in value.split(",") if word.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("numbers")
    @classmethod
    def _ours(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("name at least one number, such as +14155550150")
        return tuple(_number(word) for word in value)

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        proxies.networks(value)
        return value

    @field_validator("public_url", "zendesk_url", "twilio_api_url", "opencx_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("zendesk_subdomain")
    @classmethod
    def _label(cls, value: str) -> str:
        if not value or any(mark in value for mark in "./: "):
            raise ValueError("give the bare subdomain: acme, not acme.zendesk.com and no https://")
        return value

    @field_validator("sunshine_key_id")
    @classmethod
    def _app_key(cls, value: str) -> str:
        if not value.startswith("app_"):
            raise ValueError("use an App key: its id begins with app_ (an Integration key cannot do it)")
        return value

    @model_validator(mode="after")
    def _together(self) -> "Settings":
        if self.assistant == "opencx" and not self.opencx_api_key:
            raise ValueError("BRIDGE_OPENCX_API_KEY is needed with BRIDGE_ASSISTANT=opencx")
        for name in ("opencx_webhook_secret", "admin_token"):
            if getattr(self, f"{name}_old") and not getattr(self, name):
                new = f"{PREFIX}{name}".upper()
                raise ValueError(f"{new}_OLD is set and {new} is not: a rotation needs both")
        if self.role != "all" and self.database_url.startswith("sqlite"):
            raise ValueError(
                f"BRIDGE_ROLE={self.role} needs PostgreSQL: SQLite serves one process, in every role"
            )
        if self.clock_url and not self.clock_url.startswith(("http://127.0.0.1:", "http://localhost:")):
            raise ValueError("BRIDGE_CLOCK_URL is for rehearsals: loopback addresses only")
        return self

    @property
    def zendesk(self) -> str:
        """The address of the Zendesk account."""
        return self.zendesk_url or f"https://{self.zendesk_subdomain}.zendesk.com"


def _number(word: str) -> str:
    if addresses.kind_of(word) == "short-code":
        return word
    try:
        return addresses.normalise(word)
    except addresses.Unusable as problem:
        raise ValueError(f"{word} is no number: {problem}") from None


def load(**values: Any) -> Settings:
    """Settings from the environment; raises `Wrong` with a line for each problem."""
    try:
        return Settings(**values)
    except ValidationError as problems:
        raise Wrong("\n".join(_line(problem) for problem in problems.errors())) from None


def _line(problem: Any) -> str:
    name = PREFIX + str(problem["loc"][0]).upper() if problem["loc"] else ""
    if problem["type"] == "missing":
        purpose = Settings.model_fields[str(problem["loc"][0])].description
        return f"{name} is not set. {purpose}"
    said = str(problem["msg"]).removeprefix("Value error, ")
    return f"{name}: {said}." if name else f"{said}."


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database, None for any other."""
    parts = urlsplit(url)
    return Path(parts.path.removeprefix("/")) if parts.scheme.startswith("sqlite") and parts.path else None
