"""The composition root: settings → doors → routes → ASGI app."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Litestar, Router, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

import narvaro.clinics.sign_in
import narvaro.patients.sign_in  # noqa: F401 - importing the two tells `auth` of the people there are
from narvaro.auth import guards
from narvaro.auth import routes as auth_routes
from narvaro.auth.headers import security_headers
from narvaro.auth.oidc import providers_from
from narvaro.auth.tokens import session_key
from narvaro.calls import routes as call_routes
from narvaro.calls import topics as call_topics
from narvaro.conversations import routes as conversation_routes
from narvaro.conversations import topics as conversation_topics
from narvaro.db.session import Database
from narvaro.invitations import guest_routes
from narvaro.invitations import routes as invitation_routes
from narvaro.invitations import topics as invitation_topics
from narvaro.jobs import Doors
from narvaro.logs import RequestId, log_response
from narvaro.media import MediaServer
from narvaro.media.livekit import LiveKit
from narvaro.pages import page_routes
from narvaro.problems import EXCEPTION_HANDLERS
from narvaro.realtime.hub import Hub
from narvaro.realtime.socket import Doorkeeper, socket_routes
from narvaro.settings import SMS_GATEWAYS, Settings
from narvaro.sms import SmsGateway
from narvaro.sms.demo import DemoGateway
from narvaro.sms.elks import Elks
from narvaro.sms.purposes import Stationery
from narvaro.sms.routes import receive_receipt
from narvaro.sms.sending import Sms
from narvaro.sms.twilio import Twilio
from narvaro.sms.webhook import Webhook
from narvaro.wire import ClientMessage

BODY_MAX_BYTES = 65_536


def register_features() -> None:
    """Tell the lower rooms of the topics, messages, tasks and watches of the upper ones."""
    conversation_topics.register()
    call_topics.register()
    invitation_topics.register()


def open_doors(settings: Settings) -> Doors:
    media = LiveKit(
        api_url=settings.livekit_url,
        url=settings.livekit_public_url,
        api_key=settings.livekit_api_key,
        api_secret=settings.livekit_api_secret,
        ice_servers=settings.ice_servers,
    )
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    return Doors(database=database, media=media, sms=open_sms(settings, database))


def open_sms(settings: Settings, database: Database) -> Sms:
    makers: dict[str, Callable[..., SmsGateway]] = {"46elks": Elks, "twilio": Twilio, "webhook": Webhook}
    gateways = [
        DemoGateway(database) if name == "demo" else makers[name](*(getattr(settings, needed) for needed in SMS_GATEWAYS[name]))
        for name in settings.sms_gateways
    ]
    return Sms(gateways, Stationery(settings.base_url, settings.link_secret))


def create_app(settings: Settings, *, routes: Sequence[Any] = (), doors: Doors | None = None) -> Litestar:
    """`routes`: what only the demo adds. `doors`: what only a test replaces."""
    register_features()
    doors = doors or open_doors(settings)
    hub = Hub(doors.database)
    doorkeeper = Doorkeeper(authenticate=guards.authenticate, is_own_origin=guards.is_own_origin, session_key=session_key)

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        await hub.start()
        try:
            yield
        finally:
            await hub.stop()
            await doors.sms.close()
            await doors.media.close()
            await doors.database.close()

    async def provide_database() -> Database:
        return doors.database

    async def provide_media() -> MediaServer:
        return doors.media

    async def provide_sms() -> Sms:
        return doors.sms

    return Litestar(
        route_handlers=[
            *auth_routes.ROUTES,
            Router(
                "/api/staff",
                route_handlers=[
                    *conversation_routes.STAFF_ROUTES,
                    *call_routes.STAFF_ROUTES,
                    *invitation_routes.STAFF_ROUTES,
                ],
            ),
            Router("/api/patient", route_handlers=[*conversation_routes.PATIENT_ROUTES, *call_routes.PATIENT_ROUTES]),
            Router("/api/guest", route_handlers=[*guest_routes.GUEST_ROUTES, *call_routes.GUEST_ROUTES]),
            *call_routes.HOOKS,
            receive_receipt,
            *socket_routes(hub, doorkeeper, msgspec.json.Decoder(ClientMessage)),
            healthz,
            *page_routes(),
            *routes,
        ],
        dependencies={
            **guards.DEPENDENCIES,
            "database": Provide(provide_database),
            "media": Provide(provide_media),
            "sms": Provide(provide_sms),
        },
        logging_config=None,
        middleware=[RequestId(), guards.OwnOriginOnly()],
        exception_handlers=EXCEPTION_HANDLERS,
        before_send=[security_headers(settings), log_response],
        lifespan=[running],
        state=State({"settings": settings, "database": doors.database, "providers": providers_from(settings)}),
        request_max_body_size=BODY_MAX_BYTES,
        openapi_config=OpenAPIConfig(title="Närvaro", version="1", path="/api/schema", render_plugins=[JsonRenderPlugin()]),
    )


@get("/healthz", include_in_schema=False, sync_to_thread=False)
def healthz() -> dict[str, bool]:
    """The process answers."""
    return {"ok": True}
