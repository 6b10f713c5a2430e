import { useNow } from "../../lib/useNow";
import { readyText } from "./readyText";

/** *Redo sedan 4 min*, counting on. */
export function ReadySince({ at }: { at: string }) {
  return readyText(at, useNow());
}
