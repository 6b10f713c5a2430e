"""The way in: to the provider and back. State belongs to the attempt, so several sign-ins in one browser all succeed."""

from typing import Annotated, Any
from urllib.parse import urlencode

import structlog
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from narvaro.auth import actions, cookies, pages
from narvaro.auth.actors import ActorKind
from narvaro.auth.guards import database_of, settings_of
from narvaro.auth.limits import limit_sign_ins
from narvaro.auth.models import SignInAttempt
from narvaro.auth.oidc import AssuranceTooLow, Provider, ProviderDown, SignInRefused
from narvaro.auth.people import Home, Identity, find_home, people_of
from narvaro.auth.rules import next_path
from narvaro.auth.tokens import hash_token
from narvaro.clock import utc_now
from narvaro.errors import TooMany

log = structlog.get_logger()

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]
Text = Annotated[str | None, QueryParameter(max_length=4000)]
AGAIN = "Försök igen"


def provider_of(request: AnyRequest, kind: ActorKind) -> Provider:
    provider: Provider = request.app.state.providers[kind]
    return provider


def callback_address(request: AnyRequest, kind: ActorKind) -> str:
    return f"{settings_of(request).base_url}/{kind.value}/signed-in"


def sign_in_address(kind: ActorKind, slug: str, next_: str) -> str:
    return f"/{kind.value}/{slug}/sign-in?{urlencode({'next': next_})}"


async def leave_for_provider(request: AnyRequest, kind: ActorKind, slug: str, wanted: str | None, hint: str | None) -> Answer:
    try:
        await limit_sign_ins(request)
    except TooMany as reached:
        return too_many(reached)
    now = utc_now()
    next_ = next_path(kind, slug, wanted)
    async with database_of(request).transaction() as db:
        home = await find_home(db, slug) if slug.isprintable() else None
        if home is None:
            return unknown_clinic()
        attempt = await actions.begin_attempt(db, kind, home.id, next_, now=now)
    acr = home.required_acr(kind)
    try:
        address = await provider_of(request, kind).authorization_url(
            attempt, callback_address(request, kind), login_hint=hint, acr=acr
        )
    except ProviderDown as error:
        log.warning("identity_provider_down", kind=kind.value, reason=str(error))
        return provider_down(sign_in_address(kind, slug, next_))
    cookie = cookies.attempt_cookie(settings_of(request).base_url, kind, hash_token(attempt.state), attempt.browser_secret)
    return Redirect(address, status_code=303, cookies=[cookie])


async def come_back(request: AnyRequest, kind: ActorKind, *, state: str | None, code: str | None, iss: str | None) -> Answer:
    try:
        await limit_sign_ins(request)
    except TooMany as reached:
        return too_many(reached)
    cookie_name = cookies.attempt_cookie_name(settings_of(request).base_url, kind, hash_token(state or ""))
    async with database_of(request).transaction() as db:
        attempt = await actions.take_attempt(db, kind, state or "", request.cookies.get(cookie_name, ""), now=utc_now())
        home = None if attempt is None else await find_home(db, attempt.clinic_id)
    if attempt is None or home is None:
        log.info("sign_in_refused", kind=kind.value, reason="no such attempt")
        return lost_attempt()
    answer = await finish(request, kind, home, attempt, code, iss)
    answer.cookies.append(cookies.erased(settings_of(request).base_url, cookie_name))
    return answer


async def finish(
    request: AnyRequest, kind: ActorKind, home: Home, attempt: SignInAttempt, code: str | None, iss: str | None
) -> Answer:
    again = sign_in_address(kind, home.slug, attempt.next_path)
    provider = provider_of(request, kind)
    try:
        provider.check_answer_issuer(iss)
        if not code:
            return cancelled(again)
        identity = await provider.redeem(
            code,
            code_verifier=attempt.code_verifier,
            nonce=attempt.nonce,
            redirect_uri=callback_address(request, kind),
            acr=home.required_acr(kind),
        )
    except ProviderDown as error:
        log.warning("identity_provider_down", kind=kind.value, reason=str(error))
        return provider_down(again)
    except AssuranceTooLow:
        log.info("sign_in_refused", kind=kind.value, reason="assurance too low")
        return too_low(again)
    except SignInRefused as error:
        log.warning("sign_in_refused", kind=kind.value, reason=str(error))
        return refused(again)
    return await enter(request, kind, home, identity, attempt.next_path)


async def enter(request: AnyRequest, kind: ActorKind, home: Home, identity: Identity, next_: str) -> Answer:
    base_url = settings_of(request).base_url
    now = utc_now()
    async with database_of(request).transaction() as db:
        person_id = await people_of(kind).admit(db, home, identity, now)
        if person_id is None:
            log.info("sign_in_refused", kind=kind.value, clinic_id=str(home.id), reason="not known to the clinic")
            return unknown_person(kind, home)
        earlier = request.cookies.get(cookies.session_cookie_name(base_url, kind), "")
        await actions.end_session_of_another(db, earlier, person_id)
        agent = request.headers.get("user-agent", "")
        token = await actions.start_session(db, kind, person_id, home.id, now=now, user_agent=agent)
    log.info("signed_in", kind=kind.value, person_id=str(person_id), clinic_id=str(home.id))
    return Redirect(next_, status_code=303, cookies=[cookies.session_cookie(base_url, kind, token)])


def too_many(reached: TooMany) -> Answer:
    text = "Många loggar in härifrån just nu. Vänta några minuter och försök igen."
    answer = pages.page(429, "För många inloggningar", text)
    answer.headers["Retry-After"] = str(reached.retry_after)
    return answer


def unknown_clinic() -> Answer:
    return pages.page(404, "Mottagningen finns inte", "Kontrollera adressen, eller använd länken du fick av vården.")


def provider_down(again: str) -> Answer:
    text = "Inloggningstjänsten svarar inte just nu. Vänta en stund och försök igen."
    return pages.page(503, "Det går inte att logga in just nu", text, link=(again, AGAIN))


def lost_attempt() -> Answer:
    text = "Inloggningen tog för lång tid, eller är redan använd. Gå tillbaka till den sida du kom från och logga in på nytt."
    return pages.page(400, "Inloggningen blev inte klar", text)


def refused(again: str) -> Answer:
    text = "Inloggningstjänstens svar gick inte att lita på. Du är inte inloggad."
    return pages.page(400, "Inloggningen blev inte klar", text, link=(again, AGAIN))


def cancelled(again: str) -> Answer:
    return pages.page(400, "Inloggningen avbröts", "Du är inte inloggad.", link=(again, AGAIN))


def too_low(again: str) -> Answer:
    text = "Mottagningen kräver ett säkrare sätt att logga in, till exempel e-legitimation."
    return pages.page(403, "Logga in på ett säkrare sätt", text, link=(again, AGAIN))


def unknown_person(kind: ActorKind, home: Home) -> Answer:
    if kind is ActorKind.STAFF:
        text = (
            f"Inloggningen lyckades, men du är inte upplagd som vårdpersonal på {home.name}. Be administratören lägga till dig."
        )
    else:
        text = f"Inloggningen lyckades, men {home.name} har inte lagt till dig ännu. Kontakta mottagningen så hjälper de dig."
    address = f"/{kind.value}/{home.slug}/sign-in"
    return pages.page(403, "Du är inte upplagd här", text, link=(address, "Logga in som någon annan"))


def sign_in_routes(kind: ActorKind) -> list[HTTPRouteHandler]:
    @get(f"/{kind.value}/{{clinic:str}}/sign-in", name=f"{kind.value}-sign-in", include_in_schema=False)
    async def sign_in(
        request: AnyRequest,
        clinic: FromPath[str],
        wanted: Annotated[str | None, QueryParameter(name="next", max_length=4000)] = None,
        login_hint: Text = None,
    ) -> Answer:
        return await leave_for_provider(request, kind, clinic, wanted, login_hint)

    @get(f"/{kind.value}/signed-in", name=f"{kind.value}-signed-in", include_in_schema=False)
    async def signed_in(
        request: AnyRequest,
        returned: Annotated[str | None, QueryParameter(name="state", max_length=200)] = None,
        code: Text = None,
        iss: Text = None,
    ) -> Answer:
        return await come_back(request, kind, state=returned, code=code, iss=iss)

    return [sign_in, signed_in]


ROUTES = [*sign_in_routes(ActorKind.STAFF), *sign_in_routes(ActorKind.PATIENT), pages.sign_in_style]
