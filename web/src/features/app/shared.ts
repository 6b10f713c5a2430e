import { createStore, type Readable } from "../../lib/store";
import { readStored, writeStored } from "../../lib/stored";

const KEY = "narvaro.shared-device";
const store = createStore(readStored(KEY) === "yes");

/** Others use this device too: it keeps no list, and shows that somebody calls and nothing else. */
export const isShared: Readable<boolean> = store;

export function setShared(is: boolean): void {
  writeStored(KEY, is ? "yes" : null);
  store.set(is);
}
