/** This device and push: what the browser allows, and where it can be reached. */
import type { Api } from "../../api/client";
import type { Me } from "../../api/wire";
import { note } from "../../lib/noted";
import { personalKey, readStored, writeStored } from "../../lib/stored";
import { isInstalled, platformOf } from "./platform";
import { isShared } from "./shared";

/** Whose calls this device tells of. It outlives a session that has run out, and is erased at sign-out. */
const WHOSE = personalKey("patient", "push");

export type Ability = "unsupported" | "needs-install" | "refused" | "ask" | "granted";

/** What stands between this device and a push. */
export function abilityOf(): Ability {
  const isPossible = "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
  if (!isPossible) return platformOf(navigator.userAgent, navigator.maxTouchPoints) === "iphone" && !isInstalled() ? "needs-install" : "unsupported";
  return Notification.permission === "denied" ? "refused" : Notification.permission === "granted" ? "granted" : "ask";
}

/** Have the browser reach this device, and tell the server where. Rejects when the browser cannot. */
export async function enrol(api: Api, me: Me, publicKey: string): Promise<void> {
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
  await tell(api, await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }));
  writeStored(WHOSE, me.id);
}

/** After a new sign-in, or when what it shows has changed: the same device for the same person, and for nobody else. */
export async function resume(api: Api, me: Me): Promise<void> {
  const whose = readStored(WHOSE);
  if (whose === null || abilityOf() !== "granted") return;
  const registration = await navigator.serviceWorker.ready;
  if (whose !== me.id) {
    writeStored(WHOSE, null);
    return forgetDevice(registration);
  }
  const subscription = await registration.pushManager.getSubscription();
  if (subscription) await tell(api, subscription);
}

export async function withdraw(api: Api): Promise<void> {
  writeStored(WHOSE, null);
  await api.delete("/push/subscription");
  await forgetDevice(await navigator.serviceWorker.ready);
}

/** Nothing is left of anybody on its lock screen; and if the person has gone for good, it cannot be reached any more. */
export async function forgetDevice(registration: ServiceWorkerRegistration): Promise<void> {
  for (const notification of await registration.getNotifications()) notification.close();
  if (readStored(WHOSE) === null) await (await registration.pushManager?.getSubscription())?.unsubscribe();
}

async function tell(api: Api, subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  const shows = isShared.get() ? "calls_only" : "all";
  await note("shows", shows);
  await api.put("/push/subscription", { endpoint, p256dh: keys?.["p256dh"], auth: keys?.["auth"], shows });
}
