import "./app/mantine.css";
import "./app/app.css";

import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Providers } from "@/app/providers";
import { cspNonce } from "@/lib/nonce";
import { startI18n } from "@/lib/i18n";

setNonce(cspNonce());

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

await startI18n();
createRoot(root).render(
  <StrictMode>
    <Providers />
  </StrictMode>,
);
