import { type FormEvent, useEffect, useState } from "react";
import { useSession } from "../session/context";
import type { Colleagues, PatientItem } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Select";
import type { Wanted } from "./accessLog";
import styles from "./Filters.module.css";
import { PatientPicker } from "./PatientPicker";
import { ACTIONS, actionWords } from "./words";

/** Staff member, patient, action and period; nothing is asked for until *Visa*. */
export function Filters({ first, onFind }: { first: Wanted; onFind: (wanted: Wanted) => void }) {
  const { api } = useSession();
  const [wanted, setWanted] = useState(first);
  const [patient, setPatient] = useState<PatientItem | null>(null);
  const [staff, setStaff] = useState<Colleagues["items"]>([]);
  const change = (part: Partial<Wanted>) => setWanted((old) => ({ ...old, ...part }));
  useEffect(() => void api.get<Colleagues>("/audit/staff").then(({ items }) => setStaff(items), () => undefined), [api]);

  function find(event: FormEvent): void {
    event.preventDefault();
    onFind({ ...wanted, patient: patient?.id ?? "" });
  }

  const names = new Map(staff.map((one) => [one.id, one.name]));
  return (
    <form className={styles.filters} onSubmit={find}>
      <Select
        label={i18n.t("Vem")}
        none={i18n.t("Alla")}
        value={wanted.staff || null}
        options={[...names.keys()]}
        wordsOf={(id) => names.get(id) ?? id}
        onChoose={(id) => change({ staff: id ?? "" })}
        className={styles.field}
      />
      <PatientPicker patient={patient} onPick={setPatient} className={styles.field} />
      <Select
        label={i18n.t("Vad")}
        none={i18n.t("Allt")}
        value={wanted.action || null}
        options={ACTIONS}
        wordsOf={actionWords}
        onChoose={(action) => change({ action: action ?? "" })}
        className={styles.field}
      />
      <label className={styles.field}>
        {i18n.t("Från och med")}
        <input type="date" required value={wanted.since} max={wanted.until} onChange={(event) => change({ since: event.target.value })} />
      </label>
      <label className={styles.field}>
        {i18n.t("Till och med")}
        <input type="date" required value={wanted.until} min={wanted.since} onChange={(event) => change({ until: event.target.value })} />
      </label>
      <Button tone="primary" type="submit">
        {i18n.t("Visa")}
      </Button>
    </form>
  );
}
