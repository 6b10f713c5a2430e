import type { Api } from "../../api/client";
import { problemText } from "../../api/problems";
import type { Me, PushChoices, PushSettings } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { createStore, type Readable } from "../../lib/store";
import { type Ability, abilityOf, enrol, withdraw } from "./device";

export interface ReachState {
  readonly settings: PushSettings | null;
  readonly ability: Ability;
  readonly isBusy: boolean;
  readonly failure: string | null;
}

/** How the patient can be reached outside the app. */
export interface Reach {
  readonly state: Readable<ReachState>;
  load(): Promise<void>;
  /** Call it in a press: the browser asks the person. */
  turnOn(): Promise<void>;
  turnOff(): Promise<void>;
  choose(choices: PushChoices): Promise<void>;
}

export function createReach(api: Api, me: Me): Reach {
  const state = createStore<ReachState>({ settings: null, ability: abilityOf(), isBusy: false, failure: null });
  const change = (changes: Partial<ReachState>) => state.update((old) => ({ ...old, ...changes }));

  async function attempt(work: () => Promise<PushSettings>): Promise<void> {
    change({ isBusy: true, failure: null });
    try {
      change({ settings: await work(), ability: abilityOf() });
    } catch (error) {
      change({ failure: words(error), ability: abilityOf() });
    }
    change({ isBusy: false });
  }

  const read = () => api.get<PushSettings>("/push");
  return {
    state,
    load: () => attempt(read),
    async turnOn() {
      const publicKey = state.get().settings?.public_key;
      if (!publicKey) return;
      const answer = await Notification.requestPermission();
      change({ ability: abilityOf() });
      if (answer !== "granted") return;
      await attempt(async () => {
        await enrol(api, me, publicKey);
        return read();
      });
    },
    turnOff: () =>
      attempt(async () => {
        await withdraw(api);
        return read();
      }),
    choose: (choices) => attempt(() => api.patch<PushSettings>("/push", choices)),
  };
}

/** The browser's own refusal has a name of its own, the server's ours. */
function words(error: unknown): string {
  if (error instanceof DOMException) return i18n.t("Webbläsaren kunde inte ordna aviseringar. Försök igen, eller prova en annan webbläsare.");
  return problemText(error);
}
