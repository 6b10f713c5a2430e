import { OfflinePage } from "./parts";
import { SessionGate } from "../features/session/SessionGate";
import { useLocale } from "../lib/i18n";
import { usePath } from "../lib/router";
import { PatientShell } from "./PatientShell";

export function App() {
  useLocale();
  const clinic = usePath().split("/")[2] ?? "";
  return (
    <SessionGate kind="patient" clinic={clinic} unreachable={(tryAgain) => <OfflinePage clinic={clinic} tryAgain={tryAgain} />}>
      <PatientShell clinic={clinic} />
    </SessionGate>
  );
}
