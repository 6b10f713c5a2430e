import { createStore, type Readable } from "../lib/store";
import type { ClientMessage, Kind, ServerMessage } from "./wire";

/** `connecting`: the first time, or a moment's break that nobody need know. `offline`: the person is told. */
export type LineStatus = "connecting" | "online" | "offline" | "signed-out";
export type MessageOf<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;
type Stop = () => void;

/** The page's one socket. It reconnects by itself and subscribes anew with what each follower has by then. */
export interface Socket {
  readonly status: Readable<LineStatus>;
  /** Follow a topic. `since` is asked at each subscription: last seq or version that this follower has, 0 for nothing. */
  follow(topic: string, since: () => number, listener: (message: ServerMessage) => void): Stop;
  /** Messages that belong to no topic (`typing`), or one type over all topics. */
  listen<T extends ServerMessage["type"]>(type: T, listener: (message: MessageOf<T>) => void): Stop;
  /** False when the line is down: nothing is queued, for what is worth keeping goes over HTTP. */
  send(message: ClientMessage): boolean;
  /** May this page make sounds? Told to the server now and after each reconnect. */
  setAudible(audible: boolean): void;
  close(): void;
}

export interface SocketOptions {
  /** A connection was refused before it opened; perhaps the session is over. */
  onRefused?: () => void;
  makeSocket?: (address: string) => WebSocket;
  random?: () => number;
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;
const SAY_OFFLINE_AFTER_MS = 1_500;
const SIGNED_OUT = 4001;
const OPEN = 1;

interface Follower {
  since: () => number;
  listener: (message: ServerMessage) => void;
}

export function connectSocket(kind: Kind, options: SocketOptions = {}): Socket {
  const { onRefused = () => undefined, makeSocket = (address) => new WebSocket(address), random = Math.random } = options;
  const status = createStore<LineStatus>("connecting");
  const topics = new Map<string, Set<Follower>>();
  const byType = new Map<string, Set<(message: never) => void>>();
  let line: WebSocket | null = null;
  let attempts = 0;
  let isAudible = false;
  let isClosed = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let grace: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    clearTimeout(retry);
    const mine = makeSocket(`${location.origin.replace(/^http/, "ws")}/api/${kind}/socket`);
    let hasOpened = false;
    line = mine;
    mine.onopen = () => {
      hasOpened = true;
      if (line === mine) greet();
    };
    mine.onmessage = (event: MessageEvent<string>) => {
      if (line === mine) receive(JSON.parse(event.data) as ServerMessage);
    };
    mine.onclose = (event) => {
      if (line !== mine) return;
      if (event.code === SIGNED_OUT) return signOut();
      if (!hasOpened) onRefused();
      lose();
    };
  }

  function greet(): void {
    attempts = 0;
    clearTimeout(grace);
    grace = undefined;
    sayPresence();
    for (const topic of topics.keys()) subscribe(topic);
    status.set("online");
  }

  function lose(): void {
    drop();
    if (isClosed) return;
    grace ??= setTimeout(() => status.set("offline"), SAY_OFFLINE_AFTER_MS);
    if (status.get() === "online") status.set("connecting");
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
    const wait = attempts === 0 ? FIRST_RETRY_MS : longest * (0.5 + random() / 2);
    attempts += 1;
    clearTimeout(retry);
    retry = setTimeout(open, wait);
  }

  function drop(): void {
    clearTimeout(silence);
    const old = line;
    line = null;
    if (old) {
      old.onopen = old.onmessage = old.onclose = null;
      old.close();
    }
  }

  function signOut(): void {
    close();
    status.set("signed-out");
  }

  function receive(message: ServerMessage): void {
    if (message.type === "ping") return answerPing(message.every);
    for (const listener of byType.get(message.type) ?? []) listener(message as never);
    if (!("topic" in message)) return;
    for (const follower of [...(topics.get(message.topic) ?? [])]) follower.listener(message);
  }

  function answerPing(every: number): void {
    send({ type: "pong" });
    clearTimeout(silence);
    silence = setTimeout(lose, every * 1_500);
  }

  function send(message: ClientMessage): boolean {
    if (line?.readyState !== OPEN) return false;
    line.send(JSON.stringify(message));
    return true;
  }

  function subscribe(topic: string): void {
    const followers = [...(topics.get(topic) ?? [])];
    if (followers.length > 0) send({ type: "subscribe", topic, since: Math.min(...followers.map((one) => one.since())) });
  }

  function sayPresence(): void {
    send({ type: "presence", visible: document.visibilityState === "visible", audible: isAudible });
  }

  /** The network is back, or the person looks at the page: do not wait for the next retry. */
  function hurry(): void {
    if (isClosed || status.get() === "online" || line?.readyState === OPEN) return;
    drop();
    attempts = 0;
    open();
  }

  function onVisibility(): void {
    sayPresence();
    if (document.visibilityState === "visible") hurry();
  }

  function onOffline(): void {
    if (!isClosed) lose();
  }

  function close(): void {
    isClosed = true;
    for (const timer of [retry, grace]) clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisibility);
    removeEventListener("online", hurry);
    removeEventListener("offline", onOffline);
    drop();
  }

  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("online", hurry);
  addEventListener("offline", onOffline);
  open();

  return {
    status,
    send,
    close,
    follow(topic, since, listener) {
      const follower = { since, listener };
      const followers = topics.get(topic) ?? new Set();
      topics.set(topic, followers.add(follower));
      subscribe(topic);
      return () => {
        followers.delete(follower);
        if (followers.size > 0 || topics.get(topic) !== followers) return;
        topics.delete(topic);
        send({ type: "unsubscribe", topic });
      };
    },
    listen(type, listener) {
      const listeners = byType.get(type) ?? new Set();
      byType.set(type, listeners.add(listener as (message: never) => void));
      return () => listeners.delete(listener as (message: never) => void);
    },
    setAudible(audible) {
      if (audible === isAudible) return;
      isAudible = audible;
      sayPresence();
    },
  };
}
