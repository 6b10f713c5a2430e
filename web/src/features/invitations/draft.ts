import type { CheckedNumber, TextLanguage } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { createStore, type Readable } from "../../lib/store";
import type { ChosenRole, Inviting } from "./inviting";
import { invitingProblem, numberProblem } from "./words";

/** A number that will be invited. `id`: the invitation's, kept over a failed sending so that a repeat is harmless. */
export interface Chip {
  id: string;
  number: string;
  shown: string;
  role: ChosenRole;
  language: TextLanguage;
}

export interface Draft {
  text: string;
  role: ChosenRole;
  language: TextLanguage;
  chips: readonly Chip[];
  /** What the server says of the text; null while it is not asked. */
  checked: CheckedNumber | null;
  isSending: boolean;
  /** Why pressing a button did nothing. */
  complaint: string | null;
}

export const PREFIX = "+46";
const CHECK_AFTER_MS = 350;

const EMPTY: Draft = { text: PREFIX, role: null, language: "sv", chips: [], checked: null, isSending: false, complaint: null };

/** The dialog *Bjud in deltagare* without its looks: one field, several numbers, one sending. */
export class InvitationDraft {
  private readonly store = createStore<Draft>(EMPTY);
  readonly state: Readable<Draft> = this.store;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private taking: Promise<boolean> | null = null;

  constructor(
    private readonly inviting: Pick<Inviting, "check" | "invite">,
    private readonly makeId: () => string = () => crypto.randomUUID(),
  ) {}

  type(text: string): void {
    clearTimeout(this.timer);
    this.change({ text, checked: null, complaint: null });
    if (!isBlank(text)) this.timer = setTimeout(() => void this.check(text).catch(() => undefined), CHECK_AFTER_MS);
  }

  choose(role: ChosenRole): void {
    this.change({ role });
  }

  speak(language: TextLanguage): void {
    this.change({ language });
  }

  /** The field becomes a chip when its number may be invited. */
  async add(): Promise<void> {
    if (isBlank(this.state.get().text)) return this.change({ complaint: i18n.t("Skriv ett telefonnummer först.") });
    await this.attempt(() => this.take());
  }

  drop(id: string): void {
    this.change({ chips: this.state.get().chips.filter((chip) => chip.id !== id), complaint: null });
  }

  /** All chips, and the number still in the field. */
  async send(): Promise<void> {
    if (this.state.get().isSending) return;
    this.change({ isSending: true });
    await this.attempt(async () => {
      if (!isBlank(this.state.get().text) && !(await this.take())) return this.change({ complaint: i18n.t("Kontrollera numret.") });
      const { chips } = this.state.get();
      if (chips.length === 0) return this.change({ complaint: i18n.t("Lägg till minst ett telefonnummer.") });
      await this.inviting.invite(chips.map(({ id, number, role, language }) => ({ id, number, role, language })));
      this.change({ chips: [], role: null, language: "sv" });
    });
    this.change({ isSending: false });
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Once, though *Skicka* is pressed while *Lägg till* still asks about the number. */
  private take(): Promise<boolean> {
    this.taking ??= this.takeField().finally(() => (this.taking = null));
    return this.taking;
  }

  private async takeField(): Promise<boolean> {
    const { text, role, language } = this.state.get();
    const checked = await this.check(text);
    if (checked.number === null || checked.problem !== null) return false;
    const chip = { id: this.makeId(), number: checked.number, shown: checked.shown, role, language };
    this.change({ chips: [...this.state.get().chips, chip], complaint: null });
    if (this.state.get().text === text) this.change({ text: PREFIX, role: null, language: "sv", checked: null });
    return true;
  }

  private async check(text: string): Promise<CheckedNumber> {
    clearTimeout(this.timer);
    const known = this.state.get().checked;
    const told = known ?? (await this.inviting.check(text));
    const isHere = this.state.get().chips.some((chip) => chip.number === told.number);
    const checked = isHere ? { ...told, problem: "number-already-added" } : told;
    if (this.state.get().text === text) this.change({ checked });
    return checked;
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.change({ complaint: invitingProblem(error) });
    }
  }

  private change(change: Partial<Draft>): void {
    this.store.update((state) => ({ ...state, ...change }));
  }
}

/** Nothing but what the field began with. */
export function isBlank(text: string): boolean {
  return ["", PREFIX, "+"].includes(text.replace(/[\s()-]/gu, ""));
}

/** The words under the field while there is something wrong with it. */
export function fieldProblem({ checked }: Draft): string | null {
  return checked && numberProblem(checked);
}
