import { ArrowLeft, BellRing, ChevronRight, Download, type LucideIcon, MessageSquareText, MonitorSmartphone, Moon } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { i18n } from "../../lib/i18n";
import { navigate } from "../../lib/router";
import { IconButton } from "../../ui/IconButton";
import { Link } from "../../ui/Link";
import { DevicesPage } from "./DevicesPage";
import { InstallPage } from "./InstallPage";
import { isInstalled } from "./platform";
import { CallsPage, QuietPage, TextsPage } from "./ReachPages";
import styles from "./SettingsPages.module.css";

interface Part {
  name: string;
  icon: LucideIcon;
  heading: string;
  page: ReactNode;
}

/** What the patient chooses for their devices: a list, and one thing per page. `path`: the address shown. */
export function SettingsPages({ home, path }: { home: string; path: string }) {
  const parts: Part[] = [
    { name: "calls", icon: BellRing, heading: i18n.t("Få veta när vården ringer"), page: <CallsPage home={home} /> },
    { name: "texts", icon: MessageSquareText, heading: i18n.t("Sms när vården ringer"), page: <TextsPage /> },
    { name: "quiet", icon: Moon, heading: i18n.t("Tysta timmar"), page: <QuietPage /> },
    ...(isInstalled() ? [] : [{ name: "install", icon: Download, heading: i18n.t("Lägg Närvaro på hemskärmen"), page: <InstallPage /> }]),
    { name: "devices", icon: MonitorSmartphone, heading: i18n.t("Inloggade enheter"), page: <DevicesPage /> },
  ];
  const settings = `${home}settings`;
  const part = parts.find(({ name }) => path === `${settings}/${name}`);
  if (part) {
    return (
      <Page key={part.name} heading={part.heading} back={i18n.t("Tillbaka till inställningar")} backTo={settings}>
        {part.page}
      </Page>
    );
  }
  return (
    <Page key="all" heading={i18n.t("Inställningar")} back={i18n.t("Tillbaka till ärenden")} backTo={home}>
      <ul role="list" className={styles.parts}>
        {parts.map(({ name, icon: Icon, heading }) => (
          <li key={name}>
            <Link className={styles.part} href={`${settings}/${name}`}>
              <Icon aria-hidden size={22} />
              <span>{heading}</span>
              <ChevronRight aria-hidden size={20} />
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}

function Page({ heading, back, backTo, children }: { heading: string; back: string; backTo: string; children: ReactNode }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section className={styles.page}>
      <header className={styles.header}>
        <IconButton icon={ArrowLeft} words={back} onClick={() => navigate(backTo)} />
        <h1 ref={title} tabIndex={-1}>
          {heading}
        </h1>
      </header>
      <div className={styles.inside}>{children}</div>
    </section>
  );
}
