import { lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { chooseLocale, i18n, useLocale } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { showTitle } from "../../lib/title";
import { Button } from "../../ui/Button";
import { Waiting } from "../../ui/Waiting";
import { Wordmark } from "../../ui/Wordmark";
import { SessionContext } from "../session/context";
import { Door } from "./Door";
import styles from "./GuestPage.module.css";
import type { GuestVisit, VisitState } from "./GuestVisit";
import { TryOut } from "./TryOut";

export const loadCall = () => import("./GuestCall");
const GuestCall = lazy(async () => ({ default: (await loadCall()).GuestCall }));
const GuestQuestion = lazy(async () => ({ default: (await import("./GuestQuestion")).GuestQuestion }));

/** The page behind the link of a text message. */
export function GuestPage({ visit }: { visit: GuestVisit }) {
  const state = useStore(visit.state);
  const { place } = state;
  useEffect(() => showTitle(place.name === "in" ? i18n.t("Videosamtal") : i18n.t("Inbjudan till videosamtal"), 0));
  if (place.name === "in" || place.name === "asking") {
    return (
      <Suspense fallback={<Waiting>{i18n.t("Ansluter …")}</Waiting>}>
        <InSession visit={visit} place={place} />
      </Suspense>
    );
  }
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <Wordmark />
        <LanguageButton />
      </header>
      <main className={styles.main}>
        <Before visit={visit} state={state} />
      </main>
    </div>
  );
}

function InSession({ visit, place }: { visit: GuestVisit; place: Extract<VisitState["place"], { name: "in" | "asking" }> }) {
  return (
    <SessionContext value={place.session}>
      {place.name === "in" ? <GuestCall ongoing={place.ongoing} onLeave={() => void visit.leave()} /> : <GuestQuestion callId={place.guest.call_id} onDone={() => visit.finish()} />}
    </SessionContext>
  );
}

function Before({ visit, state: { place, devices, isBusy, failure } }: { visit: GuestVisit; state: VisitState }) {
  switch (place.name) {
    case "opening":
      return <Waiting>{i18n.t("Inbjudan öppnas …")}</Waiting>;
    case "door":
      return <Door visit={visit} link={place.link} devices={devices} isBusy={isBusy} failure={failure} />;
    case "waiting":
      return (
        <Say words={i18n.t("Väntar på att vårdpersonalen släpper in dig.")} more={i18n.t("Stanna kvar på den här sidan. Du heter {name} i samtalet.", { name: place.guest.name })}>
          <TryOut visit={visit} devices={devices} />
        </Say>
      );
    case "left":
      return (
        <Say words={i18n.t("Du har lämnat samtalet.")} more={i18n.t("Du kan gå tillbaka så länge det pågår.")}>
          <Button tone="go" size="large" isWide onClick={() => visit.comeBack()}>
            {i18n.t("Gå tillbaka till samtalet")}
          </Button>
        </Say>
      );
    case "declined":
      return (
        <Say words={i18n.t("Tack för att du sa till.")} more={i18n.t("Vårdpersonalen ser att du inte kan nu. Länken fungerar så länge samtalet pågår.")}>
          <Button onClick={() => visit.backToDoor()}>{i18n.t("Jag kan nu")}</Button>
        </Say>
      );
    case "unreachable":
      return (
        <Say words={i18n.t("Närvaro svarar inte just nu.")} more={i18n.t("Kontrollera din anslutning och försök igen.")}>
          <Button tone="primary" onClick={() => void visit.open()}>
            {i18n.t("Försök igen")}
          </Button>
        </Say>
      );
    case "dead":
      return <Say words={i18n.t("Länken fungerar inte. Kontakta den som bjöd in dig.")} />;
    case "refused":
      return <Say words={i18n.t("Du släpptes inte in.")} more={i18n.t("Kontakta den som bjöd in dig om du tror att det blev fel.")} />;
    case "removed":
      return <Say words={i18n.t("Du är inte längre med i samtalet.")} more={i18n.t("Vårdpersonalen tog bort dig ur samtalet.")} />;
    default:
      return <Say words={i18n.t("Samtalet är avslutat. Tack för att du var med!")} more={i18n.t("Du kan stänga sidan. Länken fungerar inte längre.")} />;
  }
}

/** One thing said, read out when it comes. */
function Say({ words, more, children }: { words: string; more?: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [words]);
  return (
    <section className={styles.say}>
      <div role="status">
        <h1 ref={heading} tabIndex={-1}>
          {words}
        </h1>
        {more && <p>{more}</p>}
      </div>
      {children}
    </section>
  );
}

function LanguageButton() {
  const other = useLocale() === "sv" ? "en" : "sv";
  return (
    <Button tone="quiet" lang={other} onClick={() => void chooseLocale(other)}>
      {other === "en" ? "English" : "Svenska"}
    </Button>
  );
}
