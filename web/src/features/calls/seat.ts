const KEY = "narvaro.seat";

/** This tab's name towards the server (8–40 of A–Z a–z 0–9 _ -); the same after a reload. */
export function deviceId(): string {
  const known = sessionStorage.getItem(KEY);
  if (known) return known;
  const made = crypto.randomUUID();
  sessionStorage.setItem(KEY, made);
  return made;
}
