"""A push service and the door to it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from webpush.service import PushService, push_service

from narvaro.webpush.keys import new_private_key
from narvaro.webpush.vapid import VapidPush

CONTACT = "mailto:drift@vard.example"


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture
async def door() -> AsyncIterator[VapidPush]:
    door = VapidPush(new_private_key(), CONTACT, may_be_here=True)
    yield door
    await door.close()
