import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiProblem, LineDown } from "../../api/problems";
import type { Me } from "../../api/wire";
import { fakeApi, fakeSocket, SELMA } from "../../lib/testing/fakes";
import type { MediaSession } from "../media/MediaSession";
import { OngoingCall } from "./OngoingCall";
import { callSnapshot, ringSnapshot } from "./testing/builders";

const ANSWERED = callSnapshot({ version: 2, status: "active", ring: ringSnapshot({ status: "answered" }) });
const refuse = () => Promise.reject(new ApiProblem(409, "call-was-answered", ""));
const media = { admit: () => undefined, close: () => undefined } as unknown as MediaSession;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function calledOff(answers: Record<string, unknown>) {
  const api = fakeApi({ "GET /me": SELMA, ...answers });
  const ongoing = new OngoingCall("call", SELMA as Me, api, fakeSocket(), media);
  ongoing.tell(callSnapshot());
  return { ongoing, posted: () => api.asked.map(([call]) => call).filter((call) => call.startsWith("POST")) };
}

test("Avbryt that meets the patient's answer lets the call go on", async () => {
  const { ongoing, posted } = calledOff({ "POST /calls/call/cancel": refuse, "GET /calls/call": ANSWERED });
  await ongoing.end();
  expect(ongoing.state.get()).toMatchObject({ ending: "no", call: { status: "active" } });
  await vi.runAllTimersAsync();
  expect(posted()).toEqual(["POST /calls/call/cancel"]);
});

test("Avbryt that was lost on its way is not tried again when the patient has answered meanwhile", async () => {
  const { ongoing, posted } = calledOff({ "POST /calls/call/cancel": () => Promise.reject(new LineDown("")), "GET /calls/call": ANSWERED });
  await ongoing.end();
  expect(ongoing.state.get().ending).toBe("trying-again");
  await vi.runAllTimersAsync();
  expect(ongoing.state.get()).toMatchObject({ ending: "no", call: { status: "active" } });
  expect(posted()).toEqual(["POST /calls/call/cancel"]);
});

test("the end of an answered call is tried again until the server has said it (A4)", async () => {
  let tries = 0;
  const end = () => (++tries < 3 ? Promise.reject(new LineDown("")) : callSnapshot({ version: 3, status: "ended" }));
  const { ongoing } = calledOff({ "POST /calls/call/end": end, "GET /calls/call": ANSWERED });
  ongoing.tell(ANSWERED);
  await ongoing.end();
  await vi.runAllTimersAsync();
  expect([tries, ongoing.state.get().call?.status]).toEqual([3, "ended"]);
});
