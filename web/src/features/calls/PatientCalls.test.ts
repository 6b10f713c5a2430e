import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiProblem, LineDown } from "../../api/problems";
import type { CallSnapshot, Me } from "../../api/wire";
import { createStore } from "../../lib/store";
import { aConversation, fakeApi, fakeSocket, SOFIA_ID } from "../../lib/testing/fakes";
import { PatientCalls } from "./PatientCalls";
import { callSnapshot } from "./testing/builders";
import type { Tone } from "./tone";

const KEY = "narvaro.in-call";
const ASKING = "narvaro.asking";
const ENDED = callSnapshot({ version: 3, status: "ended", must_ask_feedback: true });
const SOFIA = { kind: "patient", id: SOFIA_ID } as Me;
const TONE = { isUnlocked: createStore(false), stop: () => undefined } as unknown as Tone;

let stop: () => void;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stop();
  vi.useRealTimers();
});

/** A page whose server gives these answers, one after the other, about the call. */
async function opened(...answers: (CallSnapshot | Error)[]) {
  const socket = fakeSocket();
  const answer = () => {
    const next = answers.shift();
    return next instanceof Error ? Promise.reject(next) : next;
  };
  const calls = new PatientCalls(SOFIA, fakeApi({ "GET /calls/call": answer }, "patient"), socket, TONE);
  stop = calls.start();
  await vi.advanceTimersByTimeAsync(0);
  return { calls, socket, asked: () => calls.state.get().asking?.id, left: () => answers.length };
}

const gone = () => new ApiProblem(404, "not-found", "");
const failures = () => [new LineDown(""), new ApiProblem(502, "unknown", ""), new ApiProblem(503, "unknown", "")];

test.each([KEY, ASKING])("after a reload without a server %s is kept, and the call is asked for until there is an answer", async (key) => {
  sessionStorage.setItem(key, "call");
  const { asked } = await opened(...failures(), ENDED);
  expect([sessionStorage.getItem(key), asked()]).toEqual(["call", undefined]);
  await vi.runAllTimersAsync();
  expect([sessionStorage.getItem(KEY), sessionStorage.getItem(ASKING), asked()]).toEqual([null, "call", "call"]);
});

test("a call that the server does not know is forgotten, and not asked for again", async () => {
  sessionStorage.setItem(KEY, "call");
  sessionStorage.setItem(ASKING, "call");
  const { left } = await opened(gone(), ENDED);
  await vi.runAllTimersAsync();
  expect([sessionStorage.getItem(KEY), sessionStorage.getItem(ASKING), left()]).toEqual([null, null, 1]);
});

test("who has left is asked the question also when the server was away as the call ended", async () => {
  const { calls, socket, asked } = await opened(...failures(), ENDED);
  calls.offer("call", "conversation");
  socket.says({ type: "conversation", topic: "conversation:conversation", conversation: aConversation() } as never);
  await vi.runAllTimersAsync();
  expect([asked(), calls.state.get().open]).toEqual(["call", null]);
});

test("a page that is closed asks no more", async () => {
  sessionStorage.setItem(KEY, "call");
  const { left } = await opened(...failures());
  stop();
  await vi.runAllTimersAsync();
  expect(left()).toBe(2);
});
