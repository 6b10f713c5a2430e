import { createStore, useStore } from "./store";

const path = createStore(location.pathname);
addEventListener("popstate", () => path.set(location.pathname));

/** Show another page of this app without loading it. */
export function navigate(to: string, { replace = false } = {}): void {
  if (to === location.pathname) return;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  path.set(location.pathname);
}

export function usePath(): string {
  return useStore(path);
}

/** `matchPath("/staff/:clinic", "/staff/north")` → `{clinic: "north"}`; null when it is another page. A slash at the end is ignored. */
export function matchPath<const P extends string>(pattern: P, actual: string): Record<ParamOf<P>, string> | null {
  const wanted = pattern.split("/").filter(Boolean);
  const given = actual.split("/").filter(Boolean);
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return params as Record<ParamOf<P>, string>;
}

type ParamOf<P extends string> = P extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Name | ParamOf<Tail>
    : Rest
  : never;
