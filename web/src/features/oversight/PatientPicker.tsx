import { useCallback, useId, useState } from "react";
import { useSession } from "../session/context";
import { query } from "../../api/client";
import type { PatientItem, PatientPage } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useSearch } from "../../lib/useSearch";
import { Button } from "../../ui/Button";
import styles from "./PatientPicker.module.css";

interface Props {
  patient: PatientItem | null;
  onPick: (patient: PatientItem | null) => void;
  className: string | undefined;
}

/** One of the clinic's patients, found by name, or all of them. */
export function PatientPicker({ patient, onPick, className }: Props) {
  const id = useId();
  if (patient) {
    return (
      <div className={className}>
        <span>{i18n.t("Patient")}</span>
        <Button className={styles.picked} onClick={() => onPick(null)}>
          {i18n.t("Ta bort {name}", { name: patient.name })}
        </Button>
      </div>
    );
  }
  return <Search id={id} className={className} onPick={onPick} />;
}

function Search({ id, className, onPick }: { id: string } & Omit<Props, "patient">) {
  const { api } = useSession();
  const [text, setText] = useState("");
  const search = useCallback((words: string) => api.get<PatientPage>(`/patients${query({ search: words })}`), [api]);
  const found = useSearch(text, search);
  return (
    <div className={className}>
      <label htmlFor={id}>{i18n.t("Patient")}</label>
      <input id={id} type="search" autoComplete="off" spellCheck={false} maxLength={80} placeholder={i18n.t("Alla")} value={text} onChange={(event) => setText(event.target.value)} />
      <div role="status" className={styles.said}>
        {found.status === "searching" && i18n.t("Söker …")}
        {found.status === "failed" && i18n.t("Sökningen gick inte. Försök igen.")}
        {found.status === "found" && found.result.items.length === 0 && i18n.t("Ingen patient hittades.")}
      </div>
      {found.status === "found" && found.result.items.length > 0 && (
        <ul role="list" className={styles.found}>
          {found.result.items.map((one) => (
            <li key={one.id}>
              <button type="button" onClick={() => onPick(one)}>
                {one.name}
              </button>
            </li>
          ))}
          {found.result.more && <li className={styles.more}>{i18n.t("Det finns fler. Skriv mer av namnet.")}</li>}
        </ul>
      )}
    </div>
  );
}
