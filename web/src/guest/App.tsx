import { useEffect, useState } from "react";
import { createApi } from "../api/client";
import { connectSocket } from "../api/socket";
import { GuestPage, loadCall } from "../features/guests/GuestPage";
import { GuestVisit } from "../features/guests/GuestVisit";
import { loadLiveKit } from "../features/media/livekit";
import { suggestLocale, useLocale } from "../lib/i18n";

const loadSeat = () => import("../features/guests/takeSeat");

/** What the call needs is fetched while the link is looked at and the person writes a name: nobody waits for it after the press. */
export function App() {
  useLocale();
  const [visit] = useState(
    () =>
      new GuestVisit({
        api: createApi("guest"),
        openSocket: () => connectSocket("guest"),
        readToken: () => location.hash.slice(1),
        loadDevices: loadSeat,
        speak: suggestLocale,
        loadSeat,
        loadScreen: loadCall,
        forgetToken: () => history.replaceState(null, "", location.pathname),
      }),
  );
  useEffect(() => {
    void visit.open();
    void Promise.all([loadLiveKit(), loadSeat()]).then(loadCall).catch(() => undefined);
    return () => visit.stop();
  }, [visit]);
  return <GuestPage visit={visit} />;
}
