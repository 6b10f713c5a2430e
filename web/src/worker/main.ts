/** The patient's service worker. It keeps the page, of what is somebody's nothing, and says that care rings. */
import type { Push } from "./pushes";
import { press, renew, show } from "./reactions";
import { answerTo, forgetOldShells, keepShell, type Shell } from "./shell";

declare const self: ServiceWorkerGlobalScope;
/** Put here by vite.worker.config.ts. */
declare const SHELL: Shell;
const shell = SHELL;

self.addEventListener("install", (event) => event.waitUntil(keepShell(shell)));

self.addEventListener("activate", (event) => event.waitUntil(forgetOldShells(shell).then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request, shell);
  if (answer) event.respondWith(answer);
});

/** A page offers to change to this version: at once when the page is of it already, else the page is told that it is old. */
self.addEventListener("message", (event) => {
  const { type, file } = event.data as { type: string; file: string };
  if (type !== "swap") return;
  if (shell.files.includes(file)) event.waitUntil(self.skipWaiting());
  else event.source?.postMessage({ type: "newer" });
});

self.addEventListener("push", (event) => {
  if (event.data) event.waitUntil(show(event.data.json() as Push));
});

self.addEventListener("notificationclick", (event) => event.waitUntil(press(event.notification, event.action)));

/** Not in TypeScript's shapes. */
interface SubscriptionChange extends ExtendableEvent {
  oldSubscription?: PushSubscription | null;
  newSubscription?: PushSubscription | null;
}

self.addEventListener("pushsubscriptionchange", (event) => {
  const { oldSubscription = null, newSubscription = null } = event as SubscriptionChange;
  event.waitUntil(renew(oldSubscription, newSubscription));
});
