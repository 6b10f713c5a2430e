/** The page at /staff/{clinic}/call/{callId}?conversation={id}. */
export function CallWindowPage(_props: { callId: string }) {
  return null;
}
