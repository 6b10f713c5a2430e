import { createStore, type Readable } from "../../lib/store";
import { personalKey, readStored, writeStored } from "../../lib/stored";

/** Where the last list is kept. */
export const LIST = personalKey("patient", "list");
const KEY = "narvaro.shared-device";
const store = createStore(readStored(KEY) === "yes");

/** Others use this device too: it keeps no list, and shows that somebody calls and nothing else. */
export const isShared: Readable<boolean> = store;

export function setShared(is: boolean): void {
  writeStored(KEY, is ? "yes" : null);
  if (is) writeStored(LIST, null);
  store.set(is);
}
