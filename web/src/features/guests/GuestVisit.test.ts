import { beforeEach, expect, test } from "vitest";
import { ApiProblem, LineDown } from "../../api/problems";
import type { CallJoined, GuestSnapshot } from "../../api/wire";
import { createStore } from "../../lib/store";
import { fakeApi, type FakeSocket, fakeSocket } from "../../lib/testing/fakes";
import { NEW_WINDOW } from "../calls/callWindow";
import type { OngoingCall } from "../calls/OngoingCall";
import { deviceId } from "../calls/seat";
import { callSnapshot } from "../calls/testing/builders";
import { GuestVisit } from "./GuestVisit";

const GUEST: GuestSnapshot = { id: "guest", name: "Ahmad Haddad", role: "interpreter", status: "knocking", call_id: "call", brand: "Region Testköping", language: "sv", must_ask_feedback: false };
const SEAT: CallJoined = { call: callSnapshot({ id: "call" }), media: null };
const LINK = { brand: "Region Testköping", role: "interpreter", language: "sv", is_direct: false };
const refuse = (status: number, code: string) => () => Promise.reject(new ApiProblem(status, code, ""));
const nobody = refuse(401, "not-signed-in");

class Devices {
  readonly state = createStore({ camera: { isOn: false }, microphone: { isOn: false } });
  start = () => Promise.resolve();
  turnOff = () => undefined;
  stop = () => undefined;
}

class Ongoing {
  readonly id = "call";
  readonly state = createStore(NEW_WINDOW);
  done: string[] = [];
  sitDown = () => this.note("sat down");
  enter = (joined: CallJoined) => this.note(`entered ${joined.call.id}`);
  leave = () => Promise.resolve();
  stop = () => this.note("stopped");

  private note(what: string): Promise<void> {
    this.done.push(what);
    return Promise.resolve();
  }
}

let token = "";
let socket: FakeSocket;
let seats: Ongoing[] = [];
let spoken: string[] = [];
let loadScreen: () => Promise<unknown>;

beforeEach(() => {
  token = "secret";
  seats = [];
  spoken = [];
  loadScreen = () => Promise.resolve();
  socket = fakeSocket();
});

async function visited(answers: Record<string, unknown>) {
  const api = fakeApi({ "GET /me": nobody, "POST /links": LINK, "POST /knocks": GUEST, ...answers }, "guest");
  const takeSeat = () => seats[seats.push(new Ongoing()) - 1] as unknown as OngoingCall;
  const visit = new GuestVisit({
    api,
    openSocket: () => socket,
    readToken: () => token,
    forgetToken: () => (token = ""),
    loadDevices: () => Promise.resolve({ LocalDevices: Devices as never }),
    speak: (language) => {
      spoken.push(language);
      return language === "en" ? Promise.reject(new Error("no catalogue")) : Promise.resolve();
    },
    loadSeat: () => Promise.resolve({ takeSeat }),
    loadScreen: () => loadScreen(),
  });
  await visit.open();
  return { visit, api, place: () => visit.state.get().place.name };
}

const told = async (change: Partial<GuestSnapshot>) => {
  socket.says({ type: "guest", topic: "guest", guest: { ...GUEST, ...change } });
  await new Promise((resolve) => setTimeout(resolve));
};

test("the token stays in the address until the knock has given a cookie", async () => {
  const { visit, place } = await visited({});
  expect([place(), token]).toEqual(["door", "secret"]);
  await visit.knock("Ahmad Haddad", "interpreter", true);
  expect([place(), token]).toEqual(["waiting", ""]);
});

test("a dead link says so; a server that does not answer is another matter", async () => {
  expect((await visited({ "POST /links": refuse(404, "link-dead") })).place()).toBe("dead");
  const down = () => Promise.reject(new LineDown("No answer."));
  expect((await visited({ "POST /links": down, "GET /me": down })).place()).toBe("unreachable");
});

test("after a reload the cookie knows the place", async () => {
  token = "";
  expect((await visited({ "GET /me": GUEST })).place()).toBe("waiting");
  expect((await visited({ "GET /me": { ...GUEST, status: "refused" } })).place()).toBe("refused");
  const inside = await visited({ "GET /me": { ...GUEST, status: "admitted" } });
  await told({ status: "admitted" });
  expect(inside.place()).toBe("in");
});

test("a name that is taken can be changed", async () => {
  const { visit, place } = await visited({ "POST /knocks": refuse(409, "name-taken") });
  await visit.knock("Selma Testkvist", null, true);
  expect([place(), visit.state.get().failure]).toEqual(["door", "Namnet används redan i samtalet."]);
});

test("let in, out by oneself, and back", async () => {
  const { visit, place } = await visited({});
  await visit.knock("Ahmad Haddad", null, true);
  await told({ status: "admitted" });
  expect(place()).toBe("in");
  await visit.leave();
  await told({ status: "admitted" });
  expect(place()).toBe("left");
  visit.comeBack();
  await told({ status: "admitted" });
  expect([place(), seats.length]).toEqual(["in", 2]);
});

test("who is let in by the knock itself sits down with what its answer brought", async () => {
  const { visit, place, api } = await visited({ "POST /knocks": { ...GUEST, status: "admitted", seat: SEAT } });
  await visit.knock("Ahmad Haddad", null, true);
  await told({ status: "admitted" });
  expect([place(), seats.map((one) => one.done)]).toEqual(["in", [["entered call"]]]);
  expect(api.asked.find(([what]) => what === "POST /knocks")?.[1]).toHaveProperty("device_id", deviceId());
});

test("who is let in by staff asks for the seat", async () => {
  const { visit } = await visited({});
  await visit.knock("Ahmad Haddad", null, true);
  await told({ status: "admitted" });
  expect(seats.map((one) => one.done)).toEqual([["sat down"]]);
});

test("the line is let go when the call's screen does not come, and the way in stays open", async () => {
  loadScreen = () => Promise.reject(new Error("no answer"));
  const { visit, place } = await visited({});
  await visit.knock("Ahmad Haddad", null, true);
  await told({ status: "admitted" });
  expect([place(), seats[0]?.done]).toEqual(["unreachable", ["sat down", "stopped"]]);
  loadScreen = () => Promise.resolve();
  await told({ status: "admitted" });
  expect(place()).toBe("in");
});

test("who is removed while the call's screen is fetched does not see the call", async () => {
  let comes = (): void => undefined;
  loadScreen = () => new Promise<void>((resolve) => (comes = resolve));
  const { visit, place } = await visited({});
  await visit.knock("Ahmad Haddad", null, true);
  await told({ status: "admitted" });
  await told({ status: "removed" });
  comes();
  await told({ status: "removed" });
  expect([place(), seats[0]?.done]).toEqual(["removed", ["sat down", "stopped"]]);
});

test("who was removed does not come back by a late word", async () => {
  const { visit, place } = await visited({});
  await visit.knock("Ahmad Haddad", null, true);
  await told({ status: "removed" });
  expect(place()).toBe("removed");
});

test("the end asks the question once, then thanks", async () => {
  const { visit, place } = await visited({});
  await visit.knock("Ahmad Haddad", null, true);
  await told({ status: "admitted" });
  seats[0]?.state.set({ ...NEW_WINDOW, call: callSnapshot({ status: "ended", must_ask_feedback: true }) });
  await told({ status: "ended", must_ask_feedback: true });
  expect(place()).toBe("asking");
  visit.finish();
  await told({ status: "ended", must_ask_feedback: false });
  expect(place()).toBe("over");
});

test("somebody who still waits when the call ends is asked nothing", async () => {
  const { visit, place } = await visited({});
  await visit.knock("Ahmad Haddad", null, true);
  await told({ status: "ended" });
  expect(place()).toBe("over");
});

test("the page begins in the invitation's language, also after a reload, and opens when its words do not come", async () => {
  expect((await visited({ "POST /links": { ...LINK, language: "en" } })).place()).toBe("door");
  token = "";
  expect((await visited({ "GET /me": { ...GUEST, language: "en" } })).place()).toBe("waiting");
  expect(spoken).toEqual(["en", "en"]);
});
