import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Entry, Kind } from "../../api/wire";
import { createStore } from "../../lib/store";
import { anEntry, fakeApi, fakeSocket, SELMA } from "../../lib/testing/fakes";
import { SessionContext } from "../session/context";
import { ConversationLog } from "./ConversationLog";
import { createOutbox } from "./outbox";

const ALL = "Syns för alla i samtalet";
const PATIENT = "Syns bara för patienten";

beforeEach(() => {
  vi.stubGlobal("matchMedia", (media: string) => ({ matches: media.includes("pointer") }));
  localStorage.clear();
});

function shown({ kind = "staff", callId = "call", entries = [] }: { kind?: Kind; callId?: string | null; entries?: Entry[] } = {}) {
  const socket = fakeSocket();
  const store = (body: { id: string; text: string }) => anEntry(9, { ...body, author_id: SELMA.id });
  const api = fakeApi({ "POST /calls/call/messages": store, "POST /conversations/c1/messages": store }, kind);
  const outbox = createOutbox(api, socket, SELMA.id);
  const state = createStore({ timeline: { entries, ahead: [], hasOlder: false }, older: "idle" as const, typing: null });
  const open = { state, loadOlder: () => Promise.resolve(), markRead: () => undefined, sayTyping: () => undefined };
  render(
    <SessionContext value={{ me: { ...SELMA, kind }, api, socket, signOut: () => Promise.resolve() }}>
      <ConversationLog open={open} outbox={outbox} conversation={{ id: "c1", others_read_seq: 0 }} callId={callId} />
    </SessionContext>,
  );
  const send = async (text: string) => userEvent.type(screen.getByRole("textbox", { name: "Skriv ett meddelande" }), `${text}{Enter}`);
  return { api, send, asked: () => api.asked.map(([call]) => call) };
}

test("in the call one writes to the patient alone until one chooses everybody", async () => {
  const { send, asked } = shown();
  expect(screen.getByRole<HTMLInputElement>("radio", { name: PATIENT }).checked).toBe(true);
  await send("bara du");
  await userEvent.click(screen.getByRole("radio", { name: ALL }));
  await send("alla");
  await vi.waitFor(() => expect(asked()).toEqual(["POST /conversations/c1/messages", "POST /calls/call/messages"]));
  const rows = within(screen.getByRole("log")).getAllByRole("listitem");
  expect(rows.map((row) => row.textContent?.includes(ALL))).toEqual([false, true]);
  expect(rows[0]?.textContent).toContain(PATIENT);
});

test("outside the call there is no choice, and only what guests read along is marked", () => {
  const entries = [anEntry(1), anEntry(2, { audience: "call", author_kind: "guest", author_id: "guest", author_name: "Amira Tolk" })];
  shown({ callId: null, entries });
  expect(screen.queryByRole("radio")).toBeNull();
  const rows = screen.getAllByRole("listitem").filter((row) => row.dataset["audience"]);
  expect(rows.map((row) => row.textContent?.includes(ALL))).toEqual([false, true]);
  expect(rows[1]?.textContent).toContain("Amira Tolk · gäst, ej legitimerad");
});

test("the patient's other choice is the staff, and each side's message is for the other", () => {
  shown({ kind: "patient", entries: [anEntry(1), anEntry(2, { author_kind: "staff", author_id: "s" })] });
  const rows = screen.getAllByRole("listitem").filter((row) => row.dataset["audience"]);
  expect(rows.map((row) => row.textContent?.includes(PATIENT))).toEqual([false, true]);
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "Syns bara för vårdpersonalen" }).checked).toBe(true);
});

test("a guest has no choice and always writes to everybody", async () => {
  const { send, asked } = shown({ kind: "guest" });
  expect(screen.queryByRole("radio")).toBeNull();
  await send("hej");
  await vi.waitFor(() => expect(asked()).toEqual(["POST /calls/call/messages"]));
});
