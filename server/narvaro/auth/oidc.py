"""The door to one identity provider: OpenID Connect's code flow with PKCE, state, nonce and exact issuer (C1)."""

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from narvaro.auth.actions import NewAttempt
from narvaro.auth.actors import ActorKind
from narvaro.auth.people import Identity
from narvaro.errors import DoorDown, Malformed
from narvaro.settings import Settings

SIGNATURES: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Asymmetric only: a client secret is not a key."""
METADATA_IS_FRESH_FOR: Final = 600.0
ANSWERS_WITHIN: Final = 5.0
CLOCKS_DIFFER_BY: Final = 60


class ProviderDown(DoorDown):
    """The identity provider does not answer as it should; try again in a moment."""


class SignInRefused(Malformed):
    """The identity provider did not vouch for this sign-in."""


class AssuranceTooLow(SignInRefused):
    """The sign-in was not made in the way this clinic requires."""


class Provider:
    """One issuer, one client registration. Metadata and keys are fetched when needed and kept for ten minutes."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")

    async def authorization_url(
        self, attempt: NewAttempt, redirect_uri: str, *, login_hint: str | None, acr: str | None
    ) -> str:
        """Where the browser goes. Raises ProviderDown."""
        metadata = await self._load_metadata()
        wishes = {"login_hint": login_hint, "acr_values": acr, "ui_locales": "sv"}
        async with self._client(metadata, redirect_uri) as client:
            url, _state = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=attempt.state,
                code_verifier=attempt.code_verifier,
                nonce=attempt.nonce,
                **{name: wish for name, wish in wishes.items() if wish},
            )
        return str(url)

    def check_answer_issuer(self, iss: str | None) -> None:
        """Mix-up defence (RFC 9207): an answer that names its issuer must name ours. Raises SignInRefused."""
        is_promised = self._metadata.get("authorization_response_iss_parameter_supported") is True
        if iss != self.issuer and (iss is not None or is_promised):
            raise SignInRefused

    async def redeem(self, code: str, *, code_verifier: str, nonce: str, redirect_uri: str, acr: str | None) -> Identity:
        """Whom the code stands for. Raises SignInRefused, AssuranceTooLow, ProviderDown."""
        metadata = await self._load_metadata()
        async with self._client(metadata, redirect_uri) as client:
            try:
                token = await client.fetch_token(
                    metadata["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=code_verifier
                )
                claims = await self._read_id_token(token, nonce, acr)
                name = claims.get("name") or await self._ask_name(client, metadata, claims["sub"])
            except OAuthError as error:
                raise SignInRefused(str(error.error)) from error
        return Identity(iss=claims["iss"], sub=claims["sub"], name=name)

    @asynccontextmanager
    async def _client(self, metadata: Mapping[str, Any], redirect_uri: str) -> AsyncIterator[AsyncOAuth2Client]:
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        client = AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret,
            token_endpoint_auth_method=method,
            scope="openid profile",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=ANSWERS_WITHIN,
            leeway=0,
        )
        with _as_provider_down():
            async with client:
                yield client

    async def _load_metadata(self) -> dict[str, Any]:
        if time.monotonic() < self._fetched_at + METADATA_IS_FRESH_FOR:
            return self._metadata
        metadata = await self._get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != self.issuer:
            raise ProviderDown("The identity provider gives another issuer than the one in the settings.")
        if not all(isinstance(metadata.get(name), str) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
            raise ProviderDown("The identity provider's metadata lack an endpoint.")
        self._metadata, self._keys, self._fetched_at = metadata, None, time.monotonic()
        return metadata

    async def _load_keys(self, *, again: bool = False) -> KeySet:
        if self._keys is None or again:
            self._keys = KeySet.import_key_set(await self._get(self._metadata["jwks_uri"]))  # type: ignore[arg-type]
        return self._keys

    async def _get(self, url: str) -> dict[str, Any]:
        with _as_provider_down():
            async with httpx2.AsyncClient(timeout=ANSWERS_WITHIN) as client:
                response = await client.get(url)
                response.raise_for_status()
                found = response.json()
        if not isinstance(found, dict):
            raise ProviderDown("The identity provider does not answer in JSON objects.")
        return found

    async def _read_id_token(self, token: Mapping[str, Any], nonce: str, acr: str | None) -> CodeIDToken:
        """The checks of OpenID Connect Core 3.1.3.7."""
        try:
            decoded = await self._decode(str(token.get("id_token", "")))
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "sub": {"essential": True},
                    "aud": {"essential": True, "value": self._client_id},
                },
                {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")},
            )
            claims.validate(leeway=CLOCKS_DIFFER_BY)
        except (JoseError, ValueError) as error:
            raise SignInRefused(type(error).__name__) from error
        if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 255:
            raise SignInRefused("sub")
        if acr is not None and claims.get("acr") != acr:
            raise AssuranceTooLow
        return claims

    async def _decode(self, id_token: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(SIGNATURES), strict_check_header=False)
        try:
            return jwt.decode(id_token, await self._load_keys(), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(id_token, await self._load_keys(again=True), registry=registry)

    async def _ask_name(self, client: AsyncOAuth2Client, metadata: Mapping[str, Any], sub: str) -> str | None:
        """Certified providers keep the name out of the ID token; it is fetched with the access token."""
        if "userinfo_endpoint" not in metadata:
            return None
        response = await client.get(metadata["userinfo_endpoint"])
        response.raise_for_status()
        about = response.json()
        if about.get("sub") != sub:
            raise SignInRefused("userinfo")
        name = about.get("name") or " ".join(filter(None, (about.get("given_name"), about.get("family_name"))))
        return name or None


@contextmanager
def _as_provider_down() -> Iterator[None]:
    """A broken line, a server error or nonsense in an answer."""
    try:
        yield
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise ProviderDown from error


def providers_from(settings: Settings) -> dict[ActorKind, Provider]:
    return {
        ActorKind.STAFF: Provider(settings.staff_oidc_issuer, settings.staff_oidc_client_id, settings.staff_oidc_client_secret),
        ActorKind.PATIENT: Provider(
            settings.patient_oidc_issuer, settings.patient_oidc_client_id, settings.patient_oidc_client_secret
        ),
    }
