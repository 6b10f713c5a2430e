import { i18n } from "../../lib/i18n";
import { matchPath } from "../../lib/router";
import { Link } from "../../ui/Link";
import { AccessLogPage } from "./AccessLogPage";
import styles from "./OversightPages.module.css";
import { SpotCheckPage } from "./SpotCheckPage";
import { SpotChecksPage } from "./SpotChecksPage";

/** What a clinic's administrators see of the access log. `home` ends with a slash. */
export function OversightPages({ home, path }: { home: string; path: string }) {
  const check = matchPath("/staff/:clinic/spot-checks/:id", path);
  const isLog = matchPath("/staff/:clinic/access-log", path) !== null;
  const places = [
    { href: `${home}access-log`, words: i18n.t("Logg"), isHere: isLog },
    { href: `${home}spot-checks`, words: i18n.t("Stickprov"), isHere: !isLog },
  ];
  return (
    <main className={styles.page}>
      <Link href={home}>{i18n.t("Till ärenden")}</Link>
      <h1>{i18n.t("Åtkomstlogg")}</h1>
      <nav aria-label={i18n.t("Åtkomstlogg")} className={styles.places}>
        {places.map(({ href, words, isHere }) => (
          <Link key={href} href={href} aria-current={isHere ? "page" : undefined}>
            {words}
          </Link>
        ))}
      </nav>
      {isLog ? <AccessLogPage /> : check ? <SpotCheckPage key={check.id} id={check.id} /> : <SpotChecksPage home={home} />}
    </main>
  );
}
