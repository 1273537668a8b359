"""Every statement of the conversation that the SQLite store runs, by name."""

RECEIVE_UPDATE = """
INSERT INTO inbox (update_id, body, received_at) VALUES (:update_id, :body, :now)
ON CONFLICT (update_id) DO NOTHING
RETURNING update_id
"""

# The number stays, to know the update again; what the user wrote does not.
FINISH_UPDATE = "UPDATE inbox SET handled = 1, body = '' WHERE update_id = :update_id"

PENDING_UPDATES = "SELECT body FROM inbox WHERE handled = 0 ORDER BY update_id"

RECIPE = "SELECT quality, size, strength, colors, strokes FROM recipe WHERE user_id = :user_id"

SAVE_RECIPE = """
INSERT INTO recipe (user_id, quality, size, strength, colors, strokes)
VALUES (:user_id, :quality, :size, :strength, :colors, :strokes)
ON CONFLICT (user_id) DO UPDATE
SET quality = excluded.quality, size = excluded.size, strength = excluded.strength, colors = excluded.colors,
    strokes = excluded.strokes
"""

PREFERENCE = "SELECT language, output FROM preference WHERE user_id = :user_id"

SAVE_PREFERENCE = """
INSERT INTO preference (user_id, language, output) VALUES (:user_id, :language, :output)
ON CONFLICT (user_id) DO UPDATE SET language = excluded.language, output = excluded.output
"""

MOVE_RECIPE = "UPDATE OR REPLACE recipe SET user_id = :new WHERE user_id = :old"
MOVE_ACQUAINTANCE = "UPDATE OR REPLACE acquaintance SET user_id = :new WHERE user_id = :old"
MOVE_PREFERENCE = "UPDATE OR REPLACE preference SET user_id = :new WHERE user_id = :old"

STANDING = """
SELECT EXISTS (SELECT 1 FROM banned WHERE user_id = :user_id) AS banned,
       EXISTS (SELECT 1 FROM maintenance) AS maintenance
"""

MEET = """
INSERT INTO acquaintance (user_id, met_at) VALUES (:user_id, :now) ON CONFLICT (user_id) DO NOTHING RETURNING user_id
"""
BAN = "INSERT INTO banned (user_id, banned_at) VALUES (:user_id, :now) ON CONFLICT DO NOTHING RETURNING user_id"
UNBAN = "DELETE FROM banned WHERE user_id = :user_id RETURNING user_id"
BEGIN_MAINTENANCE = "INSERT INTO maintenance (id, since) VALUES (1, :now) ON CONFLICT DO NOTHING"
END_MAINTENANCE = "DELETE FROM maintenance"

WRITE_LETTERS = """
INSERT INTO letter (user_id, text)
SELECT user_id, :text FROM acquaintance
WHERE user_id > 0 AND user_id NOT IN (SELECT user_id FROM banned)  -- groups have negative numbers
RETURNING id
"""

# Taken before it is sent: nobody gets a letter twice.
TAKE_LETTER = "DELETE FROM letter WHERE id = (SELECT min(id) FROM letter) RETURNING user_id, text"

KEEP_STYLE = """
INSERT INTO style (key, user_id, sources, used_at) VALUES (:key, :user_id, :sources, :now)
ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at
"""

USE_STYLE = "UPDATE style SET used_at = :now WHERE key = :key RETURNING sources"

NAME_STYLE = """
INSERT INTO named_style (user_id, name, reference)
SELECT :user_id, :name, :reference
WHERE (SELECT count(*) FROM named_style WHERE user_id = :user_id AND name <> :name) < :most
ON CONFLICT (user_id, name) DO UPDATE SET reference = excluded.reference
RETURNING name
"""

NAMED_STYLE = "SELECT reference FROM named_style WHERE user_id = :user_id AND name = :name"
STYLE_NAMES = "SELECT name FROM named_style WHERE user_id = :user_id ORDER BY name"

FORGET_JOBS = """
DELETE FROM job WHERE user_id = :user_id RETURNING content, styles, mask, start, preview, result, film
"""
FORGET_PHOTOS = "DELETE FROM photo WHERE user_id = :user_id RETURNING blob"
FORGET_KEPT = "DELETE FROM keepsake WHERE user_id = :user_id RETURNING blob, film"
FORGET_WISHES = "DELETE FROM wish WHERE user_id = :user_id"
FORGET_STYLES = "DELETE FROM style WHERE user_id = :user_id"
FORGET_PREFERENCE = "DELETE FROM preference WHERE user_id = :user_id"
FORGET_ACQUAINTANCE = "DELETE FROM acquaintance WHERE user_id = :user_id"
FORGET_LETTERS = "DELETE FROM letter WHERE user_id = :user_id"
FORGET_TENANT = "DELETE FROM tenant WHERE user_id = :user_id"
FORGET_NAMES = "DELETE FROM named_style WHERE user_id = :user_id"
FORGET_RECIPE = "DELETE FROM recipe WHERE user_id = :user_id"

PRUNE_STYLES = """
DELETE FROM style WHERE used_at < :before AND key NOT IN (SELECT reference FROM named_style) RETURNING key
"""
PRUNE_INBOX = "DELETE FROM inbox WHERE handled = 1 AND received_at < :before RETURNING update_id"
