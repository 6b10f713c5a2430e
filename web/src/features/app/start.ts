import { navigate } from "../../lib/router";
import { createStore, type Readable } from "../../lib/store";
import { forgetDevice } from "./device";

/** What Chromium offers once it finds that the page can be installed. */
interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

const offer = createStore<InstallOffer | null>(null);
const isOld = createStore(false);
/** Chromium lets a worker that is asked to go while it answers the page's first questions stay for half a minute. */
const SWAP_AFTER_MS = 3_000;
const UPDATE_AFTER_MS = 60 * 60_000;
const WORKER = "/patient/service-worker.js";

/** The browser's own question whether to install, while it can be asked. */
export const installOffer: Readable<InstallOffer | null> = offer;
/** There is a newer version than what is on the screen. */
export const hasNewVersion: Readable<boolean> = isOld;

/** Make the page an app: what it is called and looks like, and the worker that keeps it. Called once per page. */
export function startApp(): void {
  if (!location.pathname.startsWith("/patient/")) return;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer.set(event as InstallOffer);
  });
  addEventListener("appinstalled", () => offer.set(null));
  const manifest = document.createElement("link");
  manifest.rel = "manifest";
  manifest.href = `/patient/${location.pathname.split("/")[2] ?? ""}/manifest.webmanifest`;
  document.head.append(manifest);
  if ("serviceWorker" in navigator) void register().catch(() => undefined);
}

/** Ask for the app to be installed; false when the person says no, or cannot be asked. */
export async function install(): Promise<boolean> {
  const asked = offer.get();
  offer.set(null);
  return (await asked?.prompt())?.outcome === "accepted";
}

/** Where it cannot be registered (a private window of some browsers) the page works as before, with a network. */
async function register(): Promise<void> {
  navigator.serviceWorker.addEventListener("message", (event: MessageEvent<{ type: string; to: string }>) => {
    if (event.data.type === "newer") isOld.set(true);
    if (event.data.type === "go") navigate(new URL(event.data.to, location.href).pathname);
  });
  const registration = await navigator.serviceWorker.register(WORKER, { updateViaCache: "none" });
  setTimeout(() => offerToSwap(registration.waiting), SWAP_AFTER_MS);
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next?.addEventListener("statechange", () => next.state === "installed" && offerToSwap(registration.waiting));
  });
  addEventListener("narvaro:signed-out", () => void forgetDevice(registration));
  document.addEventListener("visibilitychange", () => void takeDown(registration));
  void takeDown(registration);
  let askedAt = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - askedAt < UPDATE_AFTER_MS) return;
    askedAt = Date.now();
    void registration.update().catch(() => undefined);
  });
}

/** The worker swaps if this page is of its version; else the page is old, and says so. Never in a call. */
function offerToSwap(waiting: ServiceWorker | null): void {
  if (sessionStorage.getItem("narvaro.in-call")) return;
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  waiting?.postMessage({ type: "swap", file: new URL(script?.src ?? "", location.href).pathname });
}

/** Who looks at the app reads there what the notifications say. */
async function takeDown(registration: ServiceWorkerRegistration): Promise<void> {
  if (document.visibilityState !== "visible") return;
  for (const notification of await registration.getNotifications()) notification.close();
}
