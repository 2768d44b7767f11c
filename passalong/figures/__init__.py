"""Figures that are kept ready: what each thing that happened gives to them, and who adds it up.

An event's way into them:

1. `passalong.relay.counting` hands over what is new in the ledger; `following` knows up to where a
   generation has taken events in, and `state` which generation is shown, by which rules.
2. `taking` counts each event once. What says nothing of a referral (asked, shared, a hit) is a row
   by itself: `contribution.alone`.
3. For all others `gathering` reads the `units` that they belong to, which are referrals or
   accounts with their events, adds them, and asks `contribution.together` what the unit gives now:
   that asks `passalong.attribution` for opportunities and credit, and answers in `rows`.
4. `steps` writes the difference to what the unit gave before, with the unit, all or nothing: so
   order and repetition of events make no difference.
5. `passalong.report` sums the cells. `showing` gives the units back to whoever asks where a number
   comes from; `rebuild` does all of this again into another generation.
"""
