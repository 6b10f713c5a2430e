import { ScrollText } from "lucide-react";
import { useEffect, useState } from "react";
import { useSession } from "../session/context";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { dayOf } from "../../lib/time";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { Waiting } from "../../ui/Waiting";
import { type AccessLog, createAccessLog, lastMonth, type Wanted } from "./accessLog";
import { AccessRows } from "./AccessRows";
import { Filters } from "./Filters";

/** *Åtkomstlogg*: what everybody has seen and done in the clinic, newest first. */
export function AccessLogPage() {
  const { api } = useSession();
  const [log] = useState(() => createAccessLog(api));
  const [first] = useState<Wanted>(() => ({ staff: "", patient: "", action: "", ...lastMonth(dayOf(new Date())) }));
  useEffect(() => void log.find(first), [log, first]);
  return (
    <>
      <Filters first={first} onFind={(wanted) => void log.find(wanted)} />
      <Found log={log} />
    </>
  );
}

function Found({ log }: { log: AccessLog }) {
  const { status, items, next, more, problem } = useStore(log.state);
  if (status === "loading") return <Waiting>{i18n.t("Loggen hämtas …")}</Waiting>;
  if (status === "failed") return <p role="alert">{problem}</p>;
  if (items.length === 0) {
    return (
      <Empty icon={ScrollText} heading={i18n.t("Ingen åtkomst hittades")}>
        <p>{i18n.t("Välj en längre period eller ta bort ett urval.")}</p>
      </Empty>
    );
  }
  return (
    <>
      <AccessRows items={items} label={i18n.t("Åtkomster, nyaste först")} />
      {next && (
        <Button tone="quiet" isWide aria-disabled={more === "loading"} onClick={() => void log.loadMore()}>
          {more === "failed" ? i18n.t("Försök igen") : more === "loading" ? i18n.t("Fler rader hämtas …") : i18n.t("Visa fler rader")}
        </Button>
      )}
    </>
  );
}
