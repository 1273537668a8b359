// What the page says, in English and Russian; the browser's language chooses.

const EN = {
  appName: "Sandbox", chats: "Chats", newGroup: "New group", you: "You are", switchPerson: "Switch person",
  theme: "Switch between light and dark", wire: "What goes over the wire", waitingTitle: "No bot yet",
  waitingText: "Point a bot at this address; any well-formed token will do:", pickTitle: "Choose a chat",
  pickText: "Your bots and groups are on the left.", write: "Message", send: "Send", attach: "Attach pictures or files",
  commands: "Commands", form: "Send as", media: "as pictures", asSpoiler: "as pictures, hidden", asFile: "as files, untouched", asSticker: "as stickers", start: "Start",
  back: "Back to chats", reply: "Reply", edit: "Edit", remove: "Delete", copy: "Copy text", react: "React", more: "More",
  cancel: "Cancel", create: "Create", close: "Close", add: "Add", save: "Save", edited: "edited", draftFiles: "To be sent",
  dropHere: "Drop pictures here", samples: "Samples", content: "content", style: "style", typing: "typing",
  upload_photo: "sending a photo", upload_document: "sending a file", bot: "bot", deleted: "Deleted message",
  photo: "Photo", file: "File", animation: "Animation", video: "Video", sticker: "Sticker", album: "Album", today: "Today", yesterday: "Yesterday",
  compare: "Before and after", before: "Before", after: "After", zoomIn: "Zoom in", zoomOut: "Zoom out",
  previous: "Previous", next: "Next", download: "Download", title: "Title", topics: "With topics", members: "Members",
  admin: "admin", creator: "owner", makeAdmin: "Make admin", makeMember: "Take admin rights", removeMember: "Remove",
  groupInfo: "About this chat", toSupergroup: "Make it a supergroup", newTopic: "New topic", general: "General",
  closeTopic: "Close topic", reopenTopic: "Reopen topic", newPerson: "Somebody new", name: "Name", block: "Block the bot",
  unblock: "Unblock", blockedText: "You blocked this bot.", spoiler: "Hidden: click to show", photoOf: "Photo by",
  pressed: "No answer from the bot", copied: "Copied", joined: "joined", left: "left", groupCreated: "Group created",
  topicCreated: "Topic opened", topicClosed: "Topic closed", topicReopened: "Topic reopened", migrated: "Group became a supergroup",
  message: "Message", messages: "Messages", remove_attachment: "Remove", privacy: "Privacy mode", editing: "Editing",
  offline: "Connection lost. Trying again…", unreachable: "That did not work: there is no connection.", tooMany: "At most 10 files at a time", unread: "unread", addMember: "Add to the group",
  basicGroup: "Basic group", closedTopic: "This topic is closed.", movedOn: "This group became a supergroup.",
};
const RU = {
  appName: "Песочница", chats: "Чаты", newGroup: "Новая группа", you: "Вы", switchPerson: "Сменить пользователя",
  theme: "Светлая или тёмная тема", wire: "Что идёт по проводу", waitingTitle: "Бота пока нет",
  waitingText: "Направьте бота на этот адрес; подойдёт любой правильно составленный токен:", pickTitle: "Выберите чат",
  pickText: "Боты и группы — слева.", write: "Сообщение", send: "Отправить", attach: "Прикрепить изображения или файлы",
  commands: "Команды", form: "Отправить", media: "картинками", asSpoiler: "картинками под спойлером", asFile: "файлами, без сжатия", asSticker: "стикерами", start: "Начать",
  back: "К списку чатов", reply: "Ответить", edit: "Изменить", remove: "Удалить", copy: "Копировать текст", react: "Реакция", more: "Ещё",
  cancel: "Отмена", create: "Создать", close: "Закрыть", add: "Добавить", save: "Сохранить", edited: "изменено", draftFiles: "К отправке",
  dropHere: "Отпустите изображения здесь", samples: "Примеры", content: "содержание", style: "стиль", typing: "печатает",
  upload_photo: "отправляет фото", upload_document: "отправляет файл", bot: "бот", deleted: "Удалённое сообщение",
  photo: "Фото", file: "Файл", animation: "Анимация", video: "Видео", sticker: "Стикер", album: "Альбом", today: "Сегодня", yesterday: "Вчера",
  compare: "До и после", before: "До", after: "После", zoomIn: "Увеличить", zoomOut: "Уменьшить",
  previous: "Предыдущее", next: "Следующее", download: "Скачать", title: "Название", topics: "С темами", members: "Участники",
  admin: "админ", creator: "владелец", makeAdmin: "Сделать админом", makeMember: "Снять права админа", removeMember: "Исключить",
  groupInfo: "О чате", toSupergroup: "Сделать супергруппой", newTopic: "Новая тема", general: "Общее",
  closeTopic: "Закрыть тему", reopenTopic: "Открыть тему", newPerson: "Новый человек", name: "Имя", block: "Заблокировать бота",
  unblock: "Разблокировать", blockedText: "Вы заблокировали этого бота.", spoiler: "Скрыто: нажмите, чтобы показать", photoOf: "Фото от",
  pressed: "Бот не ответил", copied: "Скопировано", joined: "теперь в группе", left: "больше не в группе", groupCreated: "Группа создана",
  topicCreated: "Тема открыта", topicClosed: "Тема закрыта", topicReopened: "Тема снова открыта", migrated: "Группа стала супергруппой",
  message: "Сообщение", messages: "Сообщения", remove_attachment: "Убрать", privacy: "Режим приватности", editing: "Изменение",
  offline: "Связь потеряна. Пробуем снова…", unreachable: "Не получилось: нет связи.", tooMany: "Не больше 10 файлов за раз", unread: "непрочитано", addMember: "Добавить в группу",
  basicGroup: "Обычная группа", closedTopic: "Эта тема закрыта.", movedOn: "Эта группа стала супергруппой.",
};

export const language = navigator.language.toLowerCase().startsWith("ru") ? "ru" : "en";
const WORDS = language === "ru" ? RU : EN;

/** The words for a key. */
export function t(key) {
  return WORDS[key] ?? EN[key] ?? key;
}

const CLOCK = new Intl.DateTimeFormat(navigator.language, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(navigator.language, { day: "numeric", month: "long" });

/** Hours and minutes of a Unix time. */
export function clock(seconds) {
  return CLOCK.format(new Date(seconds * 1000));
}

/** The day of a Unix time, in words. */
export function day(seconds) {
  const date = new Date(seconds * 1000);
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  if (date >= midnight) return t("today");
  return date >= midnight - 86_400_000 ? t("yesterday") : DAY.format(date);
}

/** Bytes for people. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1_048_576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
