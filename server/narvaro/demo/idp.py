"""The demo's identity provider: one button per person, no password, everything else as strict as a real one.

`oidc-provider-mock` carries the protocol. Around it: our own Swedish pages (its own ask a CDN), two registered clients instead
of any, the code verifier and exact redirect address checked, nobody but the demo's people. A process of its own.
"""

import argparse
import base64
import hashlib
import hmac
import os
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import werkzeug.serving
from oidc_provider_mock import User, init_app
from oidc_provider_mock._storage import Client

from narvaro.demo.people import CLINICS, PEOPLE, DemoPerson

AUTHORIZE = "oidc-provider-mock.authorize"
TOKEN = "oidc-provider-mock.issue_token"  # noqa: S105 - an endpoint's name
OPEN_TO_ALL = {"oidc-provider-mock.openid_config", "oidc-provider-mock.jwks", "oidc-provider-mock.userinfo", "static"}


class Provider:
    """`clients`: id → (secret, kind of people, redirect address)."""

    def __init__(self, clients: dict[str, tuple[str, str, str]]) -> None:
        self.clients = clients
        self.challenges: dict[str, str] = {}
        self.app = flask.Flask("narvaro.demo.idp", template_folder="templates", static_folder="static")
        plain = self.app.wsgi_app
        people = [User(sub=person.sub, claims={"name": person.name}) for person in PEOPLE]
        init_app(self.app, require_client_registration=True, require_nonce=True, issue_refresh_token=False, user_claims=people)
        self.app.wsgi_app = plain  # type: ignore[method-assign]
        self.app.debug = False
        self.app.before_request(self.guard)
        self.app.after_request(self.note_challenge)
        self.app.context_processor(self.people_to_choose)

    def guard(self) -> Any:
        """What the mock lets through and a real provider does not."""
        self.register_clients()
        request = flask.request
        if request.endpoint in OPEN_TO_ALL:
            return None
        if request.endpoint == AUTHORIZE:
            return self.check_authorize(request)
        if request.endpoint == TOKEN:
            return self.check_verifier(request)
        return flask.render_template("error.html", description="Sidan finns inte."), 404

    def register_clients(self) -> None:
        storage = flask.g.oidc_provider_mock_storage
        for client_id, (secret, _, redirect_uri) in self.clients.items():
            if storage.get_client(client_id) is None:
                storage.store_client(
                    Client(
                        id=client_id,
                        secret=secret,
                        redirect_uris=[redirect_uri],
                        allowed_scopes=("openid", "profile"),
                        token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - a method's name
                    )
                )

    def check_authorize(self, request: flask.Request) -> Any:
        if request.args.get("code_challenge_method") != "S256" or not request.args.get("code_challenge"):
            return flask.render_template("error.html", description="code_challenge (S256) saknas."), 400
        if request.method == "POST" and request.form.get("action") != "deny":
            chosen = request.form.get("sub")
            if chosen not in {person.sub for person in self.people_of(request.args.get("client_id"))}:
                return flask.render_template("error.html", description="Personen finns inte."), 400
        return None

    def note_challenge(self, response: flask.Response) -> flask.Response:
        if flask.request.endpoint == AUTHORIZE and "Location" in response.headers:
            for code in parse_qs(urlsplit(response.headers["Location"]).query).get("code", []):
                self.challenges[code] = flask.request.args["code_challenge"]
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
        return response

    def check_verifier(self, request: flask.Request) -> Any:
        expected = self.challenges.pop(request.form.get("code", ""), "")
        digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        if not hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), expected):
            return flask.jsonify(error="invalid_grant", error_description="code verifier or code is wrong"), 400
        return None

    def people_of(self, client_id: str | None) -> list[DemoPerson]:
        kind = self.clients.get(client_id or "", ("", "", ""))[1]
        return [person for person in PEOPLE if person.kind == kind]

    def people_to_choose(self) -> dict[str, Any]:
        """With `login_hint`, that one person's button only."""
        people = self.people_of(flask.request.args.get("client_id"))
        hint = flask.request.args.get("login_hint")
        hinted = [person for person in people if person.sub == hint]
        chosen = hinted or people
        groups = [(clinic, [person for person in chosen if person.clinic is clinic]) for clinic in CLINICS]
        return {"groups": [(clinic, members) for clinic, members in groups if members], "is_hinted": bool(hinted)}


class QuietHandler(werkzeug.serving.WSGIRequestHandler):
    """Addresses carry codes and states: nothing of them in a log (D3)."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


def clients_of(environ: dict[str, str]) -> dict[str, tuple[str, str, str]]:
    base_url = environ["NARVARO_BASE_URL"]
    return {
        environ[f"NARVARO_{kind.upper()}_OIDC_CLIENT_ID"]: (
            environ[f"NARVARO_{kind.upper()}_OIDC_CLIENT_SECRET"],
            kind,
            f"{base_url}/{kind}/signed-in",
        )
        for kind in ("staff", "patient")
    }


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="narvaro.demo.idp")
    parser.add_argument("port", type=int)
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    provider = Provider(clients_of(dict(os.environ)))
    port = parser.parse_args(arguments).port
    werkzeug.serving.make_server("127.0.0.1", port, provider.app, threaded=True, request_handler=QuietHandler).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
