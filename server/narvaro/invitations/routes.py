"""Invitations and knocks over HTTP, for staff."""

from litestar import post
from litestar.params import JSONBody

from narvaro.auth.guards import CurrentActor, Db
from narvaro.calls.queries import load_call
from narvaro.calls.routes import Id, Media, put_out_of_room
from narvaro.calls.schemas import CallSnapshot
from narvaro.clock import utc_now
from narvaro.invitations import actions, knock_actions
from narvaro.invitations.schemas import CheckedNumber, KnockRef, NewInvitations, NumberToCheck


@post("/calls/{call_id:uuid}/numbers", status_code=200)
async def check_number(call_id: Id, data: JSONBody[NumberToCheck], actor: CurrentActor, database: Db) -> CheckedNumber:
    """What inviting this number would say; in a body, since addresses end up in logs (D3)."""
    async with database.transaction() as db:
        return await actions.check_number(db, actor, call_id, data.number, now=utc_now())


@post("/calls/{call_id:uuid}/invitations", status_code=200)
async def invite(call_id: Id, data: JSONBody[NewInvitations], actor: CurrentActor, database: Db) -> CallSnapshot:
    """All or none; the client's ids make repeats harmless."""
    async with database.transaction() as db:
        await actions.invite(db, actor, call_id, data.invitations, now=utc_now())
        return await load_call(db, actor, call_id)


@post("/calls/{call_id:uuid}/invitations/again", status_code=200)
async def invite_again(call_id: Id, actor: CurrentActor, database: Db) -> CallSnapshot:
    """*Bjud in samma personer*: nobody handles their numbers."""
    async with database.transaction() as db:
        await actions.invite_again(db, actor, call_id, now=utc_now())
        return await load_call(db, actor, call_id)


@post("/invitations/{invitation_id:uuid}/texts", status_code=200)
async def send_again(invitation_id: Id, actor: CurrentActor, database: Db) -> CallSnapshot:
    """*Nytt sms*."""
    async with database.transaction() as db:
        return await load_call(db, actor, await actions.send_again(db, actor, invitation_id, now=utc_now()))


@post("/invitations/{invitation_id:uuid}/revoke", status_code=200)
async def revoke(invitation_id: Id, actor: CurrentActor, database: Db, media: Media) -> CallSnapshot:
    """*Återkalla inbjudan*."""
    async with database.transaction() as db:
        call, gone = await actions.revoke(db, actor, invitation_id, now=utc_now())
        snapshot = await load_call(db, actor, call.id)
    await put_out_of_room(media, call.room, gone)
    return snapshot


@post("/calls/{call_id:uuid}/knocks", status_code=200)
async def ask_to_join(call_id: Id, actor: CurrentActor, database: Db) -> KnockRef:
    """*Be att få vara med*."""
    async with database.transaction() as db:
        return KnockRef(id=(await knock_actions.ask_to_join(db, actor, call_id, now=utc_now())).id)


@post("/knocks/{knock_id:uuid}/admit", status_code=200)
async def admit(knock_id: Id, actor: CurrentActor, database: Db) -> CallSnapshot:
    """*Släpp in*."""
    async with database.transaction() as db:
        return await load_call(db, actor, await knock_actions.admit(db, actor, knock_id, now=utc_now()))


@post("/knocks/{knock_id:uuid}/refuse", status_code=200)
async def refuse(knock_id: Id, actor: CurrentActor, database: Db) -> CallSnapshot:
    """*Neka*."""
    async with database.transaction() as db:
        return await load_call(db, actor, await knock_actions.refuse(db, actor, knock_id, now=utc_now()))


@post("/knocks/{knock_id:uuid}/remove", status_code=200)
async def remove(knock_id: Id, actor: CurrentActor, database: Db, media: Media) -> CallSnapshot:
    """*Ta bort ur samtalet*."""
    async with database.transaction() as db:
        call, gone = await knock_actions.remove(db, actor, knock_id, now=utc_now())
        snapshot = await load_call(db, actor, call.id)
    await put_out_of_room(media, call.room, gone)
    return snapshot


STAFF_ROUTES = [check_number, invite, invite_again, send_again, revoke, ask_to_join, admit, refuse, remove]
