import type { Api } from "../../api/client";
import type { CallSnapshot, CheckedNumber, GuestRole, NewInvitation } from "../../api/wire";

/** Staff's verbs on those who are not in the call yet, or not any more. Each tells what the call became; raises as `Api`. */
export interface Inviting {
  check(number: string): Promise<CheckedNumber>;
  invite(invitations: NewInvitation[]): Promise<void>;
  /** *Bjud in samma personer*: those of the call before, whose numbers only the server knows. */
  inviteAgain(): Promise<void>;
  textAgain(invitationId: string): Promise<void>;
  revoke(invitationId: string): Promise<void>;
  admit(knockId: string): Promise<void>;
  refuse(knockId: string): Promise<void>;
  /** A guest's knock has the guest's own id. */
  remove(knockId: string): Promise<void>;
}

export type ChosenRole = GuestRole | null;

export function createInviting(api: Api, callId: string, tell: (call: CallSnapshot) => void = () => undefined): Inviting {
  const post = async (path: string, body?: object) => tell(await api.post<CallSnapshot>(path, body));
  return {
    check: (number) => api.post<CheckedNumber>(`/calls/${callId}/numbers`, { number }),
    invite: (invitations) => post(`/calls/${callId}/invitations`, { invitations }),
    inviteAgain: () => post(`/calls/${callId}/invitations/again`),
    textAgain: (id) => post(`/invitations/${id}/texts`),
    revoke: (id) => post(`/invitations/${id}/revoke`),
    admit: (id) => post(`/knocks/${id}/admit`),
    refuse: (id) => post(`/knocks/${id}/refuse`),
    remove: (id) => post(`/knocks/${id}/remove`),
  };
}
