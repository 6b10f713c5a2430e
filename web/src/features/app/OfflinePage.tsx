import { useEffect, useState } from "react";
import type { InboxItem } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { clock, shortWhen, showTimesIn } from "../../lib/time";
import { showTitle } from "../../lib/title";
import { Avatar } from "../../ui/Avatar";
import { Banner, LiveRegion } from "../../ui/Banner";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { Wordmark } from "../../ui/Wordmark";
import { kindText } from "../conversations/words";
import { lastList } from "./lastList";
import styles from "./OfflinePage.module.css";

const TRY_EVERY_MS = 10_000;

/** No network: the list as it last was, to read only. The page goes on by itself when the server answers. */
export function OfflinePage({ clinic, tryAgain }: { clinic: string; tryAgain: () => Promise<void> }) {
  const [list] = useState(() => lastList(clinic));
  const [isTrying, setTrying] = useState(false);
  const [isOffline, setOffline] = useState(!navigator.onLine);
  if (list) showTimesIn(list.zone);
  useEffect(() => showTitle(i18n.t("Ärenden"), 0), []);
  useEffect(() => {
    const again = () => {
      setOffline(!navigator.onLine);
      void tryAgain();
    };
    const timer = setInterval(again, TRY_EVERY_MS);
    for (const event of ["online", "offline"]) addEventListener(event, again);
    return () => {
      clearInterval(timer);
      for (const event of ["online", "offline"]) removeEventListener(event, again);
    };
  }, [tryAgain]);

  async function press(): Promise<void> {
    setTrying(true);
    await tryAgain();
    setTrying(false);
  }

  const what = isOffline ? i18n.t("Du är offline") : i18n.t("Närvaro svarar inte just nu");
  const button = (
    <Button disabled={isTrying} onClick={() => void press()}>
      {isTrying ? i18n.t("Försöker …") : i18n.t("Försök igen")}
    </Button>
  );
  return (
    <main className={styles.page}>
      <header className={styles.header}>
        <Wordmark />
      </header>
      <h1>{i18n.t("Dina ärenden")}</h1>
      {list ? (
        <>
          <LiveRegion>
            <Banner tone="warn" action={button}>
              {i18n.t("{what}. Så här såg listan ut {at}.", { what, at: clock(list.at) })}
            </Banner>
          </LiveRegion>
          <ul role="list" className={styles.list}>
            {list.items.map((item) => (
              <Row key={item.id} item={item} />
            ))}
          </ul>
        </>
      ) : (
        <Empty heading={what}>
          <p>{i18n.t("Sidan öppnas av sig själv när anslutningen är tillbaka.")}</p>
          {button}
        </Empty>
      )}
    </main>
  );
}

/** Not a link: what is in a conversation is not kept here. */
function Row({ item }: { item: InboxItem }) {
  return (
    <li className={styles.row}>
      <Avatar name={item.title} />
      <span className={styles.words}>
        <span className={styles.name}>{item.title}</span>
        <span className={styles.kind}>{kindText(item, "patient")}</span>
      </span>
      <time dateTime={item.last_at}>{shortWhen(item.last_at)}</time>
    </li>
  );
}
