"""The matrix itself: every operation and topic, who may, and what the access log says of it (C3, D1).

Who is not in `may` is refused: 401 with a session of another kind or none, 404 otherwise, and 409 for those in `told`, who may
know that it is there. What is another clinic's is answered as what is not there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

STAFF = ("staff", "helper", "colleague", "administrator")
PATIENTS = ("patient", "rung", "declining", "calm")
GUESTS = ("guest", "knocking guest", "removed guest", "former guest")
NOBODY = ("nobody", "signed out", "idle")
ROLES = (*NOBODY, *STAFF, *PATIENTS, *GUESTS)

Names = Mapping[str, str]
Body = Callable[[Names], object]
DEVICE = {"device_id": "device-00001"}


@dataclass(frozen=True, slots=True)
class Logged:
    """The access leaves a row with this action. `whose`: the patient's name in the world, or `self`."""

    action: str
    whose: str | None = "patient"


@dataclass(frozen=True, slots=True)
class NotLogged:
    because: str


@dataclass(frozen=True, slots=True)
class Row:
    """`of`: what stands in the address, by the world's name for it; `new` is an id of the asker's making."""

    may: tuple[str, ...]
    log: Logged | NotLogged
    of: str | None = None
    told: tuple[str, ...] = ()
    body: Body | None = None
    is_own: bool = False
    """The body names nothing of anybody's."""

    @property
    def uses_object(self) -> bool:
        return self.of is not None or (self.body is not None and not self.is_own)


def device(_: Names) -> object:
    return DEVICE


def words(_: Names) -> object:
    return {"id": str(uuid4()), "text": "hej"}


def link(of: Names) -> dict[str, str]:
    return {"token": of["link"]}


def knock(of: Names) -> object:
    return link(of) | {"name": "Amira Tolk"} | DEVICE


def subscription(_: Names) -> object:
    return {"endpoint": "https://push.example/x", "p256dh": "A" * 87, "auth": "A" * 22}


OWN = NotLogged("one's own session")
IN_CALL = ("staff", "helper")
NOT_IN_CALL = ("colleague", "administrator")
THREAD = "conversation of patient"

CONVERSATIONS: dict[str, Row] = {}
for _kind, _may in (("staff", STAFF), ("patient", ("patient",))):
    _all = STAFF if _kind == "staff" else PATIENTS
    CONVERSATIONS |= {
        f"GET /api/{_kind}/me": Row(_all, OWN),
        f"DELETE /api/{_kind}/session": Row(
            tuple(role for role in _all if role not in {"staff", "helper", "patient"}), OWN, told=("staff", "helper", "patient")
        ),
        f"GET /api/{_kind}/conversations": Row(_all, NotLogged("lists hold no text; searches are logged (D1b)")),
        f"GET /api/{_kind}/conversations?search=calm": Row(_all, Logged("conversations.search", whose=None)),
        f"GET /api/{_kind}/conversations/{{}}": Row(_may, Logged("conversation.open"), of=THREAD),
        f"GET /api/{_kind}/conversations/{{}}/entries": Row(_may, Logged("conversation.read"), of=THREAD),
        f"POST /api/{_kind}/conversations/{{}}/messages": Row(_may, Logged("message.post"), of=THREAD, body=words),
        f"PUT /api/{_kind}/conversations/{{}}/read": Row(
            _may, NotLogged("moves one's own mark, shows nothing"), of=THREAD, body=lambda _: {"seq": 1}
        ),
    }

CALLS: dict[str, Row] = {}
for _kind, _in, _told in (
    ("staff", IN_CALL, NOT_IN_CALL),
    ("patient", ("patient",), ()),
    ("guest", ("guest",), ()),
):
    _sees = STAFF if _kind == "staff" else _in
    _was_in = ("former guest",) if _kind == "guest" else _in
    CALLS |= {
        f"GET /api/{_kind}/calls/{{}}": Row(_sees, Logged("call.open"), of="call"),
        f"POST /api/{_kind}/calls/{{}}/join": Row(_in, Logged("call.join"), of="call", body=device, told=_told),
        f"POST /api/{_kind}/calls/{{}}/messages": Row(_in, Logged("call.message.post"), of="call", body=words, told=_told),
        f"POST /api/{_kind}/calls/{{}}/leave": Row(
            (*_in, *_told), Logged("call.leave") if not _told else NotLogged("who is not in it leaves nothing"), of="call"
        ),
        f"PUT /api/{_kind}/calls/{{}}/feedback": Row(
            _was_in, Logged("call.feedback"), of="ended call", body=lambda _: {"answer": "yes"}
        ),
    }

STAFFS: dict[str, Row] = {
    "POST /api/staff/conversations": Row(
        STAFF,
        NotLogged("an id that the logged search gave; making one is logged"),
        body=lambda of: {"patient_id": of["patient as patient"]},
    ),
    "POST /api/staff/waiting/messages": Row(
        STAFF,
        Logged("message.post", whose="declining"),
        body=lambda of: {"id": str(uuid4()), "text": "hej", "conversation_ids": [of["conversation of declining"]]},
    ),
    "GET /api/staff/patients": Row(STAFF, Logged("patients.search", whose=None)),
    "PUT /api/staff/calls/{}": Row(
        STAFF,
        Logged("call.place", whose="calm"),
        of="new",
        body=lambda of: {"conversation_id": of["conversation of calm"]},
    ),
    "POST /api/staff/calls/{}/rings": Row(
        ("staff",),
        Logged("call.ring", whose="declining"),
        of="declined call",
        told=("helper", "colleague", "administrator"),
    ),
    "POST /api/staff/calls/{}/cancel": Row(
        ("staff",),
        Logged("call.end.cancelled", whose="rung"),
        of="ringing call",
        told=("helper", "colleague", "administrator"),
    ),
    "POST /api/staff/calls/{}/end": Row(IN_CALL, Logged("call.end.by_staff"), of="call", told=NOT_IN_CALL),
    "POST /api/staff/calls/{}/phone": Row(
        ("staff",), Logged("ring.phone", whose="rung"), of="ringing call", told=("helper", "colleague", "administrator")
    ),
    "PUT /api/staff/calls/{}/sharing": Row(
        IN_CALL,
        Logged("call.sharing.allow"),
        of="call",
        told=NOT_IN_CALL,
        body=lambda _: {"may_others_share": True},
    ),
    "PUT /api/staff/calls/{}/pin": Row(
        IN_CALL, Logged("call.unpin"), of="call", told=NOT_IN_CALL, body=lambda _: {"attendance_id": None}
    ),
    "POST /api/staff/calls/{}/numbers": Row(
        IN_CALL, Logged("invitation.check"), of="call", told=NOT_IN_CALL, body=lambda _: {"number": "070-174 06 99"}
    ),
    "POST /api/staff/calls/{}/invitations": Row(
        IN_CALL,
        Logged("invitation.send"),
        of="call",
        told=NOT_IN_CALL,
        body=lambda _: {"invitations": [{"id": str(uuid4()), "number": "070-174 06 99"}]},
    ),
    "POST /api/staff/calls/{}/invitations/again": Row(
        IN_CALL, NotLogged("nobody was invited before; each invitation is logged as such"), of="call", told=NOT_IN_CALL
    ),
    "POST /api/staff/invitations/{}/texts": Row(IN_CALL, Logged("invitation.resend"), of="invitation", told=NOT_IN_CALL),
    "POST /api/staff/invitations/{}/revoke": Row(IN_CALL, Logged("invitation.revoke"), of="invitation", told=NOT_IN_CALL),
    "POST /api/staff/calls/{}/knocks": Row(NOT_IN_CALL, Logged("call.knock"), of="call", told=IN_CALL),
    "POST /api/staff/knocks/{}/admit": Row(IN_CALL, Logged("call.admit"), of="knock of knocking guest", told=NOT_IN_CALL),
    "POST /api/staff/knocks/{}/refuse": Row(IN_CALL, Logged("call.refuse"), of="knock of knocking guest", told=NOT_IN_CALL),
    "POST /api/staff/knocks/{}/remove": Row(IN_CALL, Logged("call.remove"), of="knock of guest", told=NOT_IN_CALL),
}

ADMINISTRATOR = ("administrator",)
NO_ONES_DATA = NotLogged("names of colleagues and months, nobody's data")
OVERSIGHT: dict[str, Row] = {
    "GET /api/staff/audit": Row(ADMINISTRATOR, Logged("audit.read", whose=None)),
    "GET /api/staff/audit/staff": Row(ADMINISTRATOR, NO_ONES_DATA),
    "GET /api/staff/audit/spot-checks": Row(ADMINISTRATOR, NO_ONES_DATA),
    "POST /api/staff/audit/spot-checks": Row(ADMINISTRATOR, Logged("audit.spot_check.read", whose=None)),
    "GET /api/staff/audit/spot-checks/{}": Row(ADMINISTRATOR, Logged("audit.spot_check.read", whose=None), of="spot-check"),
    "PUT /api/staff/audit/spot-checks/{}/review": Row(
        ADMINISTRATOR,
        Logged("audit.spot_check.review", whose=None),
        of="spot-check",
        body=lambda _: {"note": "Inget att anmärka."},
    ),
}

PATIENT_OWN = NotLogged("the patient's own, and no text in it")
PATIENTS_ROWS: dict[str, Row] = {
    "POST /api/patient/conversations": Row(PATIENTS, PATIENT_OWN),
    "POST /api/patient/conversations/{}/ready": Row(
        ("calm",), Logged("patient.ready", whose="calm"), of="conversation of calm"
    ),
    "DELETE /api/patient/conversations/{}/ready": Row(
        ("declining",), Logged("patient.unready", whose="declining"), of="conversation of declining"
    ),
    "GET /api/patient/sessions": Row(PATIENTS, OWN),
    "DELETE /api/patient/sessions/{}": Row(("patient",), OWN, of="other session of patient"),
    "GET /api/patient/rings/current": Row(PATIENTS, PATIENT_OWN),
    "POST /api/patient/rings/{}/prepare": Row(("rung",), PATIENT_OWN, of="ring", body=device),
    "POST /api/patient/rings/{}/answer": Row(("rung",), Logged("ring.answer", whose="rung"), of="ring", body=device),
    "POST /api/patient/rings/{}/decline": Row(("rung",), Logged("ring.decline", whose="rung"), of="ring"),
    "POST /api/patient/rings/{}/push": Row(("rung",), PATIENT_OWN, of="ring", body=lambda _: {"what": "shown"}),
    "GET /api/patient/push": Row(PATIENTS, PATIENT_OWN),
    "PATCH /api/patient/push": Row(
        PATIENTS, Logged("patient.push.choose", whose="self"), body=lambda _: {"may_show_brand": True}, is_own=True
    ),
    "PUT /api/patient/push/subscription": Row(
        PATIENTS, Logged("patient.push.subscribe", whose="self"), body=subscription, is_own=True
    ),
    "DELETE /api/patient/push/subscription": Row(PATIENTS, OWN),
    "POST /api/patient/links": Row(ROLES, Logged("ring.open_link", whose="rung"), body=lambda of: {"token": of["ring's link"]}),
    "POST /api/patient/rings/{}/minute": Row(("rung",), Logged("ring.minute", whose="rung"), of="ring"),
}

GUESTS_ROWS: dict[str, Row] = {
    "POST /api/guest/links": Row(ROLES, Logged("invitation.open"), body=link),
    "POST /api/guest/declines": Row(ROLES, Logged("invitation.decline"), body=link),
    "POST /api/guest/knocks": Row(ROLES, Logged("call.knock"), body=knock),
    "GET /api/guest/me": Row(GUESTS, OWN),
}

OPERATIONS: dict[str, Row] = {**CONVERSATIONS, **CALLS, **STAFFS, **OVERSIGHT, **PATIENTS_ROWS, **GUESTS_ROWS}
"""By `METHOD /path`, `{}` for the object."""

PUBLIC = {
    "GET /assets/{}": "the built client",
    "GET /healthz": "says nothing of anybody",
    "GET /readyz": "says nothing of anybody",
    "GET /api/schema": "the shapes, no content",
    "GET /api/schema/{}": "the shapes, no content",
    "GET /api/schema/openapi.json": "the shapes, no content",
    "GET /g": "the guest's page, the same for all",
    "GET /r": "the patient's page, the same for all",
    "GET /patient/{}": "the patient's page, the same for all",
    "GET /patient/{}/conversations/{}": "the patient's page, the same for all",
    "GET /patient/{}/settings": "the patient's page, the same for all",
    "GET /patient/{}/settings/{}": "the patient's page, the same for all",
    "GET /patient/{}/manifest.webmanifest": "a brand, which the clinic's texts carry too",
    "GET /patient/service-worker.js": "the built client",
    "GET /staff/{}": "the staff's page, the same for all",
    "GET /staff/{}/access-log": "the staff's page, the same for all",
    "GET /staff/{}/spot-checks": "the staff's page, the same for all",
    "GET /staff/{}/spot-checks/{}": "the staff's page, the same for all",
    "GET /staff/{}/call/{}": "the staff's page, the same for all",
    "GET /staff/{}/conversations/{}": "the staff's page, the same for all",
    "GET /patient/{}/sign-in": "leads to the identity provider; tests/auth",
    "GET /staff/{}/sign-in": "leads to the identity provider; tests/auth",
    "GET /patient/signed-in": "back from it; tests/auth",
    "GET /staff/signed-in": "back from it; tests/auth",
    "GET /pages/sign-in.css": "a style sheet",
    "POST /hooks/livekit": "proven by signature; tests/media/test_reports.py",
    "POST /hooks/sms/{}/{}/{}": "proven by key and signature; tests/sms/test_contract.py",
}
"""Open to everybody, and why that is right."""


@dataclass(frozen=True, slots=True)
class TopicRow:
    """`of`: what the topic is about, none when it has no id."""

    may: tuple[str, ...]
    log: Logged | NotLogged
    of: str | None = None


TOPICS: dict[str, TopicRow] = {
    "inbox": TopicRow((*STAFF, *PATIENTS, *GUESTS), NotLogged("lists hold no text (D1b); a guest's is empty")),
    "conversation": TopicRow((*STAFF, "patient"), Logged("conversation.watch"), of=THREAD),
    "entries": TopicRow((*STAFF, "patient"), Logged("conversation.follow"), of=THREAD),
    "messages": TopicRow(("guest",), Logged("call.messages.follow"), of="call"),
    "call": TopicRow((*STAFF, "patient", "guest"), Logged("call.follow"), of="call"),
    "rings": TopicRow(PATIENTS, PATIENT_OWN),
    "guest": TopicRow(GUESTS, OWN),
}

MESSAGES: dict[str, Callable[[Names], dict[str, object]]] = {
    "typing": lambda of: {"type": "typing", "conversation_id": of[THREAD]},
    "noticed": lambda of: {"type": "noticed", "conversation_ids": [of["conversation of declining"]]},
    "delivered": lambda of: {"type": "delivered", "ring_id": of["ring"]},
    "seen": lambda of: {"type": "seen", "ring_id": of["ring"]},
}
"""What a page may say of somebody's things, by tag."""
