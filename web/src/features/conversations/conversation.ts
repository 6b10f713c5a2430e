import { type Api, query } from "../../api/client";
import { ApiProblem } from "../../api/problems";
import type { Socket } from "../../api/socket";
import type { ConversationOpened, ConversationSnapshot, EntryPage, ServerMessage } from "../../api/wire";
import { createStore, type Readable } from "../../lib/store";
import type { Outbox } from "./outbox";
import { EMPTY_TIMELINE, lastSeq, mergeEntries, type Timeline } from "./timeline";

export interface ConversationState {
  readonly status: "loading" | "ready" | "gone" | "failed";
  readonly conversation: ConversationSnapshot | null;
  readonly timeline: Timeline;
  readonly older: "idle" | "loading" | "failed";
  /** Who on the other side is writing now. */
  readonly typing: string | null;
}

/** What the log on the screen asks of whoever keeps it. */
export interface Log {
  readonly state: Readable<Pick<ConversationState, "timeline" | "older" | "typing">>;
  loadOlder(): Promise<void>;
  /** Everything up to here has really been seen. */
  markRead(): void;
  sayTyping(): void;
}

/** One conversation on the screen: opened once over HTTP (that is what is logged), then live. */
export interface OpenConversation extends Log {
  readonly state: Readable<ConversationState>;
  load(): Promise<void>;
  start(): () => void;
}

const TYPING_SHOWN_MS = 5_000;
const TYPING_EVERY_MS = 3_000;
const TRY_AGAIN_AFTER_MS = 3_000;
const NOTHING: ConversationState = { status: "loading", conversation: null, timeline: EMPTY_TIMELINE, older: "idle", typing: null };

export function openConversation(api: Api, socket: Socket, outbox: Outbox, id: string): OpenConversation {
  const state = createStore(NOTHING);
  const change = (changes: Partial<ConversationState>) => state.update((old) => ({ ...old, ...changes }));
  const path = `/conversations/${id}`;
  let readSeq = 0;
  let typingSaidAt = 0;
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let stops: (() => void)[] = [];
  let isRunning = false;

  async function load(): Promise<void> {
    if (state.get().status !== "ready") change({ status: "loading" });
    await fetchAll();
  }

  /** Tries again by itself: the socket says nothing when only the database was away. */
  async function fetchAll(): Promise<void> {
    clearTimeout(retry);
    try {
      const { conversation, page } = await api.get<ConversationOpened>(path);
      change({ status: "ready", conversation, timeline: mergeEntries({ ...EMPTY_TIMELINE, hasOlder: page.has_older }, page.entries) });
      settle();
      if (isRunning) followTopics();
    } catch (error) {
      const isGone = error instanceof ApiProblem && error.status === 404;
      change({ status: isGone ? "gone" : "failed" });
      if (!isGone && isRunning) retry = setTimeout(() => void fetchAll(), TRY_AGAIN_AFTER_MS);
    }
  }

  function followTopics(): void {
    if (stops.length > 0) return;
    stops = [
      socket.follow(`entries:${id}`, () => lastSeq(state.get().timeline), receive),
      socket.follow(`conversation:${id}`, () => state.get().conversation?.version ?? 0, receive),
    ];
  }

  function receive(message: ServerMessage): void {
    if (message.type === "entries") take(message.entries);
    if (message.type === "conversation") takeSnapshot(message.conversation);
    if (message.type === "gone") change({ status: "gone" });
  }

  function take(entries: EntryPage["entries"]): void {
    const isFromOther = entries.some((entry) => entry.author_kind !== api.kind);
    change({ timeline: mergeEntries(state.get().timeline, entries), ...(isFromOther ? { typing: null } : {}) });
    settle();
  }

  /** Presence changes without a new version, so an equal one counts. */
  function takeSnapshot(conversation: ConversationSnapshot): void {
    if (conversation.version >= (state.get().conversation?.version ?? 0)) change({ conversation });
  }

  function settle(): void {
    outbox.settle(new Set(state.get().timeline.entries.map((entry) => entry.id)));
  }

  async function loadOlder(): Promise<void> {
    const { timeline, older } = state.get();
    const first = timeline.entries[0];
    if (!first || !timeline.hasOlder || older === "loading") return;
    change({ older: "loading" });
    try {
      const page = await api.get<EntryPage>(`${path}/entries${query({ before: first.seq })}`);
      const merged = mergeEntries(state.get().timeline, page.entries);
      change({ older: "idle", timeline: { ...merged, hasOlder: page.has_older } });
    } catch {
      change({ older: "failed" });
    }
  }

  function markRead(): void {
    const seq = lastSeq(state.get().timeline);
    const known = Math.max(readSeq, state.get().conversation?.my_read_seq ?? 0);
    if (seq <= known) return;
    readSeq = seq;
    api.put(`${path}/read`, { seq }).catch(() => {
      readSeq = 0;
    });
  }

  function showTyping(name: string): void {
    change({ typing: name });
    clearTimeout(typingTimer);
    typingTimer = setTimeout(() => change({ typing: null }), TYPING_SHOWN_MS);
  }

  function sayTyping(): void {
    if (Date.now() - typingSaidAt < TYPING_EVERY_MS) return;
    typingSaidAt = Date.now();
    socket.send({ type: "typing", conversation_id: id });
  }

  function start(): () => void {
    isRunning = true;
    const others = [
      socket.listen("typing", (message) => message.conversation_id === id && showTyping(message.name)),
      outbox.onStored((entry, conversationId) => conversationId === id && state.get().status === "ready" && take([entry])),
      socket.status.watch(() => {
        if (socket.status.get() === "online" && state.get().status === "failed") void load();
      }),
    ];
    void load();
    return () => {
      isRunning = false;
      clearTimeout(typingTimer);
      clearTimeout(retry);
      for (const stop of [...others, ...stops]) stop();
      stops = [];
    };
  }

  return { state, load, loadOlder, markRead, sayTyping, start };
}
