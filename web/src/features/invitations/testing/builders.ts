import { vi } from "vitest";
import type { Invitation, InvitedBefore, Knock } from "../../../api/wire";
import type { Inviting } from "../inviting";

export function anInvitation(change: Partial<Invitation> = {}): Invitation {
  return {
    id: "invitation",
    number: "+46 70 174 06 12",
    number_tail: "0612",
    role: null,
    language: "sv",
    state: "sent",
    why: null,
    name: null,
    invited_by_name: "Selma Testkvist",
    may_resend_at: "2026-11-23T13:00:00Z",
    ...change,
  };
}

export function aKnock(change: Partial<Knock> = {}): Knock {
  return { id: "knock", kind: "guest", name: "Amira Haddad", role: "interpreter", said_role: "interpreter", number_tail: "0612", is_first_device: true, knocked_at: "2026-11-23T13:26:00Z", ...change };
}

export function invitedBefore(change: Partial<InvitedBefore> = {}): InvitedBefore {
  return { id: "before", number_tail: "0612", role: "interpreter", language: "sv", name: "Amira Haddad", ...change };
}

/** Everything succeeds at once, unless the test says otherwise. */
export function fakeInviting(change: Partial<Inviting> = {}) {
  const done = () => vi.fn((_: unknown) => Promise.resolve());
  return {
    check: vi.fn((typed: string) => Promise.resolve({ number: "+46701740612", shown: "+46 70 174 06 12", region: "SE", problem: null, typed })),
    invite: done(),
    inviteAgain: vi.fn(() => Promise.resolve()),
    textAgain: done(),
    revoke: done(),
    admit: done(),
    refuse: done(),
    remove: done(),
    ...change,
  };
}

/** A promise that the test keeps. */
export function pending(): { work: Promise<void>; keep: () => void } {
  let keep: () => void = () => undefined;
  const work = new Promise<void>((resolve) => (keep = resolve));
  return { work, keep };
}
