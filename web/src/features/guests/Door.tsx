import { type FormEvent, useId, useRef, useState } from "react";
import { ROLES, roleWords } from "../../api/roles";
import type { GuestLink, GuestRole } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Select";
import type { LocalDevices } from "../media/LocalDevices";
import styles from "./GuestPage.module.css";
import type { GuestVisit } from "./GuestVisit";
import { TryOut } from "./TryOut";
import { browserAdvice, hasDevices } from "./words";

interface Props {
  visit: GuestVisit;
  link: GuestLink;
  devices: LocalDevices | null;
  isBusy: boolean;
  failure: string | null;
}

/** Before the knock: who invites, one's name, and one press. */
export function Door({ visit, link, devices, isBusy, failure }: Props) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<GuestRole | null>(link.role);
  const [isNameless, setNameless] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const advice = browserAdvice(navigator.userAgent, { hasDevices: hasDevices() });

  function enter(hasCamera: boolean): void {
    setNameless(name.trim() === "");
    if (name.trim() === "") return field.current?.focus();
    void visit.knock(name.trim(), role, hasCamera);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    enter(true);
  }

  return (
    <form className={styles.door} onSubmit={submit} noValidate>
      <h1>{i18n.t("{brand} bjuder in dig till ett videosamtal", { brand: link.brand })}</h1>
      {advice ? <p className={styles.advice}>{advice}</p> : <TryOut visit={visit} devices={devices} />}
      <div className={styles.field}>
        <label htmlFor={id}>{i18n.t("Ditt namn")}</label>
        <input
          id={id}
          ref={field}
          value={name}
          maxLength={80}
          autoComplete="name"
          aria-invalid={isNameless || undefined}
          aria-describedby={`${id}-hint ${id}-failure`}
          onChange={(event) => setName(event.target.value)}
        />
        <p id={`${id}-hint`} className={styles.soft}>
          {isInterpreter(role) && i18n.t("Du kan skriva ditt tolk-id.")}
        </p>
      </div>
      <Role invitedAs={link.role} role={role} onChoose={setRole} />
      <p id={`${id}-failure`} className={styles.failure} role="alert">
        {isNameless ? i18n.t("Skriv ditt namn först.") : failure}
      </p>
      <div className={styles.enter}>
        <Button type="submit" tone="primary" size="large" isWide disabled={isBusy}>
          {i18n.t("Gå med i samtalet")}
        </Button>
        <div className={styles.small}>
          <Button tone="quiet" disabled={isBusy} onClick={() => enter(false)}>
            {i18n.t("Gå med utan kamera")}
          </Button>
          <Button tone="quiet" disabled={isBusy} onClick={() => void visit.decline()}>
            {i18n.t("Jag kan inte nu")}
          </Button>
        </div>
        <p className={styles.soft}>{link.is_direct ? i18n.t("Du kommer in direkt. Samtalet spelas inte in.") : i18n.t("Vårdpersonalen släpper in dig. Samtalet spelas inte in.")}</p>
      </div>
    </form>
  );
}

function isInterpreter(role: GuestRole | null): boolean {
  return role === "interpreter" || role === "sign_language_interpreter";
}

/** As given by staff, with a way to say something else; or chosen. */
function Role({ invitedAs, role, onChoose }: { invitedAs: GuestRole | null; role: GuestRole | null; onChoose: (role: GuestRole | null) => void }) {
  const [isOpen, setOpen] = useState(invitedAs === null);
  if (!isOpen && invitedAs) {
    return (
      <p className={styles.role}>
        {i18n.t("Du är inbjuden som {role}.", { role: roleWords(invitedAs) })}
        <Button tone="quiet" onClick={() => setOpen(true)}>
          {i18n.t("Ändra")}
        </Button>
      </p>
    );
  }
  return <Select className={styles.field} label={i18n.t("Din roll (valfritt)")} none={i18n.t("Ingen roll vald")} value={role} options={ROLES} wordsOf={roleWords} onChoose={onChoose} />;
}
