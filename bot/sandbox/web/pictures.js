// Which picture a message carries, and which picture a result was made from.

import { fileAddress } from "./api.js";

/** The address of the picture that the viewer can show for a message, or null. */
export function pictureOf(message) {
  if (message.photo) return fileAddress(message.photo.at(-1).file_id);
  const { document: file, sticker } = message;
  if (sticker && !sticker.is_animated && !sticker.is_video) return fileAddress(sticker.file_id);
  if (file && !message.animation && /^image\/(jpeg|png|webp)$/.test(file.mime_type)) return fileAddress(file.file_id);
  return null;
}

/** The message with the picture that a result was made from: the message that the result replies to, or null. */
export function sourceOf(message) {
  const source = message.reply_to_message;
  return source && pictureOf(source) ? source : null;
}
