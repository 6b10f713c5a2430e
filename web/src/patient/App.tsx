import { SessionGate } from "../features/session/SessionGate";
import { useLocale } from "../lib/i18n";
import { usePath } from "../lib/router";
import { OfflinePage, RingLink } from "./parts";
import { PatientShell } from "./PatientShell";

export function App() {
  useLocale();
  const path = usePath();
  const clinic = path.split("/")[2] ?? "";
  if (path === "/r") return <RingLink />;
  return (
    <SessionGate kind="patient" clinic={clinic} unreachable={(tryAgain) => <OfflinePage clinic={clinic} tryAgain={tryAgain} />}>
      <PatientShell clinic={clinic} />
    </SessionGate>
  );
}
