import { useCallback, useState } from "react";
import { query } from "../../api/client";
import { problemText } from "../../api/problems";
import type { ConversationRef, PatientItem, PatientPage } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Avatar } from "../../ui/Avatar";
import { Banner, LiveRegion } from "../../ui/Banner";
import { Dialog } from "../../ui/Dialog";
import { Empty } from "../../ui/Empty";
import { Waiting } from "../../ui/Waiting";
import { useSession } from "../session/context";
import styles from "./NewConversationDialog.module.css";
import { SearchField } from "./SearchField";
import { useSearch } from "../../lib/useSearch";

interface Props {
  onOpened: (conversationId: string) => void;
  onClose: () => void;
}

/** Staff pick a patient of the clinic; a conversation that exists is opened, else one is made. */
export function NewConversationDialog({ onOpened, onClose }: Props) {
  const { api } = useSession();
  const [text, setText] = useState("");
  const [failure, setFailure] = useState<string | null>(null);

  async function pick(patient: PatientItem): Promise<void> {
    try {
      const id = patient.conversation_id ?? (await api.post<ConversationRef>("/conversations", { patient_id: patient.id })).id;
      onOpened(id);
    } catch (error) {
      setFailure(problemText(error));
    }
  }

  return (
    <Dialog heading={i18n.t("Nytt ärende")} onClose={onClose}>
      <SearchField label={i18n.t("Sök patient efter namn")} text={text} onText={setText} />
      <div>
        <LiveRegion isUrgent>{failure && <Banner tone="stop">{failure}</Banner>}</LiveRegion>
        <FoundPatients text={text} onPick={(patient) => void pick(patient)} />
      </div>
    </Dialog>
  );
}

function FoundPatients({ text, onPick }: { text: string; onPick: (patient: PatientItem) => void }) {
  const { api } = useSession();
  const search = useCallback((wanted: string) => api.get<PatientPage>(`/patients${query({ search: wanted })}`), [api]);
  const found = useSearch(text, search, true);
  if (found.status === "failed") return <Empty heading={i18n.t("Sökningen gick inte. Försök igen.")} />;
  if (found.status !== "found") return <Waiting>{i18n.t("Söker …")}</Waiting>;
  if (found.result.items.length === 0) return <Empty heading={i18n.t("Ingen patient hittades. Kontrollera stavningen.")} />;
  return (
    <>
      <ul role="list" className={styles.list}>
        {found.result.items.map((patient) => (
          <li key={patient.id}>
            <button type="button" className={styles.patient} onClick={() => onPick(patient)}>
              <Avatar name={patient.name} />
              <span>{patient.name}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.result.more && <p role="status" className={styles.more}>{i18n.t("Det finns fler. Skriv mer av namnet.")}</p>}
    </>
  );
}
