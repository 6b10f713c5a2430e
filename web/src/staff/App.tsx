import { lazy, Suspense } from "react";
import { SessionGate } from "../features/session/SessionGate";
import { i18n, useLocale } from "../lib/i18n";
import { matchPath, usePath } from "../lib/router";
import { Waiting } from "../ui/Waiting";
import { StaffShell } from "./StaffShell";

const CallWindowPage = lazy(async () => ({ default: (await import("../features/calls/CallWindowPage")).CallWindowPage }));

export function App() {
  useLocale();
  const path = usePath();
  const clinic = path.split("/")[2] ?? "";
  const call = matchPath("/staff/:clinic/call/:callId", path);
  return (
    <SessionGate kind="staff" clinic={clinic} asksAgain={call !== null}>
      {call ? (
        <Suspense fallback={<Waiting>{i18n.t("Samtalsfönstret öppnas …")}</Waiting>}>
          <CallWindowPage callId={call.callId} />
        </Suspense>
      ) : (
        <StaffShell clinic={clinic} />
      )}
    </SessionGate>
  );
}
