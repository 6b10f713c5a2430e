import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { InboxItem, InboxPage } from "../../api/wire";
import { fakeApi, fakeSocket, SELMA } from "../../lib/testing/fakes";
import { SessionContext } from "../session/context";
import { ConversationsProvider } from "./provider";
import { FoundConversations } from "./FoundConversations";

function anItem(id: string, title: string): InboxItem {
  const nothing = { last_call: null, unread: 0, presence: null, has_open_call: false, ready_at: null, is_noticed: false };
  return { id, title, last_at: "2026-11-23T13:00:00Z", last_kind: "message", ...nothing };
}

const aPage = (items: InboxItem[], next: string | null): InboxPage => ({ waiting: [], items, next, unread: 0 });
const FIRST = "GET /conversations?search=sof";

test("who has the name and does not fit on the first page can be had too", async () => {
  const person = userEvent.setup();
  const api = fakeApi({
    "GET /conversations": aPage([], null),
    [FIRST]: aPage([anItem("a", "Sofia Gunnarsson")], "c"),
    [`${FIRST}&before=c`]: aPage([anItem("a", "Sofia Gunnarsson"), anItem("b", "Sofia Lind")], null),
  });
  render(
    <SessionContext value={{ me: SELMA, api, socket: fakeSocket(), signOut: () => Promise.resolve() }}>
      <ConversationsProvider>
        <FoundConversations text="sof " hrefOf={(id) => `/${id}`} currentId={null} />
      </ConversationsProvider>
    </SessionContext>,
  );
  await person.click(await screen.findByRole("button", { name: "Visa fler ärenden" }));
  expect(await screen.findByRole("link", { name: /Sofia Lind/u })).toBeDefined();
  expect(screen.getAllByRole("link")).toHaveLength(2);
  expect(screen.queryByRole("button")).toBeNull();
});
