/** What a push says, and the notification it becomes. The words are written here: no page need be open. */

export type Push =
  | { kind: "ring"; ring_id: string; conversation_id: string; clinic: string; expires_at: string; brand: string | null }
  | { kind: "ring_over"; ring_id: string; clinic: string; status: "answered" | "declined" | "missed" | "cancelled"; at: string; brand: string | null }
  | { kind: "message"; conversation_id: string; clinic: string; brand: string | null };

export type Language = "sv" | "en";

/** What TypeScript's own shape lacks. */
export interface Notice extends NotificationOptions {
  tag: string;
  data: Push;
  actions?: { action: "answer" | "decline"; title: string }[];
  renotify?: boolean;
  vibrate?: number[];
}

const WORDS = {
  sv: {
    ring: "Inkommande videosamtal",
    answer: "Svara",
    decline: "Avböj",
    answered: "Samtalet är besvarat",
    declined: "Samtalet är avböjt",
    missed: (at: string) => `Vården försökte nå dig ${at}`,
    message: "Du har ett nytt meddelande",
  },
  en: {
    ring: "Incoming video call",
    answer: "Answer",
    decline: "Decline",
    answered: "The call has been answered",
    declined: "The call has been declined",
    missed: (at: string) => `Your care tried to reach you at ${at}`,
    message: "You have a new message",
  },
} as const;

const SHAKE_MS = [420, 180, 420, 900, 420, 180, 420];

/** Neither name nor health, and the brand only when the server has sent it. `now`: milliseconds. */
export function noticeOf(push: Push, language: Language, now: number): [title: string, notice: Notice] {
  const words = WORDS[language];
  const looks = { lang: language, icon: "/assets/icons/app-192.png", badge: "/assets/icons/badge-96.png", body: push.brand ?? "", data: push };
  if (push.kind === "message") return [words.message, { ...looks, tag: `message:${push.conversation_id}` }];
  const tag = `ring:${push.ring_id}`;
  if (push.kind === "ring_over") return [overWords(push, language), { ...looks, tag, silent: true }];
  if (Date.parse(push.expires_at) <= now) return [words.missed(clock(push.expires_at, language)), { ...looks, tag, silent: true }];
  const actions = (["answer", "decline"] as const).map((action) => ({ action, title: words[action] }));
  return [words.ring, { ...looks, tag, actions, requireInteraction: true, renotify: true, vibrate: SHAKE_MS }];
}

function overWords({ status, at }: Extract<Push, { kind: "ring_over" }>, language: Language): string {
  const words = WORDS[language];
  return status === "answered" || status === "declined" ? words[status] : words.missed(clock(at, language));
}

/** By the device's own clock: the worker knows no clinic's. */
function clock(at: string, language: Language): string {
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : "sv-SE", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

/** The page that a press on the notification leads to. */
export function pageOf(push: Push): string {
  const home = `/patient/${push.clinic}/`;
  if (push.kind === "ring") return `${home}conversations/${push.conversation_id}?ring=${push.ring_id}`;
  return push.kind === "message" ? `${home}conversations/${push.conversation_id}` : home;
}
