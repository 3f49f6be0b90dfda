"""Settings: config/*.toml, then the environment (HOICHAN_WEB__PORT=8080), checked once at start.

A wrong value stops the start with one sentence that says what and where. Each field is explained in
config/README.md; a test compares the two.
"""

import hashlib
import os
import tempfile
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

PREFIX = "HOICHAN_"
Port = Annotated[int, Field(ge=1, le=65535)]
SHORTEST_SECRET = 16


class SettingsError(Exception):
    """One sentence for the person who starts the program."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WebSettings(_Part):
    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: str = ""
    threads: Annotated[int, Field(ge=8, le=2000)] = 512
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False
    metrics_token: str = ""

    @model_validator(mode="after")
    def _tls_is_whole(self) -> "WebSettings":
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key belong together: give both or neither")
        if self.public_url and not self.public_url.startswith(("http://", "https://")):
            raise ValueError("public_url must start with https:// (or http:// on this machine only)")
        for file in (self.tls_certificate, self.tls_key):
            if file is not None and not file.is_file():
                raise ValueError(f"the file {file} does not exist")
        return self

    @property
    def origin(self) -> str:
        """Where browsers reach us: the public address when given, else our own."""
        return (
            self.public_url.rstrip("/") or f"{'https' if self.tls_certificate else 'http'}://{self.address}"
        )

    @property
    def address(self) -> str:
        """Host and port as addresses write them: IPv6 in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS, ours or the proxy's."""
        return self.origin.startswith("https://")


class DicomSettings(_Part):
    host: str = "127.0.0.1"
    port: Port = 11112
    max_associations: Annotated[int, Field(ge=1, le=1000)] = 100
    idle_seconds: Annotated[int, Field(ge=5, le=3600)] = 60
    accept_private_sop_classes: bool = False
    processes: Annotated[int, Field(ge=1, le=32)] = 1
    tls_port: Port | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_ca: Path | None = None
    tls_client: Literal["none", "optional", "required"] = "optional"

    @model_validator(mode="after")
    def _tls_is_whole(self) -> "DicomSettings":
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key belong together: give both or neither")
        if self.tls_port is not None and self.tls_certificate is None:
            raise ValueError("tls_port needs tls_certificate and tls_key")
        if self.tls_port is not None and self.tls_client == "required" and self.tls_ca is None:
            raise ValueError("tls_client is required, so tls_ca must name who issues machines' certificates")
        for file in (self.tls_certificate, self.tls_key, self.tls_ca):
            if file is not None and not file.is_file():
                raise ValueError(f"the file {file} does not exist")
        return self


class StudySettings(_Part):
    complete_after_seconds: Annotated[int, Field(ge=1, le=86400)] = 60


class SessionSettings(_Part):
    hours: Annotated[int, Field(ge=1, le=168)] = 12
    idle_minutes: Annotated[int, Field(ge=5, le=1440)] = 120


class LinkSettings(_Part):
    days: Annotated[int, Field(ge=1, le=365)] = 30
    max_days: Annotated[int, Field(ge=1, le=3650)] = 365


class StorageSettings(_Part):
    reserve_mb: Annotated[int, Field(ge=0)] = 200
    cache_mb: Annotated[int, Field(ge=10)] = 2048
    upload_mb: Annotated[int, Field(ge=1)] = 20000
    verify_days: Annotated[int, Field(ge=1, le=365)] = 7
    verify_mb_per_second: Annotated[int, Field(ge=1, le=10000)] = 20


class DecodeSettings(_Part):
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    memory_mb: Annotated[int, Field(ge=128)] = 1536
    seconds: Annotated[int, Field(ge=1, le=300)] = 9


class RenderSettings(_Part):
    volume_mb: Annotated[int, Field(ge=16, le=65536)] = 600


class ConsultSettings(_Part):
    access_days: Annotated[int, Field(ge=0, le=365)] = 7
    glossary: Path = Path("config/glossary.csv")
    outcome_days: Annotated[int, Field(ge=1, le=365)] = 14


class MailSettings(_Part):
    host: str = ""
    port: Port = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password_file: Path | None = None
    sender: str = ""

    @model_validator(mode="after")
    def _mail_is_whole(self) -> "MailSettings":
        if self.host and "@" not in self.sender:
            raise ValueError("mail.host needs mail.sender, the address mails come from")
        if self.user and self.security == "none" and not is_loopback(self.host):
            raise ValueError("a password is sent only over TLS: set security to starttls or tls")
        if self.password_file is not None and not self.password_file.is_file():
            raise ValueError(f"the file {self.password_file} does not exist")
        return self

    @property
    def password(self) -> str:
        """Read each time, so that a new one holds at once."""
        return self.password_file.read_text(encoding="utf-8").strip() if self.password_file else ""


class WebhookSettings(_Part):
    allow_private: bool = False


def _listed(value: object) -> object:
    """In the environment a list is one text with commas."""
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


IceUrl = Annotated[str, StringConstraints(pattern=r"^(stun|turn|turns):[^\s,]+$")]
IceUrls = Annotated[tuple[IceUrl, ...], BeforeValidator(_listed)]


class CallSettings(_Part):
    max_mesh: Annotated[int, Field(ge=2, le=6)] = 4
    stun_urls: IceUrls = ()
    turn_urls: IceUrls = ()
    turn_secret: str = ""
    janus_url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")] = ""
    janus_secret: str = ""
    max_conference: Annotated[int, Field(ge=4, le=30)] = 12

    @model_validator(mode="after")
    def _turn_has_its_secret(self) -> "CallSettings":
        if self.turn_urls and len(self.turn_secret) < SHORTEST_SECRET:
            raise ValueError("turn_urls needs turn_secret, with 16 characters at least")
        return self


class OidcProvider(_Part):
    name: str
    hospital: str
    issuer: str
    client_id: str
    client_secret: str


class Settings(_Part):
    """Everything an operator may change, frozen."""

    data_dir: Path = Path("data")
    database_url: str = ""
    language: Literal["vi", "en"] = "vi"
    parts: tuple[str, ...] = ("consults",)
    web: WebSettings = WebSettings()
    dicom: DicomSettings = DicomSettings()
    study: StudySettings = StudySettings()
    session: SessionSettings = SessionSettings()
    links: LinkSettings = LinkSettings()
    storage: StorageSettings = StorageSettings()
    decode: DecodeSettings = DecodeSettings()
    render: RenderSettings = RenderSettings()
    call: CallSettings = CallSettings()
    consult: ConsultSettings = ConsultSettings()
    mail: MailSettings = MailSettings()
    webhooks: WebhookSettings = WebhookSettings()
    oidc: tuple[OidcProvider, ...] = ()

    @model_validator(mode="after")
    def _database_is_known(self) -> "Settings":
        if self.database_url and not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("database_url must start with sqlite:/// or postgresql+psycopg://")
        return self

    @property
    def database(self) -> str:
        """The database's address: by default a file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'hoichan.db'}"

    @property
    def run_dir(self) -> Path:
        """Sockets between our processes. Short, because a Unix socket's path ends at 107 bytes."""
        mark = hashlib.sha256(str(self.data_dir.absolute()).encode()).hexdigest()[:12]
        root = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(root) / f"hoichan-{os.getuid()}-{mark}"


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def make_private_dir(path: Path) -> Path:
    """A folder only this user can enter; refuses one that belongs to somebody else."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if found.st_uid != os.getuid() or path.is_symlink():
        raise SettingsError(f"The folder {path} belongs to another user. Remove it or set XDG_RUNTIME_DIR.")
    path.chmod(0o700)
    return path


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in environ.items():
        if not name.startswith(PREFIX):
            continue
        *path, last = name[len(PREFIX) :].lower().split("__")
        place = found
        for step in path:
            place = place.setdefault(step, {})
        place[last] = (
            tuple(part for part in text.split(",") if part) if (last == "parts" and not path) else text
        )
    return found


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def load_settings(config_dir: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Reads config/*.toml in order of name, then the environment. Raises SettingsError with a sentence."""
    values: dict[str, Any] = {}
    for file in sorted((config_dir or Path("config")).glob("*.toml")):
        try:
            values = _merge(values, tomllib.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise SettingsError(f"The settings file {file} cannot be read: {error}") from error
    values = _merge(values, _from_environment(os.environ if environ is None else environ))
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "settings"
        what = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            what = "there is no setting of this name"
        raise SettingsError(
            f"The setting {where} is wrong: {what}. See config/README.md; it comes from config/*.toml or "
            f"{PREFIX}{where.upper().replace('.', '__')}."
        ) from error
