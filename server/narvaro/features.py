"""What every process of an installation begins with: the doors from its settings, and who tells whom inside."""

import narvaro.audit.tasks
import narvaro.auth.tasks
import narvaro.calls.topics
import narvaro.clinics.sign_in
import narvaro.conversations.topics
import narvaro.invitations.topics
import narvaro.patients.sign_in
import narvaro.retention.tasks
from narvaro.db.session import Database
from narvaro.jobs import Doors, register_watch
from narvaro.jobs.queue import watch_queue
from narvaro.media.livekit import LiveKit
from narvaro.settings import Settings, is_loopback
from narvaro.sms.gateways import open_sms
from narvaro.webpush import PushDoor
from narvaro.webpush.vapid import VapidPush


def register_features() -> None:
    """Tell the lower rooms of the topics, messages, tasks and watches of the upper ones."""
    register_watch(watch_queue)
    narvaro.conversations.topics.register()
    narvaro.calls.topics.register()
    narvaro.invitations.topics.register()


def open_doors(settings: Settings) -> Doors:
    media = LiveKit(
        api_url=settings.livekit_url,
        url=settings.livekit_public_url,
        api_key=settings.livekit_api_key,
        api_secret=settings.livekit_api_secret,
        ice_servers=settings.ice_servers,
    )
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    return Doors(
        database=database,
        media=media,
        sms=open_sms(settings, database),
        push=open_push(settings),
        audit_years=settings.audit_years,
        export_directory=settings.export_directory,
    )


def open_push(settings: Settings) -> PushDoor | None:
    """Keys and contact come together, or not at all."""
    if settings.push_private_key is None or settings.push_contact is None:
        return None
    return VapidPush(settings.push_private_key, settings.push_contact, may_be_here=is_loopback(settings.base_url))
