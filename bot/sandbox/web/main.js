// The web chat: chats on the left, the open one on the right.

import { startConversation } from "./conversation.js";
import { startSidebar } from "./sidebar.js";
import { begin, on, state } from "./store.js";
import { applyTheme } from "./theme.js";
import { language, t } from "./words.js";

document.documentElement.lang = language;
document.title = `Vitrage · ${t("appName")}`;
applyTheme();
// before the conversation, which measures itself when a chat is opened
on("open", () => document.getElementById("app").classList.toggle("chatting", state.openKey !== null));
startSidebar(document.getElementById("sidebar"));
startConversation(document.getElementById("conversation"));

await begin();
const banner = document.getElementById("banner");
banner.textContent = state.banner;
banner.hidden = !state.banner;
document.getElementById("app").dataset.ready = "true";
