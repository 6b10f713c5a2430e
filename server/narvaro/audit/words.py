"""What an action is called, for those whose data it was."""

from typing import Final

WORDS: Final = {
    "audit.extract": "Tog ut loggutdrag",
    "audit.read": "Läste åtkomstloggen",
    "audit.spot_check.draw": "Drog ett stickprov ur åtkomstloggen",
    "audit.spot_check.read": "Läste ett stickprov ur åtkomstloggen",
    "audit.spot_check.review": "Granskade ett stickprov ur åtkomstloggen",
    "call.admit": "Släppte in en person i videosamtalet",
    "call.end.abandoned": "Videosamtalet avslutades: ingen vårdpersonal var kvar",
    "call.end.by_staff": "Avslutade videosamtalet",
    "call.end.cancelled": "Avbröt videosamtalet innan svar",
    "call.feedback": "Svarade på frågan efter videosamtalet",
    "call.follow": "Såg vilka som var i videosamtalet",
    "call.join": "Anslöt till videosamtalet",
    "call.knock": "Bad att få vara med i videosamtalet",
    "call.leave": "Lämnade videosamtalet",
    "call.message.post": "Skrev till alla i videosamtalet",
    "call.messages.follow": "Läste vad som skrevs till alla i videosamtalet",
    "call.open": "Öppnade videosamtalets uppgifter",
    "call.pin": "Fäste en tolk för alla i videosamtalet",
    "call.place": "Startade ett videosamtal",
    "call.refuse": "Nekade en person att komma in i videosamtalet",
    "call.remove": "Tog bort en person ur videosamtalet",
    "call.ring": "Ringde igen",
    "call.sharing.allow": "Tillät andra att dela skärm",
    "call.sharing.forbid": "Tillät inte längre andra att dela skärm",
    "call.unpin": "Lossade en tolk för alla i videosamtalet",
    "conversation.follow": "Läste ärendets meddelanden",
    "conversation.open": "Öppnade ärendet",
    "conversation.read": "Läste äldre meddelanden i ärendet",
    "conversation.start": "Startade ärendet",
    "conversation.watch": "Såg ärendets läge och om patienten var i appen",
    "conversations.search": "Sökte bland ärenden",
    "invitation.check": "Kontrollerade ett telefonnummer för inbjudan",
    "invitation.decline": "En inbjuden person tackade nej",
    "invitation.open": "En inbjuden person öppnade länken",
    "invitation.resend": "Skickade inbjudan på nytt",
    "invitation.revoke": "Återkallade en inbjudan",
    "invitation.send": "Bjöd in en person till videosamtalet",
    "message.post": "Skickade ett meddelande",
    "patient.push.choose": "Valde hur man nås utanför appen",
    "patient.push.subscribe": "Slog på aviseringar på en enhet",
    "patient.signed_up": "Loggade in för första gången",
    "patients.search": "Sökte bland patienter",
    "retention.delete": "Exporterade och raderade äldre meddelanden och videosamtal",
    "ring.answer": "Svarade på videosamtalet",
    "ring.decline": "Avböjde videosamtalet",
    "ring.minute": "Bad om en minut",
    "ring.open_link": "Länken i sms:et om ett videosamtal öppnades",
    "ring.phone": "Tog fram patientens telefonnummer för att ringa upp",
}


def words_of(action: str) -> str:
    """The action itself, when it is one that nobody does any more."""
    return WORDS.get(action, action)
