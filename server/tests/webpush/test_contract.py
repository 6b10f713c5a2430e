"""The real adapter against a service that keeps the three RFCs, and the twin in memory beside it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest
from webpush.conftest import CONTACT
from webpush.service import PushService, Subscription

from narvaro.webpush import Device, Push, PushDoor, PushGone, PushRefused, PushUnavailable
from narvaro.webpush.keys import new_private_key, public_key_of
from narvaro.webpush.memory import MemoryPush
from narvaro.webpush.vapid import VapidPush

PUSH = Push(msgspec.json.encode({"kind": "ring", "brand": "Region Testköping"}), ttl=45, urgency="high", topic="t" * 22)


@dataclass
class Browser:
    """One device behind a door, whichever the door is."""

    door: PushDoor
    device: Device
    subscription: Subscription | None = None

    def breaks(self, error: Exception, status: int, retry_after: str | None = None) -> None:
        if self.subscription is not None:
            self.subscription.faults.append((status, retry_after))
        else:
            assert isinstance(self.door, MemoryPush)
            self.door.faults[self.device.endpoint] = error

    def taken(self) -> list[tuple[bytes, int, str, str]]:
        if self.subscription is not None:
            return [(msgspec.json.encode(each.told), each.ttl, each.urgency, each.topic) for each in self.subscription.arrived]
        assert isinstance(self.door, MemoryPush)
        return [(each.payload, each.ttl, each.urgency, each.topic) for _, each in self.door.taken]


@pytest.fixture(params=["real", "twin"])
async def browser(request: pytest.FixtureRequest, service: PushService) -> AsyncIterator[Browser]:
    if request.param == "twin":
        yield Browser(MemoryPush(), Device("https://push.example/1", "BAAA", "AAAA"))
        return
    door = VapidPush(new_private_key(), CONTACT, may_be_here=True)
    subscription = service.subscribe(door.public_key)
    yield Browser(door, Device(**subscription.as_told()), subscription)
    await door.close()
    assert service.refused == []


async def test_a_push_arrives_as_it_was_handed_over(browser: Browser) -> None:
    await browser.door.send(browser.device, PUSH)
    await browser.door.send(browser.device, PUSH)
    assert browser.taken() == [(PUSH.payload, 45, "high", "t" * 22)] * 2


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_gone_is_told_as_such(browser: Browser, status: int) -> None:
    browser.breaks(PushGone(), status)
    with pytest.raises(PushGone):
        await browser.door.send(browser.device, PUSH)
    assert browser.taken() == []


@pytest.mark.parametrize(("status", "asked", "told"), [(429, "7", 7), (503, None, 0), (500, "soon", 0), (429, "999999", 3600)])
async def test_a_busy_service_says_when_to_come_back(browser: Browser, status: int, asked: str | None, told: int) -> None:
    browser.breaks(PushUnavailable(told), status, asked)
    with pytest.raises(PushUnavailable) as unavailable:
        await browser.door.send(browser.device, PUSH)
    assert unavailable.value.retry_after == told


@pytest.mark.parametrize("status", [400, 401, 403, 413, 301])
async def test_what_a_service_does_not_take_is_not_sent_again(browser: Browser, status: int) -> None:
    browser.breaks(PushRefused(), status)
    with pytest.raises(PushRefused):
        await browser.door.send(browser.device, PUSH)


async def test_another_installations_key_is_refused_by_the_service_rfc_8292(service: PushService) -> None:
    """The local service is strict: were it not, the tests above would show nothing."""
    subscription = service.subscribe(public_key_of(new_private_key()))
    door = VapidPush(new_private_key(), CONTACT, may_be_here=True)
    with pytest.raises(PushRefused):
        await door.send(Device(**subscription.as_told()), PUSH)
    await door.close()
    assert subscription.arrived == []
    assert "another key" in service.refused[0]


async def test_what_was_sealed_for_another_device_cannot_be_read_rfc_8291(service: PushService, door: VapidPush) -> None:
    mine, other = service.subscribe(door.public_key), service.subscribe(door.public_key)
    with pytest.raises(PushRefused):
        await door.send(Device(mine.endpoint, other.p256dh, other.auth), PUSH)
    assert mine.arrived == other.arrived == []


async def test_a_service_that_does_not_answer_is_tried_later(service: PushService, door: VapidPush) -> None:
    device = Device("http://127.0.0.1:9/push", **{k: v for k, v in service.subscribe("").as_told().items() if k != "endpoint"})
    with pytest.raises(PushUnavailable):
        await door.send(device, PUSH)


async def test_no_two_messages_are_sealed_alike(service: PushService, door: VapidPush, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies: list[bytes] = []
    take = service.take

    def keep(path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        bodies.append(body)
        return take(path, headers, body)

    monkeypatch.setattr(service, "take", keep)
    device = Device(**service.subscribe(door.public_key).as_told())
    await door.send(device, PUSH)
    await door.send(device, PUSH)
    assert bodies[0][:16] != bodies[1][:16], "salt"
    assert bodies[0][21:86] != bodies[1][21:86], "key"
