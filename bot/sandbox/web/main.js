// Starts the chat page: the list of chats on the left, the open chat on the right.

import { startConversation } from "./conversation.js";
import { startSidebar } from "./sidebar.js";
import { call } from "./api.js";
import { on, start, state } from "./store.js";
import { applyTheme } from "./theme.js";
import { language, t } from "./words.js";

const BANNER_MS = 2000; // between two looks at the banner, which whoever started the sandbox may change

document.documentElement.lang = language;
document.title = `Vitrage · ${t("appName")}`;
applyTheme();
// Registered before the conversation's own listener, which measures its fields and so needs the layout to be in place.
on("open", () => document.getElementById("app").classList.toggle("chatting", state.openKey !== null));
startSidebar(document.getElementById("sidebar"));
startConversation(document.getElementById("conversation"));

await start();
const banner = document.getElementById("banner");
showBanner();
if (state.banner) setInterval(refreshBanner, BANNER_MS);
document.getElementById("app").dataset.ready = "true";

function showBanner() {
  banner.textContent = state.banner;
  banner.hidden = !state.banner;
}

async function refreshBanner() {
  try {
    state.banner = (await call("GET", "/page/settings")).banner;
    showBanner();
  } catch {
    // The sandbox is away; the stream of events says so.
  }
}
