import { AccountMenu } from "../features/session/AccountMenu";
export function StaffShell(_props: { clinic: string }) {
  return <AccountMenu />;
}
