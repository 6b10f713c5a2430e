const CACHE = "narvaro-noted";

/** What the page notes for its service worker, which cannot read localStorage. Nothing of anybody's: a language. */
export async function note(name: string, value: string): Promise<void> {
  if (!("caches" in globalThis)) return;
  await (await caches.open(CACHE)).put(`/noted/${name}`, new Response(value));
}

export async function noted(name: string): Promise<string | null> {
  const answer = await caches.match(`/noted/${name}`, { cacheName: CACHE });
  return answer ? answer.text() : null;
}
