import { expect, test, vi } from "vitest";
import { LineDown } from "../../api/problems";
import { aConversation, anEntry, fakeApi, fakeSocket } from "../../lib/testing/fakes";
import { openConversation } from "./conversation";
import type { Outbox } from "./outbox";

const conversation = aConversation();
const outbox = { settle: () => undefined, onStored: () => () => undefined } as unknown as Outbox;

test("what could not be opened is opened by itself, though the socket never noticed", async () => {
  vi.useFakeTimers();
  let isDown = true;
  const answer = () => (isDown ? Promise.reject(new LineDown("No answer.")) : { conversation, page: { entries: [anEntry(1)], has_older: false } });
  const api = fakeApi({ [`GET /conversations/${conversation.id}`]: answer });
  const open = openConversation(api, fakeSocket(), outbox, conversation.id);
  const stop = open.start();
  await vi.advanceTimersByTimeAsync(1);
  expect(open.state.get().status).toBe("failed");
  isDown = false;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(open.state.get().status).toBe("ready");
  stop();
  vi.useRealTimers();
});
