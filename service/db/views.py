"""SQL views for the dashboards of others: what docs/sql-views.md promises.

One text serves both databases where it can. A view holds neither what customers wrote nor who
they are. A later migration that changes a table below drops the views first (`drops`) and makes
them anew (`creates`); an earlier one that made them then makes none.
"""

from collections.abc import Mapping

_SQLITE: Mapping[str, str] = {
    "phrase": "json_extract(topics.phrases, '$[{place}][0]')",
    "since": "CAST(strftime('%s', 'now') - strftime('%s', {time}) AS INTEGER)",
    # The mean of the one or two in the middle, as percentile_cont has it.
    "median": """(
    SELECT AVG(first_reply_s) FROM (
      SELECT first_reply_s, ROW_NUMBER() OVER (ORDER BY first_reply_s) AS place,
        COUNT(*) OVER () AS many
      FROM ticket_facts o
      WHERE o.day = f.day AND o.status <> 'merged' AND o.first_reply_s IS NOT NULL
    ) WHERE place IN ((many + 1) / 2, (many + 2) / 2)
  )""",
}
_POSTGRESQL: Mapping[str, str] = {
    "phrase": "(topics.phrases -> {place} ->> 0)",
    "since": "CAST(floor(extract(epoch FROM now() - {time})) AS INTEGER)",
    "median": "percentile_cont(0.5) WITHIN GROUP (ORDER BY f.first_reply_s)",
}
_NAMED = "COALESCE(topics.name, {0} || COALESCE('、' || {1}, '') || COALESCE('、' || {2}, ''))"

TOPIC_NAMES = """
WITH RECURSIVE reached (given_id, topic_id) AS (
  SELECT id, id FROM topics
  UNION
  SELECT reached.given_id, topics.merged_into
  FROM reached JOIN topics ON topics.id = reached.topic_id
  WHERE topics.merged_into IS NOT NULL
)
SELECT reached.given_id, topics.id AS topic_id, {name} AS topic,
  CAST(topics.hidden AS INTEGER) AS hidden
FROM reached JOIN topics ON topics.id = reached.topic_id
WHERE topics.merged_into IS NULL
"""

TICKETS = """
SELECT f.ticket_id, f.at AS opened_at, f.day, f.hour, f.status, f.queue, f.channel, f.product,
  f.region, f.tier, TRIM(f.issues, ',') AS issues, f.sentiment, f.urgency,
  CAST(f.review AS INTEGER) AS review, n.topic_id, n.topic, f.model, f.model_hash,
  f.first_reply_s, f.first_reply_worked_s, f.resolved_s, f.questions, f.replies,
  CAST(f.first_contact AS INTEGER) AS first_contact,
  CAST(f.asked_before_closing AS INTEGER) AS asked_before_closing, f.reopened, f.handoffs,
  f.clocks_met, f.clocks_missed, f.promises_kept, f.promises_broken, f.satisfaction
FROM ticket_facts f
LEFT JOIN ticket_topics g ON g.ticket_id = f.ticket_id
LEFT JOIN v_topic_names n ON n.given_id = g.topic_id AND n.hidden = 0
WHERE f.status <> 'merged'
"""

TICKET_ISSUES = """
SELECT f.ticket_id, i.issue, f.at AS opened_at, f.day, f.status, f.queue, f.channel, f.product,
  f.region, f.tier, f.sentiment, f.urgency
FROM ticket_facts f JOIN ticket_issues i ON i.ticket_id = f.ticket_id
WHERE f.status <> 'merged'
"""

DAILY = """
SELECT day, channel, queue, COUNT(*) AS n, COUNT(sentiment) AS judged,
  SUM(CASE WHEN sentiment <= 2 THEN 1 ELSE 0 END) AS negative,
  SUM(CASE WHEN urgency >= 2 THEN 1 ELSE 0 END) AS urgent,
  SUM(CAST(review AS INTEGER)) AS review,
  SUM(CASE WHEN status IN ('open', 'waiting') THEN 1 ELSE 0 END) AS live
FROM ticket_facts WHERE status <> 'merged' GROUP BY day, channel, queue
"""

# One pass with the total of each day among the rows: so a condition on the day reaches the table.
DAILY_ISSUES = """
SELECT day, issue, n, total, CAST(n AS DOUBLE PRECISION) / total AS share
FROM (
  SELECT day, issue, n, MAX(CASE WHEN issue = '' THEN n END) OVER (PARTITION BY day) AS total
  FROM (
    SELECT f.day, i.issue, COUNT(*) AS n
    FROM ticket_facts f JOIN ticket_issues i ON i.ticket_id = f.ticket_id
    WHERE f.status <> 'merged' GROUP BY f.day, i.issue
    UNION ALL
    SELECT day, 'none', COUNT(*) FROM ticket_facts
    WHERE status <> 'merged' AND issues = '' GROUP BY day
    UNION ALL
    SELECT day, '', COUNT(*) FROM ticket_facts WHERE status <> 'merged' GROUP BY day
  ) AS counted
) AS told
WHERE issue <> ''
"""

DAILY_SERVICE = """
SELECT f.day, COUNT(*) AS n, COUNT(f.first_reply_s) AS answered,
  {median} AS first_reply_median_s,
  COUNT(f.resolved_s) AS resolved,
  SUM(f.clocks_met) AS clocks_met, SUM(f.clocks_missed) AS clocks_missed,
  CAST(SUM(f.clocks_met) AS DOUBLE PRECISION) / NULLIF(SUM(f.clocks_met + f.clocks_missed), 0)
    AS sla_attainment,
  SUM(CASE WHEN f.reopened > 0 THEN 1 ELSE 0 END) AS reopened,
  COUNT(f.first_contact) AS ended, SUM(CAST(f.first_contact AS INTEGER)) AS first_contact,
  SUM(f.promises_kept) AS promises_kept, SUM(f.promises_broken) AS promises_broken,
  COUNT(f.satisfaction) AS rated, AVG(f.satisfaction) AS satisfaction
FROM ticket_facts f WHERE f.status <> 'merged' GROUP BY f.day
"""

# CROSS JOIN: SQLite keeps this order, so that a condition on the day is used first. The topic
# once more: PostgreSQL guesses well how many are not hidden from the column, not from a cast.
TOPICS = """
SELECT n.topic_id, n.topic, f.day, COUNT(*) AS n
FROM ticket_facts f CROSS JOIN ticket_topics g CROSS JOIN v_topic_names n CROSS JOIN topics t
WHERE g.ticket_id = f.ticket_id AND n.given_id = g.topic_id AND t.id = n.topic_id
  AND f.status <> 'merged' AND NOT t.hidden
GROUP BY n.topic_id, n.topic, f.day
"""

QUEUE_NOW = """
SELECT queue, COUNT(*) AS live, COUNT(waiting_since) AS waiting,
  SUM(CAST(breached AS INTEGER)) AS late, SUM(CAST(review AS INTEGER)) AS review,
  MIN(waiting_since) AS oldest_waiting_since, {since} AS oldest_waiting_s
FROM tickets WHERE status IN ('open', 'waiting') GROUP BY queue
"""

MODELS = """
SELECT model, model_hash, COUNT(*) AS n, MIN(at) AS first_at, MAX(at) AS last_at
FROM ticket_facts WHERE model_hash IS NOT NULL AND status <> 'merged'
GROUP BY model, model_hash
"""

CORRECTIONS_DAILY = """
SELECT f.day, c.model_hash, c.field, c.reason, COUNT(*) AS n,
  COUNT(DISTINCT c.ticket_id) AS tickets
FROM corrections c JOIN ticket_facts f ON f.ticket_id = c.ticket_id
WHERE f.status <> 'merged'
GROUP BY f.day, c.model_hash, c.field, c.reason
"""

NAMES = (
    "v_topic_names",
    "v_tickets",
    "v_ticket_issues",
    "v_daily",
    "v_daily_issues",
    "v_daily_service",
    "v_topics",
    "v_queue_now",
    "v_models",
    "v_corrections_daily",
)
_TEXTS = (
    TOPIC_NAMES,
    TICKETS,
    TICKET_ISSUES,
    DAILY,
    DAILY_ISSUES,
    DAILY_SERVICE,
    TOPICS,
    QUEUE_NOW,
    MODELS,
    CORRECTIONS_DAILY,
)


def creates(dialect: str) -> list[str]:
    """Return the statements that make the views, in order: `sqlite` or `postgresql`."""
    own = _POSTGRESQL if dialect == "postgresql" else _SQLITE
    phrases = [own["phrase"].format(place=place) for place in range(3)]
    name, since = _NAMED.format(*phrases), own["since"].format(time="MIN(waiting_since)")
    parts = {"name": name, "since": since, "median": own["median"]}
    texts = (text.format(**parts).strip() for text in _TEXTS)
    return [f"CREATE VIEW {view} AS {text}" for view, text in zip(NAMES, texts, strict=True)]


def drops() -> list[str]:
    """Return the statements that remove the views, in order."""
    return [f"DROP VIEW IF EXISTS {view}" for view in reversed(NAMES)]
