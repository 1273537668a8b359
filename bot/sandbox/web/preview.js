// A message as one line of text.

import { state } from "./store.js";
import { t } from "./words.js";

/** The text of a service message (members, topics, migration), or "" for any other message. */
export function serviceText(message) {
  const names = (message.new_chat_members ?? []).map((user) => user.first_name).join(", ");
  if (names) return `${names} ${t("joined")}`;
  if (message.left_chat_member) return `${message.left_chat_member.first_name} ${t("left")}`;
  if (message.group_chat_created || message.supergroup_chat_created) return t("groupCreated");
  if (message.forum_topic_created) return `${t("topicCreated")}: ${message.forum_topic_created.name}`;
  if (message.forum_topic_closed) return t("topicClosed");
  if (message.forum_topic_reopened) return t("topicReopened");
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return t("migrated");
  return "";
}

/** The kind of media of a message, the file name of a document, or "". */
function kindOf(message) {
  if (message.photo) return t("photo");
  if (message.animation) return t("animation");
  if (message.video) return t("video");
  if (message.sticker) return `${t("sticker")} ${message.sticker.emoji ?? ""}`.trim();
  return message.document ? message.document.file_name : "";
}

/** The name under which a message was sent: that of a person, of the group, or of a channel. */
export function senderName(message) {
  return message.sender_chat?.title ?? message.from.first_name;
}

/** The line for the chat list and for replies. With `chat` a group, others' messages begin with the sender's name. */
export function preview(message, chat) {
  const text = serviceText(message) || message.text || message.caption || kindOf(message);
  const mine = message.author_id === state.me?.id;
  return chat && chat.type !== "private" && !mine ? `${senderName(message)}: ${text}` : text;
}
