/** What a person has written but not sent lives in the browser under these prefixes, and is erased at sign-out. */
const PERSONAL = "narvaro.personal.";

/** A key that is erased at sign-out. */
export function personalKey(...parts: string[]): string {
  return PERSONAL + parts.join(".");
}

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** An empty or null value removes the key. Storage that is full or forbidden is lived with: the text stays on the screen. */
export function writeStored(key: string, value: string | null): void {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    return;
  }
}

export function storedKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/** Drafts and unsent messages of everybody of this kind in this browser. */
export function erasePersonal(kind: "staff" | "patient" | "guest"): void {
  for (const key of storedKeys(personalKey(kind, ""))) writeStored(key, null);
}
