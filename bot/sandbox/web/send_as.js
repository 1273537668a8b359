// In whose name a message is sent: one's own, that of the group, of a channel, or of the channel that the group belongs to.

import { fill, h } from "./dom.js";
import { state } from "./store.js";
import { t } from "./words.js";

/** Build the choice, which is there in supergroups only; `refresh(chat)` is to be called when the chat changes. */
export function startSendAs() {
  const select = h("select", { class: "form", id: "send-as", testid: "send-as" });
  const element = h("div", { class: "send-as", hidden: true }, h("label", { for: "send-as" }, t("sendAs")), select);
  let shown = "";
  const refresh = (chat) => {
    const names = namesIn(chat);
    element.hidden = names.length < 2;
    const wanted = `${chat?.key} ${state.me?.id} ${names}`;
    if (wanted === shown) return; // what was chosen stays
    shown = wanted;
    fill(
      select,
      names.map((name) => h("option", { value: name }, t(`as_${name}`))),
    );
  };
  return { element, refresh, chosen: () => (element.hidden ? "myself" : select.value) };
}

/** The names that the person may write under: the values of `send_as` in the people's API. */
function namesIn(chat) {
  if (chat?.type !== "supergroup") return ["myself"];
  const status = chat.members.find((member) => member.id === state.me.id)?.status;
  const administers = ["creator", "administrator"].includes(status);
  return administers ? ["myself", "anonymous", "channel", "linked_channel"] : ["myself", "channel"];
}
