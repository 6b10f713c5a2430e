import type { Api } from "../../api/client";
import type { LineStatus, Socket } from "../../api/socket";
import type { ClientMessage, ConversationSnapshot, Entry, ServerMessage, SignedIn } from "../../api/wire";
import { createStore } from "../store";

/** A WebSocket whose other end is the test. */
export class FakeWebSocket {
  static made: FakeWebSocket[] = [];
  readyState = 0;
  sent: ClientMessage[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeWebSocket.made.push(this);
  }

  static get latest(): FakeWebSocket {
    const latest = FakeWebSocket.made.at(-1);
    if (!latest) throw new Error("no socket was made");
    return latest;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  says(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  breaks(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

export interface FakeSocket extends Socket {
  sent: ClientMessage[];
  goes(status: LineStatus): void;
  says(message: ServerMessage): void;
}

/** The page's socket without a line: what is followed gets what the test says. */
export function fakeSocket(): FakeSocket {
  const status = createStore<LineStatus>("online");
  const listeners = new Set<(message: ServerMessage) => void>();
  const sent: ClientMessage[] = [];
  const hear = (isWanted: (message: ServerMessage) => boolean, listener: (message: never) => void) => {
    const one = (message: ServerMessage) => isWanted(message) && listener(message as never);
    listeners.add(one);
    return () => listeners.delete(one);
  };
  return {
    status,
    sent,
    send: (message) => sent.push(message) > 0,
    follow: (topic, _since, listener) => hear((message) => "topic" in message && message.topic === topic, listener),
    listen: (type, listener) => hear((message) => message.type === type, listener),
    setAudible: () => undefined,
    close: () => undefined,
    goes: status.set,
    says: (message) => [...listeners].forEach((listener) => listener(message)),
  };
}

/** An API whose answers the test writes as `METHOD path` → value or function; anything else is a mistake of the test. */
export function fakeApi(answers: Record<string, unknown>, kind: Api["kind"] = "staff"): Api & { asked: [string, unknown][] } {
  const asked: [string, unknown][] = [];
  async function answer<T>(call: string, body?: unknown): Promise<T> {
    asked.push([call, body]);
    if (!(call in answers)) throw new Error(`The test gives no answer to ${call}`);
    const given = answers[call];
    return (typeof given === "function" ? await (given as (body: unknown) => unknown)(body) : given) as T;
  }
  return {
    kind,
    asked,
    get: (path) => answer(`GET ${path}`),
    post: (path, body) => answer(`POST ${path}`, body),
    put: (path, body) => answer(`PUT ${path}`, body),
    patch: (path, body) => answer(`PATCH ${path}`, body),
    delete: (path) => answer(`DELETE ${path}`),
  };
}

export const SELMA: SignedIn = {
  kind: "staff",
  id: "5e1ea000-0000-4000-8000-000000000001",
  name: "Selma Testkvist",
  role: "staff",
  clinic_slug: "testkoping",
  clinic_name: "Hälsocentralen Testköping",
  time_zone: "Europe/Stockholm",
  may_share_whole_screen: false,
};

export const SOFIA_ID = "50f1a000-0000-4000-8000-000000000002";

export function anEntry(seq: number, changes: Partial<Entry> = {}): Entry {
  return {
    seq,
    id: `e0000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
    kind: "message",
    author_kind: "patient",
    author_id: SOFIA_ID,
    author_name: "Sofia Gunnarsson",
    at: "2026-11-23T13:00:00Z",
    text: `Meddelande ${seq}`,
    call: null,
    audience: "patient",
    ...changes,
  };
}

export function aConversation(changes: Partial<ConversationSnapshot> = {}): ConversationSnapshot {
  return {
    id: "c0000000-0000-4000-8000-000000000001",
    version: 1,
    patient_id: SOFIA_ID,
    patient_name: "Sofia Gunnarsson",
    clinic_name: "Hälsocentralen Testköping",
    last_seq: 0,
    my_read_seq: 0,
    others_read_seq: 0,
    presence: null,
    call: null,
    wait: null,
    ...changes,
  };
}
