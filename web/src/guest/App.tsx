import { useEffect, useState } from "react";
import { createApi } from "../api/client";
import { connectSocket } from "../api/socket";
import { GuestPage, loadCall } from "../features/guests/GuestPage";
import { GuestVisit } from "../features/guests/GuestVisit";
import { loadPreview } from "../features/guests/TryOut";
import { suggestLocale, useLocale } from "../lib/i18n";

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
    return () => visit.stop();
  }, [visit]);
  return <GuestPage visit={visit} />;
}
