import { Phone } from "lucide-react";
import { useState } from "react";
import { problemText } from "../../api/problems";
import type { PhoneNumber as Number } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button, buttonClass } from "../../ui/Button";
import type { OngoingCall } from "./OngoingCall";

/** *Ring på telefon*: the number, looked up and logged with the press; what rings in the app ends. */
export function PhoneNumber({ ongoing }: { ongoing: Pick<OngoingCall, "takeToPhone"> }) {
  const [number, setNumber] = useState<Number | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const take = () => void ongoing.takeToPhone().then(setNumber, (error: unknown) => setFailure(problemText(error)));

  if (number)
    return (
      <a className={buttonClass({})} href={`tel:${number.number}`}>
        <Phone aria-hidden size={20} />
        {number.shown}
      </a>
    );
  return (
    <>
      <Button icon={Phone} onClick={take}>
        {i18n.t("Ring på telefon")}
      </Button>
      {failure && <p role="alert">{failure}</p>}
    </>
  );
}
