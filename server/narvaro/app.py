"""The composition root: settings → doors → routes → ASGI app."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import msgspec
from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from narvaro import health, pages
from narvaro.auth import guards
from narvaro.auth import routes as auth_routes
from narvaro.auth.headers import security_headers
from narvaro.auth.oidc import providers_from
from narvaro.auth.tokens import session_key
from narvaro.calls import routes as call_routes
from narvaro.conversations import routes as conversation_routes
from narvaro.db.session import Database
from narvaro.features import open_doors, register_features
from narvaro.invitations import guest_routes
from narvaro.invitations import routes as invitation_routes
from narvaro.jobs import Doors
from narvaro.logs import RequestId, log_response
from narvaro.media import MediaServer
from narvaro.oversight import routes as oversight_routes
from narvaro.patients import routes as patient_routes
from narvaro.problems import EXCEPTION_HANDLERS
from narvaro.realtime.hub import Hub
from narvaro.realtime.socket import Doorkeeper, socket_routes
from narvaro.settings import Settings
from narvaro.sms.routes import receive_receipt
from narvaro.sms.sending import Sms
from narvaro.webpush import PushDoor
from narvaro.wire import ClientMessage

BODY_MAX_BYTES = 65_536


def create_app(settings: Settings, *, routes: Sequence[Any] = (), doors: Doors | None = None) -> Litestar:
    """`routes`: what only the demo adds. `doors`: what only a test replaces."""
    register_features()
    doors = doors or open_doors(settings)
    hub = Hub(doors.database)
    doorkeeper = Doorkeeper(
        authenticate=guards.authenticate,
        is_signed_in=partial(guards.is_signed_in, doors.database),
        is_own_origin=guards.is_own_origin,
        session_key=session_key,
    )

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        await hub.start()
        try:
            yield
        finally:
            await hub.stop()
            await doors.close()

    async def provide_database() -> Database:
        return doors.database

    async def provide_media() -> MediaServer:
        return doors.media

    async def provide_push() -> PushDoor | None:
        return doors.push

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
                    *oversight_routes.STAFF_ROUTES,
                ],
            ),
            Router(
                "/api/patient",
                route_handlers=[
                    *conversation_routes.PATIENT_ROUTES,
                    *call_routes.PATIENT_ROUTES,
                    *patient_routes.PATIENT_ROUTES,
                ],
            ),
            Router("/api/guest", route_handlers=[*guest_routes.GUEST_ROUTES, *call_routes.GUEST_ROUTES]),
            *call_routes.HOOKS,
            receive_receipt,
            *socket_routes(hub, doorkeeper, msgspec.json.Decoder(ClientMessage)),
            *health.health_routes(doors),
            *pages.page_routes(),
            *routes,
        ],
        dependencies={
            **guards.DEPENDENCIES,
            "database": Provide(provide_database),
            "media": Provide(provide_media),
            "sms": Provide(provide_sms),
            "push": Provide(provide_push),
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
