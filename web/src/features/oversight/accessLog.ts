import { type Api, query } from "../../api/client";
import { problemText } from "../../api/problems";
import type { Access, AccessPage } from "../../api/wire";
import { createStore, type Readable } from "../../lib/store";

/** What is looked for; an empty text is anything. Days as `2026-11-23`, both included. */
export interface Wanted {
  readonly staff: string;
  readonly patient: string;
  readonly action: string;
  readonly since: string;
  readonly until: string;
}

export interface AccessLogState {
  readonly status: "loading" | "ready" | "failed";
  readonly items: readonly Access[];
  readonly next: string | null;
  readonly more: "idle" | "loading" | "failed";
  readonly problem: string | null;
}

export interface AccessLog {
  readonly state: Readable<AccessLogState>;
  /** From the newest on; an answer to an earlier question is dropped. */
  find(wanted: Wanted): Promise<void>;
  loadMore(): Promise<void>;
}

const LOADING: AccessLogState = { status: "loading", items: [], next: null, more: "idle", problem: null };

/** The clinic's access log, page by page. Each page that is asked for is logged. */
export function createAccessLog(api: Api): AccessLog {
  const state = createStore(LOADING);
  let asked: Wanted | null = null;

  async function load(wanted: Wanted, before: string | null): Promise<AccessPage | null> {
    const page = await api.get<AccessPage>(`/audit${query({ ...wanted, before })}`);
    return asked === wanted ? page : null;
  }

  async function find(wanted: Wanted): Promise<void> {
    asked = wanted;
    state.set(LOADING);
    try {
      const page = await load(wanted, null);
      if (page) state.set({ ...LOADING, status: "ready", items: page.items, next: page.next });
    } catch (error) {
      if (asked === wanted) state.set({ ...LOADING, status: "failed", problem: problemText(error) });
    }
  }

  async function loadMore(): Promise<void> {
    const { next, more } = state.get();
    if (!asked || !next || more === "loading") return;
    state.update((old) => ({ ...old, more: "loading" }));
    try {
      const page = await load(asked, next);
      if (page) state.update((old) => ({ ...old, items: [...old.items, ...page.items], next: page.next, more: "idle" }));
    } catch {
      state.update((old) => ({ ...old, more: "failed" }));
    }
  }

  return { state, find, loadMore };
}

/** The last month, up to `today`, as days of the calendar. */
export function lastMonth(today: string): Pick<Wanted, "since" | "until"> {
  const since = new Date(`${today}T12:00:00Z`);
  since.setUTCDate(since.getUTCDate() - 30);
  return { since: since.toISOString().slice(0, 10), until: today };
}
