import { ClipboardCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { useSession } from "../session/context";
import { query } from "../../api/client";
import { problemText } from "../../api/problems";
import type { SpotCheckOpened, SpotChecks, SpotCheckSummary } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { navigate } from "../../lib/router";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { Link } from "../../ui/Link";
import { Waiting } from "../../ui/Waiting";
import styles from "./SpotChecks.module.css";
import { monthName } from "./when";

/** *Stickprov*: one a month, drawn at random from what staff have seen. */
export function SpotChecksPage({ home }: { home: string }) {
  const { api } = useSession();
  const [known, setKnown] = useState<SpotChecks | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const hrefOf = (id: string) => `${home}spot-checks/${id}`;
  useEffect(() => void api.get<SpotChecks>("/audit/spot-checks").then(setKnown, (error: unknown) => setProblem(problemText(error))), [api]);

  function draw(month: string): void {
    setProblem(null);
    api.post<SpotCheckOpened>(`/audit/spot-checks${query({ month })}`).then(
      ({ summary }) => navigate(hrefOf(summary.id)),
      (error: unknown) => setProblem(problemText(error)),
    );
  }

  if (!known) return problem ? <p role="alert">{problem}</p> : <Waiting>{i18n.t("Stickproven hämtas …")}</Waiting>;
  const { due, items } = known;
  return (
    <>
      <p>{i18n.t("Varje månad dras ett slumpmässigt urval av vad personalen har öppnat. Granska om varje åtkomst hade ett skäl.")}</p>
      {due && (
        <Button tone="primary" icon={ClipboardCheck} onClick={() => draw(due)}>
          {i18n.t("Dra stickprov för {month}", { month: monthName(due) })}
        </Button>
      )}
      {problem && <p role="alert">{problem}</p>}
      {items.length === 0 ? (
        <Empty heading={i18n.t("Inget stickprov har dragits än")} />
      ) : (
        <ul role="list" className={styles.months}>
          {items.map((one) => (
            <li key={one.id}>
              <Link href={hrefOf(one.id)}>{monthName(one.month)}</Link>
              <span className={styles.soft}>{stateWords(one)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function stateWords(one: SpotCheckSummary): string {
  return one.reviewed_by === null ? i18n.t("Inte granskat än") : i18n.t("Granskat av {name}", { name: one.reviewed_by });
}
