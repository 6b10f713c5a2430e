import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { aConversation, anEntry, fakeApi, fakeSocket, SELMA } from "../../lib/testing/fakes";
import { SessionContext } from "../session/context";
import { ConversationView } from "./ConversationView";
import { ConversationsProvider } from "./provider";

const conversation = aConversation({ last_seq: 2, presence: { state: "in_app", last_at: null } });
const path = `/conversations/${conversation.id}`;

beforeEach(() => vi.stubGlobal("matchMedia", (media: string) => ({ matches: media.includes("pointer") })));

async function opened(answers: Record<string, unknown> = {}) {
  const socket = fakeSocket();
  const api = fakeApi({
    "GET /conversations": { waiting: [], items: [], next: null, unread: 0 },
    [`GET ${path}`]: { conversation, page: { entries: [anEntry(1), anEntry(2)], has_older: false } },
    [`PUT ${path}/read`]: undefined,
    ...answers,
  });
  const session = { me: SELMA, api, socket, signOut: () => Promise.resolve() };
  render(
    <SessionContext value={session}>
      <ConversationsProvider>
        <ConversationView id={conversation.id} backTo="/staff/testkoping/" />
      </ConversationsProvider>
    </SessionContext>,
  );
  await screen.findByRole("heading", { name: "Sofia Gunnarsson" });
  return { api, socket };
}

test("opening shows who, where they are and the log, and marks it read", async () => {
  const { api } = await opened();
  expect(screen.getByText("i appen nu")).toBeTruthy();
  expect(screen.getByText("Meddelande 2")).toBeTruthy();
  expect(api.asked).toContainEqual([`PUT ${path}/read`, { seq: 2 }]);
});

test("Enter sends; the message is sent, then read when the other side has read it", async () => {
  const post = (body: { id: string; text: string }) => anEntry(3, { id: body.id, text: body.text, author_kind: "staff", author_id: SELMA.id, author_name: SELMA.name });
  const { socket } = await opened({ [`POST ${path}/messages`]: post });
  await userEvent.type(screen.getByRole("textbox", { name: "Skriv ett meddelande" }), "Hej!{Enter}");
  expect(await screen.findByText(/skickat$/)).toBeTruthy();
  act(() => socket.says({ type: "conversation", topic: `conversation:${conversation.id}`, conversation: { ...conversation, version: 2, others_read_seq: 3 } }));
  expect(screen.getByText(/läst$/)).toBeTruthy();
  expect(screen.getAllByText("Hej!")).toHaveLength(1);
});

test("a draft survives a reload", async () => {
  await opened();
  await userEvent.type(screen.getByRole("textbox"), "Halvskrivet");
  document.body.innerHTML = "";
  await opened();
  expect(screen.getByRole<HTMLTextAreaElement>("textbox").value).toBe("Halvskrivet");
});

test("somebody who writes is named, until the message comes", async () => {
  const { socket } = await opened();
  act(() => socket.says({ type: "typing", conversation_id: conversation.id, name: "Sofia Gunnarsson", at: "2026-11-23T13:00:00Z" }));
  expect(screen.getByText("Sofia Gunnarsson skriver …")).toBeTruthy();
  act(() => socket.says({ type: "entries", topic: `entries:${conversation.id}`, entries: [anEntry(3)] }));
  expect(screen.queryByText("Sofia Gunnarsson skriver …")).toBeNull();
  expect(screen.getByText("Meddelande 3")).toBeTruthy();
});
