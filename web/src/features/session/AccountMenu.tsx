import { lazy, type ReactNode, Suspense, useState } from "react";
import { ApiProblem, problemText } from "../../api/problems";
import { chooseLocale, i18n, useLocale } from "../../lib/i18n";
import { LiveRegion } from "../../ui/Banner";
import { Menu, MenuChoice, MenuItem } from "../../ui/Menu";
import { useSession } from "./context";
import styles from "./AccountMenu.module.css";

const SignOutDialog = lazy(async () => ({ default: (await import("./SignOutDialog")).SignOutDialog }));

/** The person's name; language, what the page adds, and sign-out below it. */
export function AccountMenu({ children }: { children?: ReactNode }) {
  const { me, signOut } = useSession();
  const locale = useLocale();
  const [failure, setFailure] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const leave = (evenInCall = false) =>
    signOut(evenInCall).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.code === "still-in-call") setAsking(true);
      else setFailure(problemText(error));
    });
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
        {children}
        <MenuItem onChoose={() => void leave()}>{i18n.t("Logga ut")}</MenuItem>
      </Menu>
      {isAsking && (
        <Suspense fallback={null}>
          <SignOutDialog onStay={() => setAsking(false)} onLeave={() => void leave(true)} />
        </Suspense>
      )}
    </>
  );
}
