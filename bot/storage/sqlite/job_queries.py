"""Every statement of the queue that the SQLite store runs, by name."""

# --- Drafts -----------------------------------------------------------------------------------------------

# A message is a photo once, also after its photo has left the draft.
ADD_PHOTO = """
INSERT INTO photo (chat_id, thread_id, user_id, message_id, slot, blob, source, spoiler, added_at)
VALUES (:chat_id, :thread_id, :user_id, :message_id, :slot, :blob, :source, :spoiler, :now)
ON CONFLICT (chat_id, message_id, slot) DO NOTHING
RETURNING id
"""

DRAFT = """
SELECT id, message_id, blob, source, is_style, spoiler FROM photo
WHERE chat_id = :chat_id AND thread_id IS :thread_id AND user_id = :user_id AND left_at IS NULL
ORDER BY is_style, message_id, slot
"""

# What was content becomes the style, and the other way round.
SWAP_DRAFT = """
UPDATE photo SET is_style = 1 - is_style
WHERE chat_id = :chat_id AND thread_id IS :thread_id AND user_id = :user_id AND left_at IS NULL
RETURNING id
"""

WISH = """
SELECT reference FROM wish WHERE chat_id = :chat_id AND thread_id IS :thread_id AND user_id = :user_id
"""

# A primary key would not take a topic that is NULL for one value.
DROP_WISH = "DELETE FROM wish WHERE chat_id = :chat_id AND thread_id IS :thread_id AND user_id = :user_id"

MAKE_WISH = """
INSERT INTO wish (chat_id, thread_id, user_id, reference, wished_at)
VALUES (:chat_id, :thread_id, :user_id, :reference, :now)
"""

DISCARD_DRAFT = """
UPDATE photo SET left_at = :now
WHERE chat_id = :chat_id AND thread_id IS :thread_id AND user_id = :user_id AND left_at IS NULL
      AND message_id IS NOT :but
RETURNING blob
"""

# The ids are a JSON list. Only this user's: an id from elsewhere takes nothing.
TAKE_PHOTOS = """
UPDATE photo SET left_at = :now
WHERE id IN (SELECT value FROM json_each(:photos)) AND user_id = :user_id AND left_at IS NULL
RETURNING blob
"""

# --- Intake -----------------------------------------------------------------------------------------------

JOB_OF_KEY = "SELECT * FROM job WHERE dedup_key = :dedup_key"

# The user's last job is done at finish_vt; the next one begins then, or now if that is past.
TAKE_TURN = """
INSERT INTO tenant (user_id, finish_vt) VALUES (:user_id, (SELECT vclock FROM schedule) + :cost)
ON CONFLICT (user_id) DO UPDATE SET finish_vt = :cost + max(finish_vt, (SELECT vclock FROM schedule))
RETURNING finish_vt - :cost AS vt
"""

ENQUEUE = """
INSERT INTO job (dedup_key, chat_id, thread_id, user_id, message_id, language,
                 quality, size, strength, colors, strokes, content, styles, sources, style, output, kind, advice,
                 start, resumed, mask, marked, spoiler, variation, vt, created_at)
VALUES (:dedup_key, :chat_id, :thread_id, :user_id, :message_id, :language,
        :quality, :size, :strength, :colors, :strokes, :content, :styles, :sources, :style, :output, :kind, :advice,
        :start, :start IS NOT NULL, :mask, :marked, :spoiler, :variation, :vt, :now)
RETURNING *
"""

# Only while nobody paints it, and only where there is one style to swap with.
SWAP = """
UPDATE job SET content = styles ->> 0, styles = json_array(content), style = :style,
               sources = json_array(sources ->> 1, sources ->> 0), start = NULL, resumed = 0, preview = NULL,
               mask = NULL, marked = ''
WHERE id = :id AND state = 'queued' AND json_array_length(styles) = 1
RETURNING id
"""

CANCEL = """
UPDATE job SET state = 'cancelled', seconds_left = NULL, finished_at = :now
WHERE id = :id AND state IN ('queued', 'running')
RETURNING id
"""

STOP_HERE = "UPDATE job SET stop_asked = 1 WHERE id = :id AND state = 'running' RETURNING id"

# --- The worker's side ------------------------------------------------------------------------------------

# The job that is due and whose turn is first. No wait is longer than :longest, so a job that seems further away
# than that is due as well: the clock was set back since.
CLAIM = """
UPDATE job SET state = 'running', worker = :worker, fence = fence + 1, attempt = attempt + 1,
               progress = 0.0, seconds_left = NULL, stop_asked = 0
WHERE id = (SELECT id FROM job
            WHERE state = 'queued' AND (available_at <= :now OR available_at > :now + :longest)
            ORDER BY vt, id LIMIT 1)
RETURNING *
"""

ADVANCE = "UPDATE schedule SET vclock = max(vclock, :vt)"

# The fence of every write below: its job still runs, and by the very claim that the writer holds.
_FENCE = "WHERE id = :id AND fence = :fence AND state = 'running'"

CURRENT_PREVIEW = f"SELECT preview FROM job {_FENCE}"  # noqa: S608 - made of constants

PROGRESS = f"""
UPDATE job SET progress = :progress, seconds_left = :seconds_left, preview = coalesce(:preview, preview),
               sketched = :sketched
{_FENCE} RETURNING id
"""  # noqa: S608 - made of constants

# Rendered and its delivery pending are one step.
COMPLETE = f"""
UPDATE job SET state = 'rendered', progress = 1.0, seconds_left = NULL, result = :result, report = :report,
               seconds = :seconds, film = :film, delivery = 'pending', finished_at = :now
{_FENCE} RETURNING id
"""  # noqa: S608 - made of constants

RETRY = f"""
UPDATE job SET state = 'queued', progress = 0.0, seconds_left = NULL, available_at = :now + :delay,
               deaths = deaths + :died
{_FENCE} RETURNING id
"""  # noqa: S608 - made of constants

RELEASE = f"""
UPDATE job SET state = 'queued', progress = 0.0, seconds_left = NULL, available_at = 0.0, attempt = attempt - 1
{_FENCE} RETURNING id
"""  # noqa: S608 - made of constants

FAIL = f"""
UPDATE job SET state = 'failed', seconds_left = NULL, error = :error, detail = :detail, finished_at = :now
{_FENCE} RETURNING id
"""  # noqa: S608 - made of constants

RECLAIM = """
UPDATE job SET state = 'queued', progress = 0.0, seconds_left = NULL, available_at = 0.0
WHERE state = 'running' AND worker = :worker
RETURNING id
"""

# --- The user's side --------------------------------------------------------------------------------------

SET_STATUS_MESSAGE = "UPDATE job SET status_message_id = :message_id WHERE id = :id"

BEGIN_DELIVERY = """
UPDATE job SET delivery = 'sending'
WHERE id = :id AND state IN ('rendered', 'failed', 'cancelled') AND delivery = 'pending'
RETURNING id
"""

DELIVERY_FAILED = "UPDATE job SET delivery = 'pending' WHERE id = :id AND delivery = 'sending'"

BLOBS_OF_ENDED = """
SELECT content, styles, mask, start, preview, result, film FROM job
WHERE id = :id AND state IN ('rendered', 'failed', 'cancelled') AND delivery <> 'done'
"""

FINISH_DELIVERY = """
UPDATE job SET state = iif(state = 'rendered', 'delivered', state), delivery = 'done',
               content = '', styles = '[]', mask = NULL, start = NULL, preview = NULL, result = NULL, film = NULL
WHERE id = :id
"""

KEEP_RESULT = """
INSERT INTO keepsake (job_id, user_id, blob, film, kept_at)
SELECT id, user_id, result, film, :now FROM job WHERE id = :id AND state = 'rendered'
ON CONFLICT (job_id) DO NOTHING
"""

KEPT = "SELECT blob, film FROM keepsake WHERE job_id = :id"
DROP_KEPT = "DELETE FROM keepsake WHERE job_id = :id RETURNING blob, film"

JOB = "SELECT * FROM job WHERE id = :id"

JOBS_OF = """
SELECT * FROM job
WHERE user_id = :user_id AND chat_id = :chat_id AND state IN ('queued', 'running')
ORDER BY id
"""

# How much is asked of us: by this user, in this chat, by everyone; and by this user within a day.
LOAD = """
SELECT * FROM
    (SELECT count(*) FILTER (WHERE user_id = :user_id) AS own,
            count(*) FILTER (WHERE chat_id = :chat_id) AS chat,
            count(*) AS everyone
     FROM job WHERE delivery <> 'done' AND state IN ('queued', 'running')),
    (SELECT count(*) AS today, min(created_at) AS oldest
     FROM job WHERE user_id = :user_id AND created_at > :since AND state <> 'cancelled')
"""

TALLY = """
SELECT count(*) FILTER (WHERE state = 'queued') AS queued,
       count(*) FILTER (WHERE state = 'running') AS running,
       count(*) FILTER (WHERE state = 'delivered' AND created_at > :since) AS delivered,
       count(*) FILTER (WHERE state = 'failed' AND created_at > :since) AS failed,
       count(DISTINCT user_id) FILTER (WHERE created_at > :since) AS users,
       coalesce(cast(avg(seconds) FILTER (WHERE created_at > :since) AS INTEGER), 0) AS seconds
FROM job
"""

# The messages of the old chat cannot be reached from the new one: a new status message is posted.
MOVE_JOBS = "UPDATE job SET chat_id = :new, thread_id = NULL, status_message_id = NULL WHERE chat_id = :old"

# Numbers below all others keep the order, and are no message of the new chat.
MOVE_PHOTOS = """
UPDATE photo SET chat_id = :new, thread_id = NULL, message_id = message_id - 1000000000000 WHERE chat_id = :old
"""

MOVE_WISHES = "UPDATE wish SET chat_id = :new, thread_id = NULL WHERE chat_id = :old"

UNSETTLED = "SELECT * FROM job WHERE delivery <> 'done' ORDER BY id"

# The job itself, what runs, and what is queued before it.
BEFORE = """
SELECT id, state, quality, size, kind, resumed, progress, seconds_left FROM job
WHERE delivery <> 'done'
      AND (state = 'running' OR (state = 'queued' AND (vt, id) <= (SELECT vt, id FROM job WHERE id = :id)))
"""

# Seconds grow with the number of pixels: jobs of another size tell too, by the edge that they came out with.
ESTIMATE = """
SELECT avg(seconds) FILTER (WHERE size IS :size) AS same, avg(seconds * :size * :size / (edge * edge)) AS scaled
FROM (SELECT seconds, size, max(report ->> '$.size[0]', report ->> '$.size[1]') AS edge FROM job
      WHERE quality = :quality AND kind = :kind AND resumed = :resumed AND seconds IS NOT NULL
      ORDER BY id DESC LIMIT 20)
"""

ASK_PART = """
INSERT OR REPLACE INTO question (chat_id, message_id, job_id) SELECT :chat_id, :message_id, id FROM job WHERE id = :id
"""
ASKED_PART = """
SELECT * FROM job WHERE id = (SELECT job_id FROM question WHERE chat_id = :chat_id AND message_id = :message_id)
"""

# The first picture of somebody's is a small feast.
IS_FIRST = """
SELECT NOT EXISTS (SELECT 1 FROM job WHERE user_id = :user_id AND state = 'delivered' AND id <> :id) AS first
"""

# --- Blobs ------------------------------------------------------------------------------------------------

NAMED_BLOBS = "SELECT DISTINCT key FROM named_blob"

# Which of these keys (a JSON list) no row names any more.
UNNAMED_BLOBS = """
SELECT DISTINCT value AS key FROM json_each(:keys)
WHERE value NOT IN (SELECT key FROM named_blob)
"""

# --- Retention --------------------------------------------------------------------------------------------

PRUNE_JOBS = "DELETE FROM job WHERE delivery = 'done' AND finished_at < :before RETURNING id"
PRUNE_KEPT = "DELETE FROM keepsake WHERE kept_at < :before RETURNING blob, film"
PRUNE_WISHES = "DELETE FROM wish WHERE wished_at < :before RETURNING reference"
PRUNE_PHOTOS = """
DELETE FROM photo WHERE left_at < :before OR (left_at IS NULL AND added_at < :before) RETURNING blob
"""
