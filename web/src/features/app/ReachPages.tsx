import { BellOff, BellRing, CircleCheck } from "lucide-react";
import { type ReactNode, useEffect, useId, useState } from "react";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Banner, LiveRegion } from "../../ui/Banner";
import { Button, buttonClass } from "../../ui/Button";
import { Link } from "../../ui/Link";
import { Waiting } from "../../ui/Waiting";
import { useSession } from "../session/context";
import { platformOf } from "./platform";
import { createReach, type Reach, type ReachState } from "./reach";
import styles from "./SettingsPages.module.css";

type Shown = Omit<ReachState, "settings"> & { reach: Reach; settings: NonNullable<ReachState["settings"]> };

/** Loads how the patient can be reached, and shows `children` of it. */
function WithReach({ children }: { children: (shown: Shown) => ReactNode }) {
  const { api, me } = useSession();
  const [reach] = useState(() => createReach(api, me));
  const state = useStore(reach.state);
  useEffect(() => void reach.load(), [reach]);
  const { settings, failure } = state;
  return (
    <>
      <LiveRegion isUrgent>
        {failure && (
          <Banner tone="stop" action={!settings && <Button onClick={() => void reach.load()}>{i18n.t("Försök igen")}</Button>}>
            {failure}
          </Banner>
        )}
      </LiveRegion>
      {settings ? children({ ...state, reach, settings }) : !failure && <Waiting>{i18n.t("Inställningar hämtas …")}</Waiting>}
    </>
  );
}

/** *Få veta när vården ringer*: on this device, also while the app is closed. */
export function CallsPage({ home }: { home: string }) {
  return <WithReach>{(shown) => <Calls home={home} {...shown} />}</WithReach>;
}

function Calls({ home, reach, settings, ability, isBusy }: Shown & { home: string }) {
  if (!settings.public_key) return <p>{i18n.t("Vården skickar inga aviseringar till dig. Ha Närvaro öppet när du väntar på ett samtal.")}</p>;
  if (ability === "granted" && settings.is_subscribed) return <CallsOn reach={reach} settings={settings} isBusy={isBusy} />;
  if (ability === "needs-install") {
    return (
      <>
        <p>{i18n.t("På iPhone och iPad behöver Närvaro ligga på hemskärmen först. Öppna det därifrån, och kom tillbaka hit.")}</p>
        <div>
          <Link className={buttonClass({ tone: "primary", size: "large" })} href={`${home}settings/install`}>
            {i18n.t("Visa hur")}
          </Link>
        </div>
      </>
    );
  }
  if (ability === "unsupported") {
    return <p>{i18n.t("Den här webbläsaren kan inte ta emot aviseringar. Prova en annan webbläsare, eller ha Närvaro öppet när du väntar på ett samtal.")}</p>;
  }
  if (ability === "refused") return <Refused reach={reach} />;
  return (
    <>
      <p>{i18n.t("Telefonen säger till när vården ringer på video, även när Närvaro är stängt.")}</p>
      <p>{i18n.t("Där står bara att någon ringer. Inte vem, och inget om din vård.")}</p>
      <div>
        <Button tone="primary" size="large" icon={BellRing} disabled={isBusy} onClick={() => void reach.turnOn()}>
          {i18n.t("Få veta när vården ringer")}
        </Button>
      </div>
      <p>{i18n.t("Sedan frågar din webbläsare om du tillåter aviseringar. Svara Tillåt.")}</p>
    </>
  );
}

function CallsOn({ reach, settings, isBusy }: Pick<Shown, "reach" | "settings" | "isBusy">) {
  return (
    <>
      <p className={styles.good} role="status">
        <CircleCheck aria-hidden size={22} />
        {i18n.t("Den här enheten säger till när vården ringer.")}
      </p>
      <Choice
        words={i18n.t("Visa regionens namn")}
        more={i18n.t("Annars står det bara Inkommande videosamtal. Mottagningens namn visas aldrig.")}
        is={settings.may_show_brand}
        isBusy={isBusy}
        onChange={(is) => void reach.choose({ may_show_brand: is })}
      />
      <div>
        <Button icon={BellOff} disabled={isBusy} onClick={() => void reach.turnOff()}>
          {i18n.t("Sluta säga till på den här enheten")}
        </Button>
      </div>
    </>
  );
}

function Refused({ reach }: { reach: Reach }) {
  const isPhone = platformOf(navigator.userAgent, navigator.maxTouchPoints) === "iphone";
  return (
    <>
      <p>{i18n.t("Webbläsaren får inte visa aviseringar från Närvaro. Det ändrar du själv:")}</p>
      <ol className={styles.steps}>
        {isPhone ? (
          <li>{i18n.t("Öppna telefonens Inställningar, sedan Aviseringar och Närvaro.")}</li>
        ) : (
          <li>{i18n.t("Tryck på symbolen bredvid adressen högst upp, eller håll på Närvaros symbol på startskärmen.")}</li>
        )}
        <li>{i18n.t("Tillåt aviseringar.")}</li>
        <li>{i18n.t("Kom tillbaka hit och försök igen.")}</li>
      </ol>
      <div>
        <Button onClick={() => void reach.load()}>{i18n.t("Försök igen")}</Button>
      </div>
    </>
  );
}

/** *Sms när vården ringer*: the rung after push, by the patient's agreement. */
export function TextsPage() {
  return (
    <WithReach>
      {({ reach, settings, isBusy }) =>
        settings.number_ending ? (
          <>
            <p>{i18n.t("Visas samtalet inte på någon skärm får du ett sms med en länk till det. Där står inte vem som ringer.")}</p>
            <Choice
              words={i18n.t("Skicka sms till numret som slutar på {tail}", { tail: settings.number_ending })}
              is={settings.has_sms_agreement}
              isBusy={isBusy}
              onChange={(is) => void reach.choose({ has_sms_agreement: is })}
            />
          </>
        ) : (
          <p>{i18n.t("Vården har inget mobilnummer till dig. Be mottagningen lägga till det.")}</p>
        )
      }
    </WithReach>
  );
}

/** *Tysta timmar*: for messages; a call is never held back. */
export function QuietPage() {
  return <WithReach>{({ reach, settings, isBusy }) => <Quiet key={`${settings.quiet_from} ${settings.quiet_to}`} reach={reach} settings={settings} isBusy={isBusy} />}</WithReach>;
}

function Quiet({ reach, settings, isBusy }: Pick<Shown, "reach" | "settings" | "isBusy">) {
  const [from, setFrom] = useState(settings.quiet_from ?? "21:00");
  const [to, setTo] = useState(settings.quiet_to ?? "07:00");
  const isOn = settings.quiet_from !== null;
  return (
    <>
      <p>{i18n.t("Under de här timmarna säger telefonen inte till om nya meddelanden. Ringer vården säger den till ändå.")}</p>
      <div className={styles.times}>
        <Time words={i18n.t("Från")} value={from} onChange={setFrom} />
        <Time words={i18n.t("Till")} value={to} onChange={setTo} />
      </div>
      <div className={styles.buttons}>
        <Button tone="primary" disabled={isBusy || !from || !to} onClick={() => void reach.choose({ quiet_from: from, quiet_to: to })}>
          {i18n.t("Spara")}
        </Button>
        {isOn && (
          <Button disabled={isBusy} onClick={() => void reach.choose({ quiet_from: null, quiet_to: null })}>
            {i18n.t("Ta bort tysta timmar")}
          </Button>
        )}
      </div>
      <p role="status">{isOn ? i18n.t("Tyst {from}–{to}.", { from: settings.quiet_from, to: settings.quiet_to }) : i18n.t("Inga tysta timmar.")}</p>
    </>
  );
}

function Time({ words, value, onChange }: { words: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className={styles.time}>
      {words}
      <input type="time" value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

/** One thing that is on or off. */
export function Choice({ words, more, is, isBusy = false, onChange }: { words: string; more?: string; is: boolean; isBusy?: boolean; onChange: (is: boolean) => void }) {
  const id = useId();
  return (
    <div>
      <label className={styles.choice}>
        <input type="checkbox" aria-describedby={more && id} checked={is} disabled={isBusy} onChange={(event) => onChange(event.target.checked)} />
        <span>{words}</span>
      </label>
      {more && <p id={id}>{more}</p>}
    </div>
  );
}
