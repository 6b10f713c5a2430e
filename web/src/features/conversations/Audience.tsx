import { Lock, Users } from "lucide-react";
import { useId } from "react";
import type { Audience, Entry, Me } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import styles from "./Audience.module.css";

const AUDIENCES: readonly Audience[] = ["patient", "call"];

/** Whom a message is for: between the patient and staff it is for the other side of its author. */
function audienceWords(audience: Audience, author: Entry["author_kind"]): string {
  if (audience === "call") return i18n.t("Syns för alla i samtalet");
  return author === "staff" ? i18n.t("Syns bara för patienten") : i18n.t("Syns bara för vårdpersonalen");
}

/** On a message, or where somebody writes and has no choice. */
export function AudienceLabel({ audience, author }: { audience: Audience; author: Entry["author_kind"] }) {
  const Icon = audience === "call" ? Users : Lock;
  return (
    <p className={styles.label} data-audience={audience}>
      <Icon aria-hidden size={14} />
      {audienceWords(audience, author)}
    </p>
  );
}

/** Above the message box: who will see what is written. */
export function AudienceChoice({ chosen, me, onChoose }: { chosen: Audience; me: Me; onChoose: (audience: Audience) => void }) {
  const name = useId();
  return (
    <fieldset className={styles.choice}>
      <legend className="hidden-words">{i18n.t("Vem ser det du skriver?")}</legend>
      {AUDIENCES.map((audience) => (
        <label key={audience} className={styles.option} data-audience={audience}>
          <input type="radio" name={name} checked={audience === chosen} onChange={() => onChoose(audience)} />
          {audience === "call" ? <Users aria-hidden size={16} /> : <Lock aria-hidden size={16} />}
          {audienceWords(audience, me.kind)}
        </label>
      ))}
    </fieldset>
  );
}
