import { ApiProblem, LineDown } from "./problems";
import type { Kind } from "./wire";

const ANSWER_WITHIN_MS = 15_000;

/** HTTP under `/api/{kind}`. Every call raises ApiProblem or LineDown, nothing else. */
export interface Api {
  readonly kind: Kind;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: object): Promise<T>;
  put<T>(path: string, body: object): Promise<T>;
  patch<T>(path: string, body: object): Promise<T>;
  delete(path: string): Promise<void>;
}

/** `onSignedOut` is called whenever an answer says that there is no session. */
export function createApi(kind: Kind, onSignedOut: () => void = () => undefined): Api {
  async function send<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await reach(`/api/${kind}${path}`, method, body);
    if (answer.ok) return (await readJson(answer)) as T;
    const problem = await readProblem(answer);
    if (problem.status === 401) onSignedOut();
    throw problem;
  }
  return {
    kind,
    get: (path) => send("GET", path),
    post: (path, body) => send("POST", path, body),
    put: (path, body) => send("PUT", path, body),
    patch: (path, body) => send("PATCH", path, body),
    delete: (path) => send("DELETE", path),
  };
}

async function reach(address: string, method: string, body?: object): Promise<Response> {
  try {
    return await fetch(address, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: { Accept: "application/json", ...(method === "GET" ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new LineDown("No answer.");
  }
}

async function readJson(answer: Response): Promise<unknown> {
  if (answer.status === 204) return undefined;
  try {
    return await answer.json();
  } catch {
    throw new LineDown("The answer was cut off.");
  }
}

async function readProblem(answer: Response): Promise<ApiProblem> {
  const fallback = new ApiProblem(answer.status, "unknown", answer.statusText);
  try {
    const body = (await answer.json()) as { code?: string; title?: string };
    return new ApiProblem(answer.status, body.code ?? "unknown", body.title ?? answer.statusText);
  } catch {
    return fallback;
  }
}

/** A query string with its question mark; absent and empty values are left out. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}
