/** The patient's page without a network: one page, the same for every clinic, and every file that it may ask for. */
export interface Shell {
  /** Another one whenever a file of it is another. */
  version: string;
  /** Addresses of its files. */
  files: string[];
}

const PREFIX = "narvaro-shell-";
/** Any clinic's first page is this page. */
const PAGE = "/patient/shell";
const IS_PAGE = /^\/patient\/(?!signed-in\/?$)[a-z0-9-]+\/?(conversations\/[0-9a-f-]+|settings(\/[a-z]+)?)?\/?$/u;
/** A network that is there and does not answer counts as none. */
const NETWORK_WITHIN_MS = 6_000;
const KEPT_VERSIONS = 2;

export async function keepShell({ version, files }: Shell): Promise<void> {
  const cache = await caches.open(PREFIX + version);
  await cache.addAll([PAGE, ...files]);
}

/** The version before stays: a page of it may still be open, and ask for a part of it in the middle of a call. */
export async function forgetOldShells({ version }: Shell): Promise<void> {
  const kept = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const old = kept.slice(0, -KEPT_VERSIONS).filter((name) => name !== PREFIX + version);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The answer to what a page asks for; null: the browser asks by itself, as for everything that is somebody's. */
export function answerTo(request: Request, { version }: Shell): Promise<Response> | null {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return null;
  if (request.mode === "navigate") return IS_PAGE.test(pathname) ? newestPage(request, PREFIX + version) : null;
  return pathname.startsWith("/assets/") ? keptFile(request) : null;
}

/** From the network, so that a new version is there with the next page; what is kept when there is none. */
async function newestPage(request: Request, cacheName: string): Promise<Response> {
  const answer = await Promise.race([fetch(request).catch(() => null), later(NETWORK_WITHIN_MS)]);
  if (answer && answer.status < 500) return answer;
  return (await caches.match(PAGE, { cacheName })) ?? answer ?? Response.error();
}

async function keptFile(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

function later(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}
