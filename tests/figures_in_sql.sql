-- See figures_in_sql.py. Times are microseconds since 1970, days those of the program.

CREATE TEMP TABLE kinds (type PRIMARY KEY, place, sale, ends, reopens, starts);
INSERT INTO kinds VALUES
  ('booked', 0, 0, 0, 0, 1), ('rescheduled', 1, 0, 0, 0, 0), ('cancelled', 2, 0, 0, 0, 0),
  ('met', 3, 0, 0, 0, 1), ('no_show', 4, 0, 0, 0, 1), ('qualified', 5, 0, 0, 1, 1),
  ('disqualified', 6, 0, 1, 0, 1), ('won', 7, 1, 0, 1, 1), ('lost', 8, 0, 1, 0, 1),
  ('renewed', 9, 1, 0, 1, 1), ('expanded', 10, 1, 0, 1, 1), ('churned', 11, 0, 1, 0, 1),
  ('reversed', 12, 0, 0, 0, 0);

-- --- Events --------------------------------------------------------------------------------------

CREATE TEMP TABLE e AS
WITH told AS (
  SELECT json_extract(record, '$.id') AS id,
    json_extract(record, '$.type') AS type,
    json_extract(record, '$.at') AS at_text,
    coalesce(json_extract(record, '$.advocate'), '') AS advocate,
    coalesce(json_extract(record, '$.referee'), '') AS referee,
    coalesce(json_extract(record, '$.referral'), '') AS referral,
    coalesce(json_extract(record, '$.medium'), '') AS medium,
    coalesce(json_extract(record, '$.variant'), '') AS variant,
    coalesce(json_extract(record, '$.evidence'), '') AS evidence,
    coalesce(json_extract(record, '$.classification'), '') AS classification,
    json_extract(record, '$.amount.minor') AS minor,
    json_extract(record, '$.amount.currency') AS currency,
    coalesce(json_extract(record, '$.data.account'), '') AS account,
    coalesce(json_extract(record, '$.data.story'), '') AS story,
    coalesce(json_extract(record, '$.data.page'), '') AS page,
    coalesce(json_extract(record, '$.data.meeting'), '') AS meeting,
    coalesce(json_extract(record, '$.data.signals'), '') AS signals,
    coalesce(json_extract(record, '$.data.external'), '') AS deal,
    coalesce(json_extract(record, '$.data.source'), '') AS source,
    coalesce(json_extract(record, '$.data.of'), '') AS of_what,
    coalesce(json_extract(record, '$.data.decision'), '') AS decision
  FROM events WHERE program = (SELECT program FROM settings)
)
SELECT told.*, seconds * 1000000 + micros AS at, date(seconds + ahead, 'unixepoch') AS day,
  substr(at_text, 1, 10) AS utc_day, coalesce(kinds.place, -1) AS rank
FROM (SELECT *, CAST(strftime('%s', substr(at_text, 1, 19)) AS INTEGER) AS seconds,
        CASE WHEN substr(at_text, 20, 1) = '.' THEN CAST(substr(at_text, 21, 6) AS INTEGER)
          ELSE 0 END AS micros FROM told) AS told
JOIN clock ON seconds >= clock.since AND seconds < clock.until
LEFT JOIN kinds ON kinds.type = told.type;

CREATE INDEX temp.e_id ON e (id);
CREATE INDEX temp.e_referral ON e (referral);
CREATE INDEX temp.e_referee ON e (referee);

-- What is credited: a part of a metric on a day, to somebody or nobody.
CREATE TEMP TABLE parts (basis, day, advocate, medium, story, variant, unit, metric, number);

INSERT INTO parts
SELECT 'e', day, advocate, medium, story, variant, '',
  CASE WHEN type <> 'introduced' THEN type
    WHEN classification = 'declined' THEN 'declined'
    WHEN classification = 'influenced' THEN 'introduced.influenced' ELSE type END,
  1000000
FROM e WHERE type IN ('asked', 'shared', 'visited', 'hit', 'introduced');

-- --- Whose it is -----------------------------------------------------------------------------------

CREATE TEMP TABLE referral_of AS
SELECT referee, referral FROM (
  SELECT referee, referral,
    row_number() OVER (PARTITION BY referee ORDER BY at, rank, id) AS n
  FROM e WHERE referee <> '' AND referral <> '') WHERE n = 1;
CREATE INDEX temp.referral_of_it ON referral_of (referee);

CREATE TEMP TABLE account_of AS
SELECT referral, account FROM (
  SELECT referral, account, row_number() OVER (PARTITION BY referral ORDER BY at, rank, id) AS n
  FROM e WHERE referral <> '' AND account <> '') WHERE n = 1;
CREATE INDEX temp.account_of_it ON account_of (referral);

CREATE TEMP TABLE own AS
WITH whose AS (
  SELECT e.*, coalesce(nullif(e.referral, ''), referral_of.referral, '') AS theirs
  FROM e LEFT JOIN referral_of USING (referee)
  WHERE classification <> 'declined'
    AND (type IN ('introduced', 'overridden') OR rank >= 0 OR (type = 'visited' AND referee <> ''))
)
SELECT whose.*,
  CASE WHEN account_of.account IS NOT NULL THEN 'account:' || account_of.account
    WHEN theirs <> '' THEN 'referral:' || theirs
    WHEN whose.account <> '' THEN 'account:' || whose.account END AS unit
FROM whose LEFT JOIN account_of ON account_of.referral = whose.theirs;
DELETE FROM own WHERE unit IS NULL;
CREATE INDEX temp.own_unit ON own (unit, at, rank, id);
CREATE INDEX temp.own_id ON own (id);

-- --- Touchpoints -----------------------------------------------------------------------------------

CREATE TEMP TABLE touches AS
WITH possible AS (
  SELECT *, CASE
      WHEN type = 'introduced' THEN 7
      WHEN type = 'visited' THEN 6
      WHEN type = 'booked' AND page = 'share' THEN 5
      WHEN type = 'booked' THEN 4
      WHEN rank BETWEEN 3 AND 11 AND theirs <> '' THEN
        CASE evidence WHEN 'e-mail' THEN 3 WHEN 'company-domain' THEN 2 ELSE 1 END
    END AS strength,
    CASE WHEN type = 'visited' THEN
      row_number() OVER (PARTITION BY type, theirs, referee, utc_day ORDER BY at, id) ELSE 1
    END AS nth
  FROM own WHERE advocate <> ''
), needed AS (
  SELECT *, row_number() OVER (PARTITION BY theirs ORDER BY at, id) AS place
  FROM possible WHERE strength IS NOT NULL AND nth = 1
)
SELECT * FROM needed WHERE rank NOT BETWEEN 3 AND 11 OR place = 1;
CREATE INDEX temp.touches_unit ON touches (unit, at);

-- --- Opportunities ---------------------------------------------------------------------------------

CREATE TEMP TABLE course AS
SELECT own.*, row_number() OVER (PARTITION BY unit ORDER BY at, own.rank, id) AS n,
  own.rank >= 0 AND own.type <> 'reversed'
    AND NOT (own.type = 'booked' AND classification = 'review') AS is_stage,
  own.type IN ('introduced', 'booked') AS is_new,
  CASE WHEN meeting <> '' THEN '$."' || meeting || '"' END AS path,
  coalesce(starts, 0) AS starts, coalesce(ends, 0) AS ends, coalesce(reopens, 0) AS reopens
FROM own LEFT JOIN kinds USING (type);
CREATE UNIQUE INDEX temp.course_n ON course (unit, n);

-- Event by event: a span begins with the first stage, and again with a stage after the last span
-- has ended and an introduction or a booking came. A meeting of an earlier span stays there.
CREATE TEMP TABLE spans AS
WITH RECURSIVE state (unit, n, span, ended, anew, meetings, assigned) AS (
  SELECT DISTINCT unit, 0, 0, 0, 0, '{}', NULL FROM course
  UNION ALL
  SELECT c.unit, c.n,
    s.span + (c.is_stage AND c.starts
      AND coalesce(json_extract(s.meetings, c.path) = s.span, 1)
      AND (s.span = 0 OR (s.ended AND (s.anew OR c.is_new)))),
    CASE
      WHEN NOT c.is_stage OR coalesce(json_extract(s.meetings, c.path) <> s.span, 0) THEN s.ended
      WHEN c.starts AND (s.span = 0 OR (s.ended AND (s.anew OR c.is_new))) THEN c.ends
      WHEN s.span = 0 THEN 0
      ELSE c.ends OR (s.ended AND NOT c.reopens) END,
    CASE
      WHEN c.is_stage AND c.starts AND coalesce(json_extract(s.meetings, c.path) = s.span, 1)
        AND (s.span = 0 OR (s.ended AND (s.anew OR c.is_new))) THEN 0
      ELSE s.anew OR (s.span > 0 AND s.ended AND c.is_new) END,
    CASE
      WHEN c.is_stage AND c.type = 'booked' AND c.path IS NOT NULL
        AND coalesce(json_extract(s.meetings, c.path) = s.span, 1)
      THEN json_set(s.meetings, c.path,
        s.span + (s.span = 0 OR (s.ended AND (s.anew OR c.is_new))))
      ELSE s.meetings END,
    CASE
      WHEN NOT c.is_stage THEN NULL
      WHEN coalesce(json_extract(s.meetings, c.path) <> s.span, 0)
        THEN json_extract(s.meetings, c.path)
      WHEN c.starts AND (s.span = 0 OR (s.ended AND (s.anew OR c.is_new))) THEN s.span + 1
      WHEN s.span > 0 THEN s.span END
  FROM state AS s JOIN course AS c ON c.unit = s.unit AND c.n = s.n + 1
)
SELECT unit, n, assigned AS span FROM state WHERE assigned IS NOT NULL;
CREATE INDEX temp.spans_n ON spans (unit, n);

CREATE TEMP TABLE staged AS
SELECT course.*, spans.span FROM spans JOIN course USING (unit, n);
CREATE INDEX temp.staged_span ON staged (unit, span, n);
CREATE INDEX temp.staged_id ON staged (id);

CREATE TEMP TABLE begun AS
SELECT unit, span, start, lead(start) OVER (PARTITION BY unit ORDER BY span) AS next_start
FROM (SELECT unit, span, min(at) AS start FROM staged GROUP BY unit, span);
CREATE INDEX temp.begun_unit ON begun (unit, span);

-- The sales that a reversal means by what a source calls a deal, the likeliest first: what the
-- source itself told, else another; the newest before, else the newest.
CREATE TEMP TABLE meant AS
SELECT reversal, sale, span,
  row_number() OVER (PARTITION BY reversal, span ORDER BY is_own DESC, is_before DESC, n DESC)
    AS in_span,
  row_number() OVER (PARTITION BY reversal ORDER BY is_own DESC, is_before DESC, n DESC) AS of_all
FROM (
  SELECT c.id AS reversal, s.id AS sale, s.span, s.n, s.at <= c.at AS is_before,
    s.source || ':' || s.deal = c.of_what AS is_own
  FROM course AS c JOIN staged AS s ON s.unit = c.unit JOIN kinds AS k ON k.type = s.type
  WHERE c.type = 'reversed' AND instr(c.of_what, ':') AND k.sale
    AND s.deal = substr(c.of_what, instr(c.of_what, ':') + 1) AND s.deal <> ''
);
CREATE INDEX temp.meant_of ON meant (reversal, span);

-- A reversal goes where what it takes back is, else where its time is; so does a decision.
CREATE TEMP TABLE pointing AS
SELECT c.*, coalesce(
    (SELECT s.span FROM staged AS s WHERE s.unit = c.unit AND s.id = c.of_what),
    (SELECT m.span FROM meant AS m WHERE m.reversal = c.id AND m.of_all = 1),
    (SELECT b.span FROM begun AS b WHERE b.unit = c.unit AND b.start <= c.at
      ORDER BY b.span DESC LIMIT 1),
    (SELECT min(b.span) FROM begun AS b WHERE b.unit = c.unit)) AS span
FROM course AS c WHERE c.type IN ('reversed', 'overridden');
DELETE FROM pointing WHERE span IS NULL;

-- A decision may be about a reversal.
UPDATE pointing SET span = coalesce((SELECT r.span FROM pointing AS r
    WHERE r.type = 'reversed' AND r.unit = pointing.unit AND r.id = pointing.of_what), span)
  WHERE type = 'overridden';

-- --- Credit ----------------------------------------------------------------------------------------

CREATE TEMP TABLE reach AS
SELECT b.unit, b.span, b.start, t.*, t.at <= b.start AS is_before,
  t.at <= b.start AND t.at >= b.start - (SELECT time_window FROM settings) AS is_inside
FROM begun AS b JOIN touches AS t ON t.unit = b.unit
WHERE b.next_start IS NULL OR t.at < b.next_start;
CREATE INDEX temp.reach_unit ON reach (unit, span, at);

CREATE TEMP TABLE decided AS
SELECT unit, span, id, decision FROM (
  SELECT *, row_number() OVER (PARTITION BY unit, span ORDER BY at DESC, id DESC) AS newest
  FROM pointing WHERE type = 'overridden') WHERE newest = 1;
CREATE INDEX temp.decided_unit ON decided (unit, span);

CREATE TEMP TABLE opportunities AS
WITH known AS (
  SELECT b.*, d.id AS decided_by, coalesce(d.decision, '') AS decision,
    (SELECT r.id FROM reach AS r WHERE r.unit = b.unit AND r.span = b.span AND is_inside
      ORDER BY r.at, r.strength DESC, r.id LIMIT 1) AS first_id,
    (SELECT min(r.at) FROM reach AS r WHERE r.unit = b.unit AND r.span = b.span AND is_inside)
      AS first_at,
    EXISTS (SELECT 1 FROM reach AS r WHERE r.unit = b.unit AND r.span = b.span AND is_inside
        AND r.signals <> '')
      OR EXISTS (SELECT 1 FROM staged AS s WHERE s.unit = b.unit AND s.span = b.span
        AND s.signals <> '') AS is_odd,
    (SELECT c.classification FROM course AS c WHERE c.unit = b.unit
        AND c.classification IN ('sourced', 'influenced')
        AND (c.id IN (SELECT r.id FROM reach AS r WHERE r.unit = b.unit AND r.span = b.span
            AND is_inside)
          OR c.id IN (SELECT s.id FROM staged AS s WHERE s.unit = b.unit AND s.span = b.span))
      ORDER BY c.n LIMIT 1) AS said_first
  FROM begun AS b LEFT JOIN decided AS d ON d.unit = b.unit AND d.span = b.span
)
SELECT known.*, said_first = 'influenced' AS is_influenced,
  decision NOT LIKE 'credit:%' AND decision NOT IN ('none', 'release') AND is_odd AS in_review,
  CASE WHEN decision = 'none' THEN NULL
    WHEN decision LIKE 'credit:%' THEN coalesce(
      (SELECT r.id FROM reach AS r WHERE r.unit = known.unit AND r.span = known.span
          AND r.advocate = substr(known.decision, 8)
        ORDER BY r.is_inside DESC, r.is_before DESC, r.at, r.strength DESC, r.id LIMIT 1),
      decided_by)
    ELSE first_id END AS credited
FROM known;

CREATE TEMP TABLE credit AS
SELECT o.*,
  CASE WHEN o.decision LIKE 'credit:%' THEN substr(o.decision, 8) ELSE coalesce(t.advocate, '') END
    AS advocate,
  coalesce(t.medium, '') AS medium, coalesce(t.story, '') AS story,
  coalesce(t.variant, '') AS variant,
  (SELECT date(coalesce(first_at, start) / 1000000 + ahead, 'unixepoch') FROM clock
    WHERE coalesce(first_at, start) / 1000000 >= since
      AND coalesce(first_at, start) / 1000000 < until) AS first_day,
  (SELECT date(start / 1000000 + ahead, 'unixepoch') FROM clock
    WHERE start / 1000000 >= since AND start / 1000000 < until) AS start_day
FROM opportunities AS o LEFT JOIN touches AS t ON t.id = o.credited;
CREATE INDEX temp.credit_unit ON credit (unit, span);

INSERT INTO parts SELECT 'r', start_day, '', '', '', '', unit, 'review', 1000000
FROM credit WHERE in_review;

-- --- Stages ----------------------------------------------------------------------------------------

CREATE TEMP TABLE priced AS
SELECT id, (exact / below) + (2 * (exact % below) > below
    OR (2 * (exact % below) = below AND (exact / below) % 2 = 1)) AS money
FROM (SELECT own.id, own.minor * r.above AS exact, r.below,
    row_number() OVER (PARTITION BY own.id ORDER BY r.since DESC) AS newest
  FROM own JOIN rates AS r ON r.currency = own.currency AND r.since <= own.day
  WHERE own.minor IS NOT NULL) WHERE newest = 1;
CREATE INDEX temp.priced_id ON priced (id);

CREATE TEMP TABLE stages AS
WITH said AS (
  SELECT s.*, k.sale,
    first_value(s.type) OVER (PARTITION BY s.unit, s.span, s.meeting, s.type IN ('met', 'no_show')
      ORDER BY s.n DESC) AS said_last,
    max(s.type IN ('met', 'no_show') AND s.meeting <> '') OVER (PARTITION BY s.unit, s.span)
      AS names_meetings,
    min(CASE WHEN s.type = 'won' THEN nullif(s.deal, '') END) OVER (PARTITION BY s.unit, s.span)
      AS one_deal,
    max(CASE WHEN s.type = 'won' THEN nullif(s.deal, '') END) OVER (PARTITION BY s.unit, s.span)
      AS other_deal,
    CASE WHEN s.type IN ('rescheduled', 'renewed', 'expanded') THEN s.id
      WHEN s.type = 'booked' AND s.meeting = '' THEN s.id
      WHEN s.type IN ('booked', 'cancelled', 'met', 'no_show') THEN s.meeting
      WHEN s.type = 'won' THEN s.deal ELSE '' END AS said_of
  FROM staged AS s JOIN kinds AS k USING (type)
), judged AS (
  SELECT *, CASE WHEN type = 'won' AND deal = '' AND one_deal = other_deal THEN one_deal
      ELSE said_of END AS what, CASE WHEN type IN ('met', 'no_show')
      THEN said_last = type AND NOT (names_meetings AND meeting = '')
    WHEN type = 'won' THEN NOT (deal = '' AND coalesce(one_deal <> other_deal, 0))
    ELSE 1 END AS may_count
  FROM said
), counted AS (
  SELECT *, may_count AND row_number() OVER (PARTITION BY unit, span, type, what, may_count
    ORDER BY type = 'won' AND minor IS NULL, type = 'won' AND deal = '', n) = 1 AS counts
  FROM judged
)
SELECT counted.*, CASE WHEN counts AND sale THEN coalesce(priced.money, 0) ELSE 0 END AS money,
  priced.money AS told,
  NOT sale OR counted.at - begun.start <= (SELECT credit FROM settings) AS is_credited
FROM counted JOIN begun USING (unit, span) LEFT JOIN priced USING (id);
CREATE INDEX temp.stages_span ON stages (unit, span, n);
CREATE INDEX temp.stages_id ON stages (id);

CREATE TEMP TABLE reversals AS
WITH found AS (
  SELECT p.*, coalesce(
    (SELECT s.id FROM stages AS s WHERE s.unit = p.unit AND s.span = p.span AND s.id = p.of_what),
    (SELECT m.sale FROM meant AS m WHERE m.reversal = p.id AND m.span = p.span AND m.in_span = 1))
    AS said
  FROM pointing AS p WHERE p.type = 'reversed'
), aimed AS ( -- where it says one that is told again, at the one that counts
  SELECT f.*, coalesce(CASE WHEN s.type = 'won' THEN (SELECT w.id FROM stages AS w
      WHERE w.unit = s.unit AND w.span = s.span AND w.type = 'won' AND w.counts
        AND (s.deal IN (w.deal, '') OR w.deal = '') ORDER BY w.minor IS NULL, w.n LIMIT 1) END, s.id) AS target
  FROM found AS f LEFT JOIN stages AS s ON s.id = f.said
), wanted AS (
  SELECT a.*, coalesce(s.money, 0) AS there, coalesce(s.is_credited, 1) AS is_credited,
    CASE WHEN a.minor IS NULL THEN coalesce(s.money, 0)
      ELSE coalesce((SELECT (x / below) + (2 * (x % below) > below
            OR (2 * (x % below) = below AND (x / below) % 2 = 1))
          FROM (SELECT a.minor * r.above AS x, r.below FROM rates AS r
            WHERE r.currency = a.currency AND r.since <= s.day ORDER BY r.since DESC LIMIT 1)), 0)
    END AS wish
  FROM aimed AS a LEFT JOIN stages AS s ON s.id = a.target
)
SELECT *, min(there, sum(wish) OVER so_far) - min(there, sum(wish) OVER so_far - wish) AS taken
FROM wanted WINDOW so_far AS (PARTITION BY unit, span, target ORDER BY n);

-- What was told of an opportunity's value: at qualified, else first before won, else at won.
CREATE TEMP TABLE opened AS
WITH values_told AS (
  SELECT unit, span, id, type, day, n, told, is_credited,
    min(CASE WHEN type = 'won' THEN n END) OVER (PARTITION BY unit, span) AS won_at
  FROM stages WHERE minor IS NOT NULL AND type NOT IN ('renewed', 'expanded', 'churned')
    AND (type <> 'won' OR counts)
)
SELECT unit, span, day, told, type <> 'won' OR is_credited AS is_credited FROM (
  SELECT *, row_number() OVER (PARTITION BY unit, span
    ORDER BY type = 'won', type <> 'qualified', n) AS nth
  FROM values_told WHERE told IS NOT NULL AND (won_at IS NULL OR n <= won_at)
) WHERE nth = 1;
CREATE INDEX temp.opened_unit ON opened (unit, span);

CREATE TEMP TABLE outcome AS
SELECT c.unit, c.span,
  (SELECT coalesce(sum(s.money), 0) FROM stages AS s WHERE s.unit = c.unit AND s.span = c.span)
    AS brought,
  (SELECT coalesce(sum(r.taken), 0) FROM reversals AS r WHERE r.unit = c.unit AND r.span = c.span)
    AS taken,
  EXISTS (SELECT 1 FROM stages AS s WHERE s.unit = c.unit AND s.span = c.span
    AND s.type = 'churned' AND s.counts) AS churned,
  (SELECT max(CASE s.type WHEN 'booked' THEN 1 WHEN 'met' THEN 2 WHEN 'qualified' THEN 3
      WHEN 'won' THEN 4 WHEN 'renewed' THEN 4 WHEN 'expanded' THEN 4 WHEN 'churned' THEN 4
      ELSE 0 END)
    FROM stages AS s WHERE s.unit = c.unit AND s.span = c.span AND s.counts) AS furthest,
  EXISTS (SELECT 1 FROM stages AS s WHERE s.unit = c.unit AND s.span = c.span
    AND s.type = 'won' AND s.counts AND NOT s.is_credited) AS late
FROM credit AS c;
CREATE INDEX temp.outcome_unit ON outcome (unit, span);

-- --- What it comes to ------------------------------------------------------------------------------

CREATE TEMP TABLE given (basis, day, unit, span, is_credited, metric, is_money, number);

INSERT INTO given
SELECT 'e', day, unit, span, is_credited, type, 0, 1000000 FROM stages WHERE counts
UNION ALL SELECT 'e', day, unit, span, is_credited, type, 1, money FROM stages WHERE counts
UNION ALL SELECT 'e', day, unit, span, is_credited, 'reversed', 0, 1000000 FROM reversals
UNION ALL SELECT 'e', day, unit, span, is_credited, 'reversed', 1, -taken FROM reversals
UNION ALL SELECT 'e', day, unit, span, is_credited, 'opened', 0, 1000000 FROM opened
UNION ALL SELECT 'e', day, unit, span, is_credited, 'opened', 1, told FROM opened
UNION ALL
SELECT 'e', s.day, s.unit, s.span, s.is_credited, 'cycle_days', 0,
  CAST(julianday(s.day) - julianday(c.first_day) AS INTEGER) * 1000000
FROM stages AS s JOIN credit AS c USING (unit, span) WHERE s.type = 'won' AND s.counts
UNION ALL
SELECT 'e', s.day, s.unit, s.span, s.is_credited, 'kept', 0,
  (NOT o.churned AND (o.brought > o.taken OR o.taken = 0)) * 1000000
FROM stages AS s JOIN outcome AS o USING (unit, span) WHERE s.type = 'won' AND s.counts
UNION ALL
SELECT 'c', c.first_day, c.unit, c.span, NOT (far.metric = 'won' AND o.late), far.metric, 0, 1000000
FROM credit AS c JOIN outcome AS o USING (unit, span)
JOIN (SELECT 0 AS step, 'touched' AS metric UNION ALL SELECT 1, 'booked' UNION ALL SELECT 2, 'met'
    UNION ALL SELECT 3, 'qualified' UNION ALL SELECT 4, 'won') AS far ON far.step <= o.furthest;

INSERT INTO parts
SELECT g.basis, g.day,
  CASE WHEN g.is_credited AND c.credited IS NOT NULL THEN c.advocate ELSE '' END,
  CASE WHEN g.is_credited AND c.credited IS NOT NULL THEN c.medium ELSE '' END,
  CASE WHEN g.is_credited AND c.credited IS NOT NULL THEN c.story ELSE '' END,
  CASE WHEN g.is_credited AND c.credited IS NOT NULL THEN c.variant ELSE '' END,
  g.unit, g.metric || iif(coalesce(c.is_influenced, 0), '.influenced', '') || iif(g.is_money, '.money', ''),
  g.number
FROM given AS g JOIN credit AS c USING (unit, span) WHERE NOT c.in_review;

INSERT INTO parts
SELECT 'o', s.day, '', '', '', '', '', 'won.of.' || o.day, 1000000
FROM stages AS s JOIN opened AS o USING (unit, span) JOIN credit AS c USING (unit, span)
WHERE s.type = 'won' AND s.counts AND NOT c.in_review AND NOT coalesce(c.is_influenced, 0);

-- Whoever was reached, and of whom nothing has come yet.
INSERT INTO parts
SELECT 'c', t.day, t.advocate, t.medium, t.story, t.variant, t.unit,
  'touched' || iif((SELECT c.classification FROM course AS c WHERE c.unit = t.unit
      AND c.classification IN ('sourced', 'influenced') ORDER BY c.n LIMIT 1) = 'influenced',
    '.influenced', ''), 1000000
FROM (SELECT *, row_number() OVER (PARTITION BY unit ORDER BY at, strength DESC, id) AS first
  FROM touches) AS t
WHERE first = 1 AND NOT EXISTS (SELECT 1 FROM begun AS b WHERE b.unit = t.unit);

CREATE TEMP TABLE cells AS
WITH told AS (
  SELECT parts.*, coalesce(kind, '') AS kind, coalesce(owner, '') AS owner,
    coalesce(region, '') AS region, coalesce(industry, '') AS industry
  FROM parts LEFT JOIN lists USING (advocate)
)
SELECT basis || '.all' AS name, day, '' AS value, metric, number FROM told WHERE basis IN ('e', 'c')
UNION ALL SELECT basis || '.advocate', day, advocate, metric, number FROM told WHERE basis IN ('e', 'c')
UNION ALL SELECT basis || '.kind', day, kind, metric, number FROM told WHERE basis IN ('e', 'c')
UNION ALL SELECT basis || '.owner', day, owner, metric, number FROM told WHERE basis IN ('e', 'c')
UNION ALL SELECT basis || '.region', day, region, metric, number FROM told WHERE basis IN ('e', 'c')
UNION ALL SELECT basis || '.medium', day, medium, metric, number FROM told WHERE basis IN ('e', 'c')
UNION ALL SELECT basis || '.story', day, story, metric, number FROM told WHERE basis IN ('e', 'c')
UNION ALL SELECT basis || '.industry', day, industry, metric, number FROM told WHERE basis IN ('e', 'c')
UNION ALL SELECT basis || '.variant', day, variant, metric, number FROM told WHERE basis IN ('e', 'c')
UNION ALL SELECT basis || '.message', day, medium || iif(variant = '', '', '.' || variant), metric,
  number FROM told WHERE basis IN ('e', 'c')
UNION ALL SELECT 'o.all', day, '', metric, number FROM told WHERE basis = 'o'
UNION ALL SELECT basis || '.unit', day, unit, metric, number FROM told
  WHERE basis IN ('e', 'r') AND unit <> ''
UNION ALL SELECT 'r.all', '0001-01-01', '', metric, number FROM told WHERE basis = 'r'
UNION ALL SELECT 'e.reason', day, classification, 'hit', 1000000 FROM e WHERE type = 'hit';

INSERT INTO cells
SELECT name || '.month', strftime('%Y-%m-01', day), value, metric, number FROM cells
WHERE substr(name, 1, 2) IN ('e.', 'c.') AND name <> 'e.unit';
