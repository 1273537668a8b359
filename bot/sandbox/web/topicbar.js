// The topics of a forum as a row of tabs.

import { fill, h, icon } from "./dom.js";
import { newTopic } from "./dialogs.js";
import { state, tell } from "./store.js";
import { t } from "./words.js";

/** Draw the row; a chat without topics has none. */
export function topicBar(root, chat) {
  root.hidden = !chat.is_forum;
  if (!chat.is_forum) return fill(root);
  const tab = (id, name, closed = false) =>
    h("button", {
      type: "button", class: closed ? "topic closed" : "topic", testid: "topic", "aria-pressed": String(state.topic === id),
      onclick: () => { state.topic = id; tell("chats"); tell("messages"); },
    }, name);
  return fill(root, tab(null, t("general")), chat.topics.map((topic) => tab(topic.id, topic.name, topic.closed)),
    h("button", { type: "button", class: "topic new", testid: "new-topic", onclick: () => newTopic(chat) }, icon("plus"), t("newTopic")));
}
