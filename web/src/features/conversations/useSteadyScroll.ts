import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

interface SteadyScroll {
  isAtEnd: boolean;
  onScroll: () => void;
  toEnd: () => void;
}

/** Where the reader is. `follows`: at the end, and to be kept there. */
interface Place {
  top: number;
  belowTop: number;
  /** The log's own size: when it has changed, the browser has moved the log, not the person. */
  width: number;
  height: number;
  follows: boolean;
}

const NEAR_END_PX = 48;

/**
 * Keep a growing log still: what is read stays put when older entries come above, and whoever is at the end stays there.
 * `first`: the topmost entry's seq; `ownLast`: the id of what the person has just written, which is always shown.
 */
export function useSteadyScroll(box: RefObject<HTMLDivElement | null>, first: number, ownLast: string | null): SteadyScroll {
  const place = useRef<Place>({ top: 0, belowTop: 0, width: 0, height: 0, follows: true });
  const [isAtEnd, setAtEnd] = useState(true);

  const onScroll = () => {
    if (!box.current) return;
    const isNotThePerson = isResized(box.current, place.current) || Math.abs(box.current.scrollTop - place.current.top) <= 2;
    remember(box.current, place.current);
    if (isNotThePerson && place.current.follows) return stick(box.current, place.current);
    place.current.follows = place.current.belowTop - box.current.clientHeight < NEAR_END_PX;
    setAtEnd(place.current.follows);
  };

  const toEnd = () => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
    box.current?.focus();
  };

  useLayoutEffect(() => {
    if (!box.current || place.current.follows) return;
    box.current.scrollTo({ top: box.current.scrollHeight - place.current.belowTop });
    remember(box.current, place.current);
  }, [box, first]);

  useLayoutEffect(() => {
    if (!ownLast || !box.current) return;
    place.current.follows = true;
    place.current.top = box.current.scrollTop;
  }, [box, ownLast]);

  useLayoutEffect(() => {
    if (box.current) stick(box.current, place.current);
  });

  useEffect(() => {
    const element = box.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => stick(element, place.current));
    for (const one of [element, ...element.children]) observer.observe(one);
    return () => observer.disconnect();
  }, [box]);

  return { isAtEnd, onScroll, toEnd };
}

/**
 * A position that is not the remembered one is the person's own scrolling, whose event has not come yet; but at the very end it
 * may as well be the browser's, after a row became lower.
 */
function stick(element: HTMLElement, place: Place): void {
  const isAtVeryEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= 2;
  if (!place.follows || (!isAtVeryEnd && !isResized(element, place) && Math.abs(element.scrollTop - place.top) > 2)) return;
  element.scrollTo({ top: element.scrollHeight });
  remember(element, place);
}

function remember(element: HTMLElement, place: Place): void {
  place.top = element.scrollTop;
  place.belowTop = element.scrollHeight - element.scrollTop;
  place.width = element.clientWidth;
  place.height = element.clientHeight;
}

function isResized(element: HTMLElement, place: Place): boolean {
  return element.clientWidth !== place.width || element.clientHeight !== place.height;
}
