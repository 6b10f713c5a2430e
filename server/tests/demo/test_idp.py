"""The demo's identity provider: easy to enter, and as strict as a real one towards the site."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from narvaro.demo.idp import Provider
from narvaro.demo.people import PEOPLE, SOFIA

BACK = "http://127.0.0.1:8600/patient/signed-in"
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "client_id": "patients",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid profile",
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    clients = {"patients": ("secret", "patient", BACK), "staff": ("other", "staff", "http://127.0.0.1:8600/staff/signed-in")}
    return Provider(clients)


def page(provider: Provider, **more: str) -> str:
    return provider.app.test_client().get("/oauth2/authorize", query_string=ASKED | more).get_data(as_text=True)


def code(provider: Provider) -> str:
    answer = provider.app.test_client().post("/oauth2/authorize", query_string=ASKED, data={"sub": SOFIA.sub})
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def redeem(provider: Provider, *, secret: str = "secret", verifier: str = VERIFIER) -> int:
    form = {"grant_type": "authorization_code", "code": code(provider), "redirect_uri": BACK, "code_verifier": verifier}
    return provider.app.test_client().post("/oauth2/token", data=form, auth=("patients", secret)).status_code


def test_every_person_of_the_kind_has_a_button_with_their_name(provider: Provider) -> None:
    shown = page(provider)
    for person in PEOPLE:
        assert (f">{person.name}</button>" in shown) == (person.kind == "patient")


def test_a_hint_leaves_that_one_button(provider: Provider) -> None:
    shown = page(provider, login_hint=SOFIA.sub)
    assert shown.count('name="sub"') == 1
    assert "Sofia Gunnarsson</button>" in shown


def test_its_pages_ask_no_other_host(provider: Provider) -> None:
    assert "http" not in page(provider)


def test_a_code_is_redeemed_with_its_verifier_and_secret(provider: Provider) -> None:
    assert redeem(provider) == 200


def test_a_wrong_verifier_is_refused(provider: Provider) -> None:
    assert redeem(provider, verifier="w" * 50) == 400


def test_a_wrong_secret_is_refused(provider: Provider) -> None:
    assert redeem(provider, secret="guess") == 401


def test_an_unknown_redirect_address_client_or_person_is_refused(provider: Provider) -> None:
    client = provider.app.test_client()
    assert client.get("/oauth2/authorize", query_string=ASKED | {"redirect_uri": "http://127.0.0.1/else"}).status_code == 400
    assert client.get("/oauth2/authorize", query_string=ASKED | {"client_id": "nobody"}).status_code == 400
    assert client.post("/oauth2/authorize", query_string=ASKED, data={"sub": "nobody"}).status_code == 400


def test_a_request_without_a_code_challenge_is_refused(provider: Provider) -> None:
    answer = provider.app.test_client().get("/oauth2/authorize", query_string=ASKED | {"code_challenge": ""})
    assert answer.status_code == 400


def test_nobody_registers_clients_or_people(provider: Provider) -> None:
    client = provider.app.test_client()
    assert client.post("/oauth2/clients", json={"redirect_uris": ["http://127.0.0.1/"]}).status_code == 404
    assert client.put("/users/mallory", json={}).status_code == 404
