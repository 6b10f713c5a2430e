"""The whole API in one process: real PostgreSQL and sessions, the media server's twin."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import jwt
import pytest
from builders import NOON, Practice, build_practice, build_sms
from litestar import Litestar
from sqlalchemy import select

from narvaro.app import create_app
from narvaro.auth.actions import start_session
from narvaro.auth.actors import Actor
from narvaro.auth.cookies import session_cookie_name
from narvaro.auth.tokens import hash_token, new_token
from narvaro.calls.seats import PREPARED
from narvaro.calls.watch import watch_rooms
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.invitations.models import InvitationLink
from narvaro.invitations.rules import LINK_LIVES_FOR
from narvaro.jobs import Doors
from narvaro.media.memory import MemoryMedia
from narvaro.settings import Settings
from narvaro.webpush.memory import MemoryPush

BASE_URL = "http://127.0.0.1:8600"
SOME_ID = "01936f6e-0000-7000-8000-000000000000"
PHONE, DESK = {"device_id": "phone-0001"}, {"device_id": "desk-00001"}


@dataclass
class Person:
    """One signed-in browser."""

    actor: Actor
    http: httpx2.AsyncClient
    prefix: str = field(init=False)

    def __post_init__(self) -> None:
        self.prefix = f"/api/{self.actor.kind}"

    async def ask(self, method: str, path: str, body: object = None, *, expect: int = 200) -> Any:
        answer = await self.http.request(method, f"{self.prefix}{path}", json=body)
        assert answer.status_code == expect, (answer.status_code, answer.text)
        return answer.json() if answer.content else None


@dataclass
class Site:
    at: Practice
    staff: Person
    colleague: Person
    patient: Person
    media: MemoryMedia
    doors: Doors
    app: Litestar

    async def place(self) -> tuple[str, str]:
        """→ (call id, ring id), with staff seated."""
        call_id = str(uuid4())
        body = {"conversation_id": str(self.at.conversation_id)}
        call = await self.staff.ask("PUT", f"/calls/{call_id}", body)
        await self.staff.ask("POST", f"/calls/{call_id}/join", DESK)
        return call_id, call["ring"]["id"]

    async def talk(self) -> str:
        call_id, ring_id = await self.place()
        await self.patient.ask("POST", f"/rings/{ring_id}/answer", PHONE)
        return call_id


def settings_of_test() -> Settings:
    return Settings(
        base_url=BASE_URL,
        database_url="postgresql://unused",
        livekit_url="http://127.0.0.1:7880",
        livekit_public_url="ws://127.0.0.1:7880",
        livekit_api_key="key",
        livekit_api_secret="s" * 32,
        link_secret="s" * 32,
        staff_oidc_issuer="http://127.0.0.1:1",
        staff_oidc_client_id="narvaro",
        staff_oidc_client_secret="s" * 32,
        patient_oidc_issuer="http://127.0.0.1:1",
        patient_oidc_client_id="narvaro",
        patient_oidc_client_secret="s" * 32,
    )


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    media = MemoryMedia()
    doors = Doors(database=database, media=media, sms=build_sms(), push=MemoryPush())
    app = create_app(settings_of_test(), doors=doors)
    async with database.transaction() as db:
        at = await build_practice(db)
        people = [
            (actor, await start_session(db, actor.kind, actor.id, actor.clinic_id, now=utc_now()))
            for actor in (at.staff, at.colleague, at.patient)
        ]
    transport = httpx2.ASGITransport(app=app)  # type: ignore[arg-type]
    clients = [
        httpx2.AsyncClient(
            transport=transport,
            base_url=BASE_URL,
            headers={"origin": BASE_URL},
            cookies={session_cookie_name(BASE_URL, actor.kind): token},
        )
        for actor, token in people
    ]
    staff, colleague, patient = (Person(actor, http) for (actor, _), http in zip(people, clients, strict=True))
    yield Site(at, staff, colleague, patient, media, doors, app)
    for client in clients:
        await client.aclose()


def claims(token: str) -> dict[str, Any]:
    decoded: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return decoded


async def test_address_of_sockets_answers_no_ordinary_request(site: Site) -> None:
    await site.patient.ask("GET", "/socket", expect=404)


async def test_the_main_job_over_http(site: Site) -> None:
    call_id = await site.talk()
    ended = await site.staff.ask("POST", f"/calls/{call_id}/end")
    assert (ended["status"], ended["must_ask_feedback"], site.media.rooms) == ("ended", True, {})
    await site.staff.ask("PUT", f"/calls/{call_id}/feedback", {"answer": "yes"}, expect=204)
    assert (await site.staff.ask("GET", f"/calls/{call_id}"))["my_feedback"] == "yes"


async def test_a_join_token_is_short_and_narrow_a2(site: Site) -> None:
    call_id, ring_id = await site.place()
    prepared = await site.patient.ask("POST", f"/rings/{ring_id}/prepare", PHONE)
    joined = await site.patient.ask("POST", f"/rings/{ring_id}/answer", PHONE)
    staffs = (await site.staff.ask("POST", f"/calls/{call_id}/join", DESK))["media"]
    for media in (prepared, joined["media"], staffs):
        token = claims(media["token"])
        video = token["video"]
        assert token["exp"] - token["nbf"] <= 60
        assert token["sub"] == media["identity"]
        assert not {"roomAdmin", "roomCreate", "roomList", "roomRecord", "ingressAdmin", "hidden"} & {
            k for k, v in video.items() if v
        }
        assert not token.get("name"), "the room's people would read it, guests too (D1b)"
        assert (video["canPublishData"], video["canUpdateOwnMetadata"]) == (False, False)
    assert claims(prepared["token"])["video"]["canSubscribe"] is False
    assert set(claims(joined["media"]["token"])["video"]["canPublishSources"]) == {"camera", "microphone"}
    assert "screen_share" in claims(staffs["token"])["video"]["canPublishSources"]
    assert prepared["identity"] == joined["media"]["identity"]


async def test_only_staff_start_and_end(site: Site) -> None:
    call_id = await site.talk()
    for verb, path in (
        ("POST", f"/calls/{call_id}/end"),
        ("POST", f"/calls/{call_id}/cancel"),
        ("POST", f"/calls/{call_id}/rings"),
    ):
        await site.patient.ask(verb, path, expect=404)
    await site.patient.ask("PUT", f"/calls/{uuid4()}", {"conversation_id": str(site.at.conversation_id)}, expect=405)
    stolen = await site.patient.http.post(f"/api/staff/calls/{call_id}/end")
    assert stolen.status_code == 401
    assert (await site.staff.ask("GET", f"/calls/{call_id}"))["status"] == "active"


async def test_a_colleague_is_refused_in_words_c5b(site: Site) -> None:
    call_id = await site.talk()
    problem = await site.colleague.ask("POST", f"/calls/{call_id}/end", expect=409)
    assert problem["code"] == "call-of-another-staff-member"
    assert (await site.colleague.ask("GET", f"/calls/{call_id}"))["placed_by_name"] == "Selma Testkvist"


async def test_at_the_answer_staff_are_sent_the_patients_picture_and_before_it_nothing_a2b(site: Site) -> None:
    call_id, ring_id = await site.place()
    staffs = (await site.staff.ask("POST", f"/calls/{call_id}/join", DESK))["media"]["identity"]
    prepared = (await site.patient.ask("POST", f"/rings/{ring_id}/prepare", PHONE))["identity"]
    assert site.media.shown == set()
    await site.patient.ask("POST", f"/rings/{ring_id}/answer", PHONE)
    assert site.media.shown == {(*site.media.rooms, prepared, staffs)}


async def test_ringing_does_not_wait_for_the_media_server_and_the_watch_makes_up_for_it_g2(site: Site) -> None:
    site.media.is_down = True
    call_id, ring_id = await site.place()
    await watch_rooms(site.doors, NOON)
    assert (await site.staff.ask("GET", f"/calls/{call_id}"))["is_media_down"] is True
    await site.patient.ask("POST", f"/rings/{ring_id}/answer", PHONE)
    site.media.is_down = False
    await watch_rooms(site.doors, NOON)
    assert len(site.media.rooms) == 1
    assert (await site.staff.ask("GET", f"/calls/{call_id}"))["is_media_down"] is False


async def test_an_end_while_the_media_server_is_down_is_still_an_end_a4(site: Site) -> None:
    call_id = await site.talk()
    site.media.is_down = True
    assert (await site.staff.ask("POST", f"/calls/{call_id}/end"))["status"] == "ended"
    site.media.is_down = False
    await watch_rooms(site.doors, NOON)
    assert site.media.rooms == {}


async def test_a_device_that_may_not_be_there_is_put_out_when_it_is_reported_a3(site: Site) -> None:
    call_id = await site.talk()
    room = next(iter(site.media.rooms))
    identity = (await site.patient.ask("GET", f"/calls/{call_id}"))["attendances"][1]["identity"]
    welcome = site.media.join_token(room, identity, name="", kind="patient", rights=PREPARED)
    site.media.connect(welcome)
    site.media.connect(site.media.join_token(room, "patient-stranger", name="", kind="patient", rights=PREPARED))
    for who in (identity, "patient-stranger"):
        body, authorization = site.media.report("participant_joined", room, who)
        answer = await site.staff.http.post("/hooks/livekit", content=body, headers={"authorization": authorization})
        assert answer.status_code == 204
    assert await site.media.identities(room) == {identity}


async def test_an_unsigned_report_is_refused_a5(site: Site) -> None:
    answer = await site.staff.http.post("/hooks/livekit", content=b"{}", headers={"authorization": "x"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/calls/not-a-uuid", {}),
        ("PUT", f"/calls/{SOME_ID}", {}),
        ("PUT", f"/calls/{SOME_ID}", {"conversation_id": SOME_ID, "more": 1}),
        ("PUT", f"/calls/{SOME_ID}/feedback", {"answer": "maybe"}),
        ("POST", f"/conversations/{SOME_ID}/messages", {"id": "x", "text": "hej"}),
        ("POST", f"/conversations/{SOME_ID}/messages", {"id": SOME_ID, "text": "a" * 4001}),
        ("POST", f"/conversations/{SOME_ID}/messages", {"id": SOME_ID, "text": 5}),
        ("PUT", f"/conversations/{SOME_ID}/read", {"seq": "5"}),
        ("PUT", f"/conversations/{SOME_ID}/read", {"seq": 2**40}),
        ("GET", "/conversations?before=%00", None),
        ("GET", f"/conversations/{SOME_ID}/entries?before=99999999999999999999", None),
        ("POST", f"/calls/{SOME_ID}/join", {"device_id": "x"}),
    ],
)
async def test_bad_input_is_one_clear_sentence_c6(site: Site, method: str, path: str, body: object) -> None:
    answer = await site.staff.http.request(method, f"/api/staff{path}", json=body)
    assert answer.status_code in {400, 404}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "code"} <= set(answer.json())


async def test_another_origin_changes_nothing_c4(site: Site) -> None:
    call_id = await site.talk()
    headers = {"origin": "https://evil.example"}
    answer = await site.staff.http.post(f"/api/staff/calls/{call_id}/end", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "foreign-origin")
    assert (await site.staff.ask("GET", f"/calls/{call_id}"))["status"] == "active"


async def test_signing_out_in_a_call_must_be_meant_c5b(site: Site) -> None:
    await site.talk()
    refused = await site.staff.ask("DELETE", "/session", expect=409)
    assert refused["code"] == "still-in-call"
    await site.staff.ask("GET", "/me")
    await site.staff.ask("DELETE", "/session?even_in_call=true", expect=204)
    await site.staff.ask("GET", "/me", expect=401)


async def test_sharing_is_granted_to_those_who_are_there(site: Site) -> None:
    call_id = await site.talk()
    room = next(iter(site.media.rooms))
    joined = await site.patient.ask("POST", f"/calls/{call_id}/join", PHONE)
    site.media.connect(joined["media"]["token"])
    await site.staff.ask("PUT", f"/calls/{call_id}/sharing", {"may_others_share": True})
    assert "screen_share" in site.media.rooms[room][joined["media"]["identity"]].sources
    await site.staff.ask("PUT", f"/calls/{call_id}/sharing", {"may_others_share": False})
    assert "screen_share" not in site.media.rooms[room][joined["media"]["identity"]].sources


async def test_a_page_that_is_not_there_is_told_to_the_person(site: Site) -> None:
    answer = await site.staff.http.get("/staf/testkoping")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Sidan finns inte" in answer.text


async def dead_tokens(site: Site, call_id: str) -> list[str]:
    """Of a link that was revoked, and of one that is a day old."""
    invitations = [{"id": str(uuid4()), "number": number} for number in ("0701740612", "0701740613")]
    await site.staff.ask("POST", f"/calls/{call_id}/invitations", {"invitations": invitations})
    tokens = [new_token(), new_token()]
    async with site.doors.database.transaction() as db:
        for token, invitation, age in zip(tokens, invitations, (timedelta(0), LINK_LIVES_FOR), strict=True):
            link = InvitationLink(token_hash=hash_token(token), invitation_id=invitation["id"], created_at=utc_now() - age)
            db.add(link)
    await site.staff.ask("POST", f"/invitations/{invitations[0]['id']}/revoke")
    return tokens


async def test_a_thousand_guessed_tokens_get_the_answer_of_every_dead_one_b5(site: Site) -> None:
    call_id = await site.talk()
    revoked, old = await dead_tokens(site, call_id)
    ended = new_token()
    async with site.doors.database.transaction() as db:
        invitation_id = await db.scalar(select(InvitationLink.invitation_id))
        db.add(InvitationLink(token_hash=hash_token(ended), invitation_id=invitation_id, created_at=utc_now()))

    async def answer(path: str, token: str, address: int = 0) -> tuple[int, str, str]:
        """Asked from one of many addresses."""
        transport = httpx2.ASGITransport(app=site.app, client=(f"10.0.0.{address}", 1))  # type: ignore[arg-type]
        body = {"token": token} | ({"name": "Amira"} if path == "knocks" else {})
        async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL, headers={"origin": BASE_URL}) as http:
            told = await http.post(f"/api/guest/{path}", json=body)
        return told.status_code, told.text, str(sorted(told.headers.items()))

    assert (await answer("links", ended))[0] == 200, "it lives until its call ends"
    await site.staff.ask("POST", f"/calls/{call_id}/end")
    guessed = [new_token() for _ in range(1000)]
    answers = {await answer("links", token, number // 50) for number, token in enumerate((revoked, old, ended, *guessed))}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    for path in ("knocks", "declines"):
        assert len({await answer(path, token) for token in (revoked, old, ended, *guessed[:20])}) == 1
