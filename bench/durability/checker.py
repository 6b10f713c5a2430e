"""Decides requirement G1 from one run: every sentence that comes out names something that was lost, doubled or invented.

Acknowledged is stored exactly once, unknown at most once, refused never; one order for all; no call outside its tables; no
job lost. Nothing here knows how the run was made.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from bench.durability.history import Asked, Run, asked_for

Row = dict[str, Any]
Check = Callable[[Run], Iterator[str]]

ENTRY_OF_RING = {"declined": "ring_declined", "missed": "ring_missed", "cancelled": "ring_cancelled"}
RING_ENDS = {"answered", *ENTRY_OF_RING}
MESSAGE_KINDS = {"message", "ready"}


def check(run: Run) -> dict[str, list[str]]:
    """By claim; an empty list is a claim that held."""
    return {name: list(claim(run)) for name, claim in CLAIMS.items()}


def by(rows: list[Row], key: str) -> dict[Any, list[Row]]:
    found: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


# Messages


def messages_once(run: Run) -> Iterator[str]:
    """Acknowledged ⊆ stored, exactly once, as sent and where told; unknown at most once; refused not at all."""
    stored = by([entry for entry in run.stored.entries if entry["kind"] == "message"], "id")
    asked = asked_for(run.attempts, "post")
    for message in asked:
        rows = stored.get(message.id, [])
        if message.outcome == "ok" and not rows:
            yield f"message {message.id} was acknowledged and is lost"
        if message.outcome == "failed" and rows:
            yield f"message {message.id} was refused and is stored"
        if len(rows) > 1:
            yield f"message {message.id} is stored {len(rows)} times"
        if rows:
            yield from _as_sent(message, rows[0])
    for unasked in stored.keys() - {message.id for message in asked}:
        yield f"message {unasked} is stored and nobody sent it"


def _as_sent(message: Asked, row: Row) -> Iterator[str]:
    for field in ("text", "conversation"):
        if row[field] != message.facts[field]:
            yield f"message {message.id} is stored with another {field}"
    for attempt in message.attempts:
        if attempt.outcome == "ok" and attempt.facts["seq"] != row["seq"]:
            yield f"message {message.id} was told number {attempt.facts['seq']} and has {row['seq']}"


# Order


def logs_without_gaps(run: Run) -> Iterator[str]:
    entries = by(run.stored.entries, "conversation")
    for conversation in run.stored.conversations:
        log = sorted(entries.get(conversation["id"], []), key=lambda entry: entry["seq"])
        if [entry["seq"] for entry in log] != list(range(1, len(log) + 1)):
            yield f"conversation {conversation['id']}: its numbers are not 1 to {len(log)}"
        if conversation["last_seq"] != len(log):
            yield f"conversation {conversation['id']}: last_seq is {conversation['last_seq']}, entries {len(log)}"
        for side in ("patient", "staff"):
            count = sum(e["author_kind"] == side and e["kind"] in MESSAGE_KINDS for e in log)
            if conversation[f"{side}_messages"] != count:
                yield f"conversation {conversation['id']}: {side}_messages is not {count}"


def order_of_time(run: Run) -> Iterator[str]:
    """What was acknowledged before something else was begun stands before it."""
    posts = by([_timed(message) for message in asked_for(run.attempts, "post") if message.outcome == "ok"], "conversation")
    for conversation, messages in posts.items():
        acknowledged = sorted(messages, key=lambda message: message["acknowledged_at"])
        highest, done = 0, 0
        for message in sorted(messages, key=lambda message: message["begun_at"]):
            while done < len(acknowledged) and acknowledged[done]["acknowledged_at"] < message["begun_at"]:
                highest = max(highest, acknowledged[done]["seq"])
                done += 1
            if message["seq"] <= highest:
                yield f"conversation {conversation}: message {message['id']} stands before one acknowledged before it began"


def _timed(message: Asked) -> Row:
    return {
        "id": message.id,
        "conversation": message.facts["conversation"],
        "seq": message.facts["seq"],
        "begun_at": min(attempt.invoked_at for attempt in message.attempts),
        "acknowledged_at": min(attempt.finished_at for attempt in message.attempts if attempt.outcome == "ok"),
    }


def one_log_for_all(run: Run) -> Iterator[str]:
    """Each client's copy, from its socket and without a reload, is the stored log."""
    entries = by(run.stored.entries, "conversation")
    logs = {key: [row["id"] for row in sorted(rows, key=lambda row: row["seq"])] for key, rows in entries.items()}
    for client, seen in run.seen.items():
        yield from (f"{client}: {wrong}" for wrong in seen.wrong)
        for conversation, copy in seen.logs.items():
            log = logs.get(conversation, [])
            if copy != log:
                same = next((at for at, pair in enumerate(zip(copy, log, strict=False)) if pair[0] != pair[1]), None)
                where = f"differs at {same + 1}" if same is not None else f"has {len(copy)} of {len(log)}"
                yield f"{client}: its copy of conversation {conversation} {where}"


# Calls


def calls_once(run: Run) -> Iterator[str]:
    """What was acknowledged of a call has happened; what was refused has not."""
    calls = {call["id"]: call for call in run.stored.calls}
    placed = asked_for(run.attempts, "place")
    for place in placed:
        call = calls.get(place.id)
        if place.outcome == "ok" and call is None:
            yield f"call {place.id} was acknowledged and is lost"
        if place.outcome == "failed" and call is not None:
            yield f"call {place.id} was refused and is stored"
        if call is not None and call["conversation"] != place.facts["conversation"]:
            yield f"call {place.id} is in another conversation"
    for unasked in calls.keys() - {place.id for place in placed}:
        yield f"call {unasked} is stored and nobody placed it"
    yield from _ends(run, calls)


def _ends(run: Run, calls: dict[Any, Row]) -> Iterator[str]:
    for cancel in asked_for(run.attempts, "cancel"):
        call = calls.get(cancel.id)
        if cancel.outcome == "ok" and (call is None or (call["status"], call["reason"]) != ("ended", "cancelled")):
            yield f"call {cancel.id} was cancelled, was told so, and is not"
    for end in asked_for(run.attempts, "end"):
        call = calls.get(end.id)
        if end.outcome == "ok" and (call is None or call["status"] != "ended"):
            yield f"call {end.id} was ended, was told so, and is not"


def rings_once(run: Run) -> Iterator[str]:
    rings = {ring["id"]: ring for ring in run.stored.rings}
    for answer in asked_for(run.attempts, "answer"):
        ring = rings.get(answer.id)
        won = ring is not None and ring["status"] == "answered" and ring["answered_device"] == answer.facts["device"]
        if answer.outcome == "ok" and not won:
            yield f"ring {answer.id}: {answer.facts['device']} was told that it answered, and has not"
        if answer.outcome == "failed" and won:
            yield f"ring {answer.id}: {answer.facts['device']} was refused and has answered"
    asked_devices = {(answer.id, answer.facts["device"]) for answer in asked_for(run.attempts, "answer")}
    declines = asked_for(run.attempts, "decline")
    for decline in declines:
        ring = rings.get(decline.id)
        if decline.outcome == "ok" and (ring is None or ring["status"] != "declined"):
            yield f"ring {decline.id} was declined, was told so, and is not"
    declined = {decline.id for decline in declines if decline.outcome != "failed"}
    for ring in run.stored.rings:
        if ring["status"] == "answered" and (ring["id"], ring["answered_device"]) not in asked_devices:
            yield f"ring {ring['id']} is answered and nobody answered it"
        if ring["status"] == "declined" and ring["id"] not in declined:
            yield f"ring {ring['id']} is declined and nobody declined it"


def calls_in_tables(run: Run) -> Iterator[str]:
    """Every call and ring has ended, as the tables of `calls/rules.py` allow."""
    rings, seats = by(run.stored.rings, "call"), by(run.stored.attendances, "call")
    for call in run.stored.calls:
        name, mine = f"call {call['id']}", rings.get(call["id"], [])
        if call["status"] != "ended":
            yield f"{name} has not ended"
            continue
        was_active = call["started_at"] is not None
        if call["reason"] not in ({"by_staff", "abandoned"} if was_active else {"cancelled"}):
            yield f"{name} ended {call['reason']}, {'after' if was_active else 'without'} an answer"
        if not mine:
            yield f"{name} has no ring"
        if was_active != any(ring["status"] == "answered" for ring in mine):
            yield f"{name}: active is {was_active}, its rings say otherwise"
        yield from (f"{name}: ring {r['id']} is {r['status']}" for r in mine if r["status"] not in RING_ENDS)
        yield from (f"{name}: {seat['id']} still sits in it" for seat in seats.get(call["id"], []) if seat["left_at"] is None)


def facts_in_log(run: Run) -> Iterator[str]:
    """The log tells each fact of each call once, its start before its end."""
    facts = by([entry for entry in run.stored.entries if entry["call"] is not None], "call")
    rings = by(run.stored.rings, "call")
    for call in run.stored.calls:
        log = facts.pop(call["id"], [])
        was_active = call["started_at"] is not None
        told = Counter(entry["kind"] for entry in log)
        wanted = Counter(ENTRY_OF_RING[ring["status"]] for ring in rings.get(call["id"], []) if ring["status"] in ENTRY_OF_RING)
        wanted["call_started"] = int(was_active)
        wanted["call_ended"] = int(was_active and call["status"] == "ended")
        for kind in sorted({*wanted, *told} - {"guest_invited"}):
            if told[kind] != wanted[kind]:
                yield f"call {call['id']}: {kind} is told {told[kind]} times, not {wanted[kind]}"
        numbers = {entry["kind"]: entry["seq"] for entry in log}
        if numbers.get("call_started", 0) > numbers.get("call_ended", float("inf")):
            yield f"call {call['id']}: its end is told before its start"
    yield from (f"the log tells of call {call}, which is not there" for call in facts)


def feedback_once(run: Run) -> Iterator[str]:
    stored = {(row["call"], row["person"]): row["answer"] for row in run.stored.feedback}
    if len(stored) != len(run.stored.feedback):
        yield "somebody's answer is stored twice"
    asked = {(given.id, given.attempts[0].client): given for given in asked_for(run.attempts, "feedback")}
    for key, given in asked.items():
        if given.outcome == "ok" and stored.get(key) != given.facts["answer"]:
            yield f"feedback of {key[1]} on call {key[0]} was acknowledged as {given.facts['answer']} and is {stored.get(key)}"
        if given.outcome == "failed" and key in stored:
            yield f"feedback of {key[1]} on call {key[0]} was refused and is stored"
        if given.outcome == "unknown" and stored.get(key) not in {None, given.facts["answer"]}:
            yield f"feedback of {key[1]} on call {key[0]} is stored with another answer"
    yield from (f"feedback of {key[1]} on call {key[0]} is stored and nobody gave it" for key in stored.keys() - asked.keys())


# Invitations and jobs


def invitations_once(run: Run) -> Iterator[str]:
    """Each with its one entry in the log and its one text."""
    stored = by(run.stored.invitations, "id")
    asked = asked_for(run.attempts, "invite")
    for invite in asked:
        rows = stored.get(invite.id, [])
        if invite.outcome == "ok" and not rows:
            yield f"invitation {invite.id} was acknowledged and is lost"
        if invite.outcome == "failed" and rows:
            yield f"invitation {invite.id} was refused and is stored"
        if rows and (rows[0]["call"], rows[0]["number"]) != (invite.facts["call"], invite.facts["number"]):
            yield f"invitation {invite.id} is stored for another call or number"
    yield from (f"invitation {id_} is stored and nobody sent it" for id_ in stored.keys() - {invite.id for invite in asked})
    told = Counter(entry["call"] for entry in run.stored.entries if entry["kind"] == "guest_invited")
    made = Counter(row["call"] for row in run.stored.invitations)
    yield from (f"call {c}: {made[c]} invitations, {told[c]} told" for c in {*told, *made} if told[c] != made[c])
    texts = Counter(text["object"] for text in run.stored.texts)
    yield from (f"invitation {id_} has {texts[id_]} texts" for id_ in stored if texts[id_] != 1)


def texts_once(run: Run) -> Iterator[str]:
    """A text ends sent or failed; what was sent reached the gateway, once; what was not did not, or may have."""
    received = Counter(text["id"] for text in run.stored.demo_texts)
    for text in run.stored.texts:
        if text["status"] not in {"sent", "delivered", "failed"}:
            yield f"text {text['id']} is still {text['status']}"
        if text["status"] in {"sent", "delivered"} and received[text["id"]] != 1:
            yield f"text {text['id']} is {text['status']}, and the gateway has it {received[text['id']]} times"
        if text["status"] == "failed" and text["why"] == "stopped" and received[text["id"]]:
            yield f"text {text['id']} was stopped, and the gateway has it"
    yield from (f"text {id_} was sent and is not stored" for id_ in received.keys() - {t["id"] for t in run.stored.texts})


def jobs_done(run: Run) -> Iterator[str]:
    yield from (f"job {job['id']} ({job['task']}) is {job['status']}" for job in run.stored.jobs)
    ended = {call["room"] for call in run.stored.calls if call["status"] == "ended"}
    yield from (f"room of an ended call is still there: {room}" for room in run.stored.rooms if room in ended)


CLAIMS: dict[str, Check] = {
    "messages: acknowledged exactly once, unknown at most once": messages_once,
    "logs: numbered without gaps, counted right": logs_without_gaps,
    "logs: acknowledged before begun is before": order_of_time,
    "logs: every client has the same, without a reload": one_log_for_all,
    "calls: acknowledged has happened, refused has not": calls_once,
    "rings: one answer, the one that was told": rings_once,
    "calls: ended, as the tables allow": calls_in_tables,
    "calls: each fact told once": facts_in_log,
    "feedback: exactly once": feedback_once,
    "invitations: exactly once, one text each": invitations_once,
    "texts: sent once, none forgotten": texts_once,
    "jobs: none lost, no room left": jobs_done,
}
