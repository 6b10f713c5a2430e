"""What an installation decides: read once from `NARVARO_*`, then passed on, never looked up again.

docs/settings.md describes every field; a test compares the two.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "NARVARO_"


class SettingsError(Exception):
    """One sentence that names the setting and says what it should be."""


def text(value: str) -> str:
    return value


def postgresql_url(value: str) -> str:
    if not value.startswith("postgresql://"):
        raise ValueError("must be an address like postgresql://user@host/database")
    return value


def web_url(value: str) -> str:
    """An origin without a path; plain http only on loopback."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ValueError("must be an address like https://vard.example, without a path")
    if parts.scheme == "http" and not is_loopback(value):
        raise ValueError("must begin with https:// (plain http is for this machine only)")
    return value.rstrip("/")


def issuer_url(value: str) -> str:
    """Kept letter by letter: OpenID Connect compares issuers exactly."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address like https://login.example")
    if parts.scheme == "http" and not is_loopback(value):
        raise ValueError("must begin with https:// (plain http is for this machine only)")
    return value


def media_api_url(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
        raise ValueError("must be an address like http://livekit:7880")
    return value.rstrip("/")


def media_socket_url(value: str) -> str:
    if urlsplit(value).scheme not in ("ws", "wss") or not urlsplit(value).hostname:
        raise ValueError("must be an address like wss://media.vard.example")
    if urlsplit(value).scheme == "ws" and not is_loopback(value):
        raise ValueError("must begin with wss:// (plain ws is for this machine only)")
    return value.rstrip("/")


def address(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("must be a host and a port like 127.0.0.1:8600")
    return host.strip("[]"), int(port)


def private_address(value: str) -> tuple[str, int]:
    """Metrics are nobody's business outside (G5)."""
    host, port = address(value)
    try:
        is_private = ipaddress.ip_address(host).is_private and not ipaddress.ip_address(host).is_unspecified
    except ValueError:
        is_private = host == "localhost"
    if not is_private:
        raise ValueError("must be a private address and a port like 127.0.0.1:8690")
    return host, port


def ice_servers(value: str) -> tuple[str, ...]:
    servers = tuple(server.strip() for server in value.split(",") if server.strip())
    if not all(server.startswith(("stun:", "turn:", "turns:")) for server in servers):
        raise ValueError("must be stun:, turn: or turns: addresses, separated by commas")
    return servers


SMS_GATEWAYS = {
    "46elks": ("sms_46elks_username", "sms_46elks_password"),
    "twilio": ("sms_twilio_account", "sms_twilio_token"),
    "webhook": ("sms_webhook_url", "sms_webhook_secret"),
    "smpp": ("sms_smpp_host", "sms_smpp_system_id", "sms_smpp_password"),
    "demo": (),
}
"""Each with the settings that it needs."""


LONGEST_BASE_URL_IN_TEXT = 40


def sms_gateways(value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not set(names) <= set(SMS_GATEWAYS) or len(set(names)) != len(names):
        raise ValueError(f"must be some of {', '.join(SMS_GATEWAYS)}, separated by commas, each once")
    return names


def port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ValueError("must be a port from 1 to 65535")
    return int(value)


def yes_or_no(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return value == "yes"


def at_most(longest: int) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not value.isascii() or len(value) > longest:
            raise ValueError(f"must be at most {longest} ASCII characters")
        return value

    return read


def one_of(*allowed: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isdecimal() or int(value) not in allowed:
            raise ValueError(f"must be one of {', '.join(map(str, allowed))}")
        return int(value)

    return read


def https_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(value)):
        raise ValueError("must be an address like https://sms.region.example/send")
    return value


def count(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 1000:
        raise ValueError("must be a number from 1 to 1000")
    return int(value)


def many(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 1_000_000:
        raise ValueError("must be a number from 1 to 1000000")
    return int(value)


def addresses(value: str) -> tuple[str, ...]:
    found = tuple(each.strip() for each in value.split(",") if each.strip())
    for each in found:
        try:
            ipaddress.ip_network(each, strict=False)
        except ValueError:
            raise ValueError("must be addresses or networks like 10.0.0.4 or 10.0.0.0/24, separated by commas") from None
    return found


def years_of_audit(value: str) -> int:
    if not value.isdecimal() or not 5 <= int(value) <= 100:
        raise ValueError("must be a number of years from 5, which the law asks for, to 100")
    return int(value)


def absolute_path(value: str) -> Path:
    if not Path(value).is_absolute():
        raise ValueError("must be a whole path like /var/lib/narvaro/exports")
    return Path(value)


def push_key(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", value):
        raise ValueError("must be a key as `narvaro push-keys` makes it")
    return value


def push_contact(value: str) -> str:
    if not value.startswith(("mailto:", "https://")) or len(value) > 200 or " " in value:
        raise ValueError("must be how to reach whoever runs this, like mailto:drift@vard.example")
    return value


def signing_secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("must be at least 32 characters")
    return value


def is_loopback(url: str) -> bool:
    """Whether the address names this very machine; `localhost.example` does not."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def setting(read: Callable[[str], Any], default: Any = MISSING, *, secret: bool = False) -> Any:
    """A field read from the environment; a secret is kept out of `repr` and may come from a file named by `*_FILE`."""
    return field(default=default, repr=not secret, metadata={"read": read, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One installation. Field `base_url` is the setting `NARVARO_BASE_URL`, and so on."""

    base_url: str = setting(web_url)
    bind: tuple[str, int] = setting(address, ("127.0.0.1", 8600))
    trusted_proxies: tuple[str, ...] = setting(addresses, ("127.0.0.1", "::1"))
    sign_ins_per_address: int = setting(many, 300)
    audit_years: int = setting(years_of_audit, 10)
    export_directory: Path | None = setting(absolute_path, None)  # noqa: RUF009
    metrics_bind: tuple[str, int] | None = setting(private_address, None)
    database_url: str = setting(postgresql_url, secret=True)
    database_pool_size: int = setting(count, 20)
    livekit_url: str = setting(media_api_url)
    livekit_public_url: str = setting(media_socket_url)
    livekit_api_key: str = setting(text)
    livekit_api_secret: str = setting(signing_secret, secret=True)
    ice_servers: tuple[str, ...] = setting(ice_servers, ())
    link_secret: str = setting(signing_secret, secret=True)
    sms_gateways: tuple[str, ...] = setting(sms_gateways, ())
    sms_46elks_username: str | None = setting(text, None)
    sms_46elks_password: str | None = setting(text, None, secret=True)
    sms_twilio_account: str | None = setting(text, None)
    sms_twilio_token: str | None = setting(text, None, secret=True)
    sms_webhook_url: str | None = setting(https_url, None)
    sms_webhook_secret: str | None = setting(signing_secret, None, secret=True)
    sms_smpp_host: str | None = setting(text, None)
    sms_smpp_port: int = setting(port, 2775)
    sms_smpp_tls: bool = setting(yes_or_no, True)
    sms_smpp_system_id: str | None = setting(at_most(15), None)
    sms_smpp_password: str | None = setting(at_most(8), None, secret=True)
    sms_smpp_source: str | None = setting(at_most(20), None)
    sms_smpp_source_ton: int = setting(one_of(*range(7)), 5)
    sms_smpp_source_npi: int = setting(one_of(0, 1, 3, 4, 6, 8, 9, 10, 14, 18), 0)
    push_private_key: str | None = setting(push_key, None, secret=True)
    push_contact: str | None = setting(push_contact, None)
    staff_oidc_issuer: str = setting(issuer_url)
    staff_oidc_client_id: str = setting(text)
    staff_oidc_client_secret: str = setting(text, secret=True)
    patient_oidc_issuer: str = setting(issuer_url)
    patient_oidc_client_id: str = setting(text)
    patient_oidc_client_secret: str = setting(text, secret=True)

    def __post_init__(self) -> None:
        """A provider on this machine is the demo's: it lets anybody in (requirement G5), as its gateway shows texts to all."""
        for kind in ("staff", "patient"):
            if is_loopback(getattr(self, f"{kind}_oidc_issuer")) and not is_loopback(self.base_url):
                name = f"{PREFIX}{kind.upper()}_OIDC_ISSUER"
                raise SettingsError(
                    f"{name} is an identity provider on this machine; it may only serve a {PREFIX}BASE_URL on loopback."
                )

        if self.sms_gateways and len(self.base_url) > LONGEST_BASE_URL_IN_TEXT:
            raise SettingsError(
                f"{PREFIX}BASE_URL must be at most {LONGEST_BASE_URL_IN_TEXT} characters, for an invitation to fit in one text."
            )
        if "demo" in self.sms_gateways and not is_loopback(self.base_url):
            raise SettingsError(f"{PREFIX}SMS_GATEWAYS: demo may only serve a {PREFIX}BASE_URL on loopback.")
        for gateway in self.sms_gateways:
            for name in SMS_GATEWAYS[gateway]:
                if not getattr(self, name):
                    raise SettingsError(f"{PREFIX}{name.upper()} is missing; {PREFIX}SMS_GATEWAYS names {gateway}.")

        if (self.push_private_key is None) != (self.push_contact is None):
            raise SettingsError(f"{PREFIX}PUSH_PRIVATE_KEY and {PREFIX}PUSH_CONTACT are given together, or neither.")

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Raises SettingsError: one missing, wrong or unknown setting, named."""
    specs = {variable(spec): spec for spec in fields(Settings)}
    refuse_unknown(environ, specs)
    found = {spec.name: read_setting(name, spec, environ) for name, spec in specs.items()}
    return Settings(**{name: value for name, value in found.items() if value is not MISSING})


def load_database_url(environ: Mapping[str, str]) -> str:
    """All that `migrate` and the provisioning commands need. Raises SettingsError."""
    spec = next(spec for spec in fields(Settings) if spec.name == "database_url")
    return str(read_setting(variable(spec), spec, environ))


def variable(spec: Field[Any]) -> str:
    return PREFIX + spec.name.upper()


def refuse_unknown(environ: Mapping[str, str], specs: Mapping[str, Field[Any]]) -> None:
    """A misspelt setting must not be passed over in silence."""
    known = set(specs) | {f"{name}_FILE" for name, spec in specs.items() if spec.metadata["secret"]}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            raise SettingsError(f"{name} is not a setting; docs/settings.md lists them all.")


def read_setting(name: str, spec: Field[Any], environ: Mapping[str, str]) -> Any:
    """The value, or MISSING when it is left to its default."""
    value = environ.get(name, "")
    if not value and spec.metadata["secret"]:
        value = read_secret_file(f"{name}_FILE", environ)
    if not value:
        if spec.default is MISSING:
            raise SettingsError(f"{name} is missing.")
        return MISSING
    try:
        return spec.metadata["read"](value)
    except ValueError as error:
        raise SettingsError(f"{name} {error}.") from None


def read_secret_file(name: str, environ: Mapping[str, str]) -> str:
    path = environ.get(name, "")
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name} names a file that cannot be read: {error.strerror}.") from None
