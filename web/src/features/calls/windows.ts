/** The staff's call windows: opened in the click, found again by name. */

export function callAddress(clinic: string, callId: string, conversationId: string): string {
  return `/staff/${clinic}/call/${callId}?conversation=${conversationId}`;
}

const nameOf = (callId: string) => `narvaro-call-${callId}`;
const opened = new Map<string, Window>();

/** Call it in a click. Null when the browser blocked it. */
export function openCallWindow(clinic: string, callId: string, conversationId: string): Window | null {
  const known = opened.get(callId);
  if (known && !known.closed) {
    known.focus();
    return known;
  }
  const address = callAddress(clinic, callId, conversationId);
  const found = window.open("", nameOf(callId), "popup,width=1120,height=760");
  if (!found) return null;
  if (found.location.href === "about:blank") found.location.href = address;
  found.focus();
  opened.set(callId, found);
  return found;
}

/** Undefined when this page did not open it, as after a reload. */
export function isWindowClosed(callId: string): boolean | undefined {
  return opened.get(callId)?.closed;
}

const CHANNEL = "narvaro.call-windows";

/** The call window answers the staff's other pages for as long as it lives; it may have been another call's before. */
export function answerForWindow(callId: string): () => void {
  window.name = nameOf(callId);
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<{ ask?: true }>) => data.ask && channel.postMessage({ here: callId });
  channel.postMessage({ here: callId });
  return () => channel.close();
}

/** Is a call window open in this browser (for this call)? Waits at most 250 ms for it to say so. */
export function isAnyWindowOpen(callId?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(CHANNEL);
    const settle = (answer: boolean) => {
      clearTimeout(timer);
      channel.close();
      resolve(answer);
    };
    const timer = setTimeout(() => settle(false), 250);
    channel.onmessage = ({ data }: MessageEvent<{ here?: string }>) => data.here && (!callId || data.here === callId) && settle(true);
    channel.postMessage({ ask: true });
  });
}
