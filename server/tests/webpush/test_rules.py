"""Where a push may be sent: browsers tell the address, so anybody may have made it up."""

from datetime import timedelta

import httpx2
import pytest

from narvaro.webpush import Device, Push, PushRefused
from narvaro.webpush.keys import new_private_key
from narvaro.webpush.rules import NotAPushAddress, check_endpoint, first_public, pause_before
from narvaro.webpush.vapid import VapidPush

PUBLIC = (
    "https://fcm.googleapis.com/fcm/send/x",
    "https://web.push.apple.com/Q",
    "https://updates.push.services.mozilla.com:443/w",
)
INSIDE = (
    *("http://fcm.googleapis.com/x", "https://localhost/x", "https://intranet/x", "https://db.internal/x", "https://a.local/x"),
    *(
        "https://127.0.0.1/x",
        "https://10.0.0.4/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
    ),
    *("https://[::ffff:10.0.0.1]/x", "https://[fd00::1]/x", "https://100.64.0.1/x", "https://0.0.0.0/x", "https://224.0.0.1/x"),
    *(
        "https://a.example:8443/x",
        "https://u:p@a.example/x",
        "ftp://a.example/x",
        "https://",
        "nonsense",
        "https://a.example/x#y",
    ),
    *("https://[2002:a00:1::]/x", "https://a.example:99999/x"),
)


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_public_services_are_taken(endpoint: str) -> None:
    check_endpoint(endpoint, may_be_here=False)


@pytest.mark.parametrize("endpoint", INSIDE)
def test_nothing_inside_is_ever_asked(endpoint: str) -> None:
    with pytest.raises(NotAPushAddress):
        check_endpoint(endpoint, may_be_here=False)


def test_this_machine_is_asked_in_a_demo_only() -> None:
    check_endpoint("http://127.0.0.1:8099/push", may_be_here=True)
    for endpoint in ("http://10.0.0.4/x", "https://10.0.0.4/x", "http://localhost.example/x", "http://a.example/x"):
        with pytest.raises(NotAPushAddress):
            check_endpoint(endpoint, may_be_here=True)


@pytest.mark.parametrize("addresses", [[], ["10.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["::1"], ["fe80::1%lo"]])
def test_a_name_that_leads_inside_is_not_asked_however_public_it_looks(addresses: list[str]) -> None:
    with pytest.raises(NotAPushAddress):
        first_public(addresses)


async def test_the_address_that_was_looked_at_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes its mind between the two would lead inside (DNS rebinding)."""
    answers = iter([["93.184.215.14"], ["10.0.0.1"]])
    asked: list[httpx2.Request] = []

    async def resolve(_host: str) -> list[str]:
        return next(answers)

    async def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(201)

    door = VapidPush(new_private_key(), "mailto:a@b.example", resolve=resolve)
    monkeypatch.setattr(door, "_http", httpx2.AsyncClient(transport=httpx2.MockTransport(answer)))
    key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    device = Device("https://push.example/abc", key, "BTBZMqHH6r4Tts7J_aSIgg")
    push = Push(b"{}", ttl=1, urgency="high", topic="t")
    await door.send(device, push)
    with pytest.raises(PushRefused):
        await door.send(device, push)
    await door.close()
    assert [str(request.url) for request in asked] == ["https://93.184.215.14/abc"]
    assert asked[0].headers["host"] == "push.example"
    assert asked[0].extensions["sni_hostname"] == "push.example"


def test_pauses_grow_and_a_service_may_ask_for_longer() -> None:
    assert [pause_before(n, 0) for n in (1, 2, 3)] == [timedelta(seconds=s) for s in (1, 2, 4)]
    assert pause_before(99, 0) == timedelta(seconds=30)
    assert pause_before(1, 20) == timedelta(seconds=20)
