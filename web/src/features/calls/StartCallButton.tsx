import { Video } from "lucide-react";
import type { ConversationSnapshot, SignedIn } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";

interface Props {
  conversation: ConversationSnapshot;
  me: SignedIn;
}

export function StartCallButton(_props: Props) {
  return (
    <Button tone="primary" icon={Video}>
      {i18n.t("Starta videosamtal")}
    </Button>
  );
}
