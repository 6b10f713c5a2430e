import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InboxItem, InboxPage } from "../../api/wire";
import { type FakeSocket, fakeApi, fakeSocket, SELMA } from "../../lib/testing/fakes";
import { SessionContext } from "../session/context";
import { ConversationList } from "./ConversationList";
import { ConversationsProvider } from "./provider";
import { switchReadySound } from "./readySound";
import { useReadyAlert } from "./useReadyAlert";
import { WaitingGroup } from "./WaitingGroup";

const NOW = Date.parse("2026-11-23T13:30:00Z");
const played = vi.hoisted(() => vi.fn());
vi.mock("../../lib/sound", () => ({ playOnce: played }));

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, shouldAdvanceTime: true });
  vi.spyOn(Element.prototype, "getClientRects").mockReturnValue([{}] as unknown as DOMRectList);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  played.mockClear();
});

function anItem(id: string, title: string, changes: Partial<InboxItem> = {}): InboxItem {
  const nothing = { last_call: null, unread: 0, presence: null, has_open_call: false, ready_at: null, is_noticed: false };
  return { id, title, last_at: "2026-11-23T13:00:00Z", last_kind: "message", ...nothing, ...changes };
}

const ERIK = anItem("e", "Erik Lind");
const SOFIA = anItem("s", "Sofia Gunnarsson", { ready_at: "2026-11-23T13:26:00Z" });
const KARL = anItem("k", "Karl Johansson", { ready_at: "2026-11-23T13:29:30Z", is_noticed: true });

function aPage(waiting: InboxItem[]): InboxPage {
  return { waiting, items: [ERIK, SOFIA, KARL], next: null, unread: 0 };
}

function Alert() {
  return <p role="status">{useReadyAlert()}</p>;
}

async function shown(waiting: InboxItem[], answers: Record<string, unknown> = {}) {
  const socket = fakeSocket();
  const api = fakeApi({ "GET /conversations": aPage(waiting), ...answers });
  render(
    <SessionContext value={{ me: SELMA, api, socket, signOut: () => Promise.resolve() }}>
      <ConversationsProvider>
        <Alert />
        <WaitingGroup hrefOf={(id) => `/${id}`} currentId={null} />
        <ConversationList hrefOf={(id) => `/${id}`} currentId={null} empty={null} />
      </ConversationsProvider>
    </SessionContext>,
  );
  await screen.findByRole("link", { name: /Erik Lind/u });
  return { socket, api };
}

const names = () => screen.getAllByRole("link").map((link) => link.querySelector("span span span")?.textContent);
const becomes = (socket: FakeSocket, waiting: InboxItem[]) => act(() => socket.says({ type: "inbox", topic: "inbox", page: aPage(waiting) }));

test("those who wait stand first and once, with a time that counts on", async () => {
  await shown([SOFIA, KARL]);
  expect(names()).toEqual(["Sofia Gunnarsson", "Karl Johansson", "Erik Lind"]);
  expect(screen.getByText("Redo sedan 4 min")).toBeTruthy();
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(screen.getByText("Redo sedan 5 min")).toBeTruthy();
});

test("the patients who have not been told so are told that it is shown, on a visible page only", async () => {
  const seen = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  const { socket } = await shown([SOFIA, KARL]);
  expect(socket.sent).toEqual([]);
  seen.mockReturnValue("visible");
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
  expect(socket.sent).toEqual([{ type: "noticed", conversation_ids: ["s"] }]);
});

test("a newcomer is read out, and heard only where that is wished", async () => {
  const { socket } = await shown([KARL]);
  becomes(socket, [SOFIA, KARL]);
  expect(screen.getByText("Sofia Gunnarsson är redo")).toBeTruthy();
  expect(played).not.toHaveBeenCalled();
  switchReadySound();
  played.mockClear();
  becomes(socket, [KARL]);
  becomes(socket, [SOFIA, KARL]);
  expect(played).toHaveBeenCalledOnce();
  switchReadySound();
});

test("one message goes to all who wait, with one id until its text is another, and the count is told", async () => {
  const ids: string[] = [];
  let isDown = true;
  const { api } = await shown([SOFIA, KARL], {
    "POST /waiting/messages": ({ id }: { id: string }) => {
      ids.push(id);
      if (isDown) throw new Error("down");
      return { count: 2 };
    },
  });
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  await user.click(screen.getByRole("button", { name: "Skriv till alla som väntar" }));
  const dialog = within(screen.getByRole("dialog", { hidden: true }));
  const send = dialog.getByRole("button", { name: "Skicka till 2 som väntar" });
  expect(send).toHaveProperty("disabled", true);
  await user.click(dialog.getByRole("button", { name: "Vi är 10 minuter sena." }));
  await user.click(send);
  expect(dialog.getByText("Något gick fel. Försök igen.")).toBeTruthy();
  await user.click(send);
  await user.type(dialog.getByLabelText("Meddelande till alla som väntar"), " Tack!");
  isDown = false;
  await user.click(send);
  expect(await dialog.findByText("Skickat till 2 som väntar.")).toBeTruthy();
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[1]);
  expect(api.asked.at(-1)).toEqual(["POST /waiting/messages", { id: ids[2], text: "Vi är 10 minuter sena. Tack!", conversation_ids: ["s", "k"] }]);
});
