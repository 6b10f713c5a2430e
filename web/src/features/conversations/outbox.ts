import type { Api } from "../../api/client";
import { ApiProblem } from "../../api/problems";
import type { Socket } from "../../api/socket";
import type { Entry } from "../../api/wire";
import { createStore, type Readable } from "../../lib/store";
import { personalKey, readStored, storedKeys, writeStored } from "../../lib/stored";

/** A message the server has not been seen to hold. `id` makes every repeat harmless. */
export interface OutboxItem {
  readonly id: string;
  readonly conversationId: string;
  /** Written for everybody in this call; null or absent: for the patient and staff alone. */
  readonly callId?: string | null;
  readonly text: string;
  readonly madeAt: string;
  /** `waiting`: the line is down, it goes by itself later. `failed`: refused, the person decides. `stored`: acknowledged. */
  readonly state: "sending" | "waiting" | "failed" | "stored";
}

export interface Outbox {
  readonly items: Readable<readonly OutboxItem[]>;
  post(conversationId: string, text: string, callId?: string | null): void;
  retry(id: string): void;
  discard(id: string): void;
  /** These are in the timeline now. */
  settle(ids: ReadonlySet<string>): void;
  onStored(listener: (entry: Entry, conversationId: string) => void): () => void;
  start(): () => void;
}

const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 15_000;

/** Messages go one at a time, oldest first, so that their order is kept; they survive a reload until acknowledged. */
export function createOutbox(api: Api, socket: Socket, personId: string): Outbox {
  const prefix = personalKey(api.kind, personId, "unsent", "");
  const items = createStore<readonly OutboxItem[]>(readUnsent(prefix));
  const listeners = new Set<(entry: Entry, conversationId: string) => void>();
  let isSending = false;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function change(id: string, state: OutboxItem["state"]): void {
    items.update((all) => all.map((item) => (item.id === id ? { ...item, state } : item)));
  }

  async function pump(): Promise<void> {
    if (isSending) return;
    isSending = true;
    clearTimeout(timer);
    for (let item = nextOf(items.get()); item; item = nextOf(items.get())) {
      change(item.id, "sending");
      if (!(await deliver(item))) break;
    }
    isSending = false;
  }

  /** False when the line is down and there is no use in going on. */
  async function deliver(item: OutboxItem): Promise<boolean> {
    try {
      const where = item.callId ? `/calls/${item.callId}` : `/conversations/${item.conversationId}`;
      const entry = await api.post<Entry>(`${where}/messages`, { id: item.id, text: item.text });
      failures = 0;
      writeStored(prefix + item.id, null);
      change(item.id, "stored");
      for (const listener of listeners) listener(entry, item.conversationId);
      return true;
    } catch (error) {
      if (isRefusal(error)) {
        change(item.id, "failed");
        return true;
      }
      rest();
      return false;
    }
  }

  function rest(): void {
    items.update((all) => all.map((item) => (item.state === "sending" ? { ...item, state: "waiting" } : item)));
    timer = setTimeout(() => void pump(), Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures));
    failures += 1;
  }

  function drop(isDropped: (item: OutboxItem) => boolean): void {
    for (const item of items.get().filter(isDropped)) writeStored(prefix + item.id, null);
    if (items.get().some(isDropped)) items.update((all) => all.filter((item) => !isDropped(item)));
  }

  return {
    items,
    post(conversationId, text, callId = null) {
      const item: OutboxItem = { id: crypto.randomUUID(), conversationId, callId, text, madeAt: new Date().toISOString(), state: "sending" };
      writeStored(prefix + item.id, JSON.stringify(item));
      items.update((all) => [...all, item]);
      void pump();
    },
    retry(id) {
      change(id, "sending");
      void pump();
    },
    discard: (id) => drop((item) => item.id === id),
    settle: (ids) => drop((item) => ids.has(item.id)),
    onStored(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      const stop = socket.status.watch(() => {
        if (socket.status.get() === "online") void pump();
      });
      void pump();
      return () => {
        stop();
        clearTimeout(timer);
      };
    },
  };
}

function nextOf(items: readonly OutboxItem[]): OutboxItem | undefined {
  return items.find((item) => item.state === "sending" || item.state === "waiting");
}

/** The server understood and said no; everything else is worth another try by itself. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && error.status < 500 && error.status !== 401 && error.status !== 429;
}

function readUnsent(prefix: string): OutboxItem[] {
  return storedKeys(prefix)
    .map((key) => parseItem(readStored(key)))
    .filter((item) => item !== null)
    .sort((a, b) => a.madeAt.localeCompare(b.madeAt));
}

function parseItem(text: string | null): OutboxItem | null {
  try {
    return { ...(JSON.parse(text ?? "") as OutboxItem), state: "waiting" };
  } catch {
    return null;
  }
}
