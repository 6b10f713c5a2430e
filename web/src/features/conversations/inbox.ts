import { type Api, query } from "../../api/client";
import type { Socket } from "../../api/socket";
import type { InboxItem, InboxPage } from "../../api/wire";
import { createStore, type Readable } from "../../lib/store";

export interface InboxState {
  readonly status: "loading" | "ready" | "failed";
  /** Staff: who is ready, longest first. They are among the items as well. */
  readonly waiting: readonly InboxItem[];
  readonly items: readonly InboxItem[];
  /** Cursor to the next page; null at the end. */
  readonly next: string | null;
  readonly unread: number;
  readonly more: "idle" | "loading" | "failed";
}

export interface Inbox {
  readonly state: Readable<InboxState>;
  loadMore(): Promise<void>;
  reload(): Promise<void>;
  start(): () => void;
}

/** The person's list of conversations, live through the topic `inbox`. */
export function createInbox(api: Api, socket: Socket): Inbox {
  const state = createStore<InboxState>({ status: "loading", waiting: [], items: [], next: null, unread: 0, more: "idle" });

  /** The first page anew; what was loaded below it stays. */
  function takeFirst(page: InboxPage): void {
    state.update((old) => {
      const isDeeper = old.items.length > page.items.length && page.next !== null;
      const items = isDeeper ? inOrder([...page.items, ...without(old.items, page.items)]) : page.items;
      return { ...old, status: "ready", waiting: page.waiting, items, next: isDeeper ? old.next : page.next, unread: page.unread };
    });
  }

  async function reload(): Promise<void> {
    try {
      takeFirst(await api.get<InboxPage>("/conversations"));
    } catch {
      state.update((old) => (old.status === "loading" ? { ...old, status: "failed" } : old));
    }
  }

  async function loadMore(): Promise<void> {
    const { next, more } = state.get();
    if (!next || more === "loading") return;
    state.update((old) => ({ ...old, more: "loading" }));
    try {
      const page = await api.get<InboxPage>(`/conversations${query({ before: next })}`);
      state.update((old) => ({ ...old, items: [...old.items, ...without(page.items, old.items)], next: page.next, more: "idle" }));
    } catch {
      state.update((old) => ({ ...old, more: "failed" }));
    }
  }

  return {
    state,
    loadMore,
    reload,
    start() {
      void reload();
      return socket.follow("inbox", () => 0, (message) => message.type === "inbox" && takeFirst(message.page));
    },
  };
}

export function without(items: readonly InboxItem[], those: readonly InboxItem[]): InboxItem[] {
  const ids = new Set(those.map((item) => item.id));
  return items.filter((item) => !ids.has(item.id));
}

function inOrder(items: readonly InboxItem[]): InboxItem[] {
  return [...items].sort((a, b) => Date.parse(b.last_at) - Date.parse(a.last_at));
}
