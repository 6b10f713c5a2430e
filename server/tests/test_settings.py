"""Settings: what is wrong is named, what is documented exists, and nothing unsafe starts."""

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from narvaro.settings import PREFIX, Settings, SettingsError, load_database_url, load_settings, variable
from narvaro.webpush.keys import new_private_key

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"

GOOD = {
    "NARVARO_BASE_URL": "https://vard.example",
    "NARVARO_DATABASE_URL": "postgresql://narvaro@db/narvaro",
    "NARVARO_LIVEKIT_URL": "http://livekit:7880",
    "NARVARO_LIVEKIT_PUBLIC_URL": "wss://media.vard.example",
    "NARVARO_LIVEKIT_API_KEY": "narvaro",
    "NARVARO_LIVEKIT_API_SECRET": "s" * 32,
    "NARVARO_LINK_SECRET": "l" * 32,
    "NARVARO_STAFF_OIDC_ISSUER": "https://login.example/staff/",
    "NARVARO_STAFF_OIDC_CLIENT_ID": "narvaro-staff",
    "NARVARO_STAFF_OIDC_CLIENT_SECRET": "one",
    "NARVARO_PATIENT_OIDC_ISSUER": "https://login.example/patient",
    "NARVARO_PATIENT_OIDC_CLIENT_ID": "narvaro-patient",
    "NARVARO_PATIENT_OIDC_CLIENT_SECRET": "two",
}


def documented() -> dict[str, str]:
    return dict(re.findall(r"^\| `(NARVARO_\w+)` \| ([^|]+) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_document_names_every_setting_and_no_other() -> None:
    assert list(documented()) == [variable(spec) for spec in fields(Settings)]


def test_the_document_says_which_are_required_and_secret() -> None:
    for spec in fields(Settings):
        column = documented()[variable(spec)]
        assert ("required" in column) == (spec.default is MISSING), spec.name
        assert ("secret" in column) == spec.metadata["secret"], spec.name


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is missing.$"):
        load_settings(GOOD | {name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NARVARO_BASE_URL", "http://vard.example"),
        ("NARVARO_BASE_URL", "http://localhost.example"),
        ("NARVARO_BASE_URL", "https://vard.example/path"),
        ("NARVARO_BASE_URL", "vard.example"),
        ("NARVARO_PUSH_PRIVATE_KEY", "too short"),
        ("NARVARO_PUSH_CONTACT", "drift@vard.example"),
        ("NARVARO_BIND", "8600"),
        ("NARVARO_BIND", "127.0.0.1:99999"),
        ("NARVARO_DATABASE_URL", "sqlite://"),
        ("NARVARO_DATABASE_POOL_SIZE", "0"),
        ("NARVARO_LIVEKIT_URL", "livekit:7880"),
        ("NARVARO_LIVEKIT_PUBLIC_URL", "ws://media.vard.example"),
        ("NARVARO_LIVEKIT_API_SECRET", "short"),
        ("NARVARO_ICE_SERVERS", "stun.vard.example"),
        ("NARVARO_LINK_SECRET", "short"),
        ("NARVARO_SMS_GATEWAYS", "46elks,pigeon"),
        ("NARVARO_SMS_GATEWAYS", "46elks,46elks"),
        ("NARVARO_SMS_WEBHOOK_URL", "http://sms.example"),
        ("NARVARO_STAFF_OIDC_ISSUER", "http://login.example"),
        ("NARVARO_PATIENT_OIDC_ISSUER", "login.example"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} must "):
        load_settings(GOOD | {name: value})


def test_a_gateway_needs_its_own_settings() -> None:
    with pytest.raises(SettingsError, match=r"^NARVARO_SMS_46ELKS_USERNAME is missing; NARVARO_SMS_GATEWAYS names 46elks\.$"):
        load_settings(GOOD | {"NARVARO_SMS_GATEWAYS": "46elks"})


def test_an_address_too_long_for_a_text_is_named_b7() -> None:
    with pytest.raises(SettingsError, match="NARVARO_BASE_URL must be at most 40 characters"):
        load_settings(
            GOOD
            | {
                "NARVARO_BASE_URL": f"https://{'v' * 40}.example",
                "NARVARO_SMS_GATEWAYS": "46elks",
                "NARVARO_SMS_46ELKS_USERNAME": "u",
                "NARVARO_SMS_46ELKS_PASSWORD": "p",
            }
        )


def test_the_demos_gateway_serves_only_this_machine_g5() -> None:
    with pytest.raises(SettingsError, match="NARVARO_SMS_GATEWAYS: demo"):
        load_settings(GOOD | {"NARVARO_SMS_GATEWAYS": "demo"})


def test_a_misspelt_setting_is_named() -> None:
    with pytest.raises(SettingsError, match=r"^NARVARO_BASEURL is not a setting"):
        load_settings(GOOD | {"NARVARO_BASEURL": "https://vard.example"})


@pytest.mark.parametrize("kind", ["STAFF", "PATIENT"])
def test_an_identity_provider_on_this_machine_serves_only_this_machine(kind: str) -> None:
    issuer = {f"NARVARO_{kind}_OIDC_ISSUER": "http://127.0.0.1:8602"}
    with pytest.raises(SettingsError, match=f"^NARVARO_{kind}_OIDC_ISSUER .* NARVARO_BASE_URL"):
        load_settings(GOOD | issuer)
    assert load_settings(GOOD | issuer | {"NARVARO_BASE_URL": "http://127.0.0.1:8600/"}).base_url == "http://127.0.0.1:8600"


def test_an_issuer_is_kept_letter_by_letter() -> None:
    assert load_settings(GOOD).staff_oidc_issuer == "https://login.example/staff/"


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://narvaro@elsewhere/narvaro\n")
    environ = {**GOOD, "NARVARO_DATABASE_URL": "", "NARVARO_DATABASE_URL_FILE": str(tmp_path / "url")}
    assert load_settings(environ).database_url == "postgresql://narvaro@elsewhere/narvaro"
    assert load_database_url(environ) == "postgresql://narvaro@elsewhere/narvaro"


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    environ = {**GOOD, "NARVARO_DATABASE_URL": "", "NARVARO_DATABASE_URL_FILE": str(tmp_path / "none")}
    with pytest.raises(SettingsError, match=r"^NARVARO_DATABASE_URL_FILE names a file"):
        load_settings(environ)


def test_secrets_stay_out_of_what_is_printed() -> None:
    printed = repr(load_settings(GOOD))
    assert GOOD["NARVARO_LIVEKIT_API_SECRET"] not in printed
    assert GOOD["NARVARO_DATABASE_URL"] not in printed
    assert PREFIX not in printed


def test_the_key_for_push_and_the_contact_come_together() -> None:
    both = {"NARVARO_PUSH_PRIVATE_KEY": new_private_key(), "NARVARO_PUSH_CONTACT": "mailto:drift@vard.example"}
    found = load_settings(GOOD | both)
    assert found.push_private_key is not None
    assert found.push_private_key not in repr(found)
    for name in both:
        with pytest.raises(SettingsError, match="are given together"):
            load_settings(GOOD | {name: both[name]})
