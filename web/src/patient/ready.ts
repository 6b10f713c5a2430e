/** *Jag är redo*: fetched with the first conversation that is opened, or by a reminder's link; a call needs none of it. */
export { ReadyBar } from "../features/conversations/ReadyBar";
export { ReadyPrompt } from "./ReadyPrompt";
