import { beforeEach, expect, test } from "vitest";
import type { InboxItem } from "../../api/wire";
import { createStore } from "../../lib/store";
import { SELMA } from "../../lib/testing/fakes";
import type { InboxState } from "../conversations/inbox";
import { keepLastList, lastList } from "./lastList";
import { setShared } from "./shared";

const SOFIA = { ...SELMA, kind: "patient" as const, id: "sofia" };
const AT = new Date("2026-11-26T13:21:00Z");
const ITEM: InboxItem = { id: "c1", title: "Hälsocentralen Testköping", last_at: "2026-11-26T12:00:00Z", last_kind: "message", last_call: null, unread: 1, presence: null, has_open_call: true, ready_at: "2026-11-26T13:00:00Z", is_noticed: false };
const READY: InboxState = { status: "ready", waiting: [], items: [ITEM], next: null, unread: 1, more: "idle" };
const keep = (me = SOFIA) => keepLastList(me, createStore(READY), () => AT);

beforeEach(() => setShared(false));

test("the list is kept as it was, but for a call or a wait that may be over", () => {
  keep();
  expect(lastList("testkoping", AT)).toMatchObject({ at: AT.toISOString(), items: [{ ...ITEM, has_open_call: false, ready_at: null }] });
});

test("it is kept anew whenever it changes", () => {
  const inbox = createStore(READY);
  keepLastList(SOFIA, inbox, () => AT);
  inbox.set({ ...READY, items: [] });
  expect(lastList("testkoping", AT)?.items).toEqual([]);
});

test("nobody reads it at another clinic's address, nor when a session would be over", () => {
  keep();
  expect(lastList("testby", AT)).toBeNull();
  expect(lastList("testkoping", new Date("2026-11-27T01:21:00Z"))).toBeNull();
});

test("somebody else who signs in finds none of it, before their own list is there", () => {
  keep();
  keepLastList({ ...SOFIA, id: "erik" }, createStore({ ...READY, status: "loading" }), () => AT);
  expect(lastList("testkoping", AT)).toBeNull();
});

test("a shared device forgets the list it had, and keeps no other", () => {
  keep();
  setShared(true);
  expect(lastList("testkoping", AT)).toBeNull();
  keep();
  expect(lastList("testkoping", AT)).toBeNull();
});
