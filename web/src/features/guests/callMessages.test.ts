import { beforeEach, expect, test, vi } from "vitest";
import type { Entry, Me } from "../../api/wire";
import { anEntry, fakeApi, fakeSocket, SELMA } from "../../lib/testing/fakes";
import { createCallMessages } from "./callMessages";

const GUEST: Me = { ...SELMA, kind: "guest", id: "guest", name: "Amira Tolk" };
const written = (seq: number, change: Partial<Entry> = {}) => anEntry(seq, { audience: "call", ...change });

beforeEach(() => sessionStorage.clear());

function following(answers: Record<string, unknown> = {}) {
  const socket = fakeSocket();
  const api = fakeApi(answers, "guest");
  const messages = createCallMessages({ me: GUEST, api, socket, signOut: () => Promise.resolve() }, "call");
  messages.start();
  const says = (...entries: Entry[]) => socket.says({ type: "entries", topic: "messages:call", entries });
  const texts = () => messages.state.get().timeline.entries.map((entry) => entry.text);
  return { api, messages, says, texts };
}

test("what came before the guest is not missed, and what others write is unread until seen", () => {
  const { messages, says, texts } = following();
  says(written(4), written(5));
  expect(texts()).toEqual(["Meddelande 4", "Meddelande 5"]);
  expect(messages.state.get().timeline.hasOlder).toBe(false);
  expect(messages.unread.get()).toBe(2);
  messages.markRead();
  expect(messages.unread.get()).toBe(0);
  says(written(6, { author_id: "guest", author_kind: "guest" }));
  expect(messages.unread.get()).toBe(0);
});

test("what was seen stays read after a reload", () => {
  const first = following();
  first.says(written(1), written(2));
  first.messages.markRead();
  const second = following();
  second.says(written(1), written(2), written(3));
  expect(second.messages.unread.get()).toBe(1);
});

test("a guest writes to the call and nowhere else, and the message is there once", async () => {
  const stored = (body: { id: string; text: string }) => written(1, { ...body, author_id: "guest", author_kind: "guest" });
  const { api, messages, says, texts } = following({ "POST /calls/call/messages": stored });
  messages.outbox.post("conversation", "Hej", "call");
  await vi.waitFor(() => expect(messages.outbox.items.get()[0]?.state).toBe("stored"));
  expect(api.asked.map(([call]) => call)).toEqual(["POST /calls/call/messages"]);
  expect(texts()).toEqual([]);
  says(stored({ id: messages.outbox.items.get()[0]?.id ?? "", text: "Hej" }));
  expect(texts()).toEqual(["Hej"]);
  expect(messages.outbox.items.get()).toEqual([]);
});
