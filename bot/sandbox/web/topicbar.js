// The topics of a forum as a row of buttons.

import { fill, h, icon } from "./dom.js";
import { newTopic } from "./dialogs.js";
import { state, notify } from "./store.js";
import { t } from "./words.js";

/** Draw the row; it is hidden for a chat without topics. */
export function topicBar(root, chat) {
  root.hidden = !chat.is_forum;
  if (!chat.is_forum) return fill(root);
  const tab = (id, name, closed = false) =>
    h(
      "button",
      {
        type: "button",
        class: closed ? "topic closed" : "topic",
        testid: "topic",
        "aria-pressed": String(state.topic === id),
        onclick: () => {
          state.topic = id;
          notify("chats");
          notify("messages");
        },
      },
      name,
    );
  return fill(
    root,
    tab(null, t("general")),
    chat.topics.map((topic) => tab(topic.id, topic.name, topic.closed)),
    h(
      "button",
      { type: "button", class: "topic new", testid: "new-topic", onclick: () => newTopic(chat) },
      icon("plus"),
      t("newTopic"),
    ),
  );
}
