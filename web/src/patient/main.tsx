import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { activateLocale, chosenLocale } from "../lib/i18n";
import "../styles/tokens.css";
import "../styles/base.css";
import { App } from "./App";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root");
await activateLocale(chosenLocale());
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

/** What makes the page an app is not needed for a call. Where a browser has no idle moments, it comes at once. */
(window.requestIdleCallback ?? setTimeout)(() => void import("../features/app/start").then(({ startApp }) => startApp(), () => undefined));
