/** What the service worker does about pushes and presses. */
import { noted } from "../lib/noted";
import { type Language, noticeOf, pageOf, type Push } from "./pushes";

declare const self: ServiceWorkerGlobalScope;

export async function show(push: Push): Promise<void> {
  const language: Language = (await noted("language")) === "en" ? "en" : "sv";
  const [title, notice] = noticeOf(push, language, Date.now());
  await self.registration.showNotification(title, notice);
  if (push.kind === "ring") await report(push.ring_id, "shown");
  if (push.kind === "ring_over" && (await isOnScreen())) await takeDown(notice.tag);
}

/** Browsers ask that each push shows something; but who is in the app reads there what has become of the ring. */
async function takeDown(tag: string): Promise<void> {
  for (const notification of await self.registration.getNotifications({ tag })) notification.close();
}

export async function press(notification: Notification, action: string): Promise<void> {
  notification.close();
  const push = notification.data as Push;
  if (push.kind === "ring") {
    const reported = report(push.ring_id, "pressed");
    if (action === "decline" && (await decline(push.ring_id))) return reported;
  }
  await open(pageOf(push));
}

/** True when the ring is declined, or over anyhow; otherwise the person decides on the page. */
async function decline(ringId: string): Promise<boolean> {
  try {
    const { status } = await post(`/rings/${ringId}/decline`);
    return status < 300 || status === 409;
  } catch {
    return false;
  }
}

/** Staff read it. A report that is lost leaves what they read before, which is true as well. */
async function report(ringId: string, what: "shown" | "pressed"): Promise<void> {
  await post(`/rings/${ringId}/push`, { what }).catch(() => undefined);
}

function post(path: string, body?: object): Promise<Response> {
  const init: RequestInit = { method: "POST", headers: { "Content-Type": "application/json" }, keepalive: true };
  return fetch(`/api/patient${path}`, body ? { ...init, body: JSON.stringify(body) } : init);
}

/** The page that is open is brought to the front and goes there itself, so that no call or draft is lost by loading. */
async function open(path: string): Promise<void> {
  const page = (await pages())[0];
  if (!page) return void (await self.clients.openWindow(path));
  await page.focus();
  page.postMessage({ type: "go", to: path });
}

async function pages(): Promise<readonly WindowClient[]> {
  const all = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter((page) => new URL(page.url).pathname.startsWith("/patient/"));
}

async function isOnScreen(): Promise<boolean> {
  return (await pages()).some((page) => page.visibilityState === "visible");
}

/** The browser has changed where it can be reached; the server is told, while the session lives. */
export async function renew(old: PushSubscription | null, renewed: PushSubscription | null): Promise<void> {
  const subscription = renewed ?? (old && (await self.registration.pushManager.subscribe(old.options)));
  if (!subscription) return;
  const { endpoint, keys } = subscription.toJSON();
  const shows = (await noted("shows")) ?? "calls_only";
  await fetch("/api/patient/push/subscription", {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ endpoint, p256dh: keys?.["p256dh"], auth: keys?.["auth"], shows }),
  });
}
