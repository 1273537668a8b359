// Starts the chat page: the list of chats on the left, the open chat on the right.

import { startConversation } from "./conversation.js";
import { startSidebar } from "./sidebar.js";
import { on, start, state } from "./store.js";
import { applyTheme } from "./theme.js";
import { language, t } from "./words.js";

document.documentElement.lang = language;
document.title = `Vitrage · ${t("appName")}`;
applyTheme();
// Registered before the conversation's own listener, which measures its fields and so needs the layout to be in place.
on("open", () => document.getElementById("app").classList.toggle("chatting", state.openKey !== null));
startSidebar(document.getElementById("sidebar"));
startConversation(document.getElementById("conversation"));

await start();
const banner = document.getElementById("banner");
banner.textContent = state.banner;
banner.hidden = !state.banner;
document.getElementById("app").dataset.ready = "true";
