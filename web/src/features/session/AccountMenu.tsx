import { useState } from "react";
import { problemText } from "../../api/problems";
import { chooseLocale, i18n, useLocale } from "../../lib/i18n";
import { LiveRegion } from "../../ui/Banner";
import { Menu, MenuChoice, MenuItem } from "../../ui/Menu";
import { useSession } from "./context";
import styles from "./AccountMenu.module.css";

/** The person's name; language and sign-out below it. */
export function AccountMenu() {
  const { me, signOut } = useSession();
  const locale = useLocale();
  const [failure, setFailure] = useState<string | null>(null);
  const leave = () => signOut().catch((error: unknown) => setFailure(problemText(error)));
  return (
    <>
      <LiveRegion isUrgent>{failure && <span className={styles.failure}>{failure}</span>}</LiveRegion>
      <Menu label={me.name}>
        <MenuChoice isChosen={locale === "sv"} lang="sv" onChoose={() => void chooseLocale("sv")}>
          Svenska
        </MenuChoice>
        <MenuChoice isChosen={locale === "en"} lang="en" onChoose={() => void chooseLocale("en")}>
          English
        </MenuChoice>
        <MenuItem onChoose={() => void leave()}>{i18n.t("Logga ut")}</MenuItem>
      </Menu>
    </>
  );
}
