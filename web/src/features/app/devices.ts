import type { Api } from "../../api/client";
import { problemText } from "../../api/problems";
import type { SignedInDevice } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { createStore, type Readable } from "../../lib/store";

export interface DevicesState {
  readonly devices: readonly SignedInDevice[] | null;
  /** Who was signed out last, in words. */
  readonly done: string;
  readonly failure: string | null;
}

export interface Devices {
  readonly state: Readable<DevicesState>;
  load(): Promise<void>;
  signOut(device: SignedInDevice): Promise<void>;
}

/** Where the patient is signed in. */
export function createDevices(api: Api): Devices {
  const state = createStore<DevicesState>({ devices: null, done: "", failure: null });
  const attempt = async (work: () => Promise<Partial<DevicesState>>) => {
    try {
      const change = await work();
      state.update((old) => ({ ...old, failure: null, ...change }));
    } catch (error) {
      state.update((old) => ({ ...old, failure: problemText(error) }));
    }
  };
  const read = async () => ({ devices: await api.get<SignedInDevice[]>("/sessions") });
  return {
    state,
    load: () => attempt(read),
    signOut: (device) =>
      attempt(async () => {
        await api.delete(`/sessions/${device.id}`);
        return { ...(await read()), done: i18n.t("{device} är utloggad.", { device: deviceWords(device.user_agent) }) };
      }),
  };
}

const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPod/u, "iPhone"],
  [/iPad/u, "iPad"],
  [/Android/u, "Android"],
  [/Windows/u, "Windows"],
  [/Macintosh|Mac OS X/u, "Mac"],
  [/CrOS/u, "Chromebook"],
  [/Linux|X11/u, "Linux"],
];
const BROWSERS: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//u, "Edge"],
  [/SamsungBrowser\//u, "Samsung Internet"],
  [/OPR\/|Opera/u, "Opera"],
  [/Firefox\/|FxiOS\//u, "Firefox"],
  [/Chrome\/|CriOS\//u, "Chrome"],
  [/Safari\//u, "Safari"],
];

/** `Chrome på Android`, as far as a browser's own name tells it. */
export function deviceWords(userAgent: string): string {
  const [system, browser] = [SYSTEMS, BROWSERS].map((table) => table.find(([pattern]) => pattern.test(userAgent))?.[1]);
  if (!system) return i18n.t("Okänd enhet");
  return browser ? i18n.t("{browser} på {system}", { browser, system }) : system;
}
