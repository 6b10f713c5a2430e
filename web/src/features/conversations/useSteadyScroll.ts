import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

interface SteadyScroll {
  isAtEnd: boolean;
  onScroll: () => void;
  toEnd: () => void;
}

const NEAR_END_PX = 48;

/** Keep a growing log still: what is read stays put when older entries come above; the end is followed by who is at the end. */
export function useSteadyScroll(box: RefObject<HTMLDivElement | null>, first: number, end: string): SteadyScroll {
  const belowTop = useRef(0);
  const shownFirst = useRef(first);
  const follows = useRef(true);
  const [isAtEnd, setAtEnd] = useState(true);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    belowTop.current = element.scrollHeight - element.scrollTop;
    follows.current = belowTop.current - element.clientHeight < NEAR_END_PX;
    setAtEnd(follows.current);
  };

  const toEnd = () => {
    const element = box.current;
    if (!element) return;
    element.scrollTo({ top: element.scrollHeight });
    element.focus();
  };

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const hasGrownAbove = first !== shownFirst.current;
    shownFirst.current = first;
    if (hasGrownAbove && !follows.current) element.scrollTo({ top: element.scrollHeight - belowTop.current });
    else if (follows.current) element.scrollTo({ top: element.scrollHeight });
    belowTop.current = element.scrollHeight - element.scrollTop;
  }, [box, first, end]);

  useEffect(() => {
    const element = box.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (follows.current) element.scrollTo({ top: element.scrollHeight });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);

  return { isAtEnd, onScroll, toEnd };
}
