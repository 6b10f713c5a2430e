import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Banner, LiveRegion } from "../../ui/Banner";
import { useSession } from "./context";

/** Says that the line is lost, and nothing else. */
export function LineBanner() {
  const { socket } = useSession();
  const status = useStore(socket.status);
  return (
    <LiveRegion>{status === "offline" && <Banner tone="warn">{i18n.t("Ingen anslutning. Det du skriver sparas här.")}</Banner>}</LiveRegion>
  );
}
