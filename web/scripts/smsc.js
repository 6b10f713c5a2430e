/**
 * An SMSC for the tests of texts: `node scripts/smsc.js [<key> <certificate>]`. It lives on loopback only.
 *
 * It takes what SMPP 3.4 allows and refuses the rest. Commands are lines of JSON on stdin, each answered by one on stdout:
 * {do: "status", bind, submit} answers so from then on; {do: "break"} takes the next text and drops the line instead of
 * answering; {do: "slow", ms} answers texts so late; {do: "silent"} answers nothing any more; {do: "texts"}; {do: "cut"};
 * {do: "deliver", pdus} → their answers.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import smpp from "smpp";

const [SYSTEM, PASSWORD] = ["narvaro", "p-word"];
const texts = [];
const answered = { binds: 0, unbinds: 0, enquiries: 0 };
let told = { bind: 0, submit: 0 };
let isBreaking = false;
let isSilent = false;
let delay = 0;
let sessions = [];

/** What is wrong with a submit_sm, as a status; 0 when nothing is. */
function fault(pdu) {
  const words = pdu.short_message.message;
  if (!/^[1-9]\d{7,14}$/.test(pdu.destination_addr) || pdu.dest_addr_ton !== 1 || pdu.dest_addr_npi !== 1) return smpp.ESME_RINVDSTADR;
  if (pdu.source_addr_ton === 5 ? !/^[A-Za-z0-9 ]{1,11}$/.test(pdu.source_addr) : !/^\d{3,15}$/.test(pdu.source_addr)) return smpp.ESME_RINVSRCADR;
  if (!words || words.length > 160) return smpp.ESME_RINVMSGLEN;
  if (pdu.registered_delivery !== 1) return smpp.ESME_RINVREGDLVFLG;
  return 0;
}

function submit(session, pdu) {
  if (isSilent) return;
  const status = session.isBound ? told.submit || fault(pdu) : smpp.ESME_RINVBNDSTS;
  if (status) return session.send(pdu.response({ command_status: status }));
  texts.push({ to: `+${pdu.destination_addr}`, from: pdu.source_addr, words: pdu.short_message.message, coding: pdu.data_coding });
  if (isBreaking) {
    isBreaking = false;
    return session.destroy();
  }
  const answer = pdu.response({ message_id: `s${texts.length}` });
  setTimeout(() => session.send(answer), delay);
}

function bind(session, pdu) {
  if (isSilent) return;
  const isKnown = pdu.system_id === SYSTEM && pdu.password === PASSWORD;
  const status = told.bind || (isKnown ? 0 : smpp.ESME_RBINDFAIL);
  session.isBound = status === 0;
  answered.binds += session.isBound ? 1 : 0;
  session.send(pdu.response({ command_status: status, system_id: "smsc" }));
}

function meet(session) {
  sessions.push(session);
  session.on("error", () => session.destroy());
  session.on("close", () => { sessions = sessions.filter((other) => other !== session); });
  session.on("bind_transceiver", (pdu) => bind(session, pdu));
  session.on("submit_sm", (pdu) => submit(session, pdu));
  session.on("enquire_link", (pdu) => {
    if (isSilent) return;
    answered.enquiries += 1;
    session.send(pdu.response());
  });
  session.on("unbind", (pdu) => {
    answered.unbinds += 1;
    session.send(pdu.response());
    session.close();
  });
}

/** Send each PDU on the newest bind, all before the first answer → the answers' statuses, in order. */
function deliver(pdus) {
  const session = sessions.findLast((one) => one.isBound);
  const send = ({ command = "deliver_sm", payload, ...options }) =>
    new Promise((resolve) => {
      const more = payload === undefined ? {} : { message_payload: { message: payload } };
      session.send(new smpp.PDU(command, { ...options, ...more }), (answer) => resolve([answer.command, answer.command_status]));
    });
  return Promise.all(pdus.map(send));
}

const COMMANDS = {
  status: ({ bind = 0, submit: status = 0 }) => { told = { bind, submit: status }; },
  break: () => { isBreaking = true; },
  slow: ({ ms }) => { delay = ms; },
  silent: () => { isSilent = true; },
  texts: () => texts,
  answered: () => answered,
  cut: () => { sessions.forEach((session) => session.destroy()); },
  deliver: ({ pdus }) => deliver(pdus),
};

const [key, cert] = process.argv.slice(2).map((path) => readFileSync(path));
const server = smpp.createServer(key ? { key, cert } : {}, meet);
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify(server.address().port)));
createInterface({ input: process.stdin }).on("line", async (line) => {
  const asked = JSON.parse(line);
  console.log(JSON.stringify((await COMMANDS[asked.do](asked)) ?? null));
}).on("close", () => process.exit());
