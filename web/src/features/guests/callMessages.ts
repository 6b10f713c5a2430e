import type { Entry } from "../../api/wire";
import { createStore, type Readable } from "../../lib/store";
import type { ConversationState, Log } from "../conversations/conversation";
import { createOutbox, type Outbox } from "../conversations/outbox";
import { EMPTY_TIMELINE, lastSeq, mergeEntries } from "../conversations/timeline";
import type { Session } from "../session/context";

/** What is written for everybody in the call, from this guest's entering on, live. */
export interface CallMessages extends Log {
  readonly outbox: Outbox;
  readonly unread: Readable<number>;
  /** While the guest has a seat. */
  start(): () => void;
}

const READ = "narvaro.guest-read.";

export function createCallMessages({ me, api, socket }: Session, callId: string): CallMessages {
  const outbox = createOutbox(api, socket, me.id);
  const state = createStore<Pick<ConversationState, "timeline" | "older" | "typing">>({ timeline: EMPTY_TIMELINE, older: "idle", typing: null });
  const unread = createStore(0);
  const key = READ + callId;
  let readSeq = Number(sessionStorage.getItem(key) ?? 0);

  /** Only what the topic brings, which comes in order; the answer to one's own message would leave a gap before it. */
  function take(entries: Entry[]): void {
    const timeline = mergeEntries(state.get().timeline, entries);
    state.update((old) => ({ ...old, timeline }));
    outbox.settle(new Set(timeline.entries.map((entry) => entry.id)));
    count();
  }

  function count(): void {
    unread.set(state.get().timeline.entries.filter((entry) => entry.seq > readSeq && entry.author_id !== me.id).length);
  }

  return {
    state,
    outbox,
    unread,
    loadOlder: () => Promise.resolve(),
    sayTyping: () => undefined,
    markRead() {
      readSeq = lastSeq(state.get().timeline);
      sessionStorage.setItem(key, String(readSeq));
      count();
    },
    start() {
      const stops = [
        outbox.start(),
        socket.follow(
          `messages:${callId}`,
          () => lastSeq(state.get().timeline),
          (message) => message.type === "entries" && take(message.entries),
        ),
      ];
      return () => stops.forEach((stop) => stop());
    },
  };
}
