import { useEffect, useState } from "react";
import { createApi } from "../api/client";
import { connectSocket } from "../api/socket";
import { GuestPage, loadCall } from "../features/guests/GuestPage";
import { GuestVisit } from "../features/guests/GuestVisit";
import { loadPreview } from "../features/guests/TryOut";
import { loadLiveKit } from "../features/media/livekit";
import { suggestLocale, useLocale } from "../lib/i18n";

/** What the call needs is fetched while the link is looked at and the person writes a name: nobody waits for it after the press. */
export function App() {
  useLocale();
  const [visit] = useState(
    () =>
      new GuestVisit({
        api: createApi("guest"),
        openSocket: () => connectSocket("guest"),
        readToken: () => location.hash.slice(1),
        loadDevices: loadPreview,
        speak: suggestLocale,
        loadSeat: loadCall,
        forgetToken: () => history.replaceState(null, "", location.pathname),
      }),
  );
  useEffect(() => {
    void visit.open();
    for (const load of [loadLiveKit, loadCall]) void load().catch(() => undefined);
    return () => visit.stop();
  }, [visit]);
  return <GuestPage visit={visit} />;
}
