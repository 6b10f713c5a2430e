import { beforeEach, expect, test, vi } from "vitest";
import { ApiProblem, LineDown } from "../../api/problems";
import { anEntry, type FakeSocket, fakeApi, fakeSocket, SELMA } from "../../lib/testing/fakes";
import { createOutbox } from "./outbox";

const POST = "POST /conversations/c1/messages";
let socket: FakeSocket;
let answer: (body: { id: string; text: string }) => unknown;

beforeEach(() => {
  socket = fakeSocket();
  answer = ({ id, text }) => anEntry(1, { id, text });
});

function anOutbox() {
  const api = fakeApi({ [POST]: (body: { id: string; text: string }) => answer(body) });
  return { api, outbox: createOutbox(api, socket, SELMA.id) };
}

test("a message is sending until the server has stored it", async () => {
  const { outbox } = anOutbox();
  outbox.post("c1", "Hej");
  expect(outbox.items.get()[0]?.state).toBe("sending");
  await vi.waitFor(() => expect(outbox.items.get()[0]?.state).toBe("stored"));
});

test("a message survives a reload under the same id until it is acknowledged", async () => {
  answer = () => Promise.reject(new LineDown());
  const first = anOutbox();
  first.outbox.post("c1", "Hej");
  await vi.waitFor(() => expect(first.outbox.items.get()[0]?.state).toBe("waiting"));
  answer = ({ id, text }) => anEntry(1, { id, text });

  const second = anOutbox();
  second.outbox.start();
  await vi.waitFor(() => expect(second.outbox.items.get()[0]?.state).toBe("stored"));
  expect(second.api.asked).toEqual([[POST, { id: first.outbox.items.get()[0]?.id, text: "Hej" }]]);
  expect(anOutbox().outbox.items.get()).toEqual([]);
});

test("what waits goes by itself, in order, when the line is back", async () => {
  answer = () => Promise.reject(new LineDown());
  const { api, outbox } = anOutbox();
  outbox.start();
  outbox.post("c1", "ett");
  outbox.post("c1", "två");
  await vi.waitFor(() => expect(outbox.items.get()[0]?.state).toBe("waiting"));
  socket.goes("offline");
  answer = ({ id, text }) => anEntry(1, { id, text });
  const before = api.asked.length;
  socket.goes("online");
  await vi.waitFor(() => expect(outbox.items.get().every((item) => item.state === "stored")).toBe(true));
  expect(api.asked.slice(before).map(([, body]) => (body as { text: string }).text)).toEqual(["ett", "två"]);
});

test("a refused message is failed, the next one still goes, and it can be tried again", async () => {
  answer = ({ id, text }) => (text === "nej" ? Promise.reject(new ApiProblem(400, "malformed", "")) : anEntry(1, { id, text }));
  const { outbox } = anOutbox();
  outbox.post("c1", "nej");
  outbox.post("c1", "ja");
  await vi.waitFor(() => expect(outbox.items.get().map((item) => item.state)).toEqual(["failed", "stored"]));
  answer = ({ id, text }) => anEntry(2, { id, text });
  outbox.retry(outbox.items.get()[0]?.id ?? "");
  await vi.waitFor(() => expect(outbox.items.get()[0]?.state).toBe("stored"));
});

test("what the timeline shows is forgotten here", async () => {
  const { outbox } = anOutbox();
  outbox.post("c1", "Hej");
  await vi.waitFor(() => expect(outbox.items.get()[0]?.state).toBe("stored"));
  outbox.settle(new Set(outbox.items.get().map((item) => item.id)));
  expect(outbox.items.get()).toEqual([]);
});
