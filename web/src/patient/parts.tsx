import { type ComponentType, lazy, type ReactNode, Suspense } from "react";
import { Unreachable } from "../features/session/SessionGate";

/** A part that comes after the page; `missing` is shown when it cannot be fetched. */
function later<P extends object>(load: () => Promise<ComponentType<P>>, missing: (props: P) => ReactNode): (props: P) => ReactNode {
  const Part = lazy(async () => ({ default: await load().catch(() => missing) })) as ComponentType<P>;
  return (props) => (
    <Suspense fallback={null}>
      <Part {...props} />
    </Suspense>
  );
}

const reload = async () => location.reload();

export const OfflinePage = later(async () => (await import("../features/app/OfflinePage")).OfflinePage, Unreachable);
export const HomeHints = later(async () => (await import("../features/app/HomeHints")).HomeHints, () => null);
export const SettingsPages = later(async () => (await import("../features/app/SettingsPages")).SettingsPages, () => <Unreachable tryAgain={reload} />);
export const RingLink = later(async () => (await import("./RingLink")).RingLink, () => <Unreachable tryAgain={reload} />);

const ready = () => import("./ready");
export const ReadyBar = later(async () => (await ready()).ReadyBar, () => null);
export const ReadyPrompt = later(async () => (await ready()).ReadyPrompt, () => null);
