/** How long LiveKit's client waits before each attempt to mend a broken line: tight, for a call cannot wait (facts: 4.2 s against 15.5 s). */
const MEND_AFTER_MS = [0, 200, 200, 300, 300, 400, 400, 400, 400, 400, 400, 400];

export const mendingPolicy = {
  nextRetryDelayInMs({ retryCount }: { retryCount: number }): number | null {
    return MEND_AFTER_MS[retryCount] ?? null;
  },
};

const REJOIN_FIRST_MS = 300;
const REJOIN_LONGEST_MS = 4_000;

/** How long to wait before joining anew for the nth time (from 0); never gives up while the call lives. */
export function rejoinAfter(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(REJOIN_LONGEST_MS, REJOIN_FIRST_MS * 2 ** Math.min(attempt, 10));
  return longest * (0.75 + random() / 4);
}
