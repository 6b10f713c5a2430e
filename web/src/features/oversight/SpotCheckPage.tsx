import { type FormEvent, useEffect, useId, useState } from "react";
import { useSession } from "../session/context";
import { problemText } from "../../api/problems";
import type { SpotCheckOpened } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { Waiting } from "../../ui/Waiting";
import { AccessRows } from "./AccessRows";
import styles from "./SpotChecks.module.css";
import { exactly, monthName } from "./when";

/** One month's spot-check: what was drawn, how, and what whoever reviewed it has seen. */
export function SpotCheckPage({ id }: { id: string }) {
  const { api } = useSession();
  const [opened, setOpened] = useState<SpotCheckOpened | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const path = `/audit/spot-checks/${id}`;
  const fail = (error: unknown) => setProblem(problemText(error));
  useEffect(() => void api.get<SpotCheckOpened>(path).then(setOpened, (error: unknown) => setProblem(problemText(error))), [api, path]);

  if (!opened) return problem ? <p role="alert">{problem}</p> : <Waiting>{i18n.t("Stickprovet hämtas …")}</Waiting>;
  const { summary, items } = opened;
  return (
    <>
      <h2>{i18n.t("Stickprov för {month}", { month: monthName(summary.month) })}</h2>
      <p className={styles.soft}>
        {i18n.t("{size} av {population} åtkomster till patienters uppgifter, dragna {when} av {name}. Frö: {seed}", {
          size: summary.size,
          population: summary.population,
          when: exactly(summary.drawn_at),
          name: summary.drawn_by,
          seed: summary.seed,
        })}
      </p>
      {items.length === 0 ? <Empty heading={i18n.t("Personalen öppnade inget den månaden")} /> : <AccessRows items={items} label={i18n.t("Dragna åtkomster")} />}
      {summary.reviewed_at && summary.reviewed_by ? (
        <section className={styles.review}>
          <h3>{i18n.t("Granskat {when} av {name}", { when: exactly(summary.reviewed_at), name: summary.reviewed_by })}</h3>
          <p className={styles.note}>{summary.note}</p>
        </section>
      ) : (
        <Review onReview={(note) => api.put<SpotCheckOpened>(`${path}/review`, { note }).then(setOpened, fail)} />
      )}
      {problem && <p role="alert">{problem}</p>}
    </>
  );
}

function Review({ onReview }: { onReview: (note: string) => Promise<void> }) {
  const id = useId();
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);

  function send(event: FormEvent): void {
    event.preventDefault();
    if (isBusy || note.trim() === "") return;
    setBusy(true);
    void onReview(note).finally(() => setBusy(false));
  }

  return (
    <form className={styles.review} onSubmit={send}>
      <label htmlFor={id}>{i18n.t("Anteckning om granskningen")}</label>
      <textarea id={id} rows={4} required maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
      <Button tone="primary" type="submit" aria-disabled={isBusy}>
        {i18n.t("Markera som granskat")}
      </Button>
    </form>
  );
}
