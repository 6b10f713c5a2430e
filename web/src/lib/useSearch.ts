import { useEffect, useState } from "react";

export type Found<T> = { status: "idle" | "searching" | "failed" } | { status: "found"; result: T };

const PAUSE_MS = 250;

/** Search when the person has paused. `search` must be stable; an empty text is idle unless `isEager`. */
export function useSearch<T>(text: string, search: (text: string) => Promise<T>, isEager = false): Found<T> {
  const wanted = text.trim();
  const [answer, setAnswer] = useState<{ of: string; found: Found<T> } | null>(null);
  const isIdle = wanted === "" && !isEager;

  useEffect(() => {
    if (isIdle) return;
    let isStale = false;
    const settle = (found: Found<T>) => !isStale && setAnswer({ of: wanted, found });
    const timer = setTimeout(
      () => void search(wanted).then((result) => settle({ status: "found", result }), () => settle({ status: "failed" })),
      wanted === "" ? 0 : PAUSE_MS,
    );
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [wanted, isIdle, search]);

  if (isIdle) return { status: "idle" };
  return answer?.of === wanted ? answer.found : { status: "searching" };
}
