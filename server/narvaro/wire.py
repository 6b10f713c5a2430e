"""Every shape that crosses the wire, collected for the socket and for the web's generated types."""

from narvaro.calls import schemas as calls
from narvaro.conversations import schemas as conversations
from narvaro.invitations import schemas as invitations
from narvaro.realtime import schemas as realtime

ClientMessage = (
    realtime.Subscribe
    | realtime.Unsubscribe
    | realtime.Presence
    | realtime.Pong
    | conversations.Typing
    | conversations.Noticed
    | calls.Delivered
    | calls.Seen
)
ServerMessage = (
    conversations.Entries
    | conversations.Conversation
    | conversations.Inbox
    | conversations.TypingSeen
    | calls.Call
    | calls.Rings
    | invitations.GuestState
    | realtime.Gone
    | realtime.Ping
)
