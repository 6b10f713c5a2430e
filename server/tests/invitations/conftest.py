"""A call with an invitation in it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from builders import NOON, Practice, build_practice
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor
from narvaro.auth.tokens import hash_token, new_token
from narvaro.calls import actions as call_actions
from narvaro.calls.queries import load_call
from narvaro.calls.schemas import CallSnapshot
from narvaro.conversations.models import Entry
from narvaro.features import register_features
from narvaro.invitations import actions, knock_actions
from narvaro.invitations.models import InvitationLink
from narvaro.invitations.schemas import NewInvitation, NewKnock

NUMBER = "070-174 06 12"
PHONE = "phone-0001"


@dataclass
class Visit:
    """What the tests do, in few words."""

    db: AsyncSession
    at: Practice
    call_id: UUID

    async def invite(
        self, *, number: str = NUMBER, role: str | None = None, language: str = "sv", now: datetime = NOON
    ) -> tuple[UUID, str]:
        """→ the invitation, and a link's token as its text would carry it."""
        invitation_id = uuid4()
        new = NewInvitation(id=invitation_id, number=number, role=role, language=language)  # type: ignore[arg-type]
        await actions.invite(self.db, self.at.staff, self.call_id, [new], now=now)
        return invitation_id, await self.link(invitation_id, now=now)

    async def link(self, invitation_id: UUID, *, now: datetime = NOON) -> str:
        token = new_token()
        self.db.add(InvitationLink(token_hash=hash_token(token), invitation_id=invitation_id, created_at=now))
        await self.db.flush()
        return token

    async def knock(
        self,
        token: str,
        name: str = "Amira Tolk",
        *,
        browser: Actor | None = None,
        role: str | None = None,
        now: datetime = NOON,
    ) -> Actor:
        new = NewKnock(token=token, name=name, role=role)  # type: ignore[arg-type]
        guest, _ = await knock_actions.knock(self.db, new, browser, now=now)
        return guest

    async def come_in(self, name: str = "Amira Tolk", *, role: str | None = None, number: str = NUMBER) -> Actor:
        _, token = await self.invite(number=number, role=role)
        guest = await self.knock(token, name)
        await knock_actions.admit(self.db, self.at.staff, guest.id, now=NOON)
        return guest

    async def see(self, who: Actor | None = None) -> CallSnapshot:
        return await load_call(self.db, who or self.at.staff, self.call_id)

    async def kinds(self) -> list[str]:
        return list(await self.db.scalars(select(Entry.kind).order_by(Entry.seq)))


@pytest.fixture
async def visit(db: AsyncSession) -> Visit:
    register_features()
    at = await build_practice(db)
    call = await call_actions.place_call(db, at.staff, uuid4(), at.conversation_id, now=NOON)
    return Visit(db, at, call.id)
