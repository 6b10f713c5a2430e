import { Plus, X } from "lucide-react";
import { type FormEvent, useEffect, useId, useState } from "react";
import { ROLES, roleWords } from "../../api/roles";
import type { Invitation, InvitedBefore, TextLanguage } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Select } from "../../ui/Select";
import { type Chip, type Draft, fieldProblem, InvitationDraft } from "./draft";
import styles from "./InviteDialog.module.css";
import { InvitedList } from "./InvitedList";
import type { Inviting } from "./inviting";
import { SamePersons } from "./SamePersons";
import { countryName, languageWords } from "./words";

interface Props {
  inviting: Inviting;
  invitations: readonly Invitation[];
  invitedBefore: readonly InvitedBefore[];
  onClose: () => void;
}

/** *Bjud in deltagare*: stays open after sending, for the numbers move to *Redan inbjudna*. */
export function InviteDialog({ inviting, invitations, invitedBefore, onClose }: Props) {
  const [draft] = useState(() => new InvitationDraft(inviting));
  const state = useStore(draft.state);
  useEffect(() => () => draft.stop(), [draft]);

  function add(event: FormEvent): void {
    event.preventDefault();
    void draft.add();
  }

  return (
    <Dialog heading={i18n.t("Bjud in deltagare")} onClose={onClose} isOnStage>
      <form className={styles.part} onSubmit={add} noValidate>
        <h3>{i18n.t("Bjud in via sms")}</h3>
        <NumberField draft={draft} state={state} />
        <div className={styles.choices}>
          <Select className={styles.field} label={i18n.t("Roll (valfritt)")} none={i18n.t("Ingen roll vald")} value={state.role} options={ROLES} wordsOf={roleWords} onChoose={(role) => draft.choose(role)} />
          <LanguageChoice language={state.language} onChoose={(language) => draft.speak(language)} />
        </div>
        {state.chips.length > 0 && <Chips chips={state.chips} onDrop={(id) => draft.drop(id)} />}
      </form>
      <SamePersons people={invitedBefore} inviting={inviting} />
      <section className={styles.part}>
        <h3>{i18n.t("Redan inbjudna")}</h3>
        <InvitedList invitations={invitations} inviting={inviting} />
      </section>
      <div className={styles.foot}>
        <p role="alert" className={styles.complaint}>
          {state.complaint}
        </p>
        <Button tone="quiet" onClick={onClose}>
          {i18n.t("Avbryt")}
        </Button>
        <Button tone="primary" aria-disabled={state.isSending} onClick={() => void draft.send()}>
          {i18n.t("Skicka")}
        </Button>
      </div>
    </Dialog>
  );
}

function NumberField({ draft, state }: { draft: InvitationDraft; state: Draft }) {
  const id = useId();
  const problem = fieldProblem(state);
  return (
    <>
      <label htmlFor={id}>{i18n.t("Telefonnummer")}</label>
      <div className={styles.line}>
        <input
          id={id}
          type="tel"
          autoComplete="off"
          maxLength={40}
          value={state.text}
          aria-invalid={problem !== null || undefined}
          aria-describedby={`${id}-said`}
          onChange={(event) => draft.type(event.target.value)}
        />
        <Button type="submit" icon={Plus}>
          {i18n.t("Lägg till")}
        </Button>
      </div>
      <p id={`${id}-said`} className={styles.said} data-wrong={problem !== null || undefined} role="status">
        {problem ?? numberWords(state)}
      </p>
    </>
  );
}

function numberWords({ checked }: Draft): string {
  if (!checked?.region) return i18n.t("Sms:et innehåller avsändare och länk, inget om patienten.");
  return `${checked.shown} · ${countryName(checked.region)}`;
}

const LANGUAGES: readonly (readonly [TextLanguage, string])[] = [
  ["sv", "Svenska"],
  ["en", "English"],
];

/** Each language by its own name. */
function LanguageChoice({ language, onChoose }: { language: TextLanguage; onChoose: (language: TextLanguage) => void }) {
  const id = useId();
  return (
    <div className={styles.field} role="radiogroup" aria-labelledby={id}>
      <span id={id}>{i18n.t("Språk i sms:et")}</span>
      <div className={styles.languages}>
        {LANGUAGES.map(([one, words]) => (
          <label key={one} lang={one}>
            <input type="radio" name={`${id}-language`} checked={language === one} onChange={() => onChoose(one)} />
            {words}
          </label>
        ))}
      </div>
    </div>
  );
}

function Chips({ chips, onDrop }: { chips: readonly Chip[]; onDrop: (id: string) => void }) {
  return (
    <ul role="list" className={styles.chips} aria-label={i18n.t("Nummer som bjuds in")}>
      {chips.map(({ id, shown, role, language }) => (
        <li key={id} className={styles.chip}>
          <span>{[shown, role && roleWords(role), languageWords(language)].filter(Boolean).join(" · ")}</span>
          <Button tone="quiet" icon={X} onClick={() => onDrop(id)}>
            {i18n.t("Ta bort {number}", { number: shown })}
          </Button>
        </li>
      ))}
    </ul>
  );
}
