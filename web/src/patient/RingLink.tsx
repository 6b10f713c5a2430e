import { useEffect, useState } from "react";
import { createApi } from "../api/client";
import { problemText } from "../api/problems";
import type { WayToRing } from "../api/wire";
import { i18n } from "../lib/i18n";
import { Button } from "../ui/Button";
import { Empty } from "../ui/Empty";
import { Waiting } from "../ui/Waiting";

/** Behind the link in a text: straight to what rings, or to the sign-in that leads there. */
export function RingLink() {
  const [failure, setFailure] = useState<string | null>(null);
  const open = () => void follow(location.hash.slice(1)).then(() => setFailure(null), (error: unknown) => setFailure(problemText(error)));
  useEffect(open, []);

  if (!failure) return <Waiting>{i18n.t("Samtalet öppnas …")}</Waiting>;
  return (
    <Empty heading={i18n.t("Länken kunde inte öppnas.")}>
      <p>{failure}</p>
      <Button tone="primary" onClick={open}>
        {i18n.t("Försök igen")}
      </Button>
    </Empty>
  );
}

async function follow(token: string): Promise<void> {
  const { go_to } = await createApi("patient").post<WayToRing>("/links", { token });
  location.replace(go_to);
}
