import { useEffect, useRef } from "react";
import type { Knock } from "../../api/wire";
import { showTitle } from "../../lib/title";
import { playKnock } from "./chime";

/** A sound for each new knock, and how many there are in the window's title. */
export function useKnockAlert(knocks: readonly Knock[], title: string): void {
  const known = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (knocks.some((one) => !known.current.has(one.id))) playKnock();
    known.current = new Set(knocks.map((one) => one.id));
    showTitle(title, knocks.length);
  }, [knocks, title]);
}
